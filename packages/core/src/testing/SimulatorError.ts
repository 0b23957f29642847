/**
 * Errors of the simulator itself: a mistake in a test, and a connection that a fault drops.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The simulated browser gets an error page and no callback, or a test names something unknown.
 *
 * **Example** (A redirect URI that is not registered)
 *
 * ```ts
 * import { OAuth2Client } from "@discord-oauth2/core"
 * import { DiscordSimulator } from "@discord-oauth2/core/testing"
 * import { Effect } from "effect"
 *
 * const refused = Effect.gen(function*() {
 *   const discord = yield* DiscordSimulator.DiscordSimulator
 *   const oauth = yield* OAuth2Client.OAuth2Client
 *   const login = yield* oauth.authorize({ scopes: ["identify"], redirectUri: "https://elsewhere.example" })
 *   return (yield* Effect.flip(discord.authorize(login.url)))._tag
 * }).pipe(Effect.provide(DiscordSimulator.layerTest()))
 *
 * Effect.runPromise(refused) // => "SimulatorError"
 * ```
 *
 * @category errors
 * @since 0.1.0
 */
export class SimulatorError
  extends Schema.TaggedError<SimulatorError>("@discord-oauth2/core/testing/SimulatorError")("SimulatorError", {
    description: Schema.String
  })
{
  override get message() {
    return this.description
  }
}

/**
 * A fault drops the connection.
 *
 * @category errors
 * @since 0.1.0
 */
export class ConnectionDropped
  extends Schema.TaggedError<ConnectionDropped>("@discord-oauth2/core/testing/ConnectionDropped")("ConnectionDropped", {
    /** Whether the request was executed before. */
    sent: Schema.Boolean
  })
{
  override get message() {
    return this.sent ? "The connection broke before the answer." : "The connection was refused."
  }
}
