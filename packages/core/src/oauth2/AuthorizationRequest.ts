/**
 * Builds the URL of Discord's consent page.
 *
 * @see https://discord.com/developers/docs/topics/oauth2#authorization-code-grant
 * @since 0.1.0
 */
import { InstallContext, type InstallContextName } from "../models/InstallContext.ts"
import * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { Permissions } from "../models/Permissions.ts"
import type { GuildId } from "../models/Snowflake.ts"

/**
 * How the consent page looks, in every flow.
 *
 * @category options
 * @since 0.1.0
 */
export interface ConsentOptions {
  /**
   * `none` skips the page for a user who has consented before. `consent` always shows it.
   *
   * @default "consent", which is Discord's default
   */
  readonly prompt?: "consent" | "none" | undefined

  /** Where the application is installed, with the scope `applications.commands`. */
  readonly integrationType?: InstallContextName | undefined

  /** The permissions to ask for, with the scope `bot`. */
  readonly permissions?: Permissions | undefined

  /** The guild to select first, with the scopes `bot` and `webhook.incoming`. */
  readonly guildId?: GuildId | undefined

  /**
   * Whether the user cannot choose another guild than `guildId`.
   *
   * @default false
   */
  readonly disableGuildSelect?: boolean | undefined
}

/**
 * All parameters of the consent page.
 *
 * @category options
 * @since 0.1.0
 */
export interface Parameters extends ConsentOptions {
  readonly clientId: string
  readonly scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>
  readonly responseType?: "code" | "token" | undefined
  readonly redirectUri?: string | undefined
  readonly state?: string | undefined
  readonly nonce?: string | undefined
  /** The S256 challenge of `Pkce.challenge`. */
  readonly codeChallenge?: string | undefined
}

/** Replaces lone surrogates, which `encodeURIComponent` throws on. */
const wellFormed = (value: string) => value.replaceAll(/\p{Surrogate}/gu, "\ufffd")

/**
 * Builds the URL to send the browser to. Scopes are separated by `%20`, as in Discord's documentation.
 *
 * **Example** (A bot's invitation)
 *
 * ```ts
 * import { AuthorizationRequest } from "@discord-oauth2/core/oauth2"
 *
 * AuthorizationRequest.toUrl("https://discord.com/oauth2/authorize", {
 *   clientId: "157730590492196864",
 *   scopes: ["bot", "applications.commands"]
 * })
 * // => "https://discord.com/oauth2/authorize?client_id=157730590492196864&scope=bot%20applications.commands"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const toUrl = (authorizeUrl: string, parameters: Parameters): string => {
  const entries: ReadonlyArray<readonly [string, string | undefined]> = [
    ["response_type", parameters.responseType],
    ["client_id", parameters.clientId],
    ["scope", parameters.scopes.length === 0 ? undefined : OAuth2Scope.toString(parameters.scopes)],
    ["redirect_uri", parameters.redirectUri],
    ["state", parameters.state],
    ["prompt", parameters.prompt],
    [
      "integration_type",
      parameters.integrationType === undefined ? undefined : String(InstallContext[parameters.integrationType])
    ],
    ["permissions", parameters.permissions],
    ["guild_id", parameters.guildId],
    ["disable_guild_select", parameters.disableGuildSelect === true ? "true" : undefined],
    ["code_challenge", parameters.codeChallenge],
    ["code_challenge_method", parameters.codeChallenge === undefined ? undefined : "S256"],
    ["nonce", parameters.nonce]
  ]
  const query = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(wellFormed(value))}`]
  )
  return `${authorizeUrl}?${query.join("&")}`
}
