/**
 * The cookie that says which user a browser is signed in as.
 *
 * **Details**
 *
 * It is sealed with AES-256-GCM and holds the user's id, a random session id that is new at every sign-in, and two
 * moments. No token is in it: those are in the `AccessTokenStore`. Its name is `__Host-discord-session`, with `Secure`,
 * `HttpOnly`, `Path=/` and `SameSite=Lax`; on a loopback address without HTTPS it is `discord-session`, without `Secure`.
 *
 * **Gotchas**
 *
 * A sealed cookie lives until its time is up, and signing out cannot reach a copy of it. So the sessions that have ended
 * are in `Denylist`: by default in the memory of this process, and with several servers, or over a restart, where its
 * layer keeps them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Cookies from "effect/http/Cookies"
import * as HttpEffect from "effect/http/HttpEffect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { DenylistError, DiscordConfigurationError } from "../errors/DiscordError.ts"
import { UserId } from "../models/Snowflake.ts"
import * as Denylist from "./Denylist.ts"
import * as SealedCookie from "./internal/sealedCookie.ts"

/**
 * What the cookie holds.
 *
 * @category models
 * @since 0.1.0
 */
export const Session = Schema.Struct({
  userId: UserId,
  /** 128 random bits, new at every sign-in (S20). */
  sessionId: Schema.NonEmptyString,
  /** When the user signed in. */
  issuedAt: Schema.DateTimeUtcFromMillis,
  /** When the cookie was last sent to the browser. */
  seenAt: Schema.DateTimeUtcFromMillis
})

/**
 * A session as it is read.
 *
 * @category models
 * @since 0.1.0
 */
export type Session = typeof Session.Type

/**
 * How sessions are sealed and how long they last.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The keys that seal the cookies, each of at least 32 random bytes: `openssl rand -base64 32` makes one.
   *
   * **Details**
   *
   * The first one seals, all of them open. To change the key put a new one in front, and drop the old one after
   * `absoluteTimeout`.
   */
  readonly keys: ReadonlyArray<Redacted.Redacted>

  /**
   * How long a session lasts without a request. Any request that reads the session renews it.
   *
   * @default 7 days
   */
  readonly idleTimeout?: Duration.Input | undefined

  /**
   * How long a session lasts at most.
   *
   * @default 30 days
   */
  readonly absoluteTimeout?: Duration.Input | undefined

  /**
   * A last word on each session that is read, such as whether its user is banned.
   *
   * @default every session that has not ended and whose time is not up
   */
  readonly accept?: ((session: Session) => Effect.Effect<boolean>) | undefined
}

/**
 * Reads and writes the cookie.
 *
 * @category services
 * @since 0.1.0
 */
export class SessionCookie extends Context.Service<SessionCookie, {
  /**
   * The session of the current request: `None` without a cookie, and with one that is forged, foreign, too old or ended.
   */
  readonly current: Effect.Effect<Option.Option<Session>, DenylistError, HttpServerRequest>

  /** A response that starts a new session of this user. */
  readonly issue: (
    response: HttpServerResponse.HttpServerResponse,
    userId: UserId
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse>

  /** A response that makes the browser forget its session, which `end` ends. */
  readonly clear: (response: HttpServerResponse.HttpServerResponse) => HttpServerResponse.HttpServerResponse

  /** Ends one session, and with it every copy of its cookie. */
  readonly end: (session: Session) => Effect.Effect<void, DenylistError>

  /** Ends all sessions that a user has begun before now, in all browsers. */
  readonly endAll: (userId: UserId) => Effect.Effect<void, DenylistError>
}>()("@discord-oauth2/core/login/SessionCookie") {}

/**
 * What the cookie is called, after `__Host-` where the application is reached over HTTPS.
 *
 * @category constants
 * @since 0.1.0
 */
export const cookieName = "discord-session"

const SessionJson = Schema.fromJsonString(Session)
const encode = Schema.encodeEffect(SessionJson)
const decode = Schema.decodeUnknownOption(SessionJson)

/**
 * Makes the service from options.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options & {
    /**
     * Whether the browser reaches the application over HTTPS. `false` is for loopback addresses only.
     *
     * @default true
     */
    readonly secure?: boolean | undefined
  }
): Effect.fn.Return<SessionCookie["Service"], DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const random = yield* SecureRandom
  const sealed = yield* SealedCookie.make("session", options.keys)
  const secure = options.secure ?? true
  const name = SealedCookie.nameOf(cookieName, secure)
  const attributes = SealedCookie.attributes(secure)
  const idle = Duration.fromInputUnsafe(options.idleTimeout ?? "7 days")
  const absolute = Duration.fromInputUnsafe(options.absoluteTimeout ?? "30 days")
  const accept = options.accept ?? (() => Effect.succeed(true))
  const spentIds = yield* Denylist.orMemory

  const write = Effect.fnUntraced(function*(response: HttpServerResponse.HttpServerResponse, session: Session) {
    const left = DateTime.distance(session.seenAt, DateTime.addDuration(session.issuedAt, absolute))
    const value = yield* sealed.seal(name, yield* Effect.orDie(encode(session)))
    return HttpServerResponse.setCookieUnsafe(response, name, value, {
      ...attributes,
      maxAge: Duration.min(idle, left)
    })
  })

  const isCurrent = (session: Session, now: DateTime.Utc) =>
    DateTime.isLessThan(now, DateTime.addDuration(session.seenAt, idle)) &&
    DateTime.isLessThan(now, DateTime.addDuration(session.issuedAt, absolute))

  const ofSession = ({ sessionId }: Session) => `session:${sessionId}`
  const ofUser = (userId: UserId) => `user:${userId}`

  /** No cookie is renewed after its end, so that all copies are too old once the idle time is over. */
  const spend = (id: string) =>
    Effect.flatMap(DateTime.now, (now) => Effect.asVoid(spentIds.spend(id, DateTime.addDuration(now, idle))))

  const isEnded = Effect.fnUntraced(function*(session: Session) {
    const [one, all] = yield* Effect.all(
      [spentIds.spentAt(ofSession(session)), spentIds.spentAt(ofUser(session.userId))],
      { concurrency: "unbounded" }
    )
    return Option.isSome(one) || Option.exists(all, (endedAt) => DateTime.isLessThan(session.issuedAt, endedAt))
  })

  /** A tenth of the idle time passes before the cookie is sent again, so that most responses carry none. */
  const renew = (session: Session, now: DateTime.Utc) =>
    Duration.isGreaterThan(Duration.times(DateTime.distance(session.seenAt, now), 10), idle)
      ? HttpEffect.appendPreResponseHandler((_, response) =>
        Option.isSome(Cookies.get(response.cookies, name))
          ? Effect.succeed(response)
          : write(response, { ...session, seenAt: now })
      )
      : Effect.void

  return SessionCookie.of({
    current: Effect.gen(function*() {
      const request = yield* HttpServerRequest
      if (SealedCookie.isTooLong(request.headers.cookie)) return Option.none()
      const value = request.cookies[name]
      if (value === undefined) return Option.none()
      const session = Option.flatMap(yield* sealed.open(name, value), decode)
      if (Option.isNone(session)) return Option.none()
      const now = yield* DateTime.now
      if (!isCurrent(session.value, now) || (yield* isEnded(session.value))) return Option.none()
      if (!(yield* accept(session.value))) return Option.none()
      yield* renew(session.value, now)
      return session
    }),
    issue: Effect.fnUntraced(function*(response, userId) {
      const now = yield* DateTime.now
      const sessionId = Base64Url.encode(yield* random.randomBytes(16))
      return yield* write(response, { userId, sessionId, issuedAt: now, seenAt: now })
    }),
    clear: (response) => HttpServerResponse.expireCookieUnsafe(response, name, attributes),
    end: (session) => spend(ofSession(session)),
    endAll: (userId) => spend(ofUser(userId))
  })
})

/**
 * The cookie alone, for a server that reads sessions which another one starts. `DiscordLogin.layer` has it included.
 *
 * **Example** (A server that reads the sessions of another)
 *
 * ```ts
 * import { SessionCookie } from "@discord-oauth2/core/login"
 * import { Config, Effect, Layer, Option } from "effect"
 * import { HttpRouter, HttpServerResponse } from "effect/http"
 *
 * const Who = HttpRouter.add(
 *   "GET",
 *   "/who",
 *   Effect.map(SessionCookie.current, (session) =>
 *     HttpServerResponse.text(Option.match(session, { onNone: () => "nobody", onSome: ({ userId }) => userId })))
 * )
 *
 * const Cookie = Layer.unwrap(
 *   Effect.map(Config.Redacted("COOKIE_KEY"), (key) => SessionCookie.layer({ keys: [key] }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Parameters<typeof make>[0]
): Layer.Layer<SessionCookie, DiscordConfigurationError, Aead | Kdf | SecureRandom> =>
  Layer.effect(SessionCookie, make(options))

/**
 * The session of the current request.
 *
 * @category getters
 * @since 0.1.0
 */
export const current: Effect.Effect<
  Option.Option<Session>,
  DenylistError,
  SessionCookie | HttpServerRequest
> = Effect.flatMap(SessionCookie, (cookie) => cookie.current)
