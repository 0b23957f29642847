/** Many processes need a token at the same time, and each refresh token is sent once. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as ConcurrentRefresh from "./concurrentRefresh.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as StrictDiscord from "./StrictDiscord.ts"

const answers = ConcurrentRefresh.processes * ConcurrentRefresh.fibers

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  it.live(
    "F47: thousands of fibers of 8 processes cause one refresh of a token, and then one refresh of each of many tokens",
    () =>
      Effect.gen(function*() {
        const place = ConcurrentRefresh.patient(yield* newPlace)
        const discord = yield* Effect.acquireRelease(
          Effect.promise(StrictDiscord.start),
          ({ close }) => Effect.promise(close)
        )
        const { clientId, clientSecret } = StrictDiscord
        const { apiUrl } = discord
        const askAll = yield* ConcurrentRefresh.startProcesses({ place, apiUrl, clientId, clientSecret })

        const check = Effect.fnUntraced(function*(users: ReadonlyArray<string>) {
          const [duration, result] = yield* Effect.timed(askAll(users))
          console.info(
            `${place.kind}: ${users.length} users, ${answers} fibers: ${Math.round(Duration.toMillis(duration))} ms`
          )
          assert.deepStrictEqual(result, { answers, errors: {} })
          for (const user of users) {
            const { latest, requests, reuses } = discord.account(user)
            assert.deepStrictEqual({ requests: requests.length, reuses }, { requests: 1, reuses: 0 }, user)
            assert.deepStrictEqual(
              yield* ConcurrentRefresh.pairAt(ConcurrentRefresh.keyOf(clientId, user)),
              { access: latest?.access ?? "", refresh: latest?.refresh ?? "", isSent: false }
            )
          }
          assert.deepStrictEqual(discord.complaints, [])
        })

        const [one = "", ...users] = ConcurrentRefresh.usersOf(1 + ConcurrentRefresh.tokens)
        yield* Effect.gen(function*() {
          yield* ConcurrentRefresh.seed(ConcurrentRefresh.keyOf(clientId, one), discord.signIn(one), true)
          // The store considers every other token expired; Discord rejects the rest before they expire.
          yield* Effect.forEach(users, (user, index) => {
            const { refresh } = discord.signIn(user)
            const pair = { access: `access.${user}.refused`, refresh }
            return ConcurrentRefresh.seed(ConcurrentRefresh.keyOf(clientId, user), pair, index % 2 === 0)
          }, { concurrency: 50, discard: true })
          yield* check([one])
          yield* check(users)
        }).pipe(Effect.provide(ConcurrentRefresh.storeAt(place)))
      })
  )
}

describe("concurrent refreshes on SQLite", tests(NewPlace.sqlite))
await describeServer("PostgreSQL", "concurrent refreshes on PostgreSQL", tests(NewPlace.postgresql))
await describeServer("MySQL", "concurrent refreshes on MySQL", tests(NewPlace.mysql))
await describeServer("Redis", "concurrent refreshes on Redis", tests(NewPlace.redis))
