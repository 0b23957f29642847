/**
 * Sign in with Discord as three routes: `login`, `callback` and `logout`.
 *
 * **Details**
 *
 * - `GET /auth/discord/login?returnTo=/path` starts a login and sends the browser to Discord's consent page.
 * - `GET /auth/discord/callback` receives the browser back, stores the token, starts a session and redirects to
 *   `returnTo`.
 * - `POST /auth/discord/logout` ends the session and revokes the token.
 *
 * A pending login is kept in a sealed cookie of the browser that started it. Each login has a cookie of its own, so that
 * several tabs can sign in at once; a browser keeps up to five for ten minutes. The first callback of a login uses it up,
 * whether the sign-in succeeds or not. Several servers share this knowledge through `Denylist`. Every response has
 * `Cache-Control: no-store` and `Referrer-Policy: no-referrer`; redirects have the status 303.
 *
 * **Gotchas**
 *
 * The URL of a callback contains `code` and `state`. `layer` removes them from the spans of the HTTP server, if it is
 * provided to the server and not only to the routes (see `Redaction`). The access log of a proxy in front of the
 * application needs the same care.
 *
 * **Example** (A server with a page for signed-in users)
 *
 * ```ts
 * import { DiscordLogin, User } from "@discord-oauth2/core"
 * import { Effect, Layer, Option, Redacted } from "effect"
 * import { HttpRouter, HttpServerResponse } from "effect/http"
 *
 * const Home = HttpRouter.add(
 *   "GET",
 *   "/",
 *   Effect.gen(function*() {
 *     const session = yield* DiscordLogin.currentSession
 *     if (Option.isNone(session)) return HttpServerResponse.redirect("/auth/discord/login?returnTo=/")
 *     const user = yield* session.value.getCurrentUser()
 *     return HttpServerResponse.text(`Hello ${User.displayName(user)}`)
 *   })
 * )
 *
 * const Login = DiscordLogin.layer({
 *   redirectUri: "https://example.com/auth/discord/callback",
 *   keys: [Redacted.make("32 random bytes, from the environment")]
 * })
 *
 * const App = HttpRouter.serve(Layer.mergeAll(Home, DiscordLogin.routes)).pipe(Layer.provide(Login))
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Aead } from "effect/crypto/Aead"
import type { Digest } from "effect/crypto/Digest"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Redaction from "../api/Redaction.ts"
import type * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { ConsentOptions } from "../oauth2/AuthorizationRequest.ts"
import type { OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { DiscordSession } from "../session/DiscordSession.ts"
import { DiscordSessions } from "../session/DiscordSessions.ts"
import * as CallbackRoute from "./internal/callbackRoute.ts"
import * as LoginCookie from "./internal/loginCookie.ts"
import * as LoginFailures from "./internal/loginFailures.ts"
import * as LoginMetric from "./internal/loginMetric.ts"
import * as LoginRoute from "./internal/loginRoute.ts"
import * as LoginSite from "./internal/loginSite.ts"
import * as LogoutRoute from "./internal/logoutRoute.ts"
import * as SessionCookie from "./SessionCookie.ts"

/**
 * A user who has just signed in.
 *
 * @category models
 * @since 0.1.0
 */
export interface SignedIn {
  /** The user's session. */
  readonly session: DiscordSession
  /** The token, which is already stored. */
  readonly token: AccessToken
  /** The path that the browser goes to next. */
  readonly returnTo: string
  /** The result of the option `data` when this login started. */
  readonly data: Schema.Json | undefined
  /** The request of the callback. */
  readonly request: HttpServerRequest
}

/**
 * The errors that a sign-in can end with.
 *
 * @category errors
 * @since 0.1.0
 */
export type LoginFailure = LoginFailures.LoginFailure

/**
 * A failed sign-in and the page that reports it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failed {
  readonly error: LoginFailure
  /** The page that is sent unless `onError` returns another one. Its status fits the error. */
  readonly page: HttpServerResponse.HttpServerResponse
  /** The URL that starts the sign-in again. */
  readonly loginUrl: string
  /** The result of the option `data`, if the callback belongs to a login of this browser. */
  readonly data: Schema.Json | undefined
  readonly request: HttpServerRequest
}

/**
 * Configures the login routes and the session cookie.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends SessionCookie.Options {
  /**
   * The URL that Discord sends the browser back to. It is registered for the application byte for byte, and it ends with
   * `<basePath>/callback`.
   *
   * **Details**
   *
   * Its origin is the application's origin. With `https:` the cookies are `Secure`; `http:` is accepted for loopback
   * hosts only.
   */
  readonly redirectUri: string

  /**
   * The path of the three routes.
   *
   * @default "/auth/discord"
   */
  readonly basePath?: `/${string}` | undefined

  /**
   * The scopes to request. `identify` must be one of them.
   *
   * @default ["identify"]
   */
  readonly scopes?: ReadonlyArray<OAuth2Scope.OAuth2Scope> | undefined

  /**
   * Parameters of the consent page, such as `prompt`, `permissions` and `guildId`: for all logins, or computed from the
   * request that starts a login.
   */
  readonly consent?: ConsentOptions | ((request: HttpServerRequest) => ConsentOptions) | undefined

  /**
   * Attaches data of the application to a login. `onSignedIn` and `onError` receive the data when the login ends.
   *
   * **When to use**
   *
   * For an invitation that the user has followed, the basket of a guest, or the account to link with Discord.
   *
   * **Details**
   *
   * The data is sealed in the cookie of the login: the browser can neither read nor change it, and no other login
   * receives it. It has at most 1,024 bytes as JSON. If it is longer, or does not fit into the cookie with a long
   * `returnTo` and many scopes, the login fails with `InvalidCallArgument` before the browser leaves for Discord. A
   * response as the failure rejects the login.
   *
   * **Gotchas**
   *
   * Any page can send a visitor to the login route. A value from the query was chosen by the author of the link, and not
   * by the visitor.
   *
   * **Example** (Remembering an invitation)
   *
   * ```ts
   * import type { DiscordLogin } from "@discord-oauth2/core"
   * import { Effect } from "effect"
   *
   * const options: Partial<DiscordLogin.Options> = {
   *   data: (request) => Effect.succeed({ invitation: request.cookies["invitation"] ?? null }),
   *   onSignedIn: ({ data, session }) => Effect.log("signed in", session.userId, data)
   * }
   * ```
   *
   * @default no data
   */
  readonly data?:
    | ((request: HttpServerRequest) => Effect.Effect<Schema.Json | undefined, HttpServerResponse.HttpServerResponse>)
    | undefined

  /**
   * Whether to use PKCE.
   *
   * @default true; false with the scope `role_connections.write`, which Discord rejects together with PKCE
   */
  readonly pkce?: boolean | undefined

  /**
   * How long a user may stay on Discord's consent page.
   *
   * @default 10 minutes
   */
  readonly loginTimeout?: Duration.Input | undefined

  /**
   * The path that the browser goes to after a sign-out, and after a sign-in without `returnTo`.
   *
   * @default "/"
   */
  readonly defaultReturnTo?: string | undefined

  /**
   * Runs after each sign-in, before the browser is redirected.
   *
   * **Details**
   *
   * A response as the result replaces the redirect and sets the session cookie. A response as the failure rejects the
   * sign-in: it is sent unchanged and no session starts. The token is stored in both cases; `session.signOut()` revokes
   * and removes it.
   */
  readonly onSignedIn?:
    | ((
      signedIn: SignedIn
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse | void, HttpServerResponse.HttpServerResponse>)
    | undefined

  /**
   * Creates the page of a failed sign-in.
   *
   * @default a page in English that explains the error and offers to sign in again
   */
  readonly onError?: ((failed: Failed) => Effect.Effect<HttpServerResponse.HttpServerResponse>) | undefined

  /**
   * Whether a sign-out revokes the authorization at Discord: for all sign-outs, or decided by the request.
   *
   * **Details**
   *
   * With `true` the token is revoked and removed, and the user's sessions in all browsers end: Discord keeps one
   * authorization for a user and an application. With `false` only the session of this browser ends, with every copy of
   * its cookie. Other browsers stay signed in, and the application can still use the token.
   *
   * **Example** (A button for each)
   *
   * ```ts
   * import type { DiscordLogin } from "@discord-oauth2/core"
   *
   * // <form method="post" action="/auth/discord/logout"> and <form … action="/auth/discord/logout?everywhere">
   * const options: Partial<DiscordLogin.Options> = {
   *   revoke: (request) => request.url.endsWith("?everywhere")
   * }
   * ```
   *
   * @default true
   */
  readonly revoke?: boolean | ((request: HttpServerRequest) => boolean) | undefined

  /**
   * Whether a sign-out removes the token from the store when Discord cannot be reached to revoke it.
   *
   * **Details**
   *
   * The browser is signed out in both cases. With `false` the token still works and stays in the store, and a warning is
   * logged; to sign in and out again revokes it. With `true` the token is removed, and expires after seven days.
   *
   * @default false
   */
  readonly forceSignOut?: boolean | undefined
}

/**
 * Counts finished sign-ins. The attribute `outcome` is `signed_in`, or the tag of the error, such as
 * `AuthorizationDenied` when the user pressed Cancel.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = LoginMetric.metric

type Handler = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest>

/**
 * The handlers of the three routes. Each handler checks the method itself.
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordLogin extends Context.Service<DiscordLogin, {
  readonly basePath: `/${string}`
  readonly login: Handler
  readonly callback: Handler
  readonly logout: Handler
}>()("@discord-oauth2/core/login/DiscordLogin") {}

const spanOf = (name: string) => Effect.withSpan(`DiscordLogin.${name}`, undefined, { captureStackTrace: false })

/**
 * Creates the handlers from options.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<
  DiscordLogin["Service"],
  DiscordError.DiscordConfigurationError,
  OAuth2Client | DiscordSessions | SessionCookie.SessionCookie | Aead | Digest | Kdf | SecureRandom
> {
  const site = yield* LoginSite.make(options)
  const cookies = yield* LoginCookie.make({ keys: options.keys, secure: site.secure })
  const failures = yield* LoginFailures.make(site, options.onError ?? (({ page }: Failed) => Effect.succeed(page)))
  const login = yield* LoginRoute.make({ options, site, cookies, failures })
  const callback = yield* CallbackRoute.make({ options, site, cookies, failures })
  const logout = yield* LogoutRoute.make({ options, site, failures })
  return DiscordLogin.of({
    basePath: site.basePath,
    login: login.pipe(spanOf("login")),
    callback: callback.pipe(spanOf("callback")),
    logout: logout.pipe(spanOf("logout"))
  })
})

/**
 * Creates the layer of the login and of the session cookie, from options or from an effect that computes them.
 *
 * **Example** (Keys and URL from the environment, users into a table)
 *
 * ```ts
 * import { DiscordLogin } from "@discord-oauth2/core"
 * import { Config, Context, Effect } from "effect"
 *
 * class Users extends Context.Service<Users, {
 *   readonly seen: (id: string) => Effect.Effect<void>
 * }>()("Users") {}
 *
 * const Login = DiscordLogin.layer(Effect.gen(function*() {
 *   const users = yield* Users
 *   return {
 *     redirectUri: yield* Config.String("DISCORD_REDIRECT_URI"),
 *     keys: [yield* Config.Redacted("COOKIE_KEY")],
 *     onSignedIn: ({ session }) => users.seen(session.userId)
 *   }
 * }))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: Options | Effect.Effect<Options, E, R>
): Layer.Layer<
  DiscordLogin | SessionCookie.SessionCookie,
  DiscordError.DiscordConfigurationError | E,
  OAuth2Client | DiscordSessions | Aead | Digest | Kdf | SecureRandom | R
> =>
  Layer.unwrap(
    Effect.map(Effect.isEffect(options) ? options : Effect.succeed(options), (options) =>
      Layer.effect(DiscordLogin, make(options)).pipe(
        Layer.provideMerge(SessionCookie.layer({ ...options, secure: !options.redirectUri.startsWith("http:") })),
        Layer.merge(Redaction.layer)
      ))
  )

/**
 * Adds the three routes to the router.
 *
 * @category layers
 * @since 0.1.0
 */
export const routes: Layer.Layer<never, never, HttpRouter.HttpRouter | DiscordLogin> = HttpRouter.use((router) =>
  Effect.flatMap(DiscordLogin, ({ basePath, callback, login, logout }) =>
    router.addAll([
      HttpRouter.route("*", `${basePath}/login`, login),
      HttpRouter.route("*", `${basePath}/callback`, callback),
      HttpRouter.route("*", `${basePath}/logout`, logout)
    ]))
)

/**
 * Returns the session of the user who sends the current request. Returns `None` when nobody is signed in, and when the
 * store has no token for the user.
 *
 * @category getters
 * @since 0.1.0
 */
export const currentSession: Effect.Effect<
  Option.Option<DiscordSession>,
  DiscordError.AccessTokenStoreError | DiscordError.DenylistError,
  SessionCookie.SessionCookie | DiscordSessions | HttpServerRequest
> = Effect.gen(function*() {
  const sessions = yield* DiscordSessions
  const current = yield* SessionCookie.current
  if (Option.isNone(current)) return Option.none()
  return yield* sessions.get(current.value.userId).pipe(
    Effect.asSome,
    Effect.catchTag("NotSignedIn", () => Effect.succeedNone)
  )
})
