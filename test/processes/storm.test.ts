/** A rotating refresh token is spent once, however many processes need it at the same moment. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as Storm from "./storm.ts"
import * as StrictDiscord from "./StrictDiscord.ts"

const answers = Storm.processes * Storm.fibers

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  it.live(
    "F47: 10,000 fibers of 8 processes cause one refresh of a token, and then one of each of 1,000",
    () =>
      Effect.gen(function*() {
        const place = yield* newPlace
        const discord = yield* Effect.acquireRelease(
          Effect.promise(StrictDiscord.start),
          ({ close }) => Effect.promise(close)
        )
        const { clientId, clientSecret } = StrictDiscord
        const storm = yield* Storm.makeStorm({ place, apiUrl: discord.apiUrl, clientId, clientSecret })

        const check = Effect.fnUntraced(function*(users: ReadonlyArray<string>) {
          const [duration, result] = yield* Effect.timed(storm(users))
          console.info(
            `${place.kind}: ${users.length} users, ${answers} fibers: ${Math.round(Duration.toMillis(duration))} ms`
          )
          assert.deepStrictEqual(result, { answers, errors: {} })
          for (const user of users) {
            const { latest, requests, reuses } = discord.account(user)
            assert.deepStrictEqual({ requests: requests.length, reuses }, { requests: 1, reuses: 0 }, user)
            assert.deepStrictEqual(
              yield* Storm.pairAt(Storm.keyOf(clientId, user)),
              { access: latest?.access ?? "", refresh: latest?.refresh ?? "", isSent: false }
            )
          }
          assert.deepStrictEqual(discord.complaints, [])
        })

        const [one = "", ...users] = Storm.usersOf(1001)
        yield* Effect.gen(function*() {
          yield* Storm.seed(Storm.keyOf(clientId, one), discord.signIn(one), true)
          // Every other token is past its time by its own account; Discord refuses the rest before theirs.
          yield* Effect.forEach(users, (user, index) => {
            const { refresh } = discord.signIn(user)
            const pair = { access: `access.${user}.refused`, refresh }
            return Storm.seed(Storm.keyOf(clientId, user), pair, index % 2 === 0)
          }, { concurrency: 50, discard: true })
          yield* check([one])
          yield* check(users)
        }).pipe(Effect.provide(Storm.storeAt(place)))
      }),
    300_000
  )
}

describe("a storm on SQLite", tests(NewPlace.sqlite()))
await describeServer("PostgreSQL", "a storm on PostgreSQL", tests(NewPlace.postgresql()))
await describeServer("MySQL", "a storm on MySQL", tests(NewPlace.mysql()))
await describeServer("Redis", "a storm on Redis", tests(NewPlace.redis()))
