/** The keys of a role connection's metadata. */
import * as Schema from "effect/Schema"

/**
 * A key that Discord accepts: 1 to 50 characters out of `a-z`, `0-9` and `_`.
 *
 * @internal
 */
export const MetadataKey = Schema.String.check(
  Schema.isPattern(/^[a-z0-9_]{1,50}$/u, { expected: "1 to 50 of a-z, 0-9 and _" })
)
