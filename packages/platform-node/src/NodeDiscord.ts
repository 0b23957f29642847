/**
 * All services of one application on Node, as one layer: undici as HTTP client, Node's crypto and a token store.
 *
 * @since 0.1.0
 */
import type { DiscordClient } from "@discord-oauth2/core/api/DiscordClient"
import * as DiscordConfig from "@discord-oauth2/core/api/DiscordConfig"
import * as Redaction from "@discord-oauth2/core/api/Redaction"
import * as Discord from "@discord-oauth2/core/Discord"
import { DiscordConfigurationError } from "@discord-oauth2/core/errors/DiscordError"
import type { OAuth2Client } from "@discord-oauth2/core/oauth2/OAuth2Client"
import type { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import type * as TokenRefresh from "@discord-oauth2/core/tokens/TokenRefresh"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/**
 * The services of the layers.
 *
 * **Details**
 *
 * They include the services of `effect/crypto`, because `DiscordLogin.layer` needs them too.
 *
 * @category models
 * @since 0.1.0
 */
export type Services =
  | AccessTokenStore.AccessTokenStore
  | DiscordClient
  | DiscordConfig.DiscordConfig
  | DiscordSessions
  | OAuth2Client
  | TokenRefresh.TokenRefresh
  | Layer.Success<typeof NodeCrypto.layer>

/**
 * The replaceable parts: the token store and the HTTP client.
 *
 * @category options
 * @since 0.1.0
 */
export interface Parts<out E = never, out R = never> extends Discord.Options<E, R> {
  /**
   * The token store. `NodeAccessTokenStore.layerSqlite({ filename })` serves the processes of one machine.
   *
   * @default AccessTokenStore.layerMemory, which loses all tokens when the process ends
   */
  readonly store?: Layer.Layer<AccessTokenStore.AccessTokenStore, E, R> | undefined

  /**
   * The HTTP client. Replace it to use a proxy or other TLS settings, or to observe requests.
   *
   * @default undici with a connect timeout of five seconds; `NodeHttpClient.layerUndiciOptions` accepts other settings
   */
  readonly httpClient?: Layer.Layer<HttpClient, E, R> | undefined
}

/**
 * Configures the application and its parts.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options<out E = never, out R = never> extends DiscordConfig.Options, Parts<E, R> {}

/** A slower connection hardly ever succeeds. Nothing has been sent when this timeout ends the attempt. */
const layerUndici = NodeHttpClient.layerUndiciOptions({ connect: { timeout: 5000 } })

const make = <EC, E, R>(
  config: Layer.Layer<DiscordConfig.DiscordConfig, EC>,
  { httpClient = layerUndici, middleware, refresh, store = AccessTokenStore.layerMemory }: Parts<E, R>
): Layer.Layer<Services, EC | E, R> =>
  Discord.layer({ middleware, refresh }).pipe(
    Layer.provideMerge(Layer.mergeAll(config, store, NodeCrypto.layer, Redaction.layer)),
    Layer.provide(httpClient)
  )

/**
 * Creates the layer of an application from explicit options.
 *
 * **Details**
 *
 * The client does not follow redirects: Discord's API sends none, and credentials must not reach another host. The spans
 * of an HTTP server with this layer do not contain `code`, `state` and tokens.
 *
 * **Example** (Tokens in memory)
 *
 * ```ts
 * import { NodeDiscord } from "@discord-oauth2/platform-node"
 * import { Redacted } from "effect"
 *
 * const layer = NodeDiscord.layer({
 *   clientId: "157730590492196864",
 *   clientSecret: Redacted.make("from the Developer Portal")
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: Options<E, R>
): Layer.Layer<Services, DiscordConfigurationError | E, R> => make(DiscordConfig.layer(options), options)

const fromEnvironment = Layer.catchTag(DiscordConfig.layerConfig(), "ConfigError", (error) =>
  Layer.effect(
    DiscordConfig.DiscordConfig,
    Effect.fail(
      new DiscordConfigurationError({
        description:
          "Set DISCORD_CLIENT_ID to the Application ID of https://discord.com/developers/applications, and " +
          `DISCORD_CLIENT_SECRET to its client secret (${error.cause.message.replaceAll(/\s+/g, " ")}).`
      })
    )
  ))

/**
 * Creates the layer of an application from a `Config`.
 *
 * **Details**
 *
 * By default it reads the environment: `DISCORD_CLIENT_ID`, and optionally `DISCORD_CLIENT_SECRET`, `DISCORD_API_URL`,
 * `DISCORD_AUTHORIZE_URL` and `DISCORD_ISSUER`. If the client id is not set, the layer fails with
 * `DiscordConfigurationError`, whose message names the variables. It fails with `ConfigError` only if the option `config`
 * is given.
 *
 * **Example** (From the environment)
 *
 * ```ts
 * import { DiscordSessions } from "@discord-oauth2/core"
 * import { NodeDiscord } from "@discord-oauth2/platform-node"
 * import { Effect } from "effect"
 *
 * const program = DiscordSessions.DiscordSessions.pipe(Effect.provide(NodeDiscord.layerConfig()))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = <E = never, R = never>(
  options: Parts<E, R> & {
    /**
     * The options of the application.
     *
     * @default DiscordConfig.fromEnvironment
     */
    readonly config?: Config.Wrap<DiscordConfig.Options> | undefined
  } = {}
): Layer.Layer<Services, Config.ConfigError | DiscordConfigurationError | E, R> =>
  make(options.config === undefined ? fromEnvironment : DiscordConfig.layerConfig(options.config), options)
