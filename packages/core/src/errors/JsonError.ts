/**
 * One class for each of Discord's JSON error codes that an application or its user can act on. A call has only those
 * that Discord can send for it. Every other code is in an `HttpError`, with its `code` and `message`.
 *
 * **Details**
 *
 * A class is one row: its code, its status, Discord's message and ours. Its codec, the union `JsonError` and the guard
 * `isJsonError` derive from the row.
 *
 * @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { jsonError } from "./internal/jsonError.ts"

/**
 * 10004: the guild does not exist, or this token gives no access to it.
 *
 * **Example** (A guild that no longer exists)
 *
 * ```ts
 * import type { DiscordSession, Snowflake } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const nickIn = (session: DiscordSession.DiscordSession<"guilds.members.read">, guild_id: Snowflake.GuildId) =>
 *   session.getCurrentUserGuildMember({ guild_id }).pipe(
 *     Effect.map(({ nick }) => nick),
 *     Effect.catchTag("UnknownGuild", () => Effect.succeed(null))
 *   )
 * ```
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownGuild extends jsonError<UnknownGuild>()("UnknownGuild", {
  code: 10004,
  status: 404,
  says: "Unknown Guild",
  message: "This token gives no access to such a server: the id is wrong, or the user or bot is not in it."
}) {}

/**
 * 10063: the application command does not exist.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownApplicationCommand extends jsonError<UnknownApplicationCommand>()("UnknownApplicationCommand", {
  code: 10063,
  status: 404,
  says: "Unknown application command",
  message: "There is no such command: list the application's commands and take an id from there."
}) {}

/**
 * 10029: the application has no such entitlement.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownEntitlement extends jsonError<UnknownEntitlement>()("UnknownEntitlement", {
  code: 10029,
  status: 404,
  says: "Unknown Entitlement",
  message: "The application has no such entitlement: list the entitlements and take an id from there."
}) {}

/**
 * 10031: the lobby does not exist, or the user is not in it.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownLobby extends jsonError<UnknownLobby>()("UnknownLobby", {
  code: 10031,
  status: 404,
  says: "Unknown Lobby",
  message: "There is no such lobby: it ended, or it belongs to another application."
}) {}

/**
 * 30032: the application has as many commands as Discord allows.
 *
 * @category errors
 * @since 0.1.0
 */
export class MaximumApplicationCommands extends jsonError<MaximumApplicationCommands>()("MaximumApplicationCommands", {
  code: 30032,
  status: 400,
  says: "Maximum number of application commands reached (100)",
  message: "The application has as many commands as Discord allows: delete one first."
}) {}

/**
 * 40007: the user is banned from the guild.
 *
 * @category errors
 * @since 0.1.0
 */
export class UserIsBanned extends jsonError<UserIsBanned>()("UserIsBanned", {
  code: 40007,
  status: 403,
  says: "The user is banned from this guild.",
  message: "The user is banned from this server: lift the ban first."
}) {}

/**
 * 50013: the user or the bot lacks a permission in the guild.
 *
 * @category errors
 * @since 0.1.0
 */
export class MissingPermissions extends jsonError<MissingPermissions>()("MissingPermissions", {
  code: 50013,
  status: 403,
  says: "Missing Permissions",
  message: "The user or bot lacks a permission in this server: Discord's documentation of the call names it."
}) {}

/**
 * One problem of a form: its code, Discord's message, and the path of the member that has it.
 *
 * @category models
 * @since 0.1.0
 */
export interface FormIssue {
  readonly path: ReadonlyArray<string>
  readonly code: string
  readonly message: string
}

/**
 * 50035: a member of the request is not valid.
 *
 * @see https://discord.com/developers/docs/reference#error-messages
 * @category errors
 * @since 0.1.0
 */
export class InvalidFormBody
  extends Schema.TaggedError<InvalidFormBody>("@discord-oauth2/core/errors/InvalidFormBody")("InvalidFormBody", {
    /** Discord's nested object, as sent. */
    errors: Schema.Unknown
  })
{
  /** The problems, each with its path. */
  get issues(): ReadonlyArray<FormIssue> {
    return collect(this.errors, [])
  }

  override get message() {
    const paths = this.issues.map(({ code, path }) => `${path.join(".")} (${code})`)
    return `Discord rejected members of the request${paths.length === 0 ? "" : `: ${paths.join(", ")}`}.`
  }
}

const collect = (node: unknown, path: ReadonlyArray<string>): ReadonlyArray<FormIssue> =>
  Predicate.isObject(node)
    ? Object.entries(node).flatMap(([name, value]) =>
      name === "_errors" && Array.isArray(value)
        ? value.flatMap((each: unknown) => toIssue(each, path))
        : collect(value, [...path, name])
    )
    : []

const toIssue = (u: unknown, path: ReadonlyArray<string>): ReadonlyArray<FormIssue> =>
  Predicate.isObject(u)
    ? [{
      path,
      code: "code" in u && typeof u.code === "string" ? u.code : "",
      message: "message" in u && typeof u.message === "string" ? u.message : ""
    }]
    : []
