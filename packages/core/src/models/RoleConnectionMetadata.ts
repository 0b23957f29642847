/**
 * The metadata of role connections: the records that an application registers, and the values that it writes for each
 * user. Guilds give roles by comparing the values.
 *
 * {@link values} creates a schema from the records. Its values are integers, instants and booleans instead of strings.
 *
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { text } from "./internal/boundedText.ts"
import { distinct } from "./internal/distinct.ts"
import { Localizations, localizations } from "./internal/localizations.ts"
import { MetadataKey } from "./internal/metadataKey.ts"
import { nameIn } from "./internal/nameIn.ts"
import { optional } from "./internal/optional.ts"
import * as Timestamp from "./Timestamp.ts"

/**
 * The values of `type` that Discord documents: how Discord compares a user's value with the value that a guild sets.
 *
 * **Details**
 *
 * For the two `DateTime` types the guild sets a number of days before the current date.
 *
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata#application-role-connection-metadata-object-application-role-connection-metadata-type
 * @category constants
 * @since 0.1.0
 */
export const MetadataType = {
  IntegerLessThanOrEqual: 1,
  IntegerGreaterThanOrEqual: 2,
  IntegerEqual: 3,
  IntegerNotEqual: 4,
  DateTimeLessThanOrEqual: 5,
  DateTimeGreaterThanOrEqual: 6,
  BooleanEqual: 7,
  BooleanNotEqual: 8
} as const

/**
 * The name of a type of metadata.
 *
 * @category models
 * @since 0.1.0
 */
export type MetadataTypeName = keyof typeof MetadataType

/**
 * A metadata record in a response.
 *
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata#application-role-connection-metadata-object-application-role-connection-metadata-structure
 * @category schemas
 * @since 0.1.0
 */
export const MetadataRecord = Schema.Struct({
  type: Schema.Int,
  key: Schema.String,
  name: Schema.String,
  name_localizations: Schema.optionalKey(Schema.NullOr(Localizations)),
  description: Schema.String,
  description_localizations: Schema.optionalKey(Schema.NullOr(Localizations))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface MetadataRecord extends Schema.Schema.Type<typeof MetadataRecord> {}

/**
 * A metadata record to register.
 *
 * **Details**
 *
 * The key has 1 to 50 characters out of `a-z`, `0-9` and `_`, the name 1 to 100, and the description 1 to 200.
 * Localizations have the locales of `Locale.known` as keys.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateMetadataRecord = Schema.Struct({
  type: Schema.Int,
  key: MetadataKey,
  name: text(100),
  name_localizations: optional(localizations(Schema.NullOr(text(100)))),
  description: text(200),
  description_localizations: optional(localizations(Schema.NullOr(text(200))))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateMetadataRecord extends Schema.Schema.Type<typeof CreateMetadataRecord> {}

/**
 * The body of "Update Application Role Connection Metadata Records": at most 5 records with distinct keys, which
 * replace all existing records.
 *
 * @see https://discord.com/developers/docs/resources/application-role-connection-metadata#update-application-role-connection-metadata-records
 * @category schemas
 * @since 0.1.0
 */
export const UpdateMetadataRecords = Schema.Array(CreateMetadataRecord).check(
  Schema.isMaxLength(5),
  distinct("key", "another record has this key")
)

/**
 * The TypeScript type of a value: an integer, an instant, a boolean, or a string when Discord does not document the
 * type.
 *
 * @category models
 * @since 0.1.0
 */
export type ValueOf<Type extends number> = number extends Type ? number | DateTime.Utc | boolean | string
  : Type extends 1 | 2 | 3 | 4 ? number
  : Type extends 5 | 6 ? DateTime.Utc
  : Type extends 7 | 8 ? boolean
  : string

/**
 * The values of a user, by the keys of the records.
 *
 * @category models
 * @since 0.1.0
 */
export type Values<Records extends ReadonlyArray<Pick<CreateMetadataRecord, "key" | "type">>> = {
  readonly [Record in Records[number] as Record["key"]]?: ValueOf<Record["type"]>
}

const IntegerValue = Schema.String.check(
  Schema.isPattern(/^(?:0|-?[1-9][0-9]*)$/u, { expected: "a decimal integer" })
).pipe(Schema.decodeTo(Schema.Int, SchemaTransformation.transform({ decode: Number, encode: String })))

const BooleanValue = Schema.Literals(["0", "1"]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({ decode: (value) => value === "1", encode: (value) => value ? "1" : "0" })
  )
)

const isWritable = Schema.makeIsBetween({ order: DateTime.Order })({
  minimum: DateTime.makeUnsafe("0000-01-01T00:00:00.000Z"),
  maximum: DateTime.makeUnsafe("9999-12-31T23:59:59.999Z")
}, { expected: "an instant in the years 0 to 9999" })

const Day = Schema.String.check(Schema.isPattern(/^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/u, {
  expected: "an ISO 8601 date"
})).pipe(
  Schema.decodeTo(
    Timestamp.Timestamp,
    SchemaTransformation.transform({
      decode: (day) => `${day}T00:00:00Z`,
      encode: (timestamp) => timestamp.slice(0, 10)
    })
  )
)

const DateTimeValue = Schema.Union([Timestamp.Timestamp, Day]).pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc.check(isWritable),
    SchemaTransformation.transform({ decode: Timestamp.toDateTime, encode: Timestamp.fromDateTime })
  )
)

const valueSchemas = new Map<number, Schema.Codec<number | DateTime.Utc | boolean, string>>([
  [MetadataType.IntegerLessThanOrEqual, IntegerValue],
  [MetadataType.IntegerGreaterThanOrEqual, IntegerValue],
  [MetadataType.IntegerEqual, IntegerValue],
  [MetadataType.IntegerNotEqual, IntegerValue],
  [MetadataType.DateTimeLessThanOrEqual, DateTimeValue],
  [MetadataType.DateTimeGreaterThanOrEqual, DateTimeValue],
  [MetadataType.BooleanEqual, BooleanValue],
  [MetadataType.BooleanNotEqual, BooleanValue]
])

/**
 * Creates the schema of a user's values from the records of the application. The encoded form is the `metadata` of a
 * role connection.
 *
 * **Details**
 *
 * - An integer is encoded in decimal, and a boolean as `1` or `0`.
 * - An instant is encoded as ISO 8601 to the millisecond. A date without a time decodes as midnight in UTC.
 * - The value of a type that Discord does not document is a string of 1 to 100 characters.
 * - A key without a record is ignored.
 * - There are at most 5 values.
 *
 * **Gotchas**
 *
 * The types of the records must be literals: write the records inline, or with `as const`.
 *
 * **Example** (The metadata of a user)
 *
 * ```ts
 * import { RoleConnectionMetadata } from "@discord-oauth2/core/models"
 * import { DateTime, Schema } from "effect"
 *
 * const records = [
 *   { type: 2, key: "cookies_eaten", name: "Cookies Eaten", description: "Cookies eaten greater than" },
 *   { type: 7, key: "allergic_to_nuts", name: "Allergic To Nuts", description: "Is allergic to nuts" },
 *   { type: 6, key: "first_cookie_baked", name: "First Cookie Baked", description: "Days since baked their first cookie" }
 * ] as const
 *
 * Schema.encodeSync(RoleConnectionMetadata.values(records))({
 *   cookies_eaten: 1483,
 *   allergic_to_nuts: false,
 *   first_cookie_baked: DateTime.makeUnsafe("2003-12-20")
 * })
 * // => { cookies_eaten: "1483", allergic_to_nuts: "0", first_cookie_baked: "2003-12-20T00:00:00.000000+00:00" }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const values = <const Records extends ReadonlyArray<Pick<CreateMetadataRecord, "key" | "type">>>(
  records: Records
): Schema.Codec<Values<Records>, { readonly [key: string]: string }> => {
  const schema = Schema.Struct(Object.fromEntries(
    records.map(({ key, type }) => [key, Schema.optionalKey(valueSchemas.get(type) ?? text(100))])
  )).check(Schema.isMaxProperties(5))
  // oxlint-disable-next-line typescript/consistent-type-assertions -- its members are those of `Values`, key by key
  return schema as unknown as Schema.Codec<Values<Records>, { readonly [key: string]: string }>
}

const typeNames = nameIn<MetadataTypeName>(MetadataType)

/**
 * Returns the name of the record's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: Pick<MetadataRecord, "type">): Option.Option<MetadataTypeName> => typeNames(self.type)
