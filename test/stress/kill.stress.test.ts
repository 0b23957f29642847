/** Processes are killed at random times during a refresh, and no sign-in is lost that the store could have kept. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as ConcurrentRefresh from "./concurrentRefresh.ts"
import * as Kill from "./kill.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as Random from "./Random.ts"
import * as StrictDiscord from "./StrictDiscord.ts"
import { bundleWorker, startWorker } from "./Workers.ts"

const rounds = Number(process.env.TEST_KILL_ROUNDS ?? 60)
/** Chance may leave out a kind of kill: so many rounds are played until each was met. */
const mostRounds = rounds * 20
const seed = Number(process.env.TEST_KILL_SEED ?? Date.now() % 1_000_000)

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  it.live("F41, F42: after a SIGKILL the next process gets the user, or learns that the response is lost", () =>
    Effect.gen(function*() {
      const found = yield* newPlace
      const discord = yield* Effect.acquireRelease(
        Effect.promise(StrictDiscord.start),
        ({ close }) => Effect.promise(close)
      )
      const bundle = yield* bundleWorker
      const { clientId, clientSecret } = StrictDiscord
      const { apiUrl } = discord

      const times = yield* Effect.scoped(Effect.gen(function*() {
        const place = { ...found, lease: Kill.shortestLease }
        const worker = yield* startWorker(bundle, { name: "undisturbed", place, apiUrl, clientId, clientSecret })
        const { count, ...warm } = yield* Kill.measureWarm(
          worker,
          ConcurrentRefresh.usersOf(250, 80351110223000000n),
          discord
        )
        console.info(`${place.kind}: the time in which a kill can cost a sign-in, in ${count} refreshes`)
        console.table(warm)
        const take = yield* Kill.makePool(bundle, place, apiUrl, 2)
        return yield* Kill.measureFirst(take, ConcurrentRefresh.usersOf(8, 80351110222000000n), discord)
      })).pipe(Effect.provide(ConcurrentRefresh.storeAt(found)))

      const place = { ...found, lease: Kill.leaseFor(times) }
      const outcomes = yield* Effect.gen(function*() {
        const take = yield* Kill.makePool(bundle, place, apiUrl, 2)
        const random = Random.makeRandom(seed)
        const outcomes: Array<Kill.Outcome> = []
        while (outcomes.length === 0 || (Kill.missing(outcomes).length > 0 && outcomes.length < mostRounds)) {
          const users = ConcurrentRefresh.usersOf(rounds, 80351110224000000n + BigInt(outcomes.length))
          outcomes.push(
            ...yield* Effect.forEach(
              Kill.draw(random, users, place.kind !== "files"),
              (plan) => Effect.flatMap(take, (victim) => Kill.play(plan, victim, discord, times)),
              { concurrency: 3 }
            )
          )
        }
        return outcomes
      }).pipe(Effect.provide(Kill.survivor(place, apiUrl)))

      console.info(
        `${place.kind}: ${outcomes.length} rounds, a lease of ${place.lease} ms, TEST_KILL_SEED=${seed}`
      )
      console.table(Kill.table(outcomes))
      assert.isAtLeast(outcomes.length, rounds)
      assert.deepStrictEqual(discord.complaints, [])
      assert.deepStrictEqual(Kill.missing(outcomes), [])
    }))
}

describe("kills on files", tests(NewPlace.files))
describe("kills on SQLite", tests(NewPlace.sqlite))
await describeServer("PostgreSQL", "kills on PostgreSQL", tests(NewPlace.postgresql))
await describeServer("MySQL", "kills on MySQL", tests(NewPlace.mysql))
await describeServer("Redis", "kills on Redis", tests(NewPlace.redis))
