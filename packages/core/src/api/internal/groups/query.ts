/** Query parameters that several endpoints share. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Snowflake from "../../../models/Snowflake.ts"

/** Ids separated by commas. */
export const SkuIds = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Array(Snowflake.SkuId).check(Schema.isMaxLength(100)),
    SchemaTransformation.transform<ReadonlyArray<string>, string>({
      decode: (text) => text === "" ? [] : text.split(","),
      encode: (ids) => ids.join(",")
    })
  )
)

/** How many to answer, from 1 on. */
export const limit = (maximum: number) =>
  Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum })))
