/** Schemas of texts with a limited number of characters. */
import * as Schema from "effect/Schema"

/**
 * A text of 1 to `most` characters. Discord counts characters as code points.
 *
 * @internal
 */
export const text = (most: number) => Schema.String.check(Schema.isBetweenCodePoints(1, most))

/**
 * A text of at most `most` characters, which may be empty.
 *
 * @internal
 */
export const textOrEmpty = (most: number) => Schema.String.check(Schema.isMaxCodePoints(most))
