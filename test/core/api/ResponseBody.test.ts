import { ResponseBody } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"

const respond = (body: BodyInit | null, headers: Readonly<Record<string, string>> = {}) =>
  HttpClientResponse.fromWeb(
    HttpClientRequest.get("https://discord.com/api/v10/users/@me"),
    new Response(body, { headers })
  )

/** A body in pieces, which counts how many of them were asked for. */
const pieces = (sizes: ReadonlyArray<number>) => {
  const state = { read: 0 }
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = sizes[state.read++]
      if (size === undefined) controller.close()
      else controller.enqueue(new Uint8Array(size).fill(0x61))
    }
  }, { highWaterMark: 0 })
  return { state, stream }
}

describe("ResponseBody.readText", () => {
  it.effect("returns a body that is as long as the limit", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* ResponseBody.readText(respond("12345678"), 8), "12345678")
      const announced = respond("12345678", { "content-length": "8" })
      assert.strictEqual(yield* ResponseBody.readText(announced, 8), "12345678")
    }))

  it.effect("returns the empty text for a response without a body", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* ResponseBody.readText(respond(null), 8), "")
    }))

  it.effect("decodes a character whose bytes arrive in two pieces", () =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode("é")
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes.slice(0, 1))
          controller.enqueue(bytes.slice(1))
          controller.close()
        }
      })
      assert.strictEqual(yield* ResponseBody.readText(respond(stream), 8), "é")
    }))

  it.effect("F10: stops reading a body that becomes longer than the limit", () =>
    Effect.gen(function*() {
      const { state, stream } = pieces([6, 6, 6, 6])
      const error = yield* Effect.flip(ResponseBody.readText(respond(stream), 8))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "Expected at most 8 bytes")
      assert.strictEqual(state.read, 2)
    }))

  it.effect("F10: rejects a body whose content-length is over the limit after its first piece", () =>
    Effect.gen(function*() {
      const { state, stream } = pieces([1, 1, 1])
      const error = yield* Effect.flip(ResponseBody.readText(respond(stream, { "content-length": "9" }), 8))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.strictEqual(state.read, 1)
    }))

  it.effect("counts the bytes of a compressed body, whatever its content-length says", () =>
    Effect.gen(function*() {
      const headers = { "content-length": "2", "content-encoding": "gzip" }
      const error = yield* Effect.flip(ResponseBody.readText(respond(pieces([6, 6]).stream, headers), 8))
      assert.strictEqual(error._tag, "MalformedResponse")
    }))

  it.effect("fails with DiscordTransportError when the connection breaks", () =>
    Effect.gen(function*() {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.error(new Error("socket closed"))
        }
      })
      const error = yield* Effect.flip(ResponseBody.readText(respond(stream), 8))
      assert.deepInclude(error, { _tag: "DiscordTransportError", sent: true })
    }))
})
