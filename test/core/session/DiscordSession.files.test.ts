import { AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

describe("DiscordSession: a file in a body", () => {
  const file = { file: new File(["planted file"], "a.png", { type: "image/png" }) }
  const application_id = key.clientId
  const uploads = (calls: ReadonlyArray<Stub.Call>) => calls.filter(({ path }) => path.endsWith("/attachment"))
  const upload = Effect.flatMap(
    signedIn(),
    (session) => session.uploadApplicationAttachment({ application_id, ...file })
  )

  const discord = (onUpload: (attempt: number) => Effect.Effect<Stub.Answer, Stub.Drop>): Stub.Handler => {
    const rotate = Stub.rotating()
    let attempt = 0
    return ({ form, path }) => path === "/oauth2/token" ? Effect.succeed(rotate(form)) : onUpload(++attempt)
  }

  it.effect("F24: a file that cannot be read again after a 401 fails the call, and the new token is stored", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const uploading = yield* Effect.forkChild(Effect.flip(upload))
      yield* TestClock.adjust("1 day")
      // A file that has changed since it was chosen cannot be read a second time: the client's request breaks.
      assert.strictEqual((yield* Fiber.join(uploading))._tag, "DiscordTransportError")
      assert.lengthOf(uploads(calls), 2)
      assert.lengthOf(calls, 3)
      const { token } = Option.getOrThrow(yield* stored)
      assert.strictEqual(Redacted.value(token.access_token), "access-1")
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord((attempt) => attempt === 1 ? Effect.succeed(Stub.unauthorized) : Effect.fail("ECONNRESET"))
    )))
  })

  it.effect("F24: rejects a stream in place of a file, and sends nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const once = new ReadableStream() as unknown as File
      const error = yield* Effect.flip(session.uploadApplicationAttachment({ application_id, file: once }))
      assert.strictEqual(error._tag, "InvalidCallArgument")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(() => Effect.succeed({})))))
  })

  it.effect("F24: sends a file again as a whole, with the new token, after a 401", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* Effect.ignore(upload)
      assert.deepStrictEqual(uploads(calls).map(({ authorization }) => authorization), [
        "Bearer access-0",
        "Bearer access-1"
      ])
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord((attempt) =>
        Effect.succeed(attempt === 1 ? Stub.unauthorized : { status: 400, body: { message: "?", code: 50035 } })
      )
    )))
  })
})
