/** Decodes values with a codec and encodes them again. */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { isDeepStrictEqual } from "node:util"
import { withoutUnknown } from "./generate.ts"
import type { Validate } from "./validator.ts"

/**
 * The values that do not survive: that cannot be decoded or encoded, that are another value afterwards, or that are no
 * longer what the document allows. Members that no document has may be lost.
 */
export const roundTripIssues = (
  codec: Schema.Codec<unknown, unknown>,
  values: ReadonlyArray<unknown>,
  validate: Validate
): ReadonlyArray<string> => {
  const decode = Schema.decodeUnknownExit(codec)
  const encode = Schema.encodeExit(codec)
  const issues = (value: unknown): ReadonlyArray<string> => {
    const decoded = decode(value)
    if (Exit.isFailure(decoded)) return [`not decoded: ${String(decoded.cause)}`]
    const encoded = encode(decoded.value)
    if (Exit.isFailure(encoded)) return [`not encoded: ${String(encoded.cause)}`]
    return [
      ...(isDeepStrictEqual(withoutUnknown(encoded.value), withoutUnknown(value))
        ? []
        : [`changed: ${JSON.stringify(encoded.value)}`]),
      ...validate(encoded.value).map((issue) => `not allowed:${issue}`)
    ]
  }
  return values.flatMap((value) => issues(value).map((issue) => `${issue}\n${JSON.stringify(value)}`))
}
