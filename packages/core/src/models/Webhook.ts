/**
 * A webhook, which posts messages to one channel (`webhook.incoming` scope).
 *
 * **Example** (A message through the webhook of a token)
 *
 * ```ts
 * import type { AccessToken } from "@discord-oauth2/core"
 * import { Effect, Redacted } from "effect"
 * import { HttpClient, HttpClientRequest } from "effect/http"
 *
 * const announce = Effect.fn(function*(token: AccessToken.AccessToken, content: string) {
 *   const url = token.webhook?.url
 *   if (url === undefined) return yield* Effect.log("the token came without a webhook")
 *   yield* HttpClientRequest.post(Redacted.value(url)).pipe(
 *     HttpClientRequest.bodyJsonUnsafe({ content }),
 *     HttpClient.execute
 *   )
 * })
 * ```
 *
 * @see https://discord.com/developers/docs/resources/webhook#webhook-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Snowflake from "./Snowflake.ts"
import { PartialUser } from "./User.ts"

/**
 * The values of `type` that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/webhook#webhook-object-webhook-types
 * @category constants
 * @since 0.1.0
 */
export const WebhookType = { Incoming: 1, ChannelFollower: 2, Application: 3 } as const

/**
 * A webhook of a channel.
 *
 * **Details**
 *
 * Everyone who knows `token` or `url` can post to the channel, so both are `Redacted`. The encoded form contains them
 * in plain text.
 *
 * **Gotchas**
 *
 * Each authorization creates a new webhook. Discord sends it only once, in the token response.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Webhook = Schema.Struct({
  id: Snowflake.WebhookId,
  type: Schema.Int,
  guild_id: Schema.optionalKey(Schema.NullOr(Snowflake.GuildId)),
  channel_id: Schema.NullOr(Snowflake.ChannelId),
  user: Schema.optionalKey(PartialUser),
  name: Schema.NullOr(Schema.String),
  avatar: Schema.NullOr(Schema.String),
  token: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  application_id: Schema.NullOr(Snowflake.ApplicationId),
  source_guild: Schema.optionalKey(Schema.Struct({
    id: Snowflake.GuildId,
    name: Schema.String,
    icon: Schema.NullOr(Schema.String)
  })),
  source_channel: Schema.optionalKey(Schema.Struct({
    id: Snowflake.ChannelId,
    name: Schema.String
  })),
  url: Schema.optionalKey(Schema.RedactedFromValue(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}

/**
 * Returns the instant at which the webhook was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Webhook): DateTime.Utc => Snowflake.timestamp(self.id)
