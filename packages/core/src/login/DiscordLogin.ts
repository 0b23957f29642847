/**
 * Sign in with Discord as three routes: `login`, `callback` and `logout`.
 *
 * **Details**
 *
 * - `GET /auth/discord/login?returnTo=/path` starts a login and sends the browser to Discord's page.
 * - `GET /auth/discord/callback` takes the browser back, stores the token, starts a session and goes on to `returnTo`.
 * - `POST /auth/discord/logout` revokes the token and ends the session.
 *
 * A login on its way is in a sealed cookie of the browser that started it, under a name of its own, so that several tabs
 * can sign in at once; five are kept for ten minutes. It is spent by its first callback, whether that succeeds or not;
 * where several servers answer callbacks, `Denylist` lets all of them know. All answers are `Cache-Control: no-store` and
 * `Referrer-Policy: no-referrer`; redirects are 303.
 *
 * **Gotchas**
 *
 * The address of a callback contains `code` and `state`. `layer` has the spans of the HTTP server leave them out, which
 * needs that it is provided to the server and not only to the routes (see `Redaction`). An access log in front of the application needs the
 * same care.
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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as Redaction from "../api/Redaction.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { ConsentOptions } from "../oauth2/AuthorizationRequest.ts"
import { type ExchangeFailure, OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { DiscordSession } from "../session/DiscordSession.ts"
import { DiscordSessions } from "../session/DiscordSessions.ts"
import * as Denylist from "./Denylist.ts"
import * as LoginAttempts from "./internal/loginAttempts.ts"
import * as LoginCookie from "./internal/loginCookie.ts"
import * as LoginPage from "./internal/loginPage.ts"
import * as LoginRequest from "./internal/loginRequest.ts"
import * as ReturnTo from "./internal/returnTo.ts"
import * as SessionCookie from "./SessionCookie.ts"

/**
 * A user who has just signed in.
 *
 * @category models
 * @since 0.1.0
 */
export interface SignedIn {
  readonly session: DiscordSession
  readonly token: AccessToken
  /** The path that the browser is going to. */
  readonly returnTo: string
  /** What the option `data` gave when this login started. */
  readonly data: Schema.Json | undefined
  readonly request: HttpServerRequest
}

/**
 * What a sign-in may fail with.
 *
 * @category errors
 * @since 0.1.0
 */
export type LoginFailure =
  | DiscordError.CallbackError
  | ExchangeFailure
  | Effect.Error<ReturnType<DiscordSessions["Service"]["open"]>>
  | DiscordError.InvalidCallArgument
  | DiscordError.DenylistError

/**
 * A sign-in that failed, and the page that says so.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failed {
  readonly error: LoginFailure
  /** The page that is sent unless `onError` gives another one, with the status that fits the error. */
  readonly page: HttpServerResponse.HttpServerResponse
  /** Where the sign-in starts again. */
  readonly loginUrl: string
  /** What the option `data` gave, where the callback belongs to a login of this browser. */
  readonly data: Schema.Json | undefined
  readonly request: HttpServerRequest
}

/**
 * How users sign in.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends SessionCookie.Options {
  /**
   * Where Discord sends the browser back to: registered for the application, byte for byte, and ending in
   * `<basePath>/callback`. It says on which origin the application is, and so whether its cookies are `Secure`: plain
   * HTTP is accepted on loopback addresses only.
   */
  readonly redirectUri: string

  /**
   * The path of the three routes.
   *
   * @default "/auth/discord"
   */
  readonly basePath?: `/${string}` | undefined

  /**
   * What to ask for; `identify` has to be among it.
   *
   * @default ["identify"]
   */
  readonly scopes?: ReadonlyArray<OAuth2Scope.OAuth2Scope> | undefined

  /**
   * How the consent page looks: `prompt`, `permissions`, `guildId` and so on, for all logins or by the request that
   * starts one.
   */
  readonly consent?: ConsentOptions | ((request: HttpServerRequest) => ConsentOptions) | undefined

  /**
   * What the application wants back at the end of a login, in `onSignedIn` and `onError`: an invitation that the user
   * has followed, the guest's basket, the account that Discord is to be linked with.
   *
   * **Details**
   *
   * It is sealed in the login's cookie: the browser can neither read nor change it, and no other login gets it. As JSON
   * it has at most 1,024 bytes; with more, and where it does not fit into a cookie with a long `returnTo` and many
   * scopes, the login ends in `InvalidCallArgument` before Discord is asked. A response as the failure refuses the login.
   *
   * **Gotchas**
   *
   * Any page can send a visitor to the login route: what is taken from its query is not what the visitor wants, but what
   * somebody wrote into a link.
   *
   * **Example** (The invitation that somebody came by)
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
   * @default nothing
   */
  readonly data?:
    | ((request: HttpServerRequest) => Effect.Effect<Schema.Json | undefined, HttpServerResponse.HttpServerResponse>)
    | undefined

  /**
   * Whether to use PKCE.
   *
   * @default true, and false with the scope `role_connections.write`, where Discord refuses it
   */
  readonly pkce?: boolean | undefined

  /**
   * How long a user may take on Discord's page.
   *
   * @default 10 minutes
   */
  readonly loginTimeout?: Duration.Input | undefined

  /**
   * Where the browser goes after a sign-in that names no other path, and after every sign-out.
   *
   * @default "/"
   */
  readonly defaultReturnTo?: string | undefined

  /**
   * Runs after each sign-in, before the browser is sent on.
   *
   * **Details**
   *
   * A response takes the place of the redirect and gets the session cookie. A response as the failure refuses the
   * sign-in: it is sent as it is and no session starts. The token is stored either way; `session.signOut()` gives it back.
   */
  readonly onSignedIn?:
    | ((
      signedIn: SignedIn
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse | void, HttpServerResponse.HttpServerResponse>)
    | undefined

  /**
   * Makes the page of a sign-in that failed.
   *
   * @default a page in English that says what happened and offers to sign in again
   */
  readonly onError?: ((failed: Failed) => Effect.Effect<HttpServerResponse.HttpServerResponse>) | undefined

  /**
   * Whether signing out revokes the authorization at Discord, for all sign-outs or by the request.
   *
   * **Details**
   *
   * With `true` the user leaves altogether: the token is revoked and removed, and the sessions in all browsers end, for
   * Discord has one authorization for a user and an application. With `false` the session of this browser ends, and every
   * copy of its cookie with it; other browsers stay signed in, and the application may go on to use the token.
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
   * Whether the token leaves the store when Discord cannot be reached to revoke it.
   *
   * **Details**
   *
   * The browser is signed out in any case. By default the token, which still works, stays in the store, a warning is
   * logged, and signing in and out again revokes it. With `true` it is removed and ends by itself after seven days.
   *
   * @default false
   */
  readonly forceSignOut?: boolean | undefined
}

/**
 * The counter of sign-ins, with the attribute `outcome`: `signed_in`, or the tag of the error that one ended with, such as
 * `AuthorizationDenied` where the user pressed Cancel.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.login", {
  description: "What sign-ins with Discord came to",
  incremental: true
})

const count = (outcome: string) => Metric.update(Metric.withAttributes(metric, { outcome }), 1)

type Handler = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest>

/**
 * The three routes as handlers, which check the method themselves.
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

const loopback = /^(localhost|\[::1\]|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/

const configurationError = (description: string) => new DiscordError.DiscordConfigurationError({ description })

/** What the options say about the outside, checked. */
const checkOptions = Effect.fnUntraced(function*(options: {
  readonly redirectUri: string
  readonly basePath?: `/${string}` | undefined
  readonly scopes?: ReadonlyArray<OAuth2Scope.OAuth2Scope> | undefined
  readonly defaultReturnTo?: string | undefined
}) {
  const basePath = options.basePath ?? "/auth/discord"
  const url = URL.canParse(options.redirectUri) ? new URL(options.redirectUri) : undefined
  const secure = url?.protocol === "https:"
  if (url === undefined || !(secure || (url.protocol === "http:" && loopback.test(url.hostname)))) {
    return yield* configurationError("redirectUri must be an https: URL (http: is for loopback addresses only).")
  }
  if (basePath.endsWith("/") || !url.pathname.endsWith(`${basePath}/callback`)) {
    return yield* configurationError(
      `redirectUri must end in "${basePath}/callback": set basePath, without a slash at its end, to what comes before.`
    )
  }
  if (options.scopes?.includes("identify") === false) {
    return yield* configurationError("scopes must have \"identify\" among them: without it nobody knows who signed in.")
  }
  const home = ReturnTo.check(options.defaultReturnTo ?? "/", url.origin)
  if (home === undefined) return yield* configurationError("defaultReturnTo must be a path of the application.")
  // A proxy may have put a prefix before the paths that this server sees.
  return { basePath, secure, home, origin: url.origin, publicPath: url.pathname.slice(0, -"/callback".length) }
})

const finish = (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, { "cache-control": "no-store", "referrer-policy": "no-referrer" })

const notAllowed = (allow: string) => finish(HttpServerResponse.empty({ status: 405, headers: { allow } }))

/** F34: what only looks ahead changes nothing. */
const onlyGet = (request: HttpServerRequest) =>
  request.method !== "GET"
    ? notAllowed("GET")
    : LoginRequest.isPrefetch(request)
    ? finish(HttpServerResponse.empty())
    : undefined

const warnOfSpans = Effect.gen(function*() {
  const tracer = yield* Tracer.Tracer
  if (tracer === Tracer.nativeTracer) return
  if (UrlParams.isRedactedName("code", yield* UrlParams.CurrentRedactedNames)) return
  yield* Effect.logWarning(
    "The spans of this HTTP server contain the codes of callbacks: provide DiscordLogin.layer, or Redaction.layer, to the server."
  )
})

/** What came of a code: the session, and what `onSignedIn` made of it. */
interface Outcome {
  readonly session: DiscordSession
  readonly answer: Result.Result<HttpServerResponse.HttpServerResponse | void, HttpServerResponse.HttpServerResponse>
}

/**
 * Makes the handlers from options.
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
  const oauth = yield* OAuth2Client
  const sessions = yield* DiscordSessions
  const cookie = yield* SessionCookie.SessionCookie
  const { basePath, home, origin, publicPath, secure } = yield* checkOptions(options)
  const logins = yield* LoginCookie.make({ keys: options.keys, secure })
  const attempt = LoginAttempts.make<Outcome, LoginFailure>(yield* Denylist.orMemory)
  const page = yield* LoginPage.make
  const loginPath = `${publicPath}/login`
  const consentOf = typeof options.consent === "function" ? options.consent : () => options.consent
  const dataOf = options.data ?? (() => Effect.undefined)
  const onSignedIn = options.onSignedIn ?? (() => Effect.void)
  const onError = options.onError ?? (({ page }: Failed) => Effect.succeed(page))

  const redirect = (path: string) => HttpServerResponse.redirect(path, { status: 303 })

  /** S16: one path of this origin, and none that would sign in or out once more. */
  const returnToOf = (request: HttpServerRequest) => {
    const [value, ...more] = LoginRequest.searchOf(request).getAll("returnTo")
    const path = value === undefined || more.length > 0 ? undefined : ReturnTo.check(value, origin)
    return path === undefined || path === publicPath || path.startsWith(`${publicPath}/`) ? home : path
  }

  const refuse = (refused: LoginPage.Refused) =>
    page({ ...LoginPage.notice(refused), reference: refused._tag, actionUrl: loginPath, homeUrl: home })

  const fail = Effect.fnUntraced(function*(
    error: LoginFailure,
    request: HttpServerRequest,
    { data, return_to: returnTo = home }: { readonly data?: Schema.Json; readonly return_to?: string } = {}
  ) {
    const notice = LoginPage.notice(error)
    yield* count(error._tag)
    const loginUrl = returnTo === home ? loginPath : `${loginPath}?returnTo=${encodeURIComponent(returnTo)}`
    yield* Effect.logWithLevel(notice.status < 500 ? "Debug" : "Warn")(`A sign-in failed: ${error.message}`)
    const made = page({ ...notice, reference: error._tag, actionUrl: loginUrl, homeUrl: home })
    return yield* onError({
      error,
      page: "retryAfter" in error && error.retryAfter !== undefined
        ? HttpServerResponse.setHeader(made, "retry-after", `${Math.ceil(Duration.toSeconds(error.retryAfter))}`)
        : made,
      loginUrl,
      data,
      request
    })
  })

  const login = Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const other = onlyGet(request)
    if (other !== undefined) return other
    if (LoginRequest.isTooLong(request)) return finish(refuse({ _tag: "RequestTooLong" }))
    const returnTo = returnToOf(request)
    const given = yield* Effect.result(dataOf(request))
    if (Result.isFailure(given)) return finish(given.failure)
    const data = given.success
    return yield* Effect.gen(function*() {
      const carried = yield* LoginCookie.checkData(data)
      const started = yield* oauth.authorize({
        ...consentOf(request),
        scopes: options.scopes ?? ["identify"],
        redirectUri: options.redirectUri,
        pkce: options.pkce,
        expiresIn: options.loginTimeout,
        returnTo
      })
      return yield* logins.keep(redirect(started.url), request, { ...started, ...carried })
    }).pipe(
      Effect.catch((error) => fail(error, request, { return_to: returnTo })),
      Effect.map(finish)
    )
  })

  const exchange = Effect.fnUntraced(function*(
    pending: LoginCookie.Login,
    params: URLSearchParams,
    request: HttpServerRequest
  ) {
    const token = yield* oauth.exchange(pending, params)
    const session = yield* sessions.open(token)
    const { data, return_to: returnTo = home } = pending
    const answer = yield* Effect.result(onSignedIn({ session, token, returnTo, data, request }))
    return { session, answer }
  })

  /** Without its login a callback does nothing: after the back button the user is simply signed in already (F27). */
  const withoutLogin = Effect.fnUntraced(function*(params: URLSearchParams) {
    if (Option.isSome(yield* cookie.current)) return redirect(home)
    return yield* new DiscordError.StateMismatch({ reason: params.has("state") ? "unknown" : "missing" })
  })

  const callback = Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const other = onlyGet(request)
    if (other !== undefined) return other
    if (LoginRequest.isTooLong(request)) {
      return finish(yield* fail(new DiscordError.InvalidCallback({ reason: "too-long" }), request))
    }
    yield* warnOfSpans
    const params = LoginRequest.searchOf(request)
    const id = yield* logins.idOf(params.get("state") ?? "")
    const found = yield* logins.find(request, id)
    if (Option.isNone(found)) {
      return finish(yield* Effect.catch(withoutLogin(params), (error) => fail(error, request)))
    }
    const pending = found.value
    const response = yield* attempt(id, pending.expires_at, exchange(pending, params, request)).pipe(
      Effect.flatMap((attempt) => {
        if (attempt._tag === "Used") return Effect.succeed(redirect(home))
        const { answer, session } = attempt.value
        if (Result.isFailure(answer)) return Effect.succeed(answer.failure)
        const isFirst = attempt._tag === "First"
        const first = isFirst ? answer.success ?? redirect(pending.return_to ?? home) : redirect(home)
        return Effect.andThen(isFirst ? count("signed_in") : Effect.void, cookie.issue(first, session.userId))
      }),
      Effect.catch((error) => fail(error, request, pending))
    )
    return finish(logins.forget(response, id))
  })

  const revokes = typeof options.revoke === "function" ? options.revoke : () => options.revoke !== false

  /** The browser is signed out in any case; what else did not work is for the log. */
  const warnOf = (what: string) => <E extends Error, R>(effect: Effect.Effect<void, E, R>) =>
    Effect.catch(effect, (error) => Effect.logWarning(`${what}: ${error.message}`))

  /** The sessions end first: should the token stay for now, nobody is signed in by it any more. */
  const signOut = Effect.fnUntraced(function*(session: SessionCookie.Session, request: HttpServerRequest) {
    yield* warnOf("A session could not be ended: a copy of its cookie still works")(cookie.end(session))
    if (!revokes(request)) return
    yield* warnOf("A user's other sessions could not be ended")(cookie.endAll(session.userId))
    yield* sessions.get(session.userId).pipe(
      Effect.flatMap((session) => session.signOut({ force: options.forceSignOut })),
      Effect.catchTag("NotSignedIn", () => Effect.void),
      warnOf("A token could not be revoked and is still stored")
    )
  })

  const logout = Effect.gen(function*() {
    const request = yield* HttpServerRequest
    if (request.method !== "POST") return notAllowed("POST")
    if (LoginRequest.isTooLong(request)) return finish(refuse({ _tag: "RequestTooLong" }))
    if (!LoginRequest.isSameOrigin(request, origin)) return finish(refuse({ _tag: "CrossSiteRequest" }))
    yield* cookie.current.pipe(
      Effect.flatMap(Option.match({ onNone: () => Effect.void, onSome: (session) => signOut(session, request) })),
      warnOf("A session that signs out cannot be read")
    )
    return finish(cookie.clear(redirect(home)))
  })

  const span = (name: string) => Effect.withSpan(`DiscordLogin.${name}`, undefined, { captureStackTrace: false })
  return DiscordLogin.of({
    basePath,
    login: login.pipe(span("login")),
    callback: callback.pipe(span("callback")),
    logout: logout.pipe(span("logout"))
  })
})

/**
 * The login and the session cookie, from options or from an effect that makes them.
 *
 * **Example** (Keys and address from the environment, users into a table)
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
 * The session of the user who makes the current request: `None` where nobody is signed in, and where the user's token is
 * gone from the store.
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
