/** An application with thousands of users in a process of its own, which reports what each of them got. */
import * as Deadline from "@discord-oauth2/core/api/Deadline"
import * as DiscordError from "@discord-oauth2/core/errors/DiscordError"
import * as InvalidRequestLimiter from "@discord-oauth2/core/limits/InvalidRequestLimiter"
import * as Limits from "@discord-oauth2/core/limits/Limits"
import * as RateLimiter from "@discord-oauth2/core/limits/RateLimiter"
import type * as AccessToken from "@discord-oauth2/core/models/AccessToken"
import { ApplicationId, UserId } from "@discord-oauth2/core/models/Snowflake"
import { OAuth2Client } from "@discord-oauth2/core/oauth2/OAuth2Client"
import type { DiscordSession } from "@discord-oauth2/core/session/DiscordSession"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as NodeDiscord from "@discord-oauth2/platform-node/NodeDiscord"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { get } from "node:http"
import * as Random from "./Random.ts"

export interface Settings {
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly seed: number
  readonly users: ReadonlyArray<string>
  /** The number of guilds of each user, in turn. */
  readonly guilds: ReadonlyArray<number>
  /** How long the load lasts after all users have come, at least. */
  readonly seconds: number
  /** How long the users take to come, at least. */
  readonly rampSeconds: number
  /** When the load ends even if too little has happened, in seconds after the start. */
  readonly mostSeconds: number
  readonly maxBodyBytes: number
}

/** The heap after a collection, in bytes, so many milliseconds after the start. */
export interface Sample {
  readonly at: number
  readonly heapUsed: number
  readonly phase: "start" | "ramp" | "load" | "calm" | "end"
  /** How many calls are running. */
  readonly running: number
}

/** A grant whose record was removed. */
export interface Removal {
  readonly user: string
  readonly grant: string
  /** Removed because the token was invalid, or by a sign-out. */
  readonly why: "dead" | "signed out"
}

export interface Final {
  readonly user: string
  /** `served`, or the error's name and reason. */
  readonly outcome: string
  /** The grant of the stored record. */
  readonly grant: string | undefined
  readonly isTyped: boolean
  /** Whether a sign-in of the user has succeeded. */
  readonly wasSignedIn: boolean
}

export interface Report {
  readonly calls: number
  readonly signIns: number
  readonly signOuts: number
  /** Visits that the user ended before their end, and visits that waited because the machine was busy. */
  readonly interrupted: number
  readonly postponed: number
  readonly outcomes: Readonly<Record<string, number>>
  /** Responses about another user. */
  readonly foreign: number
  readonly defects: ReadonlyArray<string>
  readonly untyped: ReadonlyArray<string>
  readonly interruptions: number
  /** Fibers that did not end, and how long the last one took after the load, in milliseconds. */
  readonly hanging: number
  readonly lastEnd: number
  /** How much later than their deadline calls ended at most, in milliseconds. */
  readonly overdue: number
  readonly latency: Readonly<Record<"p50" | "p95" | "p99" | "max", number>>
  readonly rateLimit: Readonly<Record<"waited" | "refused" | "exceeded", number>>
  readonly invalidRequests: number
  readonly samples: ReadonlyArray<Sample>
  readonly removals: ReadonlyArray<Removal>
  /** By user: the reasons of `InvalidRefreshToken`. */
  readonly refusals: Readonly<Record<string, ReadonlyArray<string>>>
  readonly finals: ReadonlyArray<Final>
  /** What keeps the process alive, by name: in the load's last second, and after everything is closed. */
  readonly resources: Readonly<Record<"load" | "end", Readonly<Record<string, number>>>>
}

const settings: Settings = JSON.parse(process.argv[2] ?? "{}")

const began = performance.now()
const elapsed = () => performance.now() - began

const count = (counts: Record<string, number>, name: string) => {
  counts[name] = (counts[name] ?? 0) + 1
}

/** Counts by kind, so that the memory of the report does not grow with the load. */
const outcomes: Record<string, number> = {}
const figures = {
  calls: 0,
  signIns: 0,
  signOuts: 0,
  interrupted: 0,
  postponed: 0,
  foreign: 0,
  interruptions: 0,
  overdue: 0
}
const defects: Array<string> = []
const untyped: Array<string> = []
const removals: Array<Removal> = []
const refusals: Record<string, Array<string>> = {}

/** Latencies in steps of about two hundredths. */
const latencies = new Uint32Array(1024)
const stepOf = (millis: number) => Math.min(1023, Math.round(Math.log(millis + 1) * 50))
let slowest = 0
const quantile = (part: number) => {
  let left = latencies.reduce((sum, one) => sum + one, 0) * part
  const step = latencies.findIndex((one) => (left -= one) <= 0)
  return Math.round(Math.exp(step / 50) - 1)
}

const samples: Array<Sample> = []
const sample = (phase: Sample["phase"]) =>
  Effect.sync(() => {
    globalThis.gc?.()
    samples.push({ at: elapsed(), heapUsed: process.memoryUsage().heapUsed, phase, running })
  })

const resources = () => {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) count(counts, name)
  return counts
}

const grantOf = ({ access_token }: AccessToken.AccessToken) => Redacted.value(access_token).split(".")[2] ?? ""

/** A store that also reports removed records. */
const store = Layer.effect(
  AccessTokenStore.AccessTokenStore,
  Effect.map(AccessTokenStore.AccessTokenStore, (store) => {
    const noting = <A, E>(
      key: AccessTokenStore.Key,
      why: Removal["why"],
      remove: Effect.Effect<A, E>
    ): Effect.Effect<A, E | DiscordError.AccessTokenStoreError> =>
      Effect.flatMap(store.get(key), (found) =>
        Effect.tap(remove, (removed) =>
          Effect.sync(() => {
            if (Option.isNone(found) || removed === false) return
            removals.push({ user: key.userId, grant: grantOf(found.value.token), why })
          })))
    return {
      ...store,
      remove: (key: AccessTokenStore.Key) => noting(key, "signed out", store.remove(key)),
      removeGeneration: (key: AccessTokenStore.Key, generation: number) =>
        noting(key, "dead", store.removeGeneration(key, generation))
    }
  })
).pipe(Layer.provide(AccessTokenStore.layerMemory))

const application = NodeDiscord.layer({
  clientId: settings.clientId,
  clientSecret: Redacted.make(settings.clientSecret),
  apiUrl: settings.apiUrl,
  timeout: "10 seconds",
  bodyTimeout: "5 seconds",
  maxBodyBytes: settings.maxBodyBytes,
  httpClient: NodeHttpClient.layerUndiciOptions({ connections: 128 }),
  refresh: { early: "3 seconds", cooldown: "1 second" },
  middleware: Limits.layerMemory({ rateLimit: { tokenEndpoint: { limit: 400, window: "1 second" } } }),
  store
})

interface User {
  readonly id: UserId
  readonly guilds: number
  readonly random: () => number
  signIns: number
  wasSignedIn: boolean
  isGone: boolean
  /** The result of the last call. */
  last: string
}

const nameOf = (error: unknown): string => {
  if (!DiscordError.isDiscordError(error)) {
    if (untyped.length < 20) untyped.push(String(error))
    return "untyped"
  }
  // Without the duration, so that few names occur.
  if (error._tag === "DiscordTransportError") {
    return `DiscordTransportError: ${error.description.replaceAll(/[\d.]+/g, "n")}`
  }
  return "reason" in error ? `${error._tag}: ${error.reason}` : error._tag
}

const defectsOf = (cause: Cause.Cause<unknown>) => {
  for (const reason of cause.reasons) {
    if (reason._tag === "Die" && defects.length < 20) defects.push(String(reason.defect))
    if (reason._tag === "Interrupt") figures.interruptions += 1
  }
}

let running = 0

/**
 * How long a request without any work takes, in milliseconds. It is long when this process or the server is busy; then no
 * user comes, so the load is as large as the machine allows, and far from the timeouts.
 */
let roundTrip = 0
const longestRoundTrip = 500
const isBusy = () => roundTrip > longestRoundTrip

const ping = Effect.callback<void>((resume) => {
  const start = performance.now()
  const done = () => {
    roundTrip = performance.now() - start
    resume(Effect.void)
  }
  get(new URL("/ping", settings.apiUrl), { agent: false }, (response) => response.resume().on("end", done))
    .on("error", done)
})

/** Whether the test has seen enough. */
let isEnough = false
let hasSeenEnough = false
let onCalm = () => {}
process.on("message", (message: "enough" | "calm") => {
  if (message === "enough") hasSeenEnough = true
  else onCalm()
})
let startedUsers = 0
let rampEnd = Number.POSITIVE_INFINITY

/** Whether the load is over. */
const isOver = () =>
  elapsed() >= settings.mostSeconds * 1000 || (isEnough && elapsed() >= rampEnd + settings.seconds * 1000)

/** Runs one call, measures it and records its result. */
const call = <A, E>(
  user: User,
  effect: Effect.Effect<A, E>,
  isOwn: (answer: A) => boolean
): Effect.Effect<Exit.Exit<A, E>> =>
  Effect.suspend(() => {
    const start = performance.now()
    running += 1
    return Effect.tap(
      Effect.exit(Effect.ensuring(
        effect,
        Effect.sync(() => {
          running -= 1
        })
      )),
      (exit) =>
        Effect.sync(() => {
          const millis = performance.now() - start
          slowest = Math.max(slowest, millis)
          const step = stepOf(millis)
          latencies[step] = (latencies[step] ?? 0) + 1
          figures.calls += 1
          if (Exit.isSuccess(exit)) {
            user.last = isOwn(exit.value) ? "served" : "somebody else's answer"
            if (!isOwn(exit.value)) figures.foreign += 1
          } else {
            user.last = Option.match(Exit.findErrorOption(exit), { onNone: () => "a defect", onSome: nameOf })
            if (user.last === "a defect") defectsOf(exit.cause)
            const error = Option.getOrUndefined(Exit.findErrorOption(exit))
            if (error instanceof DiscordError.InvalidRefreshToken) (refusals[user.id] ??= []).push(error.reason)
          }
          count(outcomes, user.last)
        })
    )
  })

/** Returns whether the user has no valid token. */
const isLost = (exit: Exit.Exit<unknown, unknown>) =>
  Option.exists(
    Exit.findErrorOption(exit),
    (error) => error instanceof DiscordError.NotSignedIn || error instanceof DiscordError.InvalidRefreshToken
  )

/** Returns whether the user has to sign in again. */
const isSignedOut = (exit: Exit.Exit<unknown, unknown>) =>
  isLost(exit) || Option.exists(
    Exit.findErrorOption(exit),
    (error) => error instanceof DiscordError.InvalidAccessToken || error instanceof DiscordError.AccessTokenExpired
  )

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client
  const sessions = yield* DiscordSessions
  const records = yield* AccessTokenStore.AccessTokenStore

  const signIn = (user: User) =>
    call(
      user,
      Effect.suspend(() => {
        user.signIns += 1
        figures.signIns += 1
        return oauth.exchangeCode({
          code: Redacted.make(`code.${user.id}.${user.signIns}`),
          redirectUri: "https://app.example/callback"
        })
      }).pipe(
        Effect.flatMap(sessions.open),
        Effect.tap(() =>
          Effect.sync(() => {
            user.wasSignedIn = true
          })
        )
      ),
      ({ userId }) => userId === user.id
    )

  const readUser = (session: DiscordSession, user: User) =>
    call(user, session.getCurrentUser(), ({ id }) => id === user.id)

  const readConnections = (session: DiscordSession, user: User) =>
    call(user, session.getCurrentUserConnections(), (all) => all.every(({ id }) => id === user.id))

  const readGuilds = (session: DiscordSession, user: User) =>
    call(
      user,
      Stream.runCollect(session.currentUserGuilds()),
      (all) => all.length === user.guilds && all.every(({ name }) => name === user.id)
    )

  const write = (session: DiscordSession, user: User) =>
    call(
      user,
      session.updateCurrentUserApplicationRoleConnection({ platform_name: "soak", platform_username: user.id }),
      ({ platform_username }) => platform_username === user.id
    )

  /** A page with several concurrent calls and a deadline. */
  const page = (session: DiscordSession, user: User, millis: number) =>
    Effect.suspend(() => {
      const start = performance.now()
      const parts = [
        readUser(session, user),
        readUser(session, user),
        readConnections(session, user),
        readConnections(session, user),
        readGuilds(session, user)
      ]
      return Effect.tap(
        Deadline.within(Effect.all(parts, { concurrency: "unbounded" }), millis),
        () =>
          Effect.sync(() => {
            figures.overdue = Math.max(figures.overdue, performance.now() - start - millis)
          })
      )
    })

  /** Runs one action of a user and records its result. */
  const act = Effect.fnUntraced(function*(user: User): Effect.fn.Return<ReadonlyArray<Exit.Exit<unknown, unknown>>> {
    const opened = yield* call(user, sessions.get(user.id), ({ userId }) => userId === user.id)
    if (Exit.isFailure(opened)) return [opened]
    const session = opened.value
    const chance = user.random()
    if (chance < 0.4) return [yield* readUser(session, user)]
    if (chance < 0.6) return [yield* readGuilds(session, user)]
    if (chance < 0.75) return [yield* write(session, user)]
    if (chance < 0.8) return yield* page(session, user, 200 + user.random() * 3000)
    if (chance < 0.96) {
      const reads = Array.from({ length: 4 }, () => readUser(session, user))
      return yield* Effect.all(reads, { concurrency: "unbounded" })
    }
    figures.signOuts += 1
    return [yield* call(user, session.signOut(), () => true)]
  })

  const visit = Effect.fnUntraced(function*(user: User) {
    if (user.random() < 0.08) {
      // The tab is closed during the visit. The next visit continues with the stored records.
      const half = user.random() < 0.2 ? Effect.asVoid(signIn(user)) : Effect.asVoid(act(user))
      const fiber = yield* Effect.forkChild(half)
      yield* Effect.sleep(user.random() * 30)
      yield* Fiber.interrupt(fiber)
      if (Exit.hasInterrupts(yield* Fiber.await(fiber))) figures.interrupted += 1
      return
    }
    const lost = (yield* act(user)).find(isSignedOut)
    if (lost === undefined) return
    if (user.random() < 0.15 && isLost(lost)) {
      user.isGone = true
      // Another call of the same page may have ended later.
      user.last = Option.match(Exit.findErrorOption(lost), { onNone: () => user.last, onSome: nameOf })
    } else yield* signIn(user)
  })

  const life = Effect.fnUntraced(function*(user: User) {
    yield* Effect.sleep(user.random() * settings.rampSeconds * 1000)
    while (isBusy() && !isOver()) yield* Effect.sleep(1000 + user.random() * settings.rampSeconds * 1000)
    startedUsers += 1
    if (startedUsers === settings.users.length) rampEnd = elapsed()
    yield* signIn(user)
    while (!user.isGone && !isOver()) {
      yield* Effect.sleep(3000 + user.random() * 7000)
      if (isOver()) return
      if (isBusy()) figures.postponed += 1
      else yield* visit(user)
    }
  })

  /** Without faults, every user with a grant is served, and every other gets the error that says so. */
  const settle = Effect.fnUntraced(function*(user: User) {
    const until = elapsed() + 600_000
    // A user without a sign-in got that error.
    while (!user.isGone && elapsed() < until) {
      const exit = yield* call(
        user,
        Effect.flatMap(sessions.get(user.id), (session) => session.getCurrentUser()),
        ({ id }) => id === user.id
      )
      if (Exit.isSuccess(exit) || isLost(exit)) break
      yield* Effect.sleep(1000)
    }
  })

  const users = settings.users.map((id, index): User => ({
    id: UserId.make(id),
    guilds: settings.guilds[index] ?? 0,
    random: Random.makeRandom(settings.seed + index),
    signIns: 0,
    wasSignedIn: false,
    isGone: false,
    last: "nothing"
  }))

  const sampling = yield* Effect.forkChild(
    Effect.forever(
      Effect.andThen(
        Effect.sleep("2500 millis"),
        Effect.suspend(() => sample(elapsed() > rampEnd ? "load" : "ramp"))
      )
    )
  )
  const pinging = yield* Effect.forkChild(Effect.forever(Effect.andThen(ping, Effect.sleep("100 millis"))))
  const fibers = yield* Effect.forEach(users, (user) => Effect.forkChild(life(user)))
  while (!isOver()) {
    yield* Effect.sleep(250)
    const { refused, waited } = { waited: yield* outcomeOf("waited"), refused: yield* outcomeOf("refused") }
    isEnough = hasSeenEnough && waited > 1000 && refused > 10
  }
  yield* Fiber.interrupt(sampling)
  yield* Fiber.interrupt(pinging)
  const inLoad = resources()
  const loadEnd = elapsed()

  // Every call ends by its own timeouts, so a fiber that runs after ten minutes hangs.
  const ended = yield* Effect.timeoutOption(Fiber.awaitAll(fibers), "10 minutes")
  const lastEnd = elapsed() - loadEnd
  for (const exit of Option.getOrElse(ended, () => [])) if (Exit.isFailure(exit)) defectsOf(exit.cause)
  const hanging = fibers.filter((fiber) => fiber.pollUnsafe() === undefined).length

  yield* Effect.callback<void>((resume) => {
    onCalm = () => resume(Effect.void)
    process.send?.("loaded")
  })
  yield* sample("calm")
  yield* Effect.forEach(users, settle, { concurrency: 200, discard: true })
  yield* sample("calm")

  const finals = yield* Effect.forEach(users, ({ id, last, wasSignedIn }) =>
    Effect.map(
      records.get({ clientId: ApplicationId.make(settings.clientId), userId: id }),
      (found): Final => ({
        user: id,
        outcome: last,
        grant: Option.isSome(found) ? grantOf(found.value.token) : undefined,
        isTyped: last !== "untyped" && last !== "nothing" && last !== "a defect",
        wasSignedIn
      })
    ))
  return { inLoad, lastEnd, hanging, finals }
})

const outcomeOf = (outcome: "waited" | "refused" | "exceeded") =>
  Effect.map(Metric.value(Metric.withAttributes(RateLimiter.metric, { outcome })), ({ count }) => count)

const invalidRequests = Effect.map(
  Effect.forEach(
    ["401", "403", "429"],
    (status) =>
      Metric.value(Metric.withAttributes(InvalidRequestLimiter.metric, { "http.response.status_code": status }))
  ),
  (states) => states.reduce((sum, { count }) => sum + count, 0)
)

const report = Effect.gen(function*() {
  yield* sample("start")
  const { finals, hanging, inLoad, lastEnd } = yield* Effect.provide(program, application)
  // What has just been closed is released by the next turns of the event loop.
  const end = elapsed() + 300_000
  while ("TCPSocketWrap" in resources() && elapsed() < end) yield* Effect.sleep(100)
  yield* Effect.sleep(500)
  yield* sample("end")
  return {
    ...figures,
    outcomes,
    defects,
    untyped,
    hanging,
    lastEnd,
    latency: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99), max: Math.round(slowest) },
    rateLimit: {
      waited: yield* outcomeOf("waited"),
      refused: yield* outcomeOf("refused"),
      exceeded: yield* outcomeOf("exceeded")
    },
    invalidRequests: yield* invalidRequests,
    samples,
    removals,
    refusals,
    finals,
    resources: { load: inLoad, end: resources() }
  } satisfies Report
})

// The process ends by itself when nothing is left open.
void Effect.runPromise(Effect.provide(report, Logger.layer([]))).then((report) =>
  process.send?.(report, () => process.disconnect())
)
