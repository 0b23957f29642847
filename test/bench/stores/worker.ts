/** The process of one store: it measures itself when it is told to. */
import * as Limits from "@discord-oauth2/core/limits/Limits"
import * as AccessToken from "@discord-oauth2/core/models/AccessToken"
import { ApplicationId, UserId } from "@discord-oauth2/core/models/Snowflake"
import type { DiscordSession } from "@discord-oauth2/core/session/DiscordSession"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import { AccessTokenStore } from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as NodeDiscord from "@discord-oauth2/platform-node/NodeDiscord"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Workload from "../Workload.ts"
import type { Calls, Memory, Task } from "./Measurement.ts"
import { stores } from "./Store.ts"

const [name = "", origin = ""] = process.argv.slice(2)

const load = stores[name]
if (load === undefined) throw new Error(`There is no store ${name}`)
const scope = Scope.makeUnsafe()
const { layer, outside } = await Effect.runPromise(Scope.provide(load.make(), scope))

const clientId = ApplicationId.make(Workload.clientId)
const userId = (n: number) => UserId.make(String(80351110224678912n + BigInt(n)))
const lanes = 256

const runtime = ManagedRuntime.make(NodeDiscord.layer({
  clientId,
  clientSecret: Redacted.make(Workload.clientSecret),
  apiUrl: `${origin}/api/v10`,
  store: layer,
  middleware: Limits.layerMemory({ rateLimit: { tokenEndpoint: { limit: Number.POSITIVE_INFINITY, window: 1 } } })
}))

const store = (first: number, users: number) =>
  Effect.gen(function*() {
    const { put } = yield* AccessTokenStore
    yield* Effect.forEach(
      Array.from({ length: users }, (_, n) => first + n),
      (n) => {
        const { access_token, refresh_token, scope } = Workload.rotating(n)
        return Effect.flatMap(
          AccessToken.fromResponse({
            access_token: Redacted.make(access_token),
            token_type: "Bearer",
            refresh_token: Redacted.make(refresh_token),
            scope
          }),
          (token) => put({ clientId, userId: userId(n) }, token)
        )
      },
      { concurrency: 64, discard: true }
    )
  })

const sessionsOf = (first: number, users: number) =>
  Effect.gen(function*() {
    const sessions = yield* DiscordSessions
    return yield* Effect.forEach(Array.from({ length: users }, (_, n) => userId(first + n)), sessions.get, {
      concurrency: 64
    })
  })

await runtime.runPromise(store(0, lanes))
const held = await runtime.runPromise(sessionsOf(0, lanes))
const sessions = await runtime.runPromise(DiscordSessions)

const expectUser = (session: DiscordSession) =>
  Effect.map(session.getCurrentUser(), ({ id }) => Workload.expectUser(id))

const operations = {
  held: (lane: DiscordSession) => expectUser(lane),
  read: (lane: DiscordSession) => Effect.flatMap(sessions.get(lane.userId), expectUser),
  refresh: (lane: DiscordSession) => Effect.asVoid(lane.refresh)
}

const timed = async (effect: Effect.Effect<number, unknown>): Promise<Calls> => {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const calls = await runtime.runPromise(effect)
  const seconds = (performance.now() - start) / 1000
  const { system, user } = process.cpuUsage(cpu)
  return { calls, seconds, cpuMicroseconds: user + system }
}

const calls = ({ concurrency, milliseconds, operation }: Extract<Task, { kind: "calls" }>) => {
  const call: (lane: DiscordSession) => Effect.Effect<void, unknown> = operations[operation]
  const deadline = performance.now() + milliseconds
  let done = 0
  const lane = (session: DiscordSession) =>
    Effect.gen(function*() {
      while (performance.now() < deadline) {
        yield* call(session)
        done++
      }
    })
  return timed(Effect.map(
    Effect.forEach(held.slice(0, concurrency), lane, { concurrency: "unbounded", discard: true }),
    () => done
  ))
}

const coalesce = ({ fibers }: Extract<Task, { kind: "coalesce" }>) => {
  const [session] = held
  if (session === undefined) throw new Error("no session")
  return timed(Effect.as(
    Effect.replicateEffect(session.refresh, fibers, { concurrency: "unbounded", discard: true }),
    fibers
  ))
}

/** Without what is garbage. */
const heap = () => {
  if (globalThis.gc === undefined) throw new Error("start this process with --expose-gc")
  globalThis.gc()
  globalThis.gc()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

const memory = async ({ users }: Extract<Task, { kind: "memory" }>): Promise<Memory> => {
  const outsideBefore = outside && await Effect.runPromise(outside)
  const before = heap()
  await runtime.runPromise(store(lanes, users))
  const stored = heap() - before
  const outsideAfter = outside && await Effect.runPromise(outside)
  const all = await runtime.runPromise(sessionsOf(lanes, users))
  const withSessions = heap() - before
  if (all.length !== users) throw new Error("a session is missing")
  return {
    stored,
    held: withSessions,
    outside: outsideBefore === undefined || outsideAfter === undefined ? undefined : outsideAfter - outsideBefore
  }
}

const answer = (task: Task) => {
  switch (task.kind) {
    case "calls":
      return calls(task)
    case "coalesce":
      return coalesce(task)
    case "memory":
      return memory(task)
  }
}

// What rejects ends the process with its stack, and the run with it.
process.on("message", async (task: Task) => {
  process.send?.(await answer(task))
})
process.on("disconnect", () =>
  void runtime.dispose()
    .then(() => Effect.runPromise(Scope.close(scope, Exit.void)))
    .finally(() => process.exit()))
process.send?.("ready")
