/** Rounds in which a process is killed during a refresh, and another process continues with what it left behind. */
import { DiscordError, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { keyOf, pairAt, patience, seed, storeAt } from "./concurrentRefresh.ts"
import type { Place } from "./Place.ts"
import { clientId, clientSecret, type StrictDiscord } from "./StrictDiscord.ts"
import { type Bundle, startWorker, type Worker } from "./Workers.ts"

/** How long a user's lock outlives its process at least, in milliseconds. */
export const shortestLease = 300

/** A lease that a refresh on this machine fits into three times, in milliseconds. */
export const leaseFor = ({ whole }: Times) => Math.min(5000, Math.max(shortestLease, Math.ceil(whole / 1e6) * 3))

/** What a round does, drawn before it starts. */
export interface Plan {
  readonly user: string
  /** The event after which the victim is killed. */
  readonly since: "go" | "request" | "rotation" | "answer"
  /** How much of the usual time passes between that event and the kill, from 0 to 1. */
  readonly part: number
  /** How long Discord takes, in milliseconds. */
  readonly before: number
  readonly after: number
  /** When the survivor asks for the token while the victim lives: milliseconds after the victim started, or sent. */
  readonly rival: { readonly since: "go" | "request"; readonly delay: number } | undefined
}

const sinces: ReadonlyArray<Plan["since"]> = ["go", "go", "request", "rotation", "answer", "answer"]

export const draw = (random: () => number, users: ReadonlyArray<string>, rivals: boolean): ReadonlyArray<Plan> =>
  users.map((user): Plan => {
    const since = sinces[Math.floor(random() * sinces.length)] ?? "go"
    const part = random()
    const isSlow = random() < 0.3
    const [before, after] = [Math.floor(random() * 20), Math.floor(random() * 20)]
    const isRival = random() < 0.3
    const rival = { since: random() < 0.3 ? "go" as const : "request" as const, delay: Math.floor(random() * 10) }
    return {
      user,
      since,
      part,
      before: isSlow ? before : 0,
      after: isSlow ? after : 0,
      rival: rivals && isRival ? rival : undefined
    }
  })

/** Waits without a timer, because timers are too coarse for the time between a response and its write. */
const spinUntil = (time: bigint) =>
  new Promise<void>((resolve) => {
    const check = () => process.hrtime.bigint() >= time ? resolve() : void setImmediate(check)
    check()
  })

const sleep = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

/** The application in the process of the test, over the same records. */
export const survivor = (place: Place, apiUrl: string) =>
  NodeDiscord.layer({
    clientId,
    clientSecret: Redacted.make(clientSecret),
    apiUrl,
    userAgent: "survivor",
    store: storeAt({ ...place, timeout: patience }),
    timeout: patience,
    bodyTimeout: patience,
    refresh: { lockTimeout: patience }
  })

/** What a request for a user ended with. */
export type Answer = "signed in" | "outcome unknown" | "NotSignedIn" | `unexpected ${string}`

/** Asks for the user as an application does. */
export const ask = Effect.fnUntraced(function*(user: string) {
  const sessions = yield* DiscordSessions.DiscordSessions
  const session = yield* sessions.get(Snowflake.UserId.make(user))
  return yield* session.getCurrentUser()
}, (effect, user) =>
  Effect.map(Effect.result(effect), (result): Answer => {
    if (Result.isSuccess(result)) return result.success.id === user ? "signed in" : "unexpected user"
    const error = result.failure
    return error instanceof DiscordError.NotSignedIn
      ? "NotSignedIn"
      : error instanceof DiscordError.InvalidRefreshToken && error.reason === "outcome-unknown"
      ? "outcome unknown"
      : `unexpected ${error._tag}: ${error.message}`
  }))

export interface Outcome {
  readonly killed:
    | "before the request"
    | "after the request, before the write"
    | "after the write"
  readonly ending: "signed in already" | "refreshed by the survivor" | "outcome unknown"
  readonly isRival: boolean
}

/** Plays one round with a victim that has started and done nothing yet. */
export const play = Effect.fnUntraced(function*(
  plan: Plan,
  victim: Worker,
  discord: StrictDiscord,
  times: Times
) {
  const { after, before, part, rival, since, user } = plan
  const key = keyOf(clientId, user)
  const first = discord.signIn(user, { before, after })
  yield* seed(key, first, true)
  const account = discord.account(user)
  const mine = () => account.requests.find(({ from }) => from === victim.name)

  const whole = BigInt(Math.floor(part * (times.whole * 1.3 + (before + after) * 1e6)))
  const short = BigInt(Math.floor(part * times.rotationToStored * 2))
  const go = process.hrtime.bigint()
  const done = victim.report().then(() => {}, () => {})
  victim.send({ users: [user], fibers: 1 })
  const rivalled = rival === undefined
    ? undefined
    : yield* Effect.forkChild(Effect.andThen(
      Effect.promise(async () => {
        if (rival.since === "request") await Promise.race([discord.until(user, () => mine() !== undefined), done])
        await sleep(rival.delay)
      }),
      ask(user)
    ))

  yield* Effect.promise(async () => {
    const killAfter = async (time: "seenAt" | "rotatedAt" | "answeredAt", span: bigint) => {
      // A victim that the survivor overtook sends nothing.
      await Promise.race([discord.until(user, () => mine()?.[time] !== undefined), done])
      await spinUntil((mine()?.[time] ?? process.hrtime.bigint()) + span)
    }
    if (since === "go") await spinUntil(go + whole)
    if (since === "request") await killAfter("seenAt", BigInt(Math.floor(part * (before + after) * 1e6)) + short)
    if (since === "rotation") await killAfter("rotatedAt", BigInt(Math.floor(part * after * 1e6)) + short)
    if (since === "answer") await killAfter("answeredAt", short)
    await victim.kill()
    // Discord finishes the request that it has received.
    const seen = mine()
    if (seen !== undefined) await discord.until(user, () => seen.answeredAt !== undefined)
  })

  const left = yield* pairAt(key)
  const told = rivalled === undefined ? yield* ask(user) : yield* Fiber.join(rivalled)
  const again = yield* ask(user)
  const held = yield* pairAt(key)

  const request = mine()
  const asked = account.requests.filter(({ from }) => from === "survivor")
  const story = JSON.stringify(
    { plan, left, told, again, held, first, account },
    (_, value: unknown) => typeof value === "bigint" ? String(value) : value instanceof Set ? undefined : value
  )

  const rotated = request?.pair
  const wasStored = rotated !== undefined && left?.access === rotated.access
  assert.isAtMost(asked.length, 1, `the survivor sent more than one request: ${story}`)
  assert.isAtMost(account.requests.length, 2, `more requests than processes: ${story}`)
  assert.isTrue(told === "signed in" || told === "outcome unknown", `the first outcome: ${story}`)
  if (told === "signed in") {
    assert.strictEqual(again, "signed in", `the second outcome: ${story}`)
    assert.deepStrictEqual(held, { ...(account.latest ?? first), isSent: false }, `what the store holds: ${story}`)
  } else {
    assert.strictEqual(again, "NotSignedIn", `the second outcome: ${story}`)
    assert.isUndefined(held, `a record without a valid token: ${story}`)
    assert.isDefined(rotated, `a record was removed although Discord had sent the victim no pair: ${story}`)
    assert.isFalse(wasStored, `a record was removed although the pair was stored: ${story}`)
    assert.strictEqual(account.reuses, 1, `the survivor did not send the token exactly once: ${story}`)
  }
  if (told === "signed in" || rival === undefined) assert.isDefined(left, `no record after the kill: ${story}`)
  // A victim that was stopped for longer than its lease may find its record removed, and revokes its pair then.
  const mostRevocations = told === "outcome unknown" && rival !== undefined ? 1 : 0
  assert.isAtMost(account.revocations, mostRevocations, `a grant was revoked: ${story}`)

  const outcome: Outcome = {
    killed: request === undefined
      ? "before the request"
      : wasStored
      ? "after the write"
      : "after the request, before the write",
    ending: told === "outcome unknown"
      ? "outcome unknown"
      : asked.length > 0
      ? "refreshed by the survivor"
      : "signed in already",
    isRival: rival !== undefined
  }
  return outcome
})

const killings: ReadonlyArray<Outcome["killed"]> = [
  "before the request",
  "after the request, before the write",
  "after the write"
]
const endings: ReadonlyArray<Outcome["ending"]> = ["signed in already", "refreshed by the survivor", "outcome unknown"]

/** The kinds of kills and endings that no round had. */
export const missing = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> => [
  ...killings.filter((kind) => outcomes.every(({ killed }) => killed !== kind)).map((kind) => `killed ${kind}`),
  ...endings.filter((kind) => outcomes.every(({ ending }) => ending !== kind))
]

/** Starts victims ahead of time; a victim waits until it is taken. */
export const makePool = Effect.fnUntraced(function*(bundle: Bundle, place: Place, apiUrl: string, size: number) {
  const ready = yield* Queue.bounded<Worker>(size)
  let count = 0
  const start = Effect.suspend(() =>
    startWorker(bundle, { name: `victim ${count++}`, place, apiUrl, clientId, clientSecret })
  )
  const refill = Effect.forever(Effect.flatMap(start, (worker) => Queue.offer(ready, worker)))
  yield* Effect.forkScoped(Effect.all([refill, refill], { concurrency: 2, discard: true }))
  return Queue.take(ready)
})

/** How long undisturbed refreshes take, in nanoseconds. */
export interface Times {
  /** From the application's call to its result. */
  readonly whole: number
  /** From the rotation at the server to the acknowledged write: a kill in this time costs a sign-in. */
  readonly rotationToStored: number
  /** From the arrival of the response in the process to the acknowledged write. */
  readonly arrivalToStored: number
}

const refreshOnce = Effect.fnUntraced(function*(worker: Worker, user: string, discord: StrictDiscord) {
  yield* seed(keyOf(clientId, user), discord.signIn(user, { before: 0, after: 0 }), true)
  const go = process.hrtime.bigint()
  const report = yield* Effect.promise(() => worker.run({ users: [user], fibers: 1 }))
  const [request] = discord.account(user).requests
  const written = BigInt(report.writes.at(-1) ?? 0)
  assert.deepStrictEqual([report.answers, report.errors, request?.pair === undefined], [1, {}, false])
  const times: Times = {
    whole: Number(process.hrtime.bigint() - go),
    rotationToStored: Number(written - (request?.rotatedAt ?? 0n)),
    arrivalToStored: Number(written - BigInt(report.arrivals[0] ?? 0))
  }
  return times
})

const quantile = (values: ReadonlyArray<number>, part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0

const column = (all: ReadonlyArray<Times>, of: keyof Times) => {
  const values = all.map((times) => times[of])
  const micros = (part: number) => Math.round(quantile(values, part) / 1000)
  return { "median, µs": micros(0.5), "99th percentile, µs": micros(0.99) }
}

/** Measures many refreshes of one process, without the first 50, which warm it up. */
export const measureWarm = Effect.fnUntraced(function*(
  worker: Worker,
  users: ReadonlyArray<string>,
  discord: StrictDiscord
) {
  const all = yield* Effect.forEach(users, (user) => refreshOnce(worker, user, discord))
  const warm = all.slice(50)
  return {
    count: warm.length,
    "rotation to stored": column(warm, "rotationToStored"),
    "arrival to stored": column(warm, "arrivalToStored")
  }
})

/** Measures the first refresh of several processes, because the victims are killed during their first. */
export const measureFirst = Effect.fnUntraced(function*(
  take: Effect.Effect<Worker>,
  users: ReadonlyArray<string>,
  discord: StrictDiscord
) {
  const all = yield* Effect.forEach(users, (user) =>
    Effect.gen(function*() {
      const worker = yield* take
      const times = yield* refreshOnce(worker, user, discord)
      yield* Effect.promise(worker.kill)
      return times
    }), { concurrency: 2 })
  const medianOf = (of: keyof Times) => quantile(all.map((times) => times[of]), 0.5)
  const median: Times = {
    whole: medianOf("whole"),
    rotationToStored: medianOf("rotationToStored"),
    arrivalToStored: medianOf("arrivalToStored")
  }
  return median
})

export const table = (outcomes: ReadonlyArray<Outcome>) => {
  const counts: Record<string, Record<string, number>> = {}
  for (const { ending, isRival, killed } of outcomes) {
    const row = (counts[`killed ${killed}${isRival ? ", with a rival" : ""}`] ??= {
      "signed in already": 0,
      "refreshed by the survivor": 0,
      "outcome unknown": 0
    })
    row[ending] = (row[ending] ?? 0) + 1
  }
  return counts
}
