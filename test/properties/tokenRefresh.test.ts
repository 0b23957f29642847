/** A refresh with a store: no response makes the store lose the token. */
import { AccessTokenStore, Snowflake, TokenRefresh } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import * as Stub from "../support/StubDiscord.ts"
import { answer, invalid } from "./support/answers.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const old = { access: "planted-old-access", refresh: "planted-old-refresh" }

const fresh = (random: Random) => ({
  access_token: `planted-new-access-${Hostile.letters(random)}`,
  token_type: "Bearer",
  expires_in: 604_800,
  ...(random.chance(0.8) && { refresh_token: `planted-new-refresh-${Hostile.letters(random)}` }),
  scope: "identify"
})

const body = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => fresh(random),
    () => Hostile.mutateJson(random, fresh(random)),
    () => invalid(random),
    () => ({ error: "invalid_grant", ...(random.chance(0.7) && { error_description: Hostile.text(random) }) }),
    () => ({
      error: "invalid_request",
      error_description: random.pick(["Invalid \"refresh_token\" in request.", "Invalid \"scope\""])
    }),
    () => Hostile.json(random, 3)
  )

type Next = Effect.Effect<Stub.Answer, Stub.Drop>

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/** What says that the grant is dead: RFC 6749's own word, or the older one with the name of the parameter. */
const isDead = (sent: Stub.Answer) => {
  // A 304 comes without its body.
  if ((sent.status ?? 200) < 300 || sent.status === 304) return false
  const bytes = sent.body instanceof Uint8Array ? sent.body : new TextEncoder().encode(String(sent.body))
  return Option.exists(
    decode(new TextDecoder().decode(bytes)),
    ({ error, error_description: text }) =>
      error === "invalid_grant" || (error === "invalid_request" && /"(code|refresh_token)"/.test(String(text)))
  )
}

const secretsOf = ({ token }: AccessTokenStore.StoredToken) =>
  [token.access_token, token.refresh_token].map((secret) => secret && Redacted.value(secret))

Cases.file("tokenRefresh", (property) => {
  property.started(
    "F2, F4, F9, F14 to F16: after any answer the store has the old token or the answer's, and it goes only where the grant is dead",
    3000,
    Effect.gen(function*() {
      let next: Next = Effect.succeed({})
      const calls: Array<Stub.Call> = []
      const context = yield* Layer.build(
        Stub.layer(calls, () => Effect.suspend(() => next), { middleware: Stub.unlimited })
      )
      const store = Context.get(context, AccessTokenStore.AccessTokenStore)
      const refresh = Context.get(context, TokenRefresh.TokenRefresh)
      let user = 80351110224678912n
      return (random, note, saw) =>
        Effect.gen(function*() {
          calls.length = 0
          const key = {
            clientId: Snowflake.ApplicationId.make(Stub.clientId),
            userId: Snowflake.UserId.make(String(user++))
          }
          const stored = yield* store.put(key, { ...Stub.token({ ...old, seconds: -1 }), data: { plan: "gold" } })
          const sent = answer(random, body(random), random.chance(0.4) ? 200 : undefined)
          const drop = random.chance(0.1) ? random.pick<Stub.Drop>(["ECONNREFUSED", "ECONNRESET"]) : undefined
          note(drop ?? sent)
          next = drop === undefined ? Effect.succeed(sent) : Effect.fail(drop)
          const exit = yield* Effect.exit(refresh.refresh(key, stored))
          assert.strictEqual(calls.length, 1)
          if (Exit.isFailure(exit)) hides(shown(Exit.findErrorOption(exit)), [old.access, old.refresh])
          const after = yield* store.get(key)

          if (Option.isNone(after)) {
            assert.isTrue(drop === undefined && isDead(sent), "the token is gone, and the grant is not dead")
            assert.deepStrictEqual(
              Option.map(Exit.findErrorOption(exit), ({ _tag }) => _tag),
              Option.some("InvalidRefreshToken")
            )
            return saw("dead")
          }
          assert.isFalse(
            drop === undefined && isDead(sent) && typeof sent.body === "string" &&
              sent.body.startsWith("{\"error\":\"invalid_grant\"}")
          )
          assert.deepStrictEqual(after.value.token.data, { plan: "gold" })
          if (Exit.isSuccess(exit)) {
            saw("refreshed")
            assert.deepStrictEqual(secretsOf(after.value), secretsOf(exit.value))
            const bytes = typeof sent.body === "string" ? new TextEncoder().encode(sent.body) : sent.body
            const json = Option.getOrThrow(decode(new TextDecoder().decode(bytes)))
            assert.deepStrictEqual(secretsOf(after.value), [json.access_token, json.refresh_token ?? old.refresh])
            return
          }
          saw("kept")
          assert.deepStrictEqual(secretsOf(after.value), [old.access, old.refresh])

          // The next attempt, after the cooldown, is as good as the first.
          next = Effect.succeed({ body: { ...fresh(random), refresh_token: "planted-next-refresh" } })
          yield* TestClock.adjust("10 seconds")
          const again = yield* refresh.refresh(key, after.value)
          assert.strictEqual(secretsOf(again)[1], "planted-next-refresh")
          assert.deepStrictEqual(secretsOf(Option.getOrThrow(yield* store.get(key))), secretsOf(again))
        })
    }),
    ["dead", "refreshed", "kept"]
  )
})
