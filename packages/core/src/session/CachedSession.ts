/**
 * Reads of one user that are asked for several times at once, or within a moment, made one request.
 *
 * **When to use**
 *
 * Where many parts of an application ask for the same user, guilds or connections while they answer one page. It is not
 * on by itself: what is shared is as old as `timeToLive`.
 *
 * @since 0.1.0
 */
import * as Cache from "effect/Cache"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as DiscordOperation from "../api/DiscordOperation.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { DiscordSession } from "./DiscordSession.ts"

/**
 * How long and how much is shared.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** How long an answer is handed out again; failures never are. With zero only calls at the same time share. */
  readonly timeToLive: Duration.Input

  /**
   * How many answers of this session are kept, the least recently used of which goes first.
   *
   * @default 32
   */
  readonly capacity?: number | undefined
}

type Read = (request?: unknown) => Effect.Effect<unknown, unknown>

const reads = DiscordOperation.all.filter(({ credential, method }) => credential === "bearer" && method === "GET")

/**
 * Members in one order, so that `{ a, b }` and `{ b, a }` are one question; none where JSON cannot write them, which no call
 * takes either.
 */
const keyOf = Option.liftThrowable((identifier: string, request: unknown) =>
  JSON.stringify([identifier, Object.entries(request ?? {}).toSorted(([a], [b]) => a < b ? -1 : 1)])
)

/**
 * The same session, whose reads with equal arguments share one request. Calls that write are as before, and forget what
 * was shared. Neither is anything shared between users, nor between different arguments.
 *
 * **Example** (One page, one request)
 *
 * ```ts
 * import { type DiscordSession } from "@discord-oauth2/core"
 * import { CachedSession } from "@discord-oauth2/core/session"
 * import { Effect } from "effect"
 *
 * const page = Effect.fn(function*(session: DiscordSession.DiscordSession) {
 *   const shared = yield* CachedSession.make(session, { timeToLive: "2 seconds" })
 *   return yield* Effect.all([shared.getCurrentUser(), shared.getCurrentUser()], { concurrency: 2 })
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*<Scopes extends OAuth2Scope.OAuth2Scope>(
  session: DiscordSession<Scopes>,
  options: Options
): Effect.fn.Return<DiscordSession<Scopes>> {
  const timeToLive = Duration.fromInputUnsafe(options.timeToLive)
  const running = new Map<string, Deferred.Deferred<unknown, unknown>>()
  const pending = new Map<string, Effect.Effect<unknown, unknown>>()
  const answers = yield* Cache.makeWith((key: string) => pending.get(key) ?? Effect.die(`nothing asks for ${key}`), {
    capacity: options.capacity ?? 32,
    timeToLive: (exit) => Exit.isSuccess(exit) ? timeToLive : Duration.zero
  })

  // The request runs in a fiber of its own: who asked first may be interrupted, the others still get their answer.
  const join = (key: string, ask: Effect.Effect<unknown, unknown>) =>
    Effect.uninterruptible(Effect.suspend(() => {
      const known = running.get(key)
      if (known !== undefined) return Effect.succeed(known)
      const answer = Deferred.makeUnsafe<unknown, unknown>()
      running.set(key, answer)
      pending.set(key, ask)
      return Cache.get(answers, key).pipe(
        Effect.onExit((exit) => {
          if (running.get(key) === answer) {
            running.delete(key)
            pending.delete(key)
          }
          return Deferred.done(answer, exit)
        }),
        Effect.forkDetach,
        Effect.as(answer)
      )
    }))

  const calls: Record<string, unknown> = { ...session }
  const callable = (identifier: string): Read | undefined => {
    const call = calls[identifier]
    return isRead(call) ? call : undefined
  }
  const overrides: Record<string, unknown> = {}
  for (const { identifier } of reads) {
    const call = callable(identifier)
    if (call === undefined) continue
    overrides[identifier] = (request?: unknown) =>
      Option.match(keyOf(identifier, request), {
        onNone: () => call(request),
        onSome: (key) => Effect.flatMap(join(key, call(request)), Deferred.await)
      })
  }
  // Who reads after a write joins no request from before it.
  const forget = Effect.suspend(() => {
    running.clear()
    return Cache.invalidateAll(answers)
  })
  for (const { credential, identifier, method } of DiscordOperation.all) {
    const call = callable(identifier)
    if (call === undefined || method === "GET" || credential === "client") continue
    overrides[identifier] = (request?: unknown) => Effect.ensuring(call(request), forget)
  }
  return Object.defineProperties({ ...session, ...overrides }, {
    scopes: { get: () => session.scopes, enumerable: true }
  })
})

const isRead = (u: unknown): u is Read => typeof u === "function"
