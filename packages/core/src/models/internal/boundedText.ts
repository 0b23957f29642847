import * as Schema from "effect/Schema"

/**
 * A text of 1 to so many characters, as Discord counts them: in code points.
 *
 * @internal
 */
export const text = (most: number) => Schema.String.check(Schema.isBetweenCodePoints(1, most))

/**
 * A text of at most so many characters, which may be empty.
 *
 * @internal
 */
export const textOrEmpty = (most: number) => Schema.String.check(Schema.isMaxCodePoints(most))
