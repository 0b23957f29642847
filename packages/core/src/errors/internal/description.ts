/** The description that an authorization server adds to an error, and how a message shows it. */
import * as Schema from "effect/Schema"

/** At most 200 characters, without control characters. */
export const described = { description: Schema.optionalKey(Schema.String) }

export const withDescription = (sentence: string, description: string | undefined): string =>
  description === undefined || description === "" ? sentence : `${sentence} (${description})`
