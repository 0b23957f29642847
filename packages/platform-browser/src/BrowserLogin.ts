/**
 * The redirect login of a public client: the page leaves for Discord's consent page and comes back signed in, with PKCE
 * in place of a secret.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-oauth-browser-based-apps
 * @since 0.1.0
 */
import { DiscordConfig } from "@discord-oauth2/core/api/DiscordConfig"
import * as DiscordError from "@discord-oauth2/core/errors/DiscordError"
import type { AccessToken } from "@discord-oauth2/core/models/AccessToken"
import type { OAuth2Scope } from "@discord-oauth2/core/models/OAuth2Scope"
import { UserId } from "@discord-oauth2/core/models/Snowflake"
import * as OAuth2Client from "@discord-oauth2/core/oauth2/OAuth2Client"
import * as PendingAuthorization from "@discord-oauth2/core/oauth2/PendingAuthorization"
import type { DiscordSession } from "@discord-oauth2/core/session/DiscordSession"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { BrowserLocation } from "./BrowserLocation.ts"
import { SessionStorage } from "./BrowserStorage.ts"
import * as callback from "./internal/callback.ts"

/**
 * How a login starts.
 *
 * @category options
 * @since 0.1.0
 */
export interface StartOptions<Scope extends OAuth2Scope>
  extends Omit<OAuth2Client.AuthorizeOptions<Scope>, "redirectUri">
{
  /**
   * One of the redirect URIs registered for the application, byte for byte, on which `complete` runs.
   *
   * @default this page, without its query and fragment
   */
  readonly redirectUri?: string | undefined

  /**
   * The path of this origin that the address bar shows once the login is complete; anything else is ignored.
   *
   * @default the redirect URI
   */
  readonly returnTo?: string | undefined
}

/**
 * What the start of a login may fail with.
 *
 * @category errors
 * @since 0.1.0
 */
export type StartFailure =
  | DiscordError.InvalidScope
  | DiscordError.InvalidCallArgument
  | DiscordError.AccessTokenStoreError

/**
 * What the opening of a session may fail with.
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
 * What the completion of a login may fail with. After any of these the login starts again.
 *
 * @category errors
 * @since 0.1.0
 */
export type CompleteFailure = DiscordError.CallbackError | OAuth2Client.ExchangeFailure | OpenFailure

/**
 * The service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * Leaves the page for Discord's consent page.
   *
   * **Details**
   *
   * `state` and the PKCE verifier wait in `sessionStorage` for the callback; logins that were never completed are
   * cleared away here once they have expired.
   *
   * **Gotchas**
   *
   * The effect succeeds while the page is still there: show that it is leaving. `identify` must be among the scopes, or
   * `complete` fails with `MissingScope`.
   */
  readonly start: <const Scope extends OAuth2Scope>(options: StartOptions<Scope>) => Effect.Effect<void, StartFailure>

  /**
   * Signs in where the page is a callback: takes its login out of `sessionStorage`, exchanges the code, stores the token
   * and hands out the session. `None` where the page is no callback.
   *
   * **Details**
   *
   * The code leaves the address bar and its history entry before anything else happens, whatever comes of it; the
   * application's own parameters stay. A login is good for one callback, error callbacks included.
   *
   * **Gotchas**
   *
   * Run it once at the start of the page: for whoever asks a second time, the page is no callback any more.
   */
  readonly complete: Effect.Effect<Option.Option<DiscordSession>, CompleteFailure>

  /**
   * The session of whoever signed in last in this tab, `None` where nobody is signed in.
   *
   * **Details**
   *
   * Over a reload it needs `BrowserDiscord.layerSessionStorage`. It makes no request: whether the token still works is
   * seen at the first call.
   */
  readonly current: Effect.Effect<Option.Option<DiscordSession>, DiscordError.AccessTokenStoreError>

  /**
   * Leaves the page for the implicit grant, which `completeImplicit` answers.
   *
   * **Gotchas**
   *
   * The token passes through the address bar, cannot be refreshed and proves nothing about who the user is. `start`
   * needs no secret either; this is for redirect URIs that cannot use it.
   */
  readonly startImplicit: <const Scope extends OAuth2Scope>(
    options: Omit<StartOptions<Scope>, "pkce">
  ) => Effect.Effect<void, StartFailure>

  /**
   * Signs in where the page is the callback of an implicit grant, and erases the fragment. `complete` never looks at a
   * fragment, so that no application accepts one unasked.
   */
  readonly completeImplicit: Effect.Effect<Option.Option<DiscordSession>, DiscordError.CallbackError | OpenFailure>
}

/**
 * The redirect login.
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

const Pending = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
const encodePending = Schema.encodeSync(Pending)
const decodePending = Schema.decodeOption(Pending)
const decodeUserId = Schema.decodeOption(UserId)

/**
 * Makes the service over the address bar and the `sessionStorage` of the context.
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
  const location = yield* BrowserLocation
  const sessionStorage = yield* SessionStorage
  const userKey = `discord-oauth2:user:${clientId}`
  const pendingPrefix = `discord-oauth2:pending:${clientId}:`

  const use = <A>(operation: string, f: (storage: Storage) => A) =>
    Effect.try({
      try: () => f(sessionStorage()),
      catch: (cause) => new DiscordError.AccessTokenStoreError({ operation, cause })
    })

  const keep = (pending: PendingAuthorization.PendingAuthorization, now: DateTime.Utc) =>
    use("start", (storage) => {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
      for (const key of keys) {
        if (key?.startsWith(pendingPrefix) !== true) continue
        const other = decodePending(storage.getItem(key) ?? "")
        if (Option.isNone(other) || PendingAuthorization.isExpired(other.value, now)) storage.removeItem(key)
      }
      storage.setItem(pendingPrefix + Redacted.value(pending.state), encodePending(pending))
    })

  const take = (state: string) =>
    use("complete", (storage) => {
      const text = storage.getItem(pendingPrefix + state)
      storage.removeItem(pendingPrefix + state)
      return text === null ? Option.none() : decodePending(text)
    })

  const leave = Effect.fnUntraced(function*<Scope extends OAuth2Scope>(
    { url, ...pending }: OAuth2Client.StartedAuthorization<Scope>
  ) {
    yield* keep(pending, yield* DateTime.now)
    yield* location.assign(url)
  })

  const withRedirectUri = <O extends { readonly redirectUri?: string | undefined }>(options: O) =>
    Effect.map(location.href, (href) => {
      const { origin, pathname } = new URL(href)
      return { ...options, redirectUri: options.redirectUri ?? origin + pathname }
    })

  /** The callback that the page is, and its login, once. */
  const receive = Effect.fnUntraced(function*(part: callback.Part) {
    const href = yield* location.href
    const state = callback.stateOf(href, part)
    if (state === undefined) return Option.none()
    yield* location.replace(callback.clean(href, part))
    if (state === null || state === "") return yield* new DiscordError.StateMismatch({ reason: "missing" })
    const pending = yield* take(state)
    if (Option.isNone(pending) || pending.value.response_type !== (part === "search" ? "code" : "token")) {
      return yield* new DiscordError.StateMismatch({ reason: "unknown" })
    }
    return Option.some({ href, pending: pending.value })
  })

  const completeWith = Effect.fnUntraced(function*<E>(
    part: callback.Part,
    accept: (
      pending: PendingAuthorization.PendingAuthorization,
      href: string
    ) => Effect.Effect<AccessToken, E>
  ) {
    const received = yield* receive(part)
    if (Option.isNone(received)) return Option.none()
    const { href, pending } = received.value
    const session = yield* Effect.flatMap(accept(pending, href), sessions.open)
    yield* use("complete", (storage) => storage.setItem(userKey, session.userId))
    const returnUrl = pending.return_to === undefined ? undefined : callback.returnUrl(href, pending.return_to)
    if (returnUrl !== undefined) yield* location.replace(returnUrl)
    return Option.some(session)
  })

  return BrowserLogin.of({
    start: Effect.fn("BrowserLogin.start")(function*<const Scope extends OAuth2Scope>(options: StartOptions<Scope>) {
      yield* leave(yield* client.authorize(yield* withRedirectUri(options)))
    }),
    complete: Effect.withSpan(completeWith("search", client.exchange), "BrowserLogin.complete"),
    current: Effect.gen(function*() {
      const userId = Option.flatMap(
        Option.fromNullOr(yield* use("current", (storage) => storage.getItem(userKey))),
        decodeUserId
      )
      if (Option.isNone(userId)) return Option.none()
      return yield* Effect.catchTag(
        Effect.asSome(sessions.get(userId.value)),
        "NotSignedIn",
        () => Effect.as(use("current", (storage) => storage.removeItem(userKey)), Option.none())
      )
    }).pipe(Effect.withSpan("BrowserLogin.current")),
    startImplicit: Effect.fn("BrowserLogin.startImplicit")(function*<const Scope extends OAuth2Scope>(
      options: Omit<StartOptions<Scope>, "pkce">
    ) {
      yield* leave(yield* client.authorizeImplicit(yield* withRedirectUri(options)))
    }),
    completeImplicit: Effect.withSpan(completeWith("hash", client.acceptImplicit), "BrowserLogin.completeImplicit")
  })
})

/**
 * The redirect login of this window. `BrowserDiscord` has it already.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  BrowserLogin,
  never,
  OAuth2Client.OAuth2Client | DiscordSessions | DiscordConfig
> = Layer.effect(BrowserLogin, make)
