/** The sessions that have ended before their cookie expired, in the denylist. */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DenylistError } from "../../errors/DiscordError.ts"
import type { Denylist } from "../Denylist.ts"

/** What identifies a session, and when it began. */
interface Identity {
  readonly userId: string
  readonly sessionId: string
  readonly issuedAt: DateTime.Utc
}

export interface EndedSessions {
  readonly end: (session: Identity) => Effect.Effect<void, DenylistError>
  /** Ends all sessions of the user that began before now. */
  readonly endAll: (userId: string) => Effect.Effect<void, DenylistError>
  readonly isEnded: (session: Identity) => Effect.Effect<boolean, DenylistError>
}

const sessionKey = ({ sessionId }: Identity) => `session:${sessionId}`
const userKey = (userId: string) => `user:${userId}`

/** A cookie is not renewed after its session's end, so that every copy has expired once the idle timeout is over. */
export const make = (denylist: Denylist["Service"], idle: Duration.Duration): EndedSessions => {
  const add = (id: string) =>
    Effect.flatMap(DateTime.now, (now) => Effect.asVoid(denylist.add(id, DateTime.addDuration(now, idle))))
  return {
    end: (session) => add(sessionKey(session)),
    endAll: (userId) => add(userKey(userId)),
    isEnded: Effect.fnUntraced(function*(session) {
      const [one, all] = yield* Effect.all(
        [denylist.addedAt(sessionKey(session)), denylist.addedAt(userKey(session.userId))],
        { concurrency: "unbounded" }
      )
      return Option.isSome(one) || Option.exists(all, (endedAt) => DateTime.isLessThan(session.issuedAt, endedAt))
    })
  }
}
