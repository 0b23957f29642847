/**
 * The cookie that identifies the signed-in user of a browser.
 *
 * **Details**
 *
 * The cookie is sealed with AES-256-GCM. It contains the user's id, a random session id that is new at every sign-in, and
 * two instants. It contains no token: tokens are in the `AccessTokenStore`. Its name is `__Host-discord-session`, with
 * `Secure`, `HttpOnly`, `Path=/` and `SameSite=Lax`. On a loopback host without HTTPS its name is `discord-session`,
 * without `Secure`.
 *
 * **Gotchas**
 *
 * A sealed cookie is valid until it expires, and a sign-out cannot delete a copy of it. Ended sessions are therefore
 * listed in `Denylist`: by default in the memory of this process. With several servers, or to survive a restart, provide
 * a shared `Denylist`.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
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
import * as Denylist from "./internal/denylist.ts"
import * as EndedSessions from "./internal/endedSessions.ts"
import * as SealedCookie from "./internal/sealedCookie.ts"
import * as SessionLifetime from "./internal/sessionLifetime.ts"

/**
 * The content of the cookie.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Session = Schema.Struct({
  userId: UserId,
  /** 128 random bits, new at every sign-in. */
  sessionId: Schema.NonEmptyString,
  /** When the user signed in. */
  issuedAt: Schema.DateTimeUtcFromMillis,
  /** When the cookie was last sent to the browser. */
  seenAt: Schema.DateTimeUtcFromMillis
})

/**
 * The session of a browser, as its cookie contains it.
 *
 * @category models
 * @since 0.1.0
 */
export type Session = typeof Session.Type

/**
 * Configures how sessions are sealed and how long they last.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The keys of the cookies, each of at least 32 random bytes. `openssl rand -base64 32` creates one.
   *
   * **Details**
   *
   * The first key seals; every key opens. To change the key, put the new one first, and remove the old one after
   * `absoluteTimeout`.
   */
  readonly keys: ReadonlyArray<Redacted.Redacted>

  /**
   * How long a session lasts without a request. A request that reads the session renews it.
   *
   * @default 7 days
   */
  readonly idleTimeout?: Duration.Input | undefined

  /**
   * How long a session lasts at most, from the sign-in on.
   *
   * @default 30 days
   */
  readonly absoluteTimeout?: Duration.Input | undefined

  /**
   * Decides whether to accept a session that is otherwise valid, for example whether its user is banned. It runs at every
   * read.
   *
   * @default accepts every valid session
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
   * Returns the session of the current request. Returns `None` without a cookie, and when the cookie is forged, has
   * expired, belongs to another application, or its session has ended.
   */
  readonly current: Effect.Effect<Option.Option<Session>, DenylistError, HttpServerRequest>

  /** Adds the cookie of a new session of this user to a response. */
  readonly issue: (
    response: HttpServerResponse.HttpServerResponse,
    userId: UserId
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse>

  /** Makes the browser delete its cookie. The session itself ends with `end`. */
  readonly clear: (response: HttpServerResponse.HttpServerResponse) => HttpServerResponse.HttpServerResponse

  /** Ends one session, and with it every copy of its cookie. */
  readonly end: (session: Session) => Effect.Effect<void, DenylistError>

  /** Ends all sessions of a user that began before now, in all browsers. */
  readonly endAll: (userId: UserId) => Effect.Effect<void, DenylistError>
}>()("@discord-oauth2/core/login/SessionCookie") {}

/**
 * The name of the cookie. Over HTTPS the prefix `__Host-` is added.
 *
 * @category constants
 * @since 0.1.0
 */
export const cookieName = "discord-session"

const SessionJson = Schema.fromJsonString(Session)
const encode = Schema.encodeEffect(SessionJson)
const decode = Schema.decodeUnknownOption(SessionJson)

type Response = HttpServerResponse.HttpServerResponse

interface Codec {
  readonly read: (request: HttpServerRequest) => Effect.Effect<Option.Option<Session>>
  readonly write: (response: Response, session: Session) => Effect.Effect<Response>
  readonly isWritten: (response: Response) => boolean
  readonly clear: (response: Response) => Response
}

/** Reads and writes the cookie, whatever the session in it. */
const makeCodec = Effect.fnUntraced(function*(
  keys: ReadonlyArray<Redacted.Redacted>,
  secure: boolean,
  lifetime: SessionLifetime.SessionLifetime
): Effect.fn.Return<Codec, DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const sealed = yield* SealedCookie.make("session", keys)
  const name = SealedCookie.nameOf(cookieName, secure)
  const attributes = SealedCookie.attributes(secure)
  return {
    read: Effect.fnUntraced(function*(request) {
      if (SealedCookie.isTooLong(request.headers.cookie)) return Option.none()
      const value = request.cookies[name]
      if (value === undefined) return Option.none()
      return Option.flatMap(yield* sealed.open(name, value), decode)
    }),
    write: Effect.fnUntraced(function*(response, session) {
      const value = yield* sealed.seal(name, yield* Effect.orDie(encode(session)))
      return HttpServerResponse.setCookieUnsafe(response, name, value, {
        ...attributes,
        maxAge: lifetime.maxAge(session)
      })
    }),
    isWritten: (response) => Option.isSome(Cookies.get(response.cookies, name)),
    clear: (response) => HttpServerResponse.expireCookieUnsafe(response, name, attributes)
  }
})

/**
 * Creates the service from options.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options & {
    /**
     * Whether browsers reach the application over HTTPS. `false` is for loopback hosts only.
     *
     * @default true
     */
    readonly secure?: boolean | undefined
  }
): Effect.fn.Return<SessionCookie["Service"], DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const random = yield* SecureRandom
  const lifetime = SessionLifetime.make(options)
  const codec = yield* makeCodec(options.keys, options.secure ?? true, lifetime)
  const ended = EndedSessions.make(yield* Denylist.orMemory, lifetime.idle)
  const accept = options.accept ?? (() => Effect.succeed(true))

  /** A response that already sets the cookie keeps its own: it starts or ends a session. */
  const renew = (session: Session, now: DateTime.Utc) =>
    HttpEffect.appendPreResponseHandler((_, response) =>
      codec.isWritten(response) ? Effect.succeed(response) : codec.write(response, { ...session, seenAt: now })
    )

  return SessionCookie.of({
    current: Effect.gen(function*() {
      const session = yield* codec.read(yield* HttpServerRequest)
      if (Option.isNone(session)) return Option.none()
      const now = yield* DateTime.now
      if (!lifetime.isCurrent(session.value, now)) return Option.none()
      if (yield* ended.isEnded(session.value)) return Option.none()
      if (!(yield* accept(session.value))) return Option.none()
      if (lifetime.isRenewalDue(session.value, now)) yield* renew(session.value, now)
      return session
    }),
    // S20: no value of the request becomes a part of the new session.
    issue: Effect.fnUntraced(function*(response, userId) {
      const now = yield* DateTime.now
      const sessionId = Base64Url.encode(yield* random.randomBytes(16))
      return yield* codec.write(response, { userId, sessionId, issuedAt: now, seenAt: now })
    }),
    clear: codec.clear,
    end: ended.end,
    endAll: ended.endAll
  })
})

/**
 * Creates the layer of the cookie alone, for a server that reads sessions which another server starts.
 * `DiscordLogin.layer` contains it.
 *
 * **Example** (A server that reads the sessions of another one)
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
 * Returns the session of the current request. Returns `None` when nobody is signed in.
 *
 * @category getters
 * @since 0.1.0
 */
export const current: Effect.Effect<
  Option.Option<Session>,
  DenylistError,
  SessionCookie | HttpServerRequest
> = Effect.flatMap(SessionCookie, (cookie) => cookie.current)
