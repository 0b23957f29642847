/**
 * Errors of a call that was not sent, or whose response is missing or cannot be read, and errors of the configuration.
 *
 * **Example** (A request that was not sent)
 *
 * ```ts
 * import { DiscordError, type DiscordSession } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const guildCount = (session: DiscordSession.DiscordSession<"guilds">) =>
 *   session.getCurrentUserGuilds().pipe(
 *     Effect.map((guilds) => guilds.length),
 *     Effect.catchTag("DiscordTransportError", ({ sent }) => Effect.succeed(sent ? "no response" : "not sent"))
 *   )
 *
 * new DiscordError.DiscordTransportError({ sent: false, description: "ECONNREFUSED" }).sent // => false
 * ```
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * No response arrived: the connection failed, broke, or took too long.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordTransportError
  extends Schema.TaggedError<DiscordTransportError>("@discord-oauth2/core/errors/DiscordTransportError")(
    "DiscordTransportError",
    {
      /** Whether the request may have reached Discord. When it is `false`, the request is safe to send again. */
      sent: Schema.Boolean,
      description: Schema.String
    }
  )
{
  override get message() {
    return `Discord sent no response (${this.description}); the request ${
      this.sent ? "may have arrived" : "was not sent"
    }.`
  }
}

/**
 * The response is not JSON, is too large, or does not match the declaration.
 *
 * @category errors
 * @since 0.1.0
 */
export class MalformedResponse
  extends Schema.TaggedError<MalformedResponse>("@discord-oauth2/core/errors/MalformedResponse")("MalformedResponse", {
    status: Schema.Number,
    /** What was expected and where, such as `Missing key at ["user"]["id"]`; never a value of the response. */
    issue: Schema.String
  })
{
  override get message() {
    return `Discord's response (status ${this.status}) cannot be read: ${this.issue}`
  }
}

/**
 * An argument of the call is not valid. Nothing was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidCallArgument
  extends Schema.TaggedError<InvalidCallArgument>("@discord-oauth2/core/errors/InvalidCallArgument")(
    "InvalidCallArgument",
    {
      /** What was expected and where, such as `Expected a value less than or equal to 200 at ["limit"]`. */
      issue: Schema.String
    }
  )
{
  override get message() {
    return `The arguments of the call are not valid: ${this.issue}`
  }
}

/**
 * The configuration is not valid, or does not allow the call, such as a call that needs a client secret without one.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordConfigurationError
  extends Schema.TaggedError<DiscordConfigurationError>("@discord-oauth2/core/errors/DiscordConfigurationError")(
    "DiscordConfigurationError",
    { description: Schema.String }
  )
{
  override get message() {
    return this.description
  }
}

/**
 * No application of this process has this client id.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownClient
  extends Schema.TaggedError<UnknownClient>("@discord-oauth2/core/errors/UnknownClient")("UnknownClient", {
    clientId: Schema.String
  })
{
  override get message() {
    return `This process has no application ${this.clientId}: give \`DiscordApplications\` its options.`
  }
}
