/** How long a session lasts: the idle timeout since it was last used, and the absolute timeout since the sign-in. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"

/** The two instants of a session. */
interface Instants {
  readonly issuedAt: DateTime.Utc
  readonly seenAt: DateTime.Utc
}

export interface SessionLifetime {
  /** How long a cookie lasts that is not used. */
  readonly idle: Duration.Duration
  readonly isCurrent: (session: Instants, now: DateTime.Utc) => boolean
  /** The `Max-Age` of a cookie that is sent now. */
  readonly maxAge: (session: Instants) => Duration.Duration
  /** Whether to send the cookie again: after a tenth of the idle timeout, so that most responses carry no cookie. */
  readonly isRenewalDue: (session: Instants, now: DateTime.Utc) => boolean
}

export const make = (options: {
  readonly idleTimeout?: Duration.Input | undefined
  readonly absoluteTimeout?: Duration.Input | undefined
}): SessionLifetime => {
  const idle = Duration.fromInputUnsafe(options.idleTimeout ?? "7 days")
  const absolute = Duration.fromInputUnsafe(options.absoluteTimeout ?? "30 days")
  const end = ({ issuedAt }: Instants) => DateTime.addDuration(issuedAt, absolute)
  return {
    idle,
    isCurrent: (session, now) =>
      DateTime.isLessThan(now, DateTime.addDuration(session.seenAt, idle)) &&
      DateTime.isLessThan(now, end(session)),
    maxAge: (session) => Duration.min(idle, DateTime.distance(session.seenAt, end(session))),
    isRenewalDue: ({ seenAt }, now) => Duration.isGreaterThan(Duration.times(DateTime.distance(seenAt, now), 10), idle)
  }
}
