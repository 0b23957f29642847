/**
 * The redirect login of a public client: the browser goes to Discord's consent page and returns signed in. PKCE replaces
 * the client secret.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps
 * @since 0.1.0
 */
import { DiscordConfig } from "@discord-oauth2/core/api/DiscordConfig"
import * as DiscordError from "@discord-oauth2/core/errors/DiscordError"
import type { AccessToken } from "@discord-oauth2/core/models/AccessToken"
import type { OAuth2Scope } from "@discord-oauth2/core/models/OAuth2Scope"
import * as OAuth2Client from "@discord-oauth2/core/oauth2/OAuth2Client"
import type { PendingAuthorization } from "@discord-oauth2/core/oauth2/PendingAuthorization"
import type { DiscordSession } from "@discord-oauth2/core/session/DiscordSession"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Location from "./BrowserLocation.ts"
import { SessionStorage } from "./BrowserStorage.ts"
import * as Callback from "./internal/callback.ts"
import * as LoginStorage from "./internal/loginStorage.ts"

/**
 * Configures the start of a login.
 *
 * @category options
 * @since 0.1.0
 */
export interface StartOptions<Scope extends OAuth2Scope>
  extends Omit<OAuth2Client.AuthorizeOptions<Scope>, "redirectUri">
{
  /**
   * One of the redirect URIs that are registered for the application, byte for byte. The page at this URL runs `complete`.
   *
   * @default the URL of this page, without its query and fragment
   */
  readonly redirectUri?: string | undefined

  /**
   * The path of this origin that the address bar shows after the login. Any other value is ignored.
   *
   * @default the redirect URI
   */
  readonly returnTo?: string | undefined
}

/**
 * The errors of `start` and `startImplicit`.
 *
 * @category errors
 * @since 0.1.0
 */
export type StartFailure =
  | DiscordError.InvalidScope
  | DiscordError.InvalidCallArgument
  | DiscordError.AccessTokenStoreError

/**
 * The errors of opening a session for a new token.
 *
 * @category errors
 * @since 0.1.0
 */
export type OpenFailure =
  | OAuth2Client.HttpFailure
  | DiscordError.AccessTokenExpired
  | DiscordError.InvalidAccessToken
  | DiscordError.MissingScope
  | DiscordError.AccessTokenStoreError

/**
 * The errors of `complete`. After any of them, start a new login.
 *
 * @category errors
 * @since 0.1.0
 */
export type CompleteFailure = DiscordError.CallbackError | OAuth2Client.ExchangeFailure | OpenFailure

/**
 * Starts and completes logins.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * Sends the browser to Discord's consent page.
   *
   * **Details**
   *
   * `state` and the PKCE verifier are kept in `sessionStorage` until the callback. Expired logins are removed there.
   *
   * **Gotchas**
   *
   * The effect succeeds before the browser has left the page: show the user that the page is leaving. Without the scope
   * `identify`, `complete` fails with `MissingScope`.
   */
  readonly start: <const Scope extends OAuth2Scope>(options: StartOptions<Scope>) => Effect.Effect<void, StartFailure>

  /**
   * Signs the user in if the page is a callback: takes the login from `sessionStorage`, exchanges the code, stores the
   * token and returns the session. Returns `None` if the page is not a callback.
   *
   * **Details**
   *
   * The code is first removed from the address bar and from the history entry, even if the login fails; the parameters of
   * the application stay. A login accepts one callback, and an error callback counts too.
   *
   * **Gotchas**
   *
   * Run it once, when the page starts. A second run returns `None`, because the URL no longer contains the callback.
   */
  readonly complete: Effect.Effect<Option.Option<DiscordSession>, CompleteFailure>

  /**
   * Returns the session of the user who signed in last in this tab, and `None` when nobody is signed in.
   *
   * **Details**
   *
   * To find the session after a reload, use `BrowserDiscord.layerSessionStorage`. No request is sent: the first call of
   * the session shows whether the token still works.
   */
  readonly current: Effect.Effect<Option.Option<DiscordSession>, DiscordError.AccessTokenStoreError>

  /**
   * Sends the browser to Discord's consent page for the implicit grant. `completeImplicit` completes it.
   *
   * **Gotchas**
   *
   * The token passes through the address bar, cannot be refreshed and does not prove who the user is. `start` needs no
   * secret either. Use the implicit grant only for redirect URIs that cannot use `start`.
   */
  readonly startImplicit: <const Scope extends OAuth2Scope>(
    options: Omit<StartOptions<Scope>, "pkce">
  ) => Effect.Effect<void, StartFailure>

  /**
   * Signs the user in if the page is the callback of an implicit grant, and removes the fragment. `complete` never reads
   * the fragment, so an application accepts implicit grants only if it runs this effect.
   */
  readonly completeImplicit: Effect.Effect<Option.Option<DiscordSession>, DiscordError.CallbackError | OpenFailure>
}

/**
 * Starts and completes logins of the current page.
 *
 * **Example** (At the start of a page)
 *
 * ```ts
 * import { BrowserLogin } from "@discord-oauth2/platform-browser"
 * import { Effect, Option } from "effect"
 *
 * const session = Effect.gen(function*() {
 *   const login = yield* BrowserLogin.BrowserLogin
 *   const completed = yield* login.complete
 *   return Option.isSome(completed) ? completed : yield* login.current
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class BrowserLogin
  extends Context.Service<BrowserLogin, Service>()("@discord-oauth2/platform-browser/BrowserLogin")
{}

/** Takes the callback out of the URL, and its login out of the storage, once. */
const makeReceive = (location: Location.BrowserLocation, storage: LoginStorage.LoginStorage) =>
  Effect.fnUntraced(function*(part: Callback.Part) {
    const href = yield* location.href
    const state = Callback.stateOf(href, part)
    if (state === undefined) return Option.none()
    yield* location.replace(Callback.clean(href, part))
    if (state === null || state === "") return yield* new DiscordError.StateMismatch({ reason: "missing" })
    const pending = yield* storage.take(state)
    if (Option.isNone(pending) || pending.value.response_type !== (part === "search" ? "code" : "token")) {
      return yield* new DiscordError.StateMismatch({ reason: "unknown" })
    }
    return Option.some({ href, pending: pending.value })
  })

/** The redirect URI is this page unless the options name another one. */
const withRedirectUri = <O extends { readonly redirectUri?: string | undefined }>(options: O, href: string) => {
  const { origin, pathname } = new URL(href)
  return { ...options, redirectUri: options.redirectUri ?? origin + pathname }
}

/**
 * Creates the service from the address bar and the `sessionStorage` of the context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<
  Service,
  never,
  OAuth2Client.OAuth2Client | DiscordSessions | DiscordConfig
> = Effect.gen(function*() {
  const client = yield* OAuth2Client.OAuth2Client
  const sessions = yield* DiscordSessions
  const { clientId } = yield* DiscordConfig
  const location = yield* Location.BrowserLocation
  const storage = LoginStorage.make(yield* SessionStorage, clientId)
  const receive = makeReceive(location, storage)

  const leave = Effect.fnUntraced(function*<Scope extends OAuth2Scope>(
    { url, ...pending }: OAuth2Client.StartedAuthorization<Scope>
  ) {
    yield* storage.keep(pending)
    yield* location.assign(url)
  })

  const completeWith = Effect.fnUntraced(function*<E>(
    part: Callback.Part,
    accept: (pending: PendingAuthorization, href: string) => Effect.Effect<AccessToken, E>
  ) {
    const received = yield* receive(part)
    if (Option.isNone(received)) return Option.none()
    const { href, pending } = received.value
    const session = yield* Effect.flatMap(accept(pending, href), sessions.open)
    yield* storage.setUserId(session.userId)
    const returnUrl = pending.return_to === undefined ? undefined : Callback.returnUrl(href, pending.return_to)
    if (returnUrl !== undefined) yield* location.replace(returnUrl)
    return Option.some(session)
  })

  const current = Effect.gen(function*() {
    const userId = yield* storage.userId
    if (Option.isNone(userId)) return Option.none()
    return yield* Effect.catchTag(
      Effect.asSome(sessions.get(userId.value)),
      "NotSignedIn",
      () => Effect.as(storage.removeUserId, Option.none())
    )
  })

  return BrowserLogin.of({
    start: Effect.fn("BrowserLogin.start")(function*<const Scope extends OAuth2Scope>(options: StartOptions<Scope>) {
      yield* leave(yield* client.authorize(withRedirectUri(options, yield* location.href)))
    }),
    complete: Effect.withSpan(completeWith("search", client.exchange), "BrowserLogin.complete"),
    current: Effect.withSpan(current, "BrowserLogin.current"),
    startImplicit: Effect.fn("BrowserLogin.startImplicit")(function*<const Scope extends OAuth2Scope>(
      options: Omit<StartOptions<Scope>, "pkce">
    ) {
      yield* leave(yield* client.authorizeImplicit(withRedirectUri(options, yield* location.href)))
    }),
    completeImplicit: Effect.withSpan(completeWith("hash", client.acceptImplicit), "BrowserLogin.completeImplicit")
  })
})

/**
 * Creates the layer of the redirect login. The layers of `BrowserDiscord` contain it.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  BrowserLogin,
  never,
  OAuth2Client.OAuth2Client | DiscordSessions | DiscordConfig
> = Layer.effect(BrowserLogin, make)
