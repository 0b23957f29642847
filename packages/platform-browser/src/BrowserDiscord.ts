/**
 * All services of a public client in a browser, as one layer.
 *
 * @since 0.1.0
 */
import type { DiscordClient } from "@discord-oauth2/core/api/DiscordClient"
import * as DiscordConfig from "@discord-oauth2/core/api/DiscordConfig"
import * as Discord from "@discord-oauth2/core/Discord"
import type { DiscordConfigurationError } from "@discord-oauth2/core/errors/DiscordError"
import type { OAuth2Client } from "@discord-oauth2/core/oauth2/OAuth2Client"
import type { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import type * as TokenRefresh from "@discord-oauth2/core/tokens/TokenRefresh"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as BrowserAccessTokenStore from "./BrowserAccessTokenStore.ts"
import * as BrowserLogin from "./BrowserLogin.ts"

/**
 * Configures the application and the URLs of Discord.
 *
 * **Gotchas**
 *
 * Switch on "Public Client" for the application in the Developer Portal (OAuth2). Otherwise every login fails with
 * `InvalidClient`. There is no option for a client secret: everything in a page is public.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends Omit<DiscordConfig.Options, "clientSecret" | "userAgent"> {
  /** A browser cannot keep a secret. */
  readonly clientSecret?: never

  /** Configures how tokens are refreshed. */
  readonly refresh?: TokenRefresh.Options | undefined
}

/**
 * The services of the layers.
 *
 * @category services
 * @since 0.1.0
 */
export type Services =
  | DiscordConfig.DiscordConfig
  | DiscordClient
  | OAuth2Client
  | TokenRefresh.TokenRefresh
  | DiscordSessions
  | AccessTokenStore.AccessTokenStore
  | BrowserLogin.BrowserLogin

/** The browser sets `User-Agent` itself. Discord's CORS rules reject a request whose page sets it. */
const withoutUserAgent = <E, R>(client: HttpClient.HttpClient.With<E, R>): HttpClient.HttpClient.With<E, R> =>
  HttpClient.makeWith(
    (request) => client.postprocess(Effect.map(request, HttpClientRequest.removeHeader("user-agent"))),
    client.preprocess
  )

/**
 * The layer of an HTTP client that uses the browser's `fetch` and removes the headers that a page must not set.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerHttpClient: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, withoutUserAgent)
).pipe(Layer.provide(FetchHttpClient.layer))

/**
 * Creates the layer of a public client that uses the provided token store.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWithStore = (
  options: Options
): Layer.Layer<
  Exclude<Services, AccessTokenStore.AccessTokenStore>,
  DiscordConfigurationError,
  AccessTokenStore.AccessTokenStore
> =>
  BrowserLogin.layer.pipe(
    Layer.provideMerge(Discord.layer({ refresh: options.refresh })),
    Layer.provideMerge(DiscordConfig.layer({
      // Copied one by one, so that further properties from untyped code are dropped.
      clientId: options.clientId,
      apiUrl: options.apiUrl,
      authorizeUrl: options.authorizeUrl,
      issuer: options.issuer,
      timeout: options.timeout,
      bodyTimeout: options.bodyTimeout,
      maxBodyBytes: options.maxBodyBytes
    })),
    Layer.provide([layerHttpClient, SecureRandom.layerWebCrypto, Digest.layerWebCrypto])
  )

/**
 * Creates the layer of a public client with tokens in memory. A reload signs the user out. The next `start` signs them in
 * again; with `prompt: "none"` it does so without the consent page.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Services, DiscordConfigurationError> =>
  Layer.provideMerge(layerWithStore(options), AccessTokenStore.layerMemory)

/**
 * Creates the layer of a public client with tokens in `sessionStorage`. Users stay signed in after a reload of the tab.
 *
 * **Example** (A page)
 *
 * ```ts
 * import { BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
 * import { Effect } from "effect"
 *
 * const signIn = Effect.gen(function*() {
 *   const login = yield* BrowserLogin.BrowserLogin
 *   yield* login.start({ scopes: ["identify", "guilds"] })
 * }).pipe(Effect.provide(BrowserDiscord.layerSessionStorage({ clientId: "157730590492196864" })))
 * ```
 *
 * **Gotchas**
 *
 * Every script on the page can read the tokens: see `BrowserAccessTokenStore`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSessionStorage = (options: Options): Layer.Layer<Services, DiscordConfigurationError> =>
  Layer.provideMerge(layerWithStore(options), BrowserAccessTokenStore.layerSessionStorage)
