/** The query parameters that several endpoints have. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Snowflake from "../../../models/Snowflake.ts"

/** Ids, sent as one text with commas. */
export const SkuIds = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Array(Snowflake.SkuId).check(Schema.isMaxLength(100)),
    SchemaTransformation.transform<ReadonlyArray<string>, string>({
      decode: (text) => text === "" ? [] : text.split(","),
      encode: (ids) => ids.join(",")
    })
  )
)

/** The greatest number of elements in the response, at least 1. */
export const limit = (maximum: number) =>
  Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum })))
