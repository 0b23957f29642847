/**
 * What Discord's document allows it to answer, made up from the document, through our schemas and back.
 *
 * Discord's document is not part of this repository: see openapi.test.ts for where it is looked for.
 */
import { DiscordHttpApi } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Exit from "effect/Exit"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import { generator, memberPaths, withoutUnknown } from "./generate.ts"
import type { Document, JsonSchema } from "./schema.ts"
import { members } from "./schema.ts"

const samples = 300

/** Members that the document calls any string, and of which the documentation says more. */
const permissions = ["0", "2147483647", "9007199254740993", "36953089"]
const texts = new Map([
  ["permissions", permissions],
  ["allow", permissions],
  ["deny", permissions],
  ["default_member_permissions", permissions],
  // The subject of an id token is the user's id.
  ["sub", ["80351110224678912", "18446744073709551615"]]
])

/** What Discord's document does not have. */
const undocumented = ["exchangeToken", "revokeToken"]

const file = process.env.DISCORD_OPENAPI ??
  fileURLToPath(new URL("../../../shared/discord-openapi.json", import.meta.url))

type Codec = Schema.Codec<unknown, unknown>

interface Declared {
  readonly identifier: string
  readonly method: string
  readonly path: string
  readonly successes: ReadonlyMap<number, ReadonlyArray<Codec>>
}

const declared: Array<Declared> = []
HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path }, successes }) => {
    declared.push({
      identifier,
      method: method.toLowerCase(),
      path: path.replace(/:(\w+)/g, "{$1}"),
      successes: successes as ReadonlyMap<number, ReadonlyArray<Schema.Top>> as Declared["successes"]
    })
  }
})

/** Ajv takes a document as one schema with many parts; a part is found by its pointer. */
const validator = (document: Document) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("snowflake", (text) => /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n)
  ajv.addFormat("nonce", true)
  ajv.addSchema({ $id: "discord", ...document })
  return (parts: ReadonlyArray<string>) => {
    const pointer = parts.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent)
    const validate = ajv.getSchema(`discord#/${pointer.join("/")}`)
    if (validate === undefined) throw new Error(`the document has no ${parts.join(" ")}`)
    return (value: unknown) =>
      validate(value) === true
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

interface Answer {
  readonly name: string
  readonly schema: JsonSchema
  readonly codec: Codec | undefined
  readonly pointer: ReadonlyArray<string>
}

/** The document lets every list be null; the documentation has a list, and none has been seen to be null. */
const notNull = (schema: JsonSchema | undefined): JsonSchema | undefined =>
  Array.isArray(schema?.type) && schema.type.includes("array") ? { ...schema, type: "array" } : schema

/** Every answer with a body that the document has for what is declared. */
const answersOf = (document: Document): ReadonlyArray<Answer> =>
  declared.flatMap(({ identifier, method, path, successes }) =>
    Object.entries(document.paths[path]?.[method]?.responses ?? {}).flatMap(([status, { content }]) => {
      const schema = notNull(content?.["application/json"]?.schema)
      if (!status.startsWith("2") || schema === undefined) return []
      const ours = successes.get(Number(status))
      return [{
        name: `${identifier} ${status}`,
        schema,
        codec: ours && (Schema.toCodecJson(Schema.Union(ours)) as Codec),
        pointer: ["paths", path, method, "responses", status, "content", "application/json", "schema"]
      }]
    })
  )

const suite = (document: Document) => {
  const answers = answersOf(document)
  const validate = validator(document)

  it("has an answer of every declared endpoint, but for what has no body or is not in the document", () => {
    const silent = declared.filter(({ identifier, path, method }) =>
      document.paths[path]?.[method] === undefined
      || !answers.some(({ name }) => name.startsWith(`${identifier} `))
    )
    const unknown = silent.filter(({ method, path }) => document.paths[path]?.[method] === undefined)
    assert.deepStrictEqual(unknown.map(({ identifier }) => identifier), undocumented)
    for (const { identifier, successes } of silent) {
      if (!undocumented.includes(identifier)) assert.notInclude(Array.from(successes.keys()), 200, identifier)
    }
    assert.isAtLeast(answers.length, 35)
  })

  describe.each(answers)("$name", ({ codec, pointer, schema }) => {
    const valid = validate(pointer)
    const next = generator({ document, seed: 20260, texts }, schema)
    const generated = Array.from({ length: samples }, next)

    it("is generated as the document says, with every member of it", () => {
      for (const value of generated) assert.deepStrictEqual(valid(value), [], JSON.stringify(value))
      const seen = new Set(generated.flatMap(memberPaths))
      const expected = members({ document, schema }).filter((path) => !path.includes("*"))
      assert.strictEqual(expected.filter((path) => !seen.has(path)).join(" "), "")
    })

    const roundTrip = (codec: Codec) => {
      const decode = Schema.decodeUnknownExit(codec)
      const encode = Schema.encodeExit(codec)
      for (const value of generated) {
        const decoded = decode(value)
        if (Exit.isFailure(decoded)) assert.fail(`${String(decoded.cause)}\n${JSON.stringify(value)}`)
        const encoded = encode(decoded.value)
        if (Exit.isFailure(encoded)) assert.fail(`${String(encoded.cause)}\n${JSON.stringify(value)}`)
        assert.deepStrictEqual(withoutUnknown(encoded.value), withoutUnknown(value))
        assert.deepStrictEqual(valid(encoded.value), [])
      }
    }

    it("decodes, and what is encoded again is the same and as the document says", () => {
      assert.isDefined(codec)
      roundTrip(codec)
    })

    it("the same under Effect's schema compiler", () => {
      assert.isDefined(codec)
      SchemaJITCompiler.enable(codec.ast)
      roundTrip(codec)
    })
  })
}

if (fs.existsSync(file)) {
  const document: Document = JSON.parse(fs.readFileSync(file, "utf8"))
  describe("answers generated from Discord's OpenAPI document", () => suite(document))
} else {
  describe("answers generated from Discord's OpenAPI document", () => {
    it.skip("Discord's document is not here: set DISCORD_OPENAPI to generate from it", () => {})
  })
}
