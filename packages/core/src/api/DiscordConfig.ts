/**
 * The configuration of an application: its client id and secret, Discord's URLs, and the timeouts.
 *
 * @see https://discord.com/developers/applications
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { DiscordConfigurationError } from "../errors/DiscordError.ts"
import { isSecure } from "../internal/secureUrl.ts"
import { ApplicationId } from "../models/Snowflake.ts"

/**
 * The options of an application. Only `clientId` is required.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The application's client id (its "Application ID"). */
  readonly clientId: string

  /** The client secret. Leave it out for a public client, such as a browser or a native application. */
  readonly clientSecret?: Redacted.Redacted | undefined

  /**
   * The URL of the API, with its version.
   *
   * @default "https://discord.com/api/v10"
   */
  readonly apiUrl?: string | undefined

  /**
   * The URL of the consent page.
   *
   * @default "https://discord.com/oauth2/authorize"
   */
  readonly authorizeUrl?: string | undefined

  /**
   * The issuer that a callback must name in `iss` (RFC 9207).
   *
   * @default "https://discord.com"
   */
  readonly issuer?: string | undefined

  /**
   * The `User-Agent` that Discord asks every client to send.
   *
   * @default "DiscordBot (https://www.npmjs.com/package/@discord-oauth2/core, 0.1.0)"
   */
  readonly userAgent?: string | undefined

  /**
   * The timeout of one request, from the first byte sent to the last byte read. It does not include the wait for a rate
   * limit; a `Deadline` does, and it covers several calls.
   *
   * @default 30 seconds
   */
  readonly timeout?: Duration.Input | undefined

  /**
   * The timeout of a response's body, after its headers have arrived.
   *
   * @default 10 seconds
   */
  readonly bodyTimeout?: Duration.Input | undefined

  /**
   * The greatest size of a response's body in bytes. A longer body is not read to its end and fails with
   * `MalformedResponse`.
   *
   * @default 10485760, which is 10 MiB
   */
  readonly maxBodyBytes?: number | undefined
}

/**
 * The validated configuration.
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordConfig extends Context.Service<DiscordConfig, {
  readonly clientId: ApplicationId
  readonly clientSecret: Redacted.Redacted | undefined
  readonly apiUrl: string
  readonly authorizeUrl: string
  readonly issuer: string
  readonly userAgent: string
  readonly timeout: Duration.Duration
  readonly bodyTimeout: Duration.Duration
  readonly maxBodyBytes: number
}>()("@discord-oauth2/core/api/DiscordConfig") {}

/** S25: `http:` is only for the simulator on this machine. */
const checkUrl = (name: string, url: string): Effect.Effect<string, DiscordConfigurationError> => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed !== undefined && isSecure(parsed) &&
      // A path that is appended after an empty query or fragment would be part of that.
      parsed.username === "" && parsed.password === "" && !/[?#]/.test(url)
    ? Effect.succeed(url.endsWith("/") ? url.slice(0, -1) : url)
    : Effect.fail(
      new DiscordConfigurationError({
        description: `${name} must be an https: URL without a query (http: is for loopback addresses only).`
      })
    )
}

const decodeClientId = Schema.decodeEffect(ApplicationId)

/**
 * Validates the options. Fails with `DiscordConfigurationError` if one is not valid.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options
): Effect.fn.Return<DiscordConfig["Service"], DiscordConfigurationError> {
  const clientId = yield* Effect.mapError(
    decodeClientId(options.clientId),
    () =>
      new DiscordConfigurationError({
        description: "The client id must be the number that the Developer Portal shows as Application ID."
      })
  )
  const maxBodyBytes = options.maxBodyBytes ?? 10_485_760
  if (!(maxBodyBytes > 0)) {
    return yield* new DiscordConfigurationError({ description: "maxBodyBytes must be a number of bytes above 0." })
  }
  return DiscordConfig.of({
    clientId,
    clientSecret: options.clientSecret,
    apiUrl: yield* checkUrl("apiUrl", options.apiUrl ?? "https://discord.com/api/v10"),
    authorizeUrl: yield* checkUrl("authorizeUrl", options.authorizeUrl ?? "https://discord.com/oauth2/authorize"),
    issuer: yield* checkUrl("issuer", options.issuer ?? "https://discord.com"),
    userAgent: options.userAgent ?? "DiscordBot (https://www.npmjs.com/package/@discord-oauth2/core, 0.1.0)",
    timeout: Duration.fromInputUnsafe(options.timeout ?? "30 seconds"),
    bodyTimeout: Duration.fromInputUnsafe(options.bodyTimeout ?? "10 seconds"),
    maxBodyBytes
  })
})

/**
 * Creates a layer with the configuration from explicit options.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<DiscordConfig, DiscordConfigurationError> =>
  Layer.effect(DiscordConfig, make(options))

/**
 * Reads the options from the environment: `DISCORD_CLIENT_ID`, and, where they are set,
 * `DISCORD_CLIENT_SECRET`, `DISCORD_API_URL`, `DISCORD_AUTHORIZE_URL` and `DISCORD_ISSUER`.
 *
 * @category layers
 * @since 0.1.0
 */
export const fromEnvironment: Config.Config<Options> = /* @__PURE__ */ Config.all({
  clientId: /* @__PURE__ */ Config.NonEmptyString("DISCORD_CLIENT_ID"),
  clientSecret: /* @__PURE__ */ Config.withDefault(
    /* @__PURE__ */ Config.Redacted("DISCORD_CLIENT_SECRET"),
    undefined
  ),
  apiUrl: /* @__PURE__ */ Config.withDefault(/* @__PURE__ */ Config.NonEmptyString("DISCORD_API_URL"), undefined),
  authorizeUrl: /* @__PURE__ */ Config.withDefault(
    /* @__PURE__ */ Config.NonEmptyString("DISCORD_AUTHORIZE_URL"),
    undefined
  ),
  issuer: /* @__PURE__ */ Config.withDefault(/* @__PURE__ */ Config.NonEmptyString("DISCORD_ISSUER"), undefined)
})

/**
 * Creates a layer with the configuration from a `Config`, by default `fromEnvironment`.
 *
 * **Example** (Another prefix)
 *
 * ```ts
 * import { DiscordConfig } from "@discord-oauth2/core"
 * import { Config } from "effect"
 *
 * const layer = DiscordConfig.layerConfig({
 *   clientId: Config.String("MY_APP_DISCORD_ID"),
 *   clientSecret: Config.Redacted("MY_APP_DISCORD_SECRET")
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: Config.Wrap<Options> = fromEnvironment
): Layer.Layer<DiscordConfig, Config.ConfigError | DiscordConfigurationError> =>
  Layer.effect(DiscordConfig, Effect.flatMap(Config.unwrap(options), make))
