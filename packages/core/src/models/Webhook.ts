/**
 * A webhook: a way to post messages to one channel (`webhook.incoming` scope).
 *
 * See {@link https://discord.com/developers/docs/resources/webhook#webhook-object}.
 *
 * **Example** (A message through the webhook that the user made)
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
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as Snowflake from "./Snowflake.ts"
import { PartialUser } from "./User.ts"

/**
 * The values of `type` that Discord documents.
 *
 * @category constants
 * @since 0.1.0
 */
export const WebhookType = { Incoming: 1, ChannelFollower: 2, Application: 3 } as const

/**
 * A webhook.
 *
 * **Details**
 *
 * `token` and `url` let anyone post to the channel: they are `Redacted`, and show in no log. Encoding writes the plain
 * values, so an encoded webhook is a secret.
 *
 * **Gotchas**
 *
 * Each authorization makes a new webhook, and Discord sends it once, in the token answer.
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
 * When the webhook was made.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Webhook): DateTime.Utc => Snowflake.timestamp(self.id)
