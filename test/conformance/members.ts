/** The members of a JSON Schema, listed and removed one at a time. */
import { read } from "./alternatives.ts"
import type { JsonSchema, Part } from "./JsonSchema.ts"

/** The path of every member of a schema, however deep, through references. */
export const members = (part: Part): ReadonlyArray<string> => {
  const inside = (schema: JsonSchema | boolean | undefined, at: string) =>
    typeof schema === "object" ? members({ ...part, schema }).map((path) => `${at}${path}`) : []
  const paths = read(part).flatMap(({ schema }) => [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [`.${name}`, ...inside(member, `.${name}`)]),
    ...inside(schema.items, "[]"),
    ...inside(schema.additionalProperties, ".*")
  ])
  return Array.from(new Set(paths))
}

/** The path of every member of a value that the schema does not name, however deep. */
export const unknownMembers = (part: Part, value: unknown, at = ""): ReadonlyArray<string> => {
  const alternatives = read(part)
  if (typeof value !== "object" || value === null || alternatives.some(({ type }) => type === "anything")) return []
  const inside = (schemas: ReadonlyArray<JsonSchema>, member: unknown, at: string) =>
    schemas.length === 0 ? [at] : unknownMembers({ ...part, schema: { anyOf: schemas } }, member, at)
  if (Array.isArray(value)) {
    const items = alternatives.flatMap(({ schema }) => schema.items ?? [])
    return Array.from(new Set(value.flatMap((item) => inside(items, item, `${at}[]`))))
  }
  return Object.entries(value).flatMap(([name, member]) =>
    inside(
      alternatives.flatMap(({ schema: { additionalProperties, properties } }) =>
        properties?.[name] ?? (typeof additionalProperties === "object" ? additionalProperties : [])
      ),
      member,
      `${at}.${name}`
    )
  )
}

/** The schema without the alternatives for new types: objects that may have any other members. */
export const withoutOpen = (schema: JsonSchema): JsonSchema => {
  const { additionalProperties, anyOf, items, properties } = schema
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, withoutOpen(member)]))
    }),
    ...(items && { items: withoutOpen(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: withoutOpen(additionalProperties) }),
    ...(anyOf && {
      anyOf: anyOf.filter((one) => one.properties === undefined || one.additionalProperties !== undefined).map(
        withoutOpen
      )
    })
  }
}

type Change = (schema: JsonSchema, name: string) => JsonSchema

/** The schema with each of its members changed in turn, however deep; it may hold no references. */
const changeEach = (
  schema: JsonSchema,
  change: Change
): ReadonlyArray<readonly [path: string, changed: JsonSchema]> => {
  const inside = (part: JsonSchema | boolean | undefined, wrap: (changed: JsonSchema) => JsonSchema, at: string) =>
    typeof part === "object"
      ? changeEach(part, change).map(([path, changed]) => [`${at}${path}`, wrap(changed)] as const)
      : []
  const list = (name: "allOf" | "anyOf" | "oneOf") =>
    (schema[name] ?? []).flatMap((part, index) =>
      inside(part, (changed) => ({ ...schema, [name]: schema[name]?.with(index, changed) }), "")
    )
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [
      [`.${name}`, change(schema, name)] as const,
      ...inside(member, (changed) => ({ ...schema, properties: { ...schema.properties, [name]: changed } }), `.${name}`)
    ]),
    ...inside(schema.items, (items) => ({ ...schema, items }), "[]"),
    ...inside(schema.additionalProperties, (additionalProperties) => ({ ...schema, additionalProperties }), ".*"),
    ...list("allOf"),
    ...list("anyOf"),
    ...list("oneOf")
  ]
}

/** The schema without each of its members in turn, however deep; it may hold no references. */
export const withoutEach = (schema: JsonSchema) =>
  changeEach(schema, ({ properties = {}, required, ...rest }, name) => {
    const { [name]: _, ...others } = properties
    return { ...rest, properties: others, required: required?.filter((other) => other !== name) ?? [] }
  })

/** The schema with another type for each of its members in turn, however deep; it may hold no references. */
export const retypeEach = (schema: JsonSchema, type: JsonSchema) =>
  changeEach(schema, (schema, name) => ({ ...schema, properties: { ...schema.properties, [name]: type } }))
