/** Reads a text as a JSON object, as every error body of Discord is. */
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export type JsonObject = Readonly<Record<string, unknown>>

export const decodeJsonObject: (text: string) => Option.Option<JsonObject> = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
)
