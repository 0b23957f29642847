/** Members of request bodies that may be absent or `null`. */
import * as Schema from "effect/Schema"

/**
 * Makes a member optional: Discord reads `null` as an absent member.
 *
 * @internal
 */
export const optional = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
