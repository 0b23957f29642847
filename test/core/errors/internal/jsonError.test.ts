import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { json } from "../../../../packages/core/src/api/internal/errorBodies.ts"
import { jsonError } from "../../../../packages/core/src/errors/internal/jsonError.ts"

class UnknownTeapot extends jsonError<UnknownTeapot>()("UnknownTeapot", {
  code: 10418,
  status: 404,
  says: "Unknown Teapot",
  message: "There is no such teapot: list the teapots and take an id from there."
}) {}

class UnknownCup extends jsonError<UnknownCup>()("UnknownCup", {
  code: 10419,
  status: 404,
  says: "Unknown Cup",
  message: "There is no such cup."
}) {}

describe("jsonError", () => {
  it("makes a class with the row's tag, identifier and message", () => {
    const error = new UnknownTeapot()
    assert.strictEqual(error._tag, "UnknownTeapot")
    assert.strictEqual(error.name, "@discord-oauth2/core/errors/UnknownTeapot")
    assert.include(error.message, "There is no such teapot")
    assert.instanceOf(error, UnknownTeapot)
    assert.instanceOf(error, Error)
    assert.notInstanceOf(error, UnknownCup)
    assert.deepStrictEqual([UnknownTeapot.code, UnknownTeapot.status, UnknownTeapot.says], [
      10418,
      404,
      "Unknown Teapot"
    ])
  })

  it.effect("makes an error that an effect fails with and that catchTag finds", () =>
    Effect.gen(function*() {
      const failing: Effect.Effect<never, UnknownTeapot | UnknownCup> = Effect.gen(function*() {
        return yield* new UnknownTeapot()
      })
      assert.strictEqual(
        yield* Effect.catchTag(failing, "UnknownTeapot", ({ message }) => Effect.succeed(message)),
        new UnknownTeapot().message
      )
    }))

  it("makes the codec of Discord's body", () => {
    const codec = Schema.toCodecJson(json(UnknownTeapot))
    const error = Schema.decodeUnknownSync(codec)({ code: 10418, message: "any" })
    assert.instanceOf(error, UnknownTeapot)
    assert.deepStrictEqual(Schema.encodeUnknownSync(codec)(error), { code: 10418, message: "Unknown Teapot" })
    assert.throws(() => Schema.decodeUnknownSync(codec)({ code: 10419, message: "any" }))
  })
})
