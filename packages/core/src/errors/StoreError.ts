/**
 * Errors of the application's stores: of tokens, and of used logins and ended sessions.
 *
 * **Example** (A store that does not respond)
 *
 * ```ts
 * import { DiscordSessions, type Snowflake } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const isSignedIn = Effect.fn(function*(userId: Snowflake.UserId) {
 *   const sessions = yield* DiscordSessions.DiscordSessions
 *   return yield* sessions.get(userId).pipe(
 *     Effect.as(true),
 *     Effect.catchTag("NotSignedIn", () => Effect.succeed(false)),
 *     Effect.tapErrorTag("AccessTokenStoreError", ({ operation, reason }) => Effect.logError(operation, reason))
 *   )
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What the developer or operator can do about each reason. */
const advice = {
  unavailable: "see the cause; it may work again later",
  full: "the store has no room left: make some, the token is kept in memory until then",
  locked: "another process holds the user's lock: try again",
  corrupt: "the record cannot be read and stays as it is: repair it, or let the user sign in again",
  "newer-version": "a newer version of this library wrote the record, which stays as it is: upgrade this process",
  "unknown-key": "the record is sealed with a key that is not configured, and stays as it is: add the key",
  "not-sealed":
    "the record is plain text in a store that seals: pass `plain: \"accept\"` while you move to sealed records"
}

/**
 * The token store could not be read or written.
 *
 * **Details**
 *
 * `unavailable`, `full` and `locked` are temporary. `corrupt`, `newer-version`, `unknown-key` and `not-sealed` are about
 * one record, and last until the user signs in again or the record is removed. The `cause` never contains a record.
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenStoreError
  extends Schema.TaggedError<AccessTokenStoreError>("@discord-oauth2/core/errors/AccessTokenStoreError")(
    "AccessTokenStoreError",
    {
      operation: Schema.String,
      /** @default "unavailable" */
      reason: Schema.Literals([
        "unavailable",
        "full",
        "locked",
        "corrupt",
        "newer-version",
        "unknown-key",
        "not-sealed"
      ]).pipe(Schema.withConstructorDefault(Effect.succeed("unavailable" as const))),
      cause: Schema.optionalKey(Schema.Defect())
    }
  )
{
  override get message() {
    return `The token store failed at ${this.operation} (${this.reason}): ${advice[this.reason]}.`
  }
}

/**
 * The denylist could not be read or written. It is unknown whether an id was on it, and the id is not accepted.
 *
 * @category errors
 * @since 0.1.0
 */
export class DenylistError
  extends Schema.TaggedError<DenylistError>("@discord-oauth2/core/errors/DenylistError")("DenylistError", {
    operation: Schema.Literals(["add", "addedAt"]),
    cause: Schema.optionalKey(Schema.Defect())
  })
{
  override get message() {
    return `The denylist failed at ${this.operation}: is its database reachable?`
  }
}

/**
 * Returns whether the error is about one record that cannot be read, which only a sign-in or a sign-out changes.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOfRecord = ({ reason }: AccessTokenStoreError): boolean =>
  reason === "corrupt" || reason === "newer-version" || reason === "unknown-key" || reason === "not-sealed"
