/**
 * Discord's OpenAPI document of September 2026, assembled from the npm package `discord-api-spec`.
 *
 * The package is generated from Discord's document (https://github.com/discord/discord-api-spec). It has the document's
 * schemas as zod schemas, and its operations as TypeScript types: the path, the method, the parameters, the request
 * body, the responses, the scopes. `supplement.ts` has what the package does not say.
 *
 * To compare with a newer document, raise the version of the package: the tests list what is new. A new member goes into
 * our model, or into `deviations.ts` with the reason why not.
 */
import * as zodSchemas from "discord-api-spec/zod"
import * as fs from "node:fs"
import { findPackageJSON } from "node:module"
import * as path from "node:path"
import type { TSType } from "oxc-parser"
import * as z from "zod"
import type { Content, Document, JsonSchema, Operation, Parameter } from "./JsonSchema.ts"
import { contentTypes, keywords, responseHeaders } from "./supplement.ts"
import { type Member, membersOf, readInterface, typeToSchema, typeToValue } from "./typeToSchema.ts"

type Change = (place: string, schema: JsonSchema) => JsonSchema

const typesOf = ({ type }: JsonSchema): ReadonlyArray<string> => type === undefined ? [] : [type].flat()

/** The schema's type with one name replaced by another. */
const retype = ({ type }: JsonSchema, from: string, to: string): JsonSchema =>
  type === undefined ? {} : { type: typeof type === "string" ? to : type.map((name) => name === from ? to : name) }

const int32 = 2 ** 31

const withoutBounds = ({ maximum, minimum, ...schema }: JsonSchema): JsonSchema => ({
  ...schema,
  ...(maximum === int32 - 1 ? { format: "int32" } : maximum !== undefined && { maximum }),
  ...(minimum === -int32 ? {} : minimum !== undefined && { minimum })
})

const withoutPattern = ({ pattern: _, ...schema }: JsonSchema): JsonSchema => schema

/**
 * Undoes what zod adds: bounds of an `int32` and a pattern of a `date-time`, of which Discord's document only names the
 * format, and `number` for every other integer. `supplement.ts` names the fractions.
 */
const normalize = (schema: JsonSchema): JsonSchema => {
  const types = typesOf(schema)
  if (types.includes("integer")) return withoutBounds(schema)
  if (types.includes("number")) return { ...schema, ...retype(schema, "number", "integer") }
  return schema.format === "date-time" ? withoutPattern(schema) : schema
}

/** The schema with another function's result for each schema in it, itself last. */
const mapSchema = (schema: JsonSchema, place: string, f: Change): JsonSchema => {
  const { additionalProperties, allOf, anyOf, items, oneOf, properties } = schema
  const list = (schemas: ReadonlyArray<JsonSchema>) => schemas.map((one) => mapSchema(one, place, f))
  return f(place, {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, mapSchema(member, `${place}.${name}`, f)])
      )
    }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: mapSchema(additionalProperties, `${place}.*`, f)
    }),
    ...(items && { items: mapSchema(items, `${place}[]`, f) }),
    ...(allOf && { allOf: list(allOf) }),
    ...(anyOf && { anyOf: list(anyOf) }),
    ...(oneOf && { oneOf: list(oneOf) })
  })
}

const typeOfKeyword: Readonly<Record<string, string>> = {
  maxLength: "string",
  format: "string",
  pattern: "string",
  maxItems: "array",
  uniqueItems: "array",
  minProperties: "object",
  maxProperties: "object"
}

/** The keywords of a row of the supplement that are for a type of the schema. */
const fitting = (schema: JsonSchema, { type, ...added }: JsonSchema): JsonSchema => {
  const types = typesOf(schema)
  const isFraction = type === "number" && types.includes("integer")
  return {
    ...(isFraction && retype(schema, "integer", "number")),
    ...Object.fromEntries(
      Object.entries(added).filter(([name]) => types.includes(typeOfKeyword[name] ?? "integer"))
    )
  }
}

/** Adds the keywords of the supplement to each schema of the type that they are for. */
const supplement = (used: Set<RegExp>): Change => (place, schema) => {
  const rows = keywords.filter(([where]) => where.test(place)).map(([where, added]) =>
    [where, fitting(schema, added)] as const
  )
  for (const [where, added] of rows) if (Object.keys(added).length > 0) used.add(where)
  return Object.assign({}, schema, ...rows.map(([, added]) => added))
}

const readSchemas = (add: Change): Readonly<Record<string, JsonSchema>> => {
  const registry = z.registry<{ readonly id: string }>()
  for (const [name, schema] of Object.entries(zodSchemas)) {
    if (schema instanceof z.core.$ZodType) registry.add(schema, { id: name.replace(/Schema$/, "") })
  }
  const { schemas } = z.toJSONSchema(registry, {
    // The input of a schema has no `additionalProperties: false`, which Discord's document does not have either.
    io: "input",
    // `undefined`, in one schema: JSON has no such value.
    unrepresentable: "any",
    uri: (id) => `#/components/schemas/${id}`
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $id: _id, $schema: _dialect, ...schema }]) => [
      name,
      mapSchema(schema as JsonSchema, name, (place, schema) => add(place, normalize(schema)))
    ])
  )
}

/** The members of an object type by name; none of `never`. */
const literal = (type: TSType | undefined): ReadonlyMap<string, Member> =>
  new Map(type?.type === "TSTypeLiteral" ? membersOf(type.members).map((member) => [member.name, member]) : [])

const readOperation = (name: string, type: TSType, add: Change): Operation => {
  const members = literal(type)
  const body = members.get("requestBody")?.type
  const parameters = [...literal(members.get("parameters")?.type)].flatMap(([where, { type }]) =>
    [...literal(type).values()].map(({ name: parameter, optional, type }): Parameter => ({
      name: parameter,
      in: where,
      ...(!optional && { required: true }),
      schema: mapSchema(typeToSchema(type), `${name} ${where}.${parameter}`, add)
    }))
  )
  const responses = [...literal(members.get("responses")?.type)].map(([status, { type }]) => [
    status,
    {
      headers: Object.fromEntries(responseHeaders.map((header) => [header, {}])),
      ...(type.type !== "TSUnknownKeyword" && {
        content: { "application/json": { schema: mapSchema(typeToSchema(type), `${name} ${status}`, add) } }
      })
    }
  ])
  const schema = body && body.type !== "TSUndefinedKeyword" && mapSchema(typeToSchema(body), `${name} body`, add)
  const content: Content = Object.fromEntries(
    schema ? (contentTypes[name] ?? ["application/json"]).map((type) => [type, { schema }]) : []
  )
  const security = members.get("security")
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(schema && { requestBody: { required: true, content } }),
    responses: Object.fromEntries(responses),
    ...(security && { security: typeToValue(security.type) as NonNullable<Operation["security"]> })
  }
}

const readPaths = (add: Change): Document["paths"] => {
  const manifest = findPackageJSON("discord-api-spec", import.meta.url)
  if (manifest === undefined) throw new Error("discord-api-spec is not installed")
  const { types } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { readonly types: string }
  const source = fs.readFileSync(path.join(path.dirname(manifest), types), "utf8")
  return Object.fromEntries(
    membersOf(readInterface(source, "Paths")).map(({ name: path, type }) => [
      path,
      Object.fromEntries(
        [...literal(type).values()].map(({ name: method, type }) => [
          method,
          readOperation(`${method} ${path}`, type, add)
        ])
      )
    ])
  )
}

const used = new Set<RegExp>()
const add = supplement(used)

/** Discord's OpenAPI document. */
export const discord: Document = { paths: readPaths(add), components: { schemas: readSchemas(add) } }

/** The rows of the supplement that name no place of the document. */
export const unusedKeywords: ReadonlyArray<string> = keywords.flatMap(([where]) => used.has(where) ? [] : where.source)

/** Every scope that Discord's document has. */
export const everyScope: ReadonlyArray<string> = (discord.components.schemas.OAuth2Scopes?.enum ?? []).map(String)
  .sort()
