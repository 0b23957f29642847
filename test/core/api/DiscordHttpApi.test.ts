/** Discord's documented JSON through the declaration and back, without loss. */
import { DiscordHttpApi } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { answers, bodies } from "../../fixtures/documented.ts"
import { decode, encode } from "../../fixtures/laws.ts"

type Json = Schema.Codec<unknown, unknown>

interface Declared {
  readonly identifier: string
  readonly success: ReadonlySet<Json>
  readonly payload: ReadonlyMap<string, { readonly schemas: ReadonlyArray<Json> }>
}

const groups: Readonly<Record<string, { readonly endpoints: object }>> = DiscordHttpApi.DiscordHttpApi.groups

const endpoints = Object.values(groups).flatMap(({ endpoints }): ReadonlyArray<Declared> => Object.values(endpoints))

const json = (schemas: Iterable<Json>) => Schema.toCodecJson(Schema.Union(Array.from(schemas)))

describe("each documented response is decoded by its endpoint and encoded to the same JSON", () => {
  it("no endpoint is left out", () => {
    assert.deepStrictEqual(Object.keys(answers), endpoints.map(({ identifier }) => identifier))
  })

  it("one without an example has no content, or one that is ignored", () => {
    assert.deepStrictEqual(
      endpoints.filter(({ identifier }) => answers[identifier]?.length === 0).map(({ identifier }) => identifier),
      endpoints.filter(({ identifier, success }) =>
        identifier === "revokeToken" || Array.from(success).every(({ ast }) => HttpApiSchema.isNoContent(ast))
      ).map(({ identifier }) => identifier)
    )
  })

  for (const { identifier, success } of endpoints) {
    for (const [index, answer] of (answers[identifier] ?? []).entries()) {
      it(`${identifier}, example ${index + 1}`, () => {
        const schema = json(success)
        assert.deepStrictEqual(encode(schema, decode(schema, answer)), answer)
      })
    }
  }
})

describe("each documented body is encoded by its endpoint to the same JSON", () => {
  const withBody = endpoints.filter(({ payload }) => payload.size > 0)

  it("no endpoint with a body is left out", () => {
    assert.deepStrictEqual(Object.keys(bodies), withBody.map(({ identifier }) => identifier))
  })

  it("one without an example is a form with a file", () => {
    assert.deepStrictEqual(
      withBody.filter(({ identifier }) => bodies[identifier]?.length === 0).map(({ identifier }) => identifier),
      withBody.filter(({ payload }) => payload.has("multipart/form-data")).map(({ identifier }) => identifier)
    )
  })

  for (const { identifier, payload } of withBody) {
    for (const [index, body] of (bodies[identifier] ?? []).entries()) {
      it(`${identifier}, example ${index + 1}`, () => {
        const schema = json(Array.from(payload.values()).flatMap(({ schemas }) => schemas))
        assert.deepStrictEqual(encode(schema, decode(schema, body)), body)
      })
    }
  }
})
