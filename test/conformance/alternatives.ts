/** Reads a JSON Schema as the alternatives that a value has: one JSON type each. */
import type { Document, JsonSchema, Part } from "./JsonSchema.ts"

/** One JSON type that a value may have, with the keywords for it. */
export interface Alternative {
  readonly type: string
  readonly schema: JsonSchema
  /** The only values that it may have, if they are listed. */
  readonly values: ReadonlySet<unknown> | undefined
}

const all = <A>(f: (...numbers: ReadonlyArray<number>) => A) => (a: A | undefined, b: A | undefined) =>
  a === undefined ? b : b === undefined ? a : f(Number(a), Number(b))

const least = all(Math.min)
const most = all(Math.max)

/** The schema of values that both schemas allow. */
const merge = (a: JsonSchema, b: JsonSchema): JsonSchema => {
  const pairs = {
    enum: a.enum === undefined ? b.enum : b.enum === undefined ? a.enum : a.enum.filter((v) => b.enum?.includes(v)),
    minLength: most(a.minLength, b.minLength),
    maxLength: least(a.maxLength, b.maxLength),
    minimum: most(a.minimum, b.minimum),
    maximum: least(a.maximum, b.maximum),
    properties: a.properties || b.properties ? { ...a.properties, ...b.properties } : undefined,
    required: a.required || b.required ? [...a.required ?? [], ...b.required ?? []] : undefined
  }
  return { ...a, ...b, ...Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined)) }
}

const typeOf = (value: unknown) =>
  value === null ? "null" : Number.isInteger(value) ? "integer" : Array.isArray(value) ? "array" : typeof value

const guessType = (
  { properties, items, additionalProperties }: JsonSchema,
  values: ReadonlyArray<unknown> | undefined
) =>
  values?.[0] !== undefined
    ? typeOf(values[0])
    : properties !== undefined || typeof additionalProperties === "object"
    ? "object"
    : items === undefined
    ? "anything"
    : "array"

const alternativesOf = ({ document, schema }: Part): ReadonlyArray<Alternative> => {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema
  if ($ref !== undefined) {
    const name = $ref.replace("#/components/schemas/", "")
    const target = document.components.schemas[name]
    if (target === undefined) throw new Error(`There is no ${$ref}`)
    return alternativesOf({ document, schema: target })
  }
  if (allOf !== undefined) {
    const parts = allOf.map((schema) => alternativesOf({ document, schema }))
    return parts.reduce(
      (products, alternatives) =>
        products.flatMap((a) =>
          alternatives.map((b) => ({
            type: a.type === "anything" ? b.type : a.type,
            schema: merge(a.schema, b.schema),
            values: a.values === undefined
              ? b.values
              : new Set(Array.from(a.values).filter((v) => b.values?.has(v) ?? true))
          }))
        ),
      alternativesOf({ document, schema: own })
    )
  }
  const union = anyOf ?? oneOf
  if (union !== undefined) {
    return union.flatMap((schema) =>
      alternativesOf({ document, schema: schema.$ref === undefined ? merge(own, schema) : schema })
    )
  }
  const values = "const" in own ? [own.const] : own.enum
  const types = (own.type === undefined ? [guessType(own, values)] : [own.type].flat())
    .map((type) => type === "number" && values?.every(Number.isInteger) ? "integer" : type)
  return types.map((type) => ({
    type,
    schema: own,
    values: values && new Set(values.filter((value) => holds(type, typeOf(value))))
  }))
}

export interface Read extends Alternative {
  readonly known: ReadonlySet<unknown>
}

const seen = new WeakMap<Document, WeakMap<JsonSchema, ReadonlyArray<Read>>>()

/** The alternatives of a schema, one for each type; a schema is read once and compared many times. */
export const read = (part: Part): ReadonlyArray<Read> => {
  const ofDocument = seen.get(part.document) ?? new WeakMap<JsonSchema, ReadonlyArray<Read>>()
  const known = ofDocument.get(part.schema) ?? readAnew(part)
  seen.set(part.document, ofDocument.set(part.schema, known))
  return known
}

/** Joins alternatives of one type, such as two strings with their own values; objects stay apart. */
const readAnew = (part: Part): ReadonlyArray<Read> => {
  const read: Array<Read> = []
  for (const alternative of alternativesOf(part)) {
    const { type, values } = alternative
    const index = read.findIndex((other) => other.type === type && type !== "object")
    const other = read[index]
    const known = new Set([...other?.known ?? [], ...values ?? []])
    if (other === undefined) read.push({ ...alternative, known })
    else {
      const open = other.values === undefined ? other : values === undefined ? alternative : undefined
      read[index] = open === undefined
        ? { type, schema: {}, values: known, known }
        : { ...open, known }
    }
  }
  return read
}

/** Whether the first type includes the second: a `number` may be an `integer`. */
const holds = (wide: string, narrow: string) =>
  wide === "anything" || wide === narrow || (wide === "number" && narrow === "integer")

/** The only values of an object's member `type`, which distinguishes the objects of a union. */
const tagsOf = (document: Document, { schema, type }: Alternative): ReadonlyArray<unknown> | undefined => {
  const tag = type === "object" ? schema.properties?.type : undefined
  const alternatives = tag === undefined ? [] : read({ document, schema: tag })
  return alternatives.length > 0 && alternatives.every(({ values }) => values !== undefined)
    ? alternatives.flatMap(({ values }) => Array.from(values ?? []))
    : undefined
}

/** The alternative once for each of its tags. */
export const oneEach = <A extends Alternative>(document: Document, one: A): ReadonlyArray<A> => {
  const tags = tagsOf(document, one) ?? []
  return tags.length < 2 ? [one] : tags.map((tag) => ({
    ...one,
    schema: { ...one.schema, properties: { ...one.schema.properties, type: { const: tag } } }
  }))
}

/** The objects of a union that accept a tag: those that name it, else those without tags, else the open ones. */
const tagged = <A extends Alternative>(
  { candidates, document }: { readonly candidates: ReadonlyArray<A>; readonly document: Document },
  tag: unknown
): ReadonlyArray<A> => {
  const withTags = candidates.map((candidate) => ({ candidate, tags: tagsOf(document, candidate) }))
  const found = [
    withTags.filter(({ tags }) => tags?.includes(tag)),
    withTags.filter(({ candidate }) => candidate.schema.properties?.type === undefined),
    withTags.filter(({ tags }) => tags === undefined)
  ].find((some) => some.length > 0)
  return (found ?? withTags).map(({ candidate }) => candidate)
}

/** The candidates that may accept `one`: of several objects, those with its `type`. */
export const fitting = <A extends Alternative>(
  wide: Document,
  candidates: ReadonlyArray<A>,
  narrow: Document,
  one: Alternative
) => {
  const same = candidates.filter(({ type }) => holds(type, one.type))
  const tags = tagsOf(narrow, one)
  return same.length < 2 || tags?.length !== 1 ? same : tagged({ candidates: same, document: wide }, tags[0])
}
