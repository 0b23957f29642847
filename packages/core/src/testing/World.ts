/**
 * What a simulated Discord stores beside the models: applications, guilds, group DMs, and the log of requests.
 *
 * **Example** (The requests of the application)
 *
 * ```ts
 * import { DiscordClient } from "@discord-oauth2/core"
 * import { DiscordSimulator } from "@discord-oauth2/core/testing"
 * import { Effect } from "effect"
 *
 * const asked = Effect.gen(function*() {
 *   const discord = yield* DiscordSimulator.DiscordSimulator
 *   const api = yield* DiscordClient.DiscordClient
 *   const guild = yield* discord.addGuild({ name: "Airhorn Enthusiasts" })
 *   yield* discord.addMember(guild, guild.owner_id)
 *   const token = yield* discord.issueToken({ scopes: ["guilds"] })
 *   yield* api.getCurrentUserGuilds({ accessToken: token, limit: 10 })
 *   return (yield* discord.requests).map(({ method, path, status }) => `${method} ${path} ${status}`)
 * }).pipe(Effect.provide(DiscordSimulator.layerTest()))
 *
 * Effect.runPromise(asked) // => ["GET /api/v10/users/@me/guilds 200"]
 * ```
 *
 * @since 0.1.0
 */
import type * as Redacted from "effect/Redacted"
import type { GuildFeature } from "../models/Guild.ts"
import type { ApplicationId, ChannelId, GuildId, UserId } from "../models/Snowflake.ts"

/**
 * An application of the Developer Portal.
 *
 * @category models
 * @since 0.1.0
 */
export interface Application {
  readonly clientId: ApplicationId
  readonly clientSecret: Redacted.Redacted
  readonly botToken: Redacted.Redacted
  readonly name: string
  readonly description: string
  /** The redirect URIs. A request repeats one of them, byte for byte. */
  readonly redirectUris: ReadonlyArray<string>
  /** The Public Client switch: whether the application may omit its secret. */
  readonly public: boolean
  /** Whether a team owns the application. This limits its client credentials grant. */
  readonly team: boolean
  readonly ownerId: UserId
  /** The scopes that Discord approved for the application. */
  readonly approvedScopes: ReadonlyArray<string>
}

/**
 * A text channel. The consent page offers it for a webhook.
 *
 * @category models
 * @since 0.1.0
 */
export interface Channel {
  readonly id: ChannelId
  readonly name: string
}

/**
 * A guild.
 *
 * @category models
 * @since 0.1.0
 */
export interface Guild {
  readonly id: GuildId
  readonly name: string
  readonly icon: string | null
  readonly banner: string | null
  readonly owner_id: UserId
  readonly features: ReadonlyArray<GuildFeature>
  readonly channels: ReadonlyArray<Channel>
}

/**
 * A group DM that the application manages.
 *
 * @category models
 * @since 0.1.0
 */
export interface GroupDm {
  readonly id: ChannelId
  readonly name: string | null
  /** The application whose bot may add recipients. */
  readonly application_id: ApplicationId
  readonly owner_id: UserId
  /** The recipients, the owner included. There are at most 10. */
  readonly recipients: ReadonlyArray<UserId>
  /** The recipients' nicknames, by user id. */
  readonly nicks: Readonly<Record<string, string>>
}

/**
 * A request to the simulator.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoggedRequest {
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  readonly query: string
  /** The endpoint's identifier, if the declaration has it. */
  readonly endpoint: string | undefined
  readonly grantType: string | undefined
  /** The status of the response, or `undefined` if the connection broke. */
  readonly status: number | undefined
  /** The headers. `authorization` has only the scheme. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The body. It is empty for a form with files. */
  readonly body: Redacted.Redacted
  /** Milliseconds since the Unix epoch, by the `Clock`. */
  readonly at: number
}
