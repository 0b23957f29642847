/** Concurrent refreshes at a server that revokes a whole grant when one of its refresh tokens is sent twice. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ConcurrentRefresh from "./concurrentRefresh.ts"
import * as NewPlace from "./newPlace.ts"
import * as Oidc from "./Oidc.ts"
import { clientId, clientSecret } from "./StrictDiscord.ts"

const startOidc = Effect.acquireRelease(Effect.promise(() => Oidc.start()), ({ close }) => Effect.promise(close))

const answers = ConcurrentRefresh.processes * ConcurrentRefresh.fibers

describe("oidc-provider", () => {
  it.live("F47: the control: a refresh token that is sent twice ends the grant", () =>
    Effect.gen(function*() {
      const oidc = yield* startOidc
      const { refresh } = yield* Effect.promise(() => oidc.signIn("80351110224678912"))
      const first = yield* Effect.promise(() => oidc.refresh(refresh))
      assert.deepStrictEqual([first.status, oidc.revoked.length], [200, 0])
      const twice = yield* Effect.promise(() => oidc.refresh(refresh))
      assert.deepStrictEqual([twice.status, twice.error, oidc.revoked.length], [400, "invalid_grant", 1])
      const next = yield* Effect.promise(() => oidc.refresh(first.refresh_token ?? ""))
      assert.deepStrictEqual([next.status, next.error], [400, "invalid_grant"])
    }))

  it.live(
    "F47: thousands of fibers of 8 processes refresh one token, and then many tokens, and no grant is revoked",
    () =>
      Effect.gen(function*() {
        const place = ConcurrentRefresh.patient(yield* NewPlace.sqlite)
        const oidc = yield* startOidc
        const askAll = yield* ConcurrentRefresh.startProcesses({ place, apiUrl: oidc.apiUrl, clientId, clientSecret })
        const [one = "", ...users] = ConcurrentRefresh.usersOf(1 + ConcurrentRefresh.tokens)

        yield* Effect.gen(function*() {
          yield* Effect.forEach([one, ...users], (user) =>
            Effect.flatMap(
              Effect.promise(() => oidc.signIn(user)),
              (pair) => ConcurrentRefresh.seed(ConcurrentRefresh.keyOf(clientId, user), pair, true)
            ), { concurrency: 50, discard: true })

          const check = (asked: ReadonlyArray<string>, total: number) =>
            Effect.map(Effect.timed(askAll(asked)), ([duration, result]) => {
              console.info(
                `oidc-provider: ${asked.length} users, ${answers} fibers: ${Math.round(Duration.toMillis(duration))} ms`
              )
              assert.deepStrictEqual(result, { answers, errors: {} })
              assert.deepStrictEqual([oidc.revoked, oidc.errors], [[], []])
              assert.strictEqual(oidc.refreshed.size, total)
              for (const user of asked) assert.strictEqual(oidc.refreshed.get(user), 1, user)
            })
          yield* check([one], 1)
          yield* check(users, 1 + users.length)

          yield* Effect.forEach([one, ...users], (user) =>
            Effect.gen(function*() {
              const held = yield* ConcurrentRefresh.pairAt(ConcurrentRefresh.keyOf(clientId, user))
              const answer = yield* Effect.promise(() => oidc.refresh(held?.refresh ?? ""))
              assert.strictEqual(answer.status, 200, user)
            }), { concurrency: 20, discard: true })
          assert.deepStrictEqual([oidc.revoked, oidc.errors], [[], []])
        }).pipe(Effect.provide(ConcurrentRefresh.storeAt(place)))
      })
  )
})
