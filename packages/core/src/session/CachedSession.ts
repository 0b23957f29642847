/**
 * A session whose equal reads share one request.
 *
 * **When to use**
 *
 * Where many parts of an application read the same user, guilds or connections to render one page. Sessions do not share
 * reads on their own, because a shared value may be as old as `timeToLive`.
 *
 * @since 0.1.0
 */
import * as Cache from "effect/Cache"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { DiscordSession } from "./DiscordSession.ts"
import { Session, toDiscordSession } from "./internal/session.ts"

/**
 * How long values are shared, and how many.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** How long a value is returned again. Failures never are. With zero, only calls at the same time share a request. */
  readonly timeToLive: Duration.Input

  /**
   * The number of values that the session keeps. Beyond it, the least recently used value is dropped.
   *
   * @default 32
   */
  readonly capacity?: number | undefined
}

/** One read with its arguments. Two reads of the same text are equal. */
class Read implements Equal.Equal {
  readonly text: string
  readonly send: Effect.Effect<unknown, unknown>

  constructor(text: string, send: Effect.Effect<unknown, unknown>) {
    this.text = text
    this.send = send
  }

  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Read && that.text === this.text
  }

  [Hash.symbol](): number {
    return Hash.string(this.text)
  }
}

/**
 * Sorts the arguments by name, so that `{ a, b }` and `{ b, a }` give one text. Arguments that JSON cannot encode give
 * none, and no call accepts them.
 */
const toText = Option.liftThrowable((identifier: string, request: object) =>
  JSON.stringify([identifier, Object.entries(request).toSorted(([a], [b]) => a < b ? -1 : 1)])
)

/**
 * Returns a session with the same token, whose reads with equal arguments share one request.
 *
 * **Details**
 *
 * The pages of `currentUserGuilds` and the other streams are reads too. Calls that write are never shared, and discard all
 * shared values. A read that starts after a write does not join a
 * request from before it. Sessions share nothing with each other. A request continues until its last caller is
 * interrupted.
 *
 * **Gotchas**
 *
 * An object that implements `DiscordSession` and is not from `DiscordSessions`, such as a fake in a test, is returned
 * unchanged.
 *
 * **Example** (One page, one request)
 *
 * ```ts
 * import { type DiscordSession } from "@discord-oauth2/core"
 * import { CachedSession } from "@discord-oauth2/core/session"
 * import { Effect } from "effect"
 *
 * const page = Effect.fn(function*(session: DiscordSession.DiscordSession) {
 *   const cached = yield* CachedSession.make(session, { timeToLive: "2 seconds" })
 *   return yield* Effect.all([cached.getCurrentUser(), cached.getCurrentUser()], { concurrency: 2 })
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
  if (!(session instanceof Session)) return session
  const timeToLive = Duration.fromInputUnsafe(options.timeToLive)
  const values = yield* Cache.makeWith(({ send }: Read) => send, {
    capacity: options.capacity ?? 32,
    timeToLive: (exit) => Exit.isSuccess(exit) ? timeToLive : Duration.zero
  })
  const forget = Cache.invalidateAll(values)
  return toDiscordSession(Session.withSend(session, (send) => (state, call, request) => {
    const sent = send(state, call, request)
    return call.isRead
      ? Option.match(toText(call.identifier, request), {
        onNone: () => sent,
        onSome: (text) => Cache.get(values, new Read(text, sent))
      })
      : Effect.ensuring(sent, forget)
  }))
})
