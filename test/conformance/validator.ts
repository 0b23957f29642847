/** Validates values against the schemas of an OpenAPI document. */
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import type { Document, JsonSchema } from "./JsonSchema.ts"

/** A function that returns why a value is not what a schema of the document allows. */
export type Validate = (value: unknown) => ReadonlyArray<string>

/** Returns the validator of a part of the document, such as `components`, `schemas`, `ErrorResponse`. */
export const validator = (document: Document): (...parts: ReadonlyArray<string>) => Validate => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("snowflake", (text) => /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n)
  // Ajv reads the whole document as one schema, and finds a part of it by its pointer.
  ajv.addSchema({ $id: "discord", ...document })
  return (...parts) => {
    const pointer = parts.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent)
    const validate = ajv.getSchema(`discord#/${pointer.join("/")}`)
    if (validate === undefined) throw new Error(`the document has no ${parts.join(" ")}`)
    return (value) =>
      validate(value) === true
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

/** The names that lead to the JSON body of a response. */
export const responseParts = (
  { method, path }: { readonly method: string; readonly path: string },
  status: number | string
): ReadonlyArray<string> => [
  "paths",
  path,
  method,
  "responses",
  String(status),
  "content",
  "application/json",
  "schema"
]

/** The schema of a list that is not null: Discord's document lets every list be null, the documentation none. */
export const notNull = (schema: JsonSchema | undefined): JsonSchema | undefined => {
  const list = schema?.anyOf?.find(({ type }) => type === "array")
  return list !== undefined && schema?.anyOf?.length === 2 ? list : schema
}
