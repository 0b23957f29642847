import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as TokenRecord from "../../../../packages/core/src/tokens/internal/tokenRecord.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const token = Stub.token()

describe("tokenRecord", () => {
  for (
    const [name, content] of Object.entries({
      "a token": { token },
      "a token whose refresh was sent": { token, sentAt: DateTime.makeUnsafe(1000) },
      "a token whose response is lost": { token, sentAt: DateTime.makeUnsafe(1000), isLost: true }
    })
  ) {
    it.effect(`decodes what it encoded: ${name}`, () =>
      Effect.gen(function*() {
        const text = yield* TokenRecord.encode("put", content)
        const decoded = yield* TokenRecord.decode("get", text)
        assert.deepStrictEqual(Object.keys(decoded).toSorted(), Object.keys(content).toSorted())
        assert.strictEqual(yield* TokenRecord.encode("put", decoded), text)
      }))
  }

  it.effect("F43: decodes the format of the first release", () =>
    Effect.gen(function*() {
      const { token: encoded } = JSON.parse(yield* TokenRecord.encode("put", { token }))
      const decoded = yield* TokenRecord.decode("get", JSON.stringify({ version: 1, token: encoded }))
      assert.deepStrictEqual(Object.keys(decoded), ["token"])
    }))

  for (
    const [reason, text] of [
      ["newer-version", "{\"version\":3}"],
      ["corrupt", "{\"version\":2}"],
      ["corrupt", "{\"version\":0}"],
      ["corrupt", "planted"]
    ] as const
  ) {
    it.effect(`F43: fails with ${reason} for ${text}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(TokenRecord.decode("get", text))
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.operation, "get")
        assert.isUndefined(error.cause)
      }))
  }

  it.effect("does not encode `data` that is not JSON", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(TokenRecord.encode("put", { token: { ...token, data: { n: Number.NaN } } }))
      assert.strictEqual(error.reason, "corrupt")
      assert.match(String(error.cause), /check its `data`/)
    }))
})
