import { DiscordClient, DiscordError, Snowflake } from "@discord-oauth2/core"
import { RequestMiddleware } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Stub from "../../support/StubDiscord.ts"

const call: RequestMiddleware.Call = {
  endpoint: "getCurrentUser",
  clientId: Stub.clientId,
  subject: "client",
  majorParameters: ""
}

const limited = new DiscordError.InvalidRequestLimit({ retryAfter: Duration.seconds(1) })

describe("compose", () => {
  const logging = (log: Array<string>, name: string): RequestMiddleware.Service => (_, send) =>
    Effect.sync(() => log.push(`${name} before`)).pipe(
      Effect.andThen(send),
      Effect.tap(() => Effect.sync(() => log.push(`${name} after`)))
    )

  const sending = (log: Array<string>) =>
    Effect.sync(() => {
      log.push("send")
      return { status: 200, headers: Headers.empty, error: undefined }
    })

  it.effect("makes the first middleware the outermost", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const middleware = RequestMiddleware.compose(logging(log, "first"), logging(log, "second"))
      assert.strictEqual((yield* middleware(call, sending(log))).status, 200)
      assert.deepStrictEqual(log, ["first before", "second before", "send", "second after", "first after"])
    }))

  it.effect("sends nothing, and asks no inner middleware, when an outer one rejects the request", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      const middleware = RequestMiddleware.compose(() => Effect.fail(limited), logging(log, "inner"))
      assert.strictEqual(yield* Effect.flip(middleware(call, sending(log))), limited)
      assert.deepStrictEqual(log, [])
    }))

  it.effect("returns the request unchanged without a middleware", () => {
    const send = sending([])
    assert.strictEqual(RequestMiddleware.compose()(call, send), send)
    return Effect.void
  })
})

describe("CurrentUserId", () => {
  it.effect("is the subject of the calls, whatever their token is", () => {
    const subjects: Array<string> = []
    const recording: RequestMiddleware.Service = (call, send) =>
      Effect.andThen(Effect.sync(() => subjects.push(call.subject)), send)
    return Effect.gen(function*() {
      const { getCurrentUser } = yield* DiscordClient.DiscordClient
      const userId = Snowflake.UserId.make(Stub.userId)
      const one = getCurrentUser({ accessToken: Stub.token({ access: "planted-one" }) })
      const two = getCurrentUser({ accessToken: Stub.token({ access: "planted-two" }) })
      yield* Effect.provideService(Effect.andThen(one, two), RequestMiddleware.CurrentUserId, userId)
      yield* Effect.andThen(one, two)
      const [first, second, third, fourth] = subjects
      assert.deepStrictEqual([first, second], [`user:${Stub.userId}`, `user:${Stub.userId}`])
      assert.match(third ?? "", /^token:/)
      assert.notStrictEqual(third, fourth)
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.user }), {
      middleware: Layer.succeed(RequestMiddleware.RequestMiddleware, recording)
    })))
  })
})
