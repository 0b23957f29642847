/**
 * Discord's JSON error codes that an application or its user can do something about, each a tag of its own in the calls
 * that can answer it. Every other code stays in `HttpError`, with its code and message.
 *
 * @see https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

/**
 * 10004: there is no such guild, or this token does not see it.
 *
 * **Example** (A guild that is gone)
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
export class UnknownGuild extends Schema.TaggedError<UnknownGuild>()("UnknownGuild", {}) {
  override get message() {
    return "There is no such server for this token: the id is wrong, or the user or bot is not in it."
  }
}

/**
 * 10063: there is no such application command.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownApplicationCommand
  extends Schema.TaggedError<UnknownApplicationCommand>()("UnknownApplicationCommand", {})
{
  override get message() {
    return "There is no such command: list the application's commands and take an id from there."
  }
}

/**
 * 10029: there is no such entitlement of this application.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownEntitlement extends Schema.TaggedError<UnknownEntitlement>()("UnknownEntitlement", {}) {
  override get message() {
    return "There is no such entitlement of this application: list the entitlements and take an id from there."
  }
}

/**
 * 10031: there is no such lobby, or the user is not in it.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownLobby extends Schema.TaggedError<UnknownLobby>()("UnknownLobby", {}) {
  override get message() {
    return "There is no such lobby: it ended, or its id is another application's."
  }
}

/**
 * 30032: the application has as many commands as Discord allows.
 *
 * @category errors
 * @since 0.1.0
 */
export class MaximumApplicationCommands
  extends Schema.TaggedError<MaximumApplicationCommands>()("MaximumApplicationCommands", {})
{
  override get message() {
    return "The application has as many commands as Discord allows: delete one first."
  }
}

/**
 * 40007: the user is banned from the guild.
 *
 * @category errors
 * @since 0.1.0
 */
export class UserIsBanned extends Schema.TaggedError<UserIsBanned>()("UserIsBanned", {}) {
  override get message() {
    return "The user is banned from this server: lift the ban first."
  }
}

/**
 * 50013: the user or the bot lacks a permission in the guild.
 *
 * @category errors
 * @since 0.1.0
 */
export class MissingPermissions extends Schema.TaggedError<MissingPermissions>()("MissingPermissions", {}) {
  override get message() {
    return "A permission is missing in this server: see which the call needs in Discord's documentation."
  }
}

/**
 * One complaint about a form, and the path of the member it is about.
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
 * 50035: a member of the request is not what Discord takes.
 *
 * @see https://discord.com/developers/docs/reference#error-messages
 * @category errors
 * @since 0.1.0
 */
export class InvalidFormBody extends Schema.TaggedError<InvalidFormBody>()("InvalidFormBody", {
  /** Discord's nested object, as sent. */
  errors: Schema.Unknown
}) {
  /** The complaints, each with its path. */
  get issues(): ReadonlyArray<FormIssue> {
    return collect(this.errors, [])
  }

  override get message() {
    const paths = this.issues.map(({ code, path }) => `${path.join(".")} (${code})`)
    return `Discord refuses members of the request${paths.length === 0 ? "" : `: ${paths.join(", ")}`}.`
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

/**
 * Every error that a JSON code of its own stands for.
 *
 * @category errors
 * @since 0.1.0
 */
export type JsonError =
  | UnknownGuild
  | UnknownApplicationCommand
  | UnknownEntitlement
  | UnknownLobby
  | MaximumApplicationCommands
  | UserIsBanned
  | MissingPermissions
  | InvalidFormBody

const classes = [
  UnknownGuild,
  UnknownApplicationCommand,
  UnknownEntitlement,
  UnknownLobby,
  MaximumApplicationCommands,
  UserIsBanned,
  MissingPermissions,
  InvalidFormBody
]

/**
 * Whether a value is one of `JsonError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isJsonError = (u: unknown): u is JsonError => classes.some((Class) => u instanceof Class)
