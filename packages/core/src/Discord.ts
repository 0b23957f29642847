/**
 * One application as one layer.
 *
 * @since 0.1.0
 */
import type { Digest } from "effect/crypto/Digest"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as DiscordClient from "./api/DiscordClient.ts"
import type { DiscordConfig } from "./api/DiscordConfig.ts"
import type { RequestMiddleware } from "./api/RequestMiddleware.ts"
import * as Limits from "./limits/Limits.ts"
import * as OAuth2Client from "./oauth2/OAuth2Client.ts"
import * as DiscordSessions from "./session/DiscordSessions.ts"
import type { AccessTokenStore } from "./tokens/AccessTokenStore.ts"
import * as TokenRefresh from "./tokens/TokenRefresh.ts"

/**
 * Options of an application.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options<out E = never, out R = never> {
  /** How tokens are refreshed. */
  readonly refresh?: TokenRefresh.Options | undefined

  /**
   * The middleware of every request. The default keeps Discord's rate limits and its limit of invalid requests.
   *
   * @default Limits.layerMemory()
   */
  readonly middleware?: Layer.Layer<RequestMiddleware, E, R> | undefined
}

/**
 * Creates the layer of an application: `DiscordClient`, `OAuth2Client`, `TokenRefresh` and `DiscordSessions`.
 *
 * **When to use**
 *
 * On a platform without a package of this library. Provide a configuration, an `HttpClient`, `effect/crypto` and a store.
 * `NodeDiscord.layer` and `BrowserDiscord.layer` provide them on Node and in the browser.
 *
 * **Example** (A host with Fetch and WebCrypto, such as a Worker)
 *
 * ```ts
 * import { AccessTokenStore, Discord, DiscordConfig } from "@discord-oauth2/core"
 * import { Layer } from "effect"
 * import { Digest, SecureRandom } from "effect/crypto"
 * import { FetchHttpClient } from "effect/http"
 *
 * const layer = Discord.layer().pipe(
 *   Layer.provide([
 *     AccessTokenStore.layerMemory,
 *     DiscordConfig.layerConfig(),
 *     FetchHttpClient.layer,
 *     SecureRandom.layerWebCrypto,
 *     Digest.layerWebCrypto
 *   ])
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(options?: Options<E, R>): Layer.Layer<
  DiscordClient.DiscordClient | OAuth2Client.OAuth2Client | TokenRefresh.TokenRefresh | DiscordSessions.DiscordSessions,
  E,
  AccessTokenStore | DiscordConfig | HttpClient | SecureRandom | Digest | R
> =>
  DiscordSessions.layer.pipe(
    Layer.provideMerge(TokenRefresh.layer(options?.refresh)),
    Layer.provideMerge(OAuth2Client.layer),
    Layer.provideMerge(DiscordClient.layer),
    Layer.provide(options?.middleware ?? Limits.layerMemory())
  )
