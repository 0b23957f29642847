/**
 * The signed-in user, for the handlers of the application's own `HttpApi`.
 *
 * **Details**
 *
 * Add the middleware `Authentication` to an endpoint, a group or the whole API. Its handlers can then use the service
 * `CurrentUser`. The middleware reads the cookie of `DiscordLogin`, and fails before the handler runs with
 *
 * - `Unauthenticated`, status 401: nobody is signed in, or the user's token is no longer stored;
 * - `CrossSiteRequest`, status 403: a page of another site sent a request that may change something (S21 in
 *   docs/checklist.md);
 * - `SessionUnavailable`, status 503: a store cannot be read.
 *
 * The OpenAPI document contains these errors, and derived clients decode them to the classes of this module. The security
 * scheme is the cookie `__Host-discord-session`; on a loopback host without HTTPS its name is `discord-session`.
 *
 * **Example** (An API with one endpoint for signed-in users)
 *
 * ```ts
 * import { CurrentUser, User } from "@discord-oauth2/core"
 * import { Effect, Layer, Schema } from "effect"
 * import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
 *
 * const Notes = HttpApiGroup.make("notes").add(
 *   HttpApiEndpoint.get("greet", "/greeting", { success: Schema.String })
 * ).middleware(CurrentUser.Authentication)
 *
 * const Api = HttpApi.make("api").add(Notes)
 *
 * const Handlers = HttpApiBuilder.group(Api, "notes", (handlers) =>
 *   handlers.handle("greet", Effect.fn(function*() {
 *     const { session } = yield* CurrentUser.CurrentUser
 *     return `Hello, ${User.displayName(yield* Effect.orDie(session.getCurrentUser()))}`
 *   })))
 *
 * // Merge with DiscordLogin.routes, and provide DiscordLogin.layer to both.
 * const Routes = HttpApiBuilder.layer(Api).pipe(
 *   Layer.provide(Handlers),
 *   Layer.provide(CurrentUser.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isOfRecord } from "../errors/DiscordError.ts"
import type { UserId } from "../models/Snowflake.ts"
import type { DiscordSession } from "../session/DiscordSession.ts"
import { DiscordSessions } from "../session/DiscordSessions.ts"
import * as LoginRequest from "./internal/loginRequest.ts"
import * as SealedCookie from "./internal/sealedCookie.ts"
import * as SessionCookie from "./SessionCookie.ts"

/**
 * Nobody is signed in. Send the user to the login route.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unauthenticated
  extends Schema.TaggedError<Unauthenticated>("@discord-oauth2/core/login/Unauthenticated")("Unauthenticated", {}, {
    httpApiStatus: 401,
    description: "Unauthenticated"
  })
{
  override get message() {
    return "Nobody is signed in."
  }
}

/**
 * The request may change something, and was not sent by a page of this application.
 *
 * @category errors
 * @since 0.1.0
 */
export class CrossSiteRequest
  extends Schema.TaggedError<CrossSiteRequest>("@discord-oauth2/core/login/CrossSiteRequest")("CrossSiteRequest", {}, {
    httpApiStatus: 403,
    description: "CrossSiteRequest"
  })
{
  override get message() {
    return "The request was not sent by a page of this application."
  }
}

/**
 * A store cannot be read. The server's log contains the store and the reason; the client does not receive them.
 *
 * @category errors
 * @since 0.1.0
 */
export class SessionUnavailable
  extends Schema.TaggedError<SessionUnavailable>("@discord-oauth2/core/login/SessionUnavailable")(
    "SessionUnavailable",
    {},
    {
      httpApiStatus: 503,
      description: "SessionUnavailable"
    }
  )
{
  override get message() {
    return "The session cannot be read right now: try again later."
  }
}

/**
 * The user who sent the current request.
 *
 * @category services
 * @since 0.1.0
 */
export class CurrentUser extends Context.Service<CurrentUser, {
  readonly userId: UserId
  /** The calls of Discord in the user's name. */
  readonly session: DiscordSession
  /** The content of the browser's cookie: when the user signed in, and the session id. */
  readonly cookie: SessionCookie.Session
}>()("@discord-oauth2/core/login/CurrentUser") {}

/**
 * Rejects requests of users who are not signed in, and provides `CurrentUser` to the handler.
 *
 * @category middleware
 * @since 0.1.0
 */
export class Authentication extends HttpApiMiddleware.Service<Authentication, { provides: CurrentUser }>()(
  "@discord-oauth2/core/login/CurrentUser/Authentication",
  {
    error: [Unauthenticated, CrossSiteRequest, SessionUnavailable],
    security: {
      session: HttpApiSecurity.apiKey({ in: "cookie", key: SealedCookie.nameOf(SessionCookie.cookieName, true) })
    }
  }
) {}

/**
 * Configures which requests are accepted.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * Other origins whose pages may call the API with all methods, such as `https://app.example.com` for an API at
   * `https://api.example.com`. To support browsers from before 2023, which do not send `Sec-Fetch-Site`, add the API's own
   * origin too.
   *
   * @default the API's own origin only
   */
  readonly allowedOrigins?: ReadonlyArray<string> | undefined

  /**
   * Whether a request must be sent by a page of the application, unless its method is GET, HEAD or OPTIONS (S21). The
   * cookie's `SameSite=Lax` does not stop pages of other subdomains.
   *
   * **When to use**
   *
   * Set `false` for clients that are not browsers and send the cookie themselves, such as tests.
   *
   * @default true
   */
  readonly checkOrigin?: boolean | undefined
}

/**
 * Creates the layer of the middleware from the cookie and the sessions of `DiscordLogin`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options = {}
): Layer.Layer<Authentication, never, SessionCookie.SessionCookie | DiscordSessions> =>
  Layer.effect(
    Authentication,
    Effect.gen(function*() {
      const cookie = yield* SessionCookie.SessionCookie
      const sessions = yield* DiscordSessions
      const allowed = new Set(options.allowedOrigins)

      const isAllowed = (request: HttpServerRequest) =>
        options.checkOrigin === false || LoginRequest.isSafe(request) || LoginRequest.isSameOrigin(request) ||
        (request.headers.origin !== undefined && allowed.has(request.headers.origin))

      const unavailable = (error: Error) =>
        Effect.andThen(
          Effect.logWarning(`The session of a request cannot be read: ${error.message}`),
          Effect.fail(new SessionUnavailable())
        )

      const user = Effect.gen(function*() {
        if (!isAllowed(yield* HttpServerRequest)) return yield* new CrossSiteRequest()
        const current = yield* cookie.current
        if (Option.isNone(current)) return yield* new Unauthenticated()
        const { userId } = current.value
        const session = yield* sessions.get(userId)
        return CurrentUser.of({ userId, session, cookie: current.value })
      }).pipe(Effect.catchTags({
        NotSignedIn: () => Effect.fail(new Unauthenticated()),
        // A record that cannot be decrypted or decoded is replaced when its user signs in again.
        AccessTokenStoreError: (error) => isOfRecord(error) ? Effect.fail(new Unauthenticated()) : unavailable(error),
        DenylistError: unavailable
      }))

      return Authentication.of({
        session: (handler) => Effect.provideServiceEffect(handler, CurrentUser, user)
      })
    })
  )
