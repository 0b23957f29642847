/** A process that stands still for longer than its lease, in the middle of a refresh, and then goes on. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as Massacre from "./massacre.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as Storm from "./storm.ts"
import * as StrictDiscord from "./StrictDiscord.ts"
import { bundleWorker, startWorker, type Worker } from "./Workers.ts"

const { clientId, clientSecret } = StrictDiscord
const user = "80351110224678912"
const key = Storm.keyOf(clientId, user)

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  const run = <A, E, R>(
    test: (
      sleeper: Worker,
      discord: StrictDiscord.StrictDiscord,
      report: ReturnType<Worker["run"]>
    ) => Effect.Effect<A, E, R>,
    delays: StrictDiscord.Delays,
    grace: number = Massacre.lease
  ) =>
    Effect.gen(function*() {
      const place = { ...(yield* newPlace), grace }
      const discord = yield* Effect.acquireRelease(
        Effect.promise(StrictDiscord.start),
        ({ close }) => Effect.promise(close)
      )
      const { apiUrl } = discord
      return yield* Effect.gen(function*() {
        yield* Storm.seed(key, discord.signIn(user, delays), true)
        const bundle = yield* bundleWorker
        const sleeper = yield* startWorker(bundle, { name: "sleeper", place, apiUrl, clientId, clientSecret })
        const report = sleeper.run({ users: [user], fibers: 1 })
        yield* Effect.promise(() => discord.until(user, () => discord.account(user).requests.length === 1))
        sleeper.child.kill("SIGSTOP")
        return yield* test(sleeper, discord, report)
      }).pipe(Effect.provide(Massacre.survivor(place, apiUrl)))
    })

  it.live(
    "F42: another process refreshes in its place; the late one takes over what that has stored",
    () =>
      run((sleeper, discord, report) =>
        Effect.gen(function*() {
          const account = discord.account(user)
          discord.delay(user, { before: 0, after: 0 })
          assert.strictEqual(yield* Massacre.ask(user), "signed in")
          const { latest } = account
          // Discord comes to the first request only now, and its token is spent.
          yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
          sleeper.child.kill("SIGCONT")
          const { answers, errors } = yield* Effect.promise(() => report)
          assert.deepStrictEqual({ answers, errors }, { answers: 1, errors: {} })
          assert.deepStrictEqual(yield* Storm.pairAt(key), {
            access: latest?.access ?? "",
            refresh: latest?.refresh ?? "",
            isSent: false
          })
          assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper", "survivor"])
          assert.deepStrictEqual([account.latest, account.reuses, account.revocations], [latest, 1, 0])
        }), { before: 3000, after: 0 }),
    60_000
  )

  it.live(
    "F42: within the grace its answer is waited for, and no sign-in is lost",
    () =>
      run(
        (sleeper, discord, report) =>
          Effect.gen(function*() {
            const account = discord.account(user)
            yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
            const asked = yield* Effect.forkChild(Massacre.ask(user))
            yield* Effect.sleep(Massacre.lease * 5)
            sleeper.child.kill("SIGCONT")
            assert.strictEqual(yield* Fiber.join(asked), "signed in")
            const { answers, errors } = yield* Effect.promise(() => report)
            assert.deepStrictEqual({ answers, errors }, { answers: 1, errors: {} })
            assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper"])
            assert.deepStrictEqual([account.reuses, account.revocations], [0, 0])
          }),
        { before: 100, after: 100 },
        15_000
      ),
    60_000
  )

  it.live(
    "F42, F41: where Discord had answered it, the other learns that; the late write is refused, its pair revoked",
    () =>
      run((sleeper, discord, report) =>
        Effect.gen(function*() {
          const account = discord.account(user)
          yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
          assert.strictEqual(yield* Massacre.ask(user), "outcome unknown")
          assert.strictEqual(yield* Massacre.ask(user), "NotSignedIn")
          sleeper.child.kill("SIGCONT")
          const { answers, errors } = yield* Effect.promise(() => report)
          assert.strictEqual(answers, 0)
          assert.deepStrictEqual(Object.keys(errors).map((name) => name.split(":")[0]), ["NotSignedIn"])
          assert.isUndefined(yield* Storm.pairAt(key))
          assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper", "survivor"])
          assert.deepStrictEqual([account.latest, account.reuses, account.revocations], [undefined, 1, 1])
        }), { before: 100, after: 100 }),
    60_000
  )
}

describe("a pause on SQLite", tests(NewPlace.sqlite(Massacre.lease)))
await describeServer("PostgreSQL", "a pause on PostgreSQL", tests(NewPlace.postgresql(Massacre.lease)))
await describeServer("Redis", "a pause on Redis", tests(NewPlace.redis(Massacre.lease)))
