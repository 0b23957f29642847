/** Compares two JSON Schemas: whether one accepts every value that the other allows. */
import { fitting, oneEach, read } from "./alternatives.ts"
import type { JsonSchema, Part } from "./JsonSchema.ts"

const isId = ({ format, pattern }: JsonSchema) =>
  format === "snowflake" || pattern?.startsWith("^(?:0|[1-9][0-9]") === true

const bounds = {
  string: ["minLength", "maxLength"],
  array: ["minItems", "maxItems"],
  object: ["minProperties", "maxProperties"],
  integer: ["minimum", "maximum"],
  number: ["minimum", "maximum"]
} as const

const hasBounds = (type: string): type is keyof typeof bounds => Object.hasOwn(bounds, type)

/** Whether it limits anything: the largest exact integer, as a bound, does not. */
const isBound = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER

const boundIssues = (type: string, wide: JsonSchema, narrow: JsonSchema, path: string): ReadonlyArray<string> => {
  if (!hasBounds(type)) return []
  const [least, most] = bounds[type]
  return [
    ...(isBound(wide[least]) && !((narrow[least] ?? -Infinity) >= wide[least])
      ? [`${path}: ${least} is ${wide[least]}`]
      : []),
    ...(isBound(wide[most]) && !((narrow[most] ?? Infinity) <= wide[most]) ? [`${path}: ${most} is ${wide[most]}`] : [])
  ]
}

/** Whether an object may have any members. */
const isFree = ({ additionalProperties, properties }: JsonSchema) =>
  properties === undefined && additionalProperties === undefined

const objectIssues = (wide: Part, narrow: Part, path: string): ReadonlyArray<string> => {
  if (isFree(wide.schema)) return []
  const rest = wide.schema.additionalProperties
  const at = (schema: JsonSchema | undefined, name: string, other: JsonSchema) =>
    schema === undefined
      ? typeof rest === "object"
        ? acceptIssues({ ...wide, schema: rest }, { ...narrow, schema: other }, `${path}.${name}`)
        : [`${path}.${name}: not known`]
      : acceptIssues({ ...wide, schema }, { ...narrow, schema: other }, `${path}.${name}`)
  return [
    ...Object.entries(narrow.schema.properties ?? {}).flatMap(([name, other]) =>
      at(wide.schema.properties?.[name], name, other)
    ),
    ...(wide.schema.required ?? []).flatMap((name) =>
      narrow.schema.required?.includes(name) ? [] : [`${path}.${name}: may be absent`]
    ),
    ...(typeof narrow.schema.additionalProperties === "object"
      ? at(undefined, "*", narrow.schema.additionalProperties)
      : [])
  ]
}

/**
 * The reasons why `wide` does not accept every value that `narrow` allows. A member that `wide` does not name is one, so
 * that a model without it is reported.
 */
export const acceptIssues = (wide: Part, narrow: Part, path: string): ReadonlyArray<string> => {
  const candidates = read(wide)
  const several = candidates.filter(({ type }) => type === "object").length > 1
  const issues = read(narrow).flatMap((one) => several ? oneEach(narrow.document, one) : [one]).flatMap((one) => {
    const found = fitting(wide.document, candidates, narrow.document, one).map((candidate): ReadonlyArray<string> => {
      if (candidate.type === "anything") return []
      const values = candidate.values
      if (values !== undefined) {
        const others = one.values === undefined
          ? undefined
          : Array.from(one.values).filter((value) => !values.has(value))
        if (others === undefined) return [`${path}: not any ${one.type}, but one of ${Array.from(values).join(", ")}`]
        if (others.length > 0) return [`${path}: not ${others.join(", ")}`]
        return []
      }
      if (one.values !== undefined) return []
      const inside = { ...wide, schema: candidate.schema }
      const other = { ...narrow, schema: one.schema }
      return [
        ...boundIssues(one.type, candidate.schema, one.schema, path),
        ...(isId(candidate.schema) === isId(one.schema)
          ? []
          : [`${path}: ${isId(one.schema) ? "an id is not any string" : "not any string is an id"}`]),
        ...(one.type === "object" ? objectIssues(inside, other, path) : []),
        ...(one.type === "array" && candidate.schema.items !== undefined
          ? acceptIssues(
            { ...wide, schema: candidate.schema.items },
            { ...narrow, schema: one.schema.items ?? {} },
            `${path}[]`
          )
          : [])
      ]
    }).sort((a, b) => a.length - b.length)
    return found[0] ?? [`${path}: not ${one.type}`]
  })
  return Array.from(new Set(issues))
}

/** The values that `theirs` lists and our open enum at the same place does not name. */
export const unknownValues = (ours: Part, theirs: Part, path: string): ReadonlyArray<string> => {
  const mine = read(ours)
  const issues = read(theirs).flatMap((one) => oneEach(theirs.document, one)).flatMap((one) => {
    const [same] = fitting(ours.document, mine.filter(({ type }) => type === one.type), theirs.document, one)
    if (same === undefined) return []
    const inner = (a: JsonSchema | undefined, b: JsonSchema | undefined, path: string) =>
      a === undefined || b === undefined ? [] : unknownValues({ ...ours, schema: a }, { ...theirs, schema: b }, path)
    return [
      ...(same.known.size === 0 ? [] : Array.from(one.known).filter((value) => !same.known.has(value)))
        .map((value) => `${path}: ${String(value)}`),
      ...Object.entries(one.schema.properties ?? {}).flatMap(([name, schema]) =>
        inner(same.schema.properties?.[name], schema, `${path}.${name}`)
      ),
      ...inner(same.schema.items, one.schema.items, `${path}[]`)
    ]
  })
  return Array.from(new Set(issues))
}
