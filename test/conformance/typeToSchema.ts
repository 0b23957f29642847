/** Reads TypeScript types, as `discord-api-spec` writes them, as JSON Schemas. */
import type { TSSignature, TSType, TSTypeLiteral } from "oxc-parser"
import { parseSync } from "oxc-parser"
import type { JsonSchema } from "./JsonSchema.ts"

/** A member of an object type. */
export interface Member {
  readonly name: string
  readonly optional: boolean
  readonly type: TSType
}

/** The type that an interface or an object type has for each of its members, in the order of the source. */
export const membersOf = (elements: ReadonlyArray<TSSignature>): ReadonlyArray<Member> =>
  elements.flatMap((element): ReadonlyArray<Member> => {
    if (element.type !== "TSPropertySignature") return []
    const { key, optional, typeAnnotation } = element
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined
    if (name === undefined || typeAnnotation === null) throw new Error(`A member has the key ${key.type}`)
    return [{ name, optional, type: typeAnnotation.typeAnnotation }]
  })

/** The elements of one interface of a source text, of which nothing else is read. */
export const readInterface = (source: string, name: string): ReadonlyArray<TSSignature> => {
  const start = source.indexOf(`export interface ${name} {\n`)
  const end = source.indexOf("\n}\n", start)
  if (start < 0 || end < 0) throw new Error(`There is no interface ${name}`)
  const { errors, program } = parseSync(`${name}.ts`, source.slice(start, end + 3))
  const [statement] = program.body
  if (errors.length > 0) throw new Error(`The interface ${name} has ${errors.length} syntax errors`)
  if (statement?.type !== "ExportNamedDeclaration" || statement.declaration?.type !== "TSInterfaceDeclaration") {
    throw new Error(`${name} is not an interface`)
  }
  return statement.declaration.body.body
}

const objectSchema = ({ members }: TSTypeLiteral): JsonSchema => {
  const all = membersOf(members)
  const required = all.flatMap(({ name, optional }) => optional ? [] : [name])
  const index = members.find((member) => member.type === "TSIndexSignature")
  return {
    type: "object",
    ...(all.length > 0 && {
      properties: Object.fromEntries(all.map(({ name, type }) => [name, typeToSchema(type)]))
    }),
    ...(required.length > 0 && { required }),
    ...(index && { additionalProperties: typeToSchema(index.typeAnnotation.typeAnnotation) })
  }
}

/**
 * The JSON Schema of a type. A name becomes a reference to the schema of that name, and a number an integer: of the
 * types here, Discord's document calls none a fraction.
 */
export const typeToSchema = (type: TSType): JsonSchema => {
  switch (type.type) {
    case "TSStringKeyword":
      return { type: "string" }
    case "TSNumberKeyword":
      return { type: "integer" }
    case "TSBooleanKeyword":
      return { type: "boolean" }
    case "TSNullKeyword":
      return { type: "null" }
    case "TSArrayType":
      return { type: "array", items: typeToSchema(type.elementType) }
    case "TSParenthesizedType":
      return typeToSchema(type.typeAnnotation)
    case "TSUnionType":
      return { anyOf: type.types.map(typeToSchema) }
    case "TSTypeLiteral":
      return objectSchema(type)
    case "TSTypeReference":
      if (type.typeName.type === "Identifier") return { $ref: `#/components/schemas/${type.typeName.name}` }
  }
  throw new Error(`There is no schema for a ${type.type}`)
}

/** The value of a type of literals: a text, a tuple, an object. */
export const typeToValue = (type: TSType): unknown => {
  if (type.type === "TSLiteralType" && type.literal.type === "Literal") return type.literal.value
  if (type.type === "TSTupleType") return type.elementTypes.map((element) => typeToValue(element as TSType))
  if (type.type === "TSTypeLiteral") {
    return Object.fromEntries(membersOf(type.members).map(({ name, type }) => [name, typeToValue(type)]))
  }
  throw new Error(`There is no value for a ${type.type}`)
}
