/** Processes are killed around a refresh, at moments of chance; nobody is lost whom the store could have kept. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as Chance from "./Chance.ts"
import * as Massacre from "./massacre.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as Storm from "./storm.ts"
import * as StrictDiscord from "./StrictDiscord.ts"
import { bundleWorker, startWorker } from "./Workers.ts"

const rounds = Number(process.env.TEST_MASSACRE_ROUNDS ?? 200)
const chance = Number(process.env.TEST_MASSACRE_SEED ?? Date.now() % 1_000_000)

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  it.live(
    "F41, F42: whoever comes after a SIGKILL gets the user, or learns that the answer is lost; never a loop",
    () =>
      Effect.gen(function*() {
        const place = yield* newPlace
        const discord = yield* Effect.acquireRelease(
          Effect.promise(StrictDiscord.start),
          ({ close }) => Effect.promise(close)
        )
        const bundle = yield* bundleWorker
        const { clientId, clientSecret } = StrictDiscord
        const { apiUrl } = discord

        const outcomes = yield* Effect.gen(function*() {
          const worker = yield* startWorker(bundle, { name: "undisturbed", place, apiUrl, clientId, clientSecret })
          const { count, ...warm } = yield* Massacre.measureWarm(
            worker,
            Storm.usersOf(250, 80351110223000000n),
            discord
          )
          yield* Effect.promise(worker.kill)
          console.info(`${place.kind}: the window in which a kill can cost a sign-in, in ${count} refreshes`)
          console.table(warm)

          const take = yield* Massacre.makePool(bundle, place, apiUrl, rounds + 8, 3)
          const times = yield* Massacre.measureFirst(take, Storm.usersOf(8, 80351110222000000n), discord)
          const plans = Massacre.draw(Chance.makeRandom(chance), Storm.usersOf(rounds), place.kind !== "files")
          return yield* Effect.forEach(
            plans,
            (plan) => Effect.flatMap(take, (victim) => Massacre.play(plan, victim, discord, times)),
            { concurrency: 3 }
          )
        }).pipe(Effect.provide(Massacre.survivor(place, apiUrl)))

        console.info(`${place.kind}: ${rounds} rounds, TEST_MASSACRE_SEED=${chance}`)
        console.table(Massacre.table(outcomes))
        assert.strictEqual(outcomes.length, rounds)
        assert.deepStrictEqual(discord.complaints, [])
        for (const killed of ["before the request", "after the request, before the write", "after the write"]) {
          assert.isTrue(outcomes.some((outcome) => outcome.killed === killed), `no round was ${killed}`)
        }
        for (const ending of ["signed in already", "refreshed by the survivor", "outcome unknown"]) {
          assert.isTrue(outcomes.some((outcome) => outcome.ending === ending), `no round ended: ${ending}`)
        }
      }),
    300_000
  )
}

describe("a massacre on files", tests(NewPlace.files))
describe("a massacre on SQLite", tests(NewPlace.sqlite(Massacre.lease)))
await describeServer("PostgreSQL", "a massacre on PostgreSQL", tests(NewPlace.postgresql(Massacre.lease)))
await describeServer("MySQL", "a massacre on MySQL", tests(NewPlace.mysql(Massacre.lease)))
await describeServer("Redis", "a massacre on Redis", tests(NewPlace.redis(Massacre.lease)))
