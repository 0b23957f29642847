/** A process is stopped for longer than its lease during a refresh, and then continues. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { describeServer } from "../support/servers.ts"
import * as ConcurrentRefresh from "./concurrentRefresh.ts"
import * as Kill from "./kill.ts"
import * as NewPlace from "./newPlace.ts"
import type { Place } from "./Place.ts"
import * as StrictDiscord from "./StrictDiscord.ts"
import { bundleWorker, startWorker, type Worker } from "./Workers.ts"

const { clientId, clientSecret } = StrictDiscord
const user = "80351110224678912"
const key = ConcurrentRefresh.keyOf(clientId, user)
const lease = Kill.shortestLease

const tests = (newPlace: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  const run = <A, E, R>(
    test: (
      sleeper: Worker,
      discord: StrictDiscord.StrictDiscord,
      report: ReturnType<Worker["run"]>
    ) => Effect.Effect<A, E, R>,
    delays: StrictDiscord.Delays,
    grace: number = lease
  ) =>
    Effect.gen(function*() {
      const place = { ...(yield* newPlace), lease, grace }
      const discord = yield* Effect.acquireRelease(
        Effect.promise(StrictDiscord.start),
        ({ close }) => Effect.promise(close)
      )
      const { apiUrl } = discord
      return yield* Effect.gen(function*() {
        yield* ConcurrentRefresh.seed(key, discord.signIn(user, delays), true)
        const bundle = yield* bundleWorker
        const sleeper = yield* startWorker(bundle, { name: "sleeper", place, apiUrl, clientId, clientSecret })
        const report = sleeper.run({ users: [user], fibers: 1 })
        yield* Effect.promise(() => discord.until(user, () => discord.account(user).requests.length === 1))
        sleeper.child.kill("SIGSTOP")
        return yield* test(sleeper, discord, report)
      }).pipe(Effect.provide(Kill.survivor(place, apiUrl)))
    })

  it.live("F42: another process refreshes meanwhile, and the late one uses the token that it has stored", () => {
    const gate = StrictDiscord.makeGate()
    return run((sleeper, discord, report) =>
      Effect.gen(function*() {
        const account = discord.account(user)
        discord.delay(user, { before: 0, after: 0 })
        assert.strictEqual(yield* Kill.ask(user), "signed in")
        const { latest } = account
        // Discord handles the first request only now, and its token has been used.
        gate.open()
        yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
        sleeper.child.kill("SIGCONT")
        const { answers, errors } = yield* Effect.promise(() => report)
        assert.deepStrictEqual({ answers, errors }, { answers: 1, errors: {} })
        assert.deepStrictEqual(yield* ConcurrentRefresh.pairAt(key), {
          access: latest?.access ?? "",
          refresh: latest?.refresh ?? "",
          isSent: false
        })
        assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper", "survivor"])
        assert.deepStrictEqual([account.latest, account.reuses, account.revocations], [latest, 1, 0])
      }), { before: gate.opened, after: 0 })
  })

  it.live("F42: within the grace another process waits for the response, and no sign-in is lost", () => {
    const gate = StrictDiscord.makeGate()
    return run(
      (sleeper, discord, report) =>
        Effect.gen(function*() {
          const account = discord.account(user)
          gate.open()
          yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
          const asked = yield* Effect.forkChild(Kill.ask(user))
          // The lease ends, and the survivor takes the lock. A shorter wait would prove less, and still pass.
          yield* Effect.sleep(lease * 5)
          sleeper.child.kill("SIGCONT")
          assert.strictEqual(yield* Fiber.join(asked), "signed in")
          const { answers, errors } = yield* Effect.promise(() => report)
          assert.deepStrictEqual({ answers, errors }, { answers: 1, errors: {} })
          assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper"])
          assert.deepStrictEqual([account.reuses, account.revocations], [0, 0])
        }),
      { before: gate.opened, after: 0 },
      ConcurrentRefresh.patience
    )
  })

  it.live("F42, F41: another process learns that the response is lost; the late write is rejected and its pair revoked", () => {
    const gate = StrictDiscord.makeGate()
    return run((sleeper, discord, report) =>
      Effect.gen(function*() {
        const account = discord.account(user)
        gate.open()
        yield* Effect.promise(() => discord.until(user, () => account.requests[0]?.answeredAt !== undefined))
        assert.strictEqual(yield* Kill.ask(user), "outcome unknown")
        assert.strictEqual(yield* Kill.ask(user), "NotSignedIn")
        sleeper.child.kill("SIGCONT")
        const { answers, errors } = yield* Effect.promise(() => report)
        assert.strictEqual(answers, 0)
        assert.deepStrictEqual(Object.keys(errors).map((name) => /(\w+):/.exec(name)?.[1]), ["NotSignedIn"])
        assert.isUndefined(yield* ConcurrentRefresh.pairAt(key))
        assert.deepStrictEqual(account.requests.map(({ from }) => from), ["sleeper", "survivor"])
        assert.deepStrictEqual([account.latest, account.reuses, account.revocations], [undefined, 1, 1])
      }), { before: gate.opened, after: 0 })
  })
}

describe("a pause on SQLite", tests(NewPlace.sqlite))
await describeServer("PostgreSQL", "a pause on PostgreSQL", tests(NewPlace.postgresql))
await describeServer("Redis", "a pause on Redis", tests(NewPlace.redis))
