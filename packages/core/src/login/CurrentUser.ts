/**
 * The signed-in user in the handlers of an `HttpApi` of the application's own.
 *
 * **Details**
 *
 * Put the middleware `Authentication` on an endpoint, a group or the whole API, and its handlers have the service
 * `CurrentUser`. It reads the cookie that `DiscordLogin` has set, and fails before the handler with
 *
 * - `Unauthenticated`, status 401: nobody is signed in, or the user's token is gone;
 * - `CrossSiteRequest`, status 403: a page of another site sent what may change something (S21);
 * - `SessionUnavailable`, status 503: a store cannot be read, so that nobody knows who this is.
 *
 * They are in the OpenAPI document and in derived clients, which decode them to the classes of this module. The security
 * scheme there is the cookie `__Host-discord-session`; on a loopback address without HTTPS its name is `discord-session`.
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
 * // Beside DiscordLogin.routes, and provided with DiscordLogin.layer, as they are.
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
 * Nobody is signed in: send the user to the login route.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {}, {
  httpApiStatus: 401
}) {
  override get message() {
    return "Nobody is signed in."
  }
}

/**
 * The request may change something, and its browser does not say that a page of this application has sent it.
 *
 * @category errors
 * @since 0.1.0
 */
export class CrossSiteRequest extends Schema.TaggedError<CrossSiteRequest>()("CrossSiteRequest", {}, {
  httpApiStatus: 403
}) {
  override get message() {
    return "The request does not come from a page of this application."
  }
}

/**
 * A store cannot be read now. The log says which and why; the client learns no more than this.
 *
 * @category errors
 * @since 0.1.0
 */
export class SessionUnavailable extends Schema.TaggedError<SessionUnavailable>()("SessionUnavailable", {}, {
  httpApiStatus: 503
}) {
  override get message() {
    return "Who is signed in cannot be told now: try again later."
  }
}

/**
 * The user who makes the current request.
 *
 * @category services
 * @since 0.1.0
 */
export class CurrentUser extends Context.Service<CurrentUser, {
  readonly userId: UserId
  /** Discord, in the name of the user. */
  readonly session: DiscordSession
  /** What the browser's cookie holds: when the user signed in, and under which session id. */
  readonly cookie: SessionCookie.Session
}>()("@discord-oauth2/core/login/CurrentUser") {}

/**
 * Lets a request pass whose user is signed in.
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
 * How requests are let pass.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * Origins whose pages may call the API with all methods, such as `https://app.example.com` for an API at
   * `https://api.example.com`. The API's own needs to be among them for browsers that are older than `Sec-Fetch-Site`,
   * which all have sent since 2023.
   *
   * @default none but the API's own
   */
  readonly allowedOrigins?: ReadonlyArray<string> | undefined

  /**
   * Whether what is not GET, HEAD or OPTIONS has to come from a page of the application (S21). The cookie's
   * `SameSite=Lax` alone lets pages of other subdomains through.
   *
   * **When to use**
   *
   * `false` is for callers that are no browsers and send the cookie by themselves, such as tests.
   *
   * @default true
   */
  readonly checkOrigin?: boolean | undefined
}

/**
 * The middleware, over the cookie and the sessions that `DiscordLogin` uses.
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

      const mayPass = (request: HttpServerRequest) =>
        options.checkOrigin === false || LoginRequest.isSafe(request) || LoginRequest.isSameOrigin(request) ||
        (request.headers.origin !== undefined && allowed.has(request.headers.origin))

      const unavailable = (error: Error) =>
        Effect.andThen(
          Effect.logWarning(`The session of a request cannot be read: ${error.message}`),
          Effect.fail(new SessionUnavailable())
        )

      const user = Effect.gen(function*() {
        if (!mayPass(yield* HttpServerRequest)) return yield* new CrossSiteRequest()
        const current = yield* cookie.current
        if (Option.isNone(current)) return yield* new Unauthenticated()
        const { userId } = current.value
        const session = yield* sessions.get(userId)
        return CurrentUser.of({ userId, session, cookie: current.value })
      }).pipe(Effect.catchTags({
        NotSignedIn: () => Effect.fail(new Unauthenticated()),
        // A record that nobody can read stays so until its user signs in again.
        AccessTokenStoreError: (error) => isOfRecord(error) ? Effect.fail(new Unauthenticated()) : unavailable(error),
        DenylistError: unavailable
      }))

      return Authentication.of({
        session: (handler) => Effect.provideServiceEffect(handler, CurrentUser, user)
      })
    })
  )
