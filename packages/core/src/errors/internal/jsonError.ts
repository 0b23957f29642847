/** Makes the class of an error that Discord's JSON code names from one row. */
import type * as Cause from "effect/Cause"
import * as Schema from "effect/Schema"

interface Row<Code extends number> {
  /** Discord's JSON code. */
  readonly code: Code
  /** The HTTP status that Discord sends the code with. */
  readonly status: number
  /** Discord's own message. */
  readonly says: string
  /** The message of the class, for the developer. */
  readonly message: string
}

/** A class of an error without members, with its code, status and Discord's message as static members. */
export type JsonErrorClass<Self, Tag extends string, Code extends number> =
  & Schema.Class<Self, Schema.TaggedStruct<Tag, {}>, Cause.YieldableError>
  & Omit<Row<Code>, "message">

/**
 * The class and, with `json` of `api/internal/errorBodies`, its codec:
 *
 * ```text
 * export class UnknownGuild extends jsonError<UnknownGuild>()("UnknownGuild", {
 *   code: 10004,
 *   status: 404,
 *   says: "Unknown Guild",
 *   message: "The token gives no access to a server with this id."
 * }) {}
 * ```
 */
export const jsonError =
  <Self>() =>
  <const Tag extends string, const Code extends number>(tag: Tag, row: Row<Code>): JsonErrorClass<Self, Tag, Code> => {
    class JsonError extends Schema.TaggedError<JsonError>(`@discord-oauth2/core/errors/${tag}`)(tag, {}) {
      static readonly code: Code = row.code
      static readonly status = row.status
      static readonly says = row.says
      override get message() {
        return row.message
      }
    }
    // oxlint-disable-next-line typescript/consistent-type-assertions -- the subclass `Self` is not known in here
    return JsonError as unknown as JsonErrorClass<Self, Tag, Code>
  }
