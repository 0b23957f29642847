import { RoleConnection, RoleConnectionMetadata } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { cookies, records } from "../../fixtures/roleConnectionMetadata.ts"

const { MetadataRecord, MetadataType, CreateMetadataRecord, UpdateMetadataRecords } = RoleConnectionMetadata
const required = ["type", "key", "name", "description"]
const failure = (schema: Schema.Codec<unknown, unknown>, json: unknown): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(schema))(json)
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}

laws("MetadataRecord", MetadataRecord, {
  examples: Object.fromEntries(records.map((each) => [each.name, each])),
  required
})

laws("CreateMetadataRecord", CreateMetadataRecord, {
  examples: {
    ...Object.fromEntries(records.map((each) => [each.name, each])),
    "a localization that is null": { ...cookies, name_localizations: { de: null }, description_localizations: {} }
  },
  required
})

describe("MetadataRecord", () => {
  ignoresUnknownMembers("MetadataRecord", MetadataRecord, cookies)

  it("keeps unknown types, locales and long texts in a response", () => {
    const future = { ...cookies, type: 9, key: "Any Key", name: "x".repeat(300), name_localizations: { tlh: "pong" } }
    const decoded = decode(MetadataRecord, future)
    assert.deepStrictEqual(encode(MetadataRecord, decoded), future)
    assert.deepStrictEqual(RoleConnectionMetadata.typeName(decoded), Option.none())
  })

  it("typeName returns the names of the eight types", () => {
    const names = [1, 2, 3, 4, 5, 6, 7, 8].map((type) => Option.getOrNull(RoleConnectionMetadata.typeName({ type })))
    assert.deepStrictEqual<ReadonlyArray<string | null>>(names, Object.keys(MetadataType))
    assert.strictEqual(names[5], "DateTimeGreaterThanOrEqual")
  })
})

describe("UpdateMetadataRecords", () => {
  const accepts = (members: object) => assert.strictEqual(failure(CreateMetadataRecord, { ...cookies, ...members }), "")
  const rejects = (members: object, path: string) =>
    assert.include(failure(CreateMetadataRecord, { ...cookies, ...members }), `["${path}"]`, JSON.stringify(members))

  it("keys of a-z, 0-9 and _ with 1 to 50 characters", () => {
    for (const key of ["a", "cookies_eaten_2", "x".repeat(50)]) accepts({ key })
    for (const key of ["", "x".repeat(51), "Key", "a b", "a-b", "é"]) rejects({ key }, "key")
  })

  it("names of 1 to 100 and descriptions of 1 to 200 characters, localized ones too", () => {
    for (const [member, most] of [["name", 100], ["description", 200]] as const) {
      const localizations = `${member}_localizations`
      accepts({ [member]: "😀".repeat(most), [localizations]: { de: "😀".repeat(most) } })
      for (const text of ["", "x".repeat(most + 1)]) {
        rejects({ [member]: text }, member)
        rejects({ [localizations]: { de: text } }, localizations)
      }
    }
  })

  it("an unknown locale fails, and the error names it", () => {
    rejects({ name_localizations: { tlh: "pong" } }, "tlh")
    rejects({ description_localizations: { english: "pong" } }, "english")
  })

  it("accepts at most 5 records", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...cookies, key: `key_${index}` }))
    assert.deepStrictEqual(encode(UpdateMetadataRecords, decode(UpdateMetadataRecords, many(5))), many(5))
    assert.isTrue(refuses(UpdateMetadataRecords, many(6)))
  })

  it("no two records have the same key, and the error names the second", () => {
    assert.include(failure(UpdateMetadataRecords, [cookies, records[1], cookies]), "[2][\"key\"]")
  })

  it.prop("decodes what it encodes", [UpdateMetadataRecords], ([value]) => {
    assert.isTrue(Equal.equals(decode(UpdateMetadataRecords, encode(UpdateMetadataRecords, value)), value))
  })
})

describe("values", () => {
  const schema = RoleConnectionMetadata.values(
    [
      { type: 1, key: "at_most" },
      { type: 5, key: "before" },
      { type: 8, key: "banned" },
      { type: 99, key: "future" }
    ] as const
  )
  const one = (type: number) => RoleConnectionMetadata.values([{ type, key: "it" }])
  const written = (type: number, it: number | boolean | string | DateTime.Utc) =>
    Schema.encodeUnknownExit(one(type))({ it })
  const read = (type: number, it: string) => Schema.decodeExit(one(type))({ it })

  it("the compiler knows what each kind holds", () => {
    const metadata: typeof schema.Type = {
      at_most: 1483,
      before: DateTime.makeUnsafe("2003-12-20T12:00:00Z"),
      banned: false,
      future: "text"
    }
    assert.deepStrictEqual(Schema.encodeSync(schema)(metadata), {
      at_most: "1483",
      before: "2003-12-20T12:00:00.000000+00:00",
      banned: "0",
      future: "text"
    })
    // @ts-expect-error an integer is no text
    const wrong: typeof schema.Type = { at_most: "1483" }
    assert.isTrue(Exit.isFailure(Schema.encodeUnknownExit(schema)(wrong)))
    // @ts-expect-error a moment is no boolean
    const alsoWrong: typeof schema.Type = { before: true }
    assert.isTrue(Exit.isFailure(Schema.encodeUnknownExit(schema)(alsoWrong)))
  })

  it("encodes to the metadata of a role connection, and decodes from it", () => {
    const metadata = { at_most: 3, banned: true }
    const encoded = Schema.encodeSync(schema)(metadata)
    const body: RoleConnection.UpdateRoleConnection = { metadata: encoded }
    assert.deepStrictEqual(encode(RoleConnection.UpdateRoleConnection, body), {
      metadata: { at_most: "3", banned: "1" }
    })
    assert.deepStrictEqual(Schema.decodeSync(schema)(encoded), metadata)
  })

  it.prop("whatever values are written as strings and read back the same", [schema], ([value]) => {
    const encoded = Schema.encodeSync(schema)(value)
    for (const text of Object.values(encoded)) assert.isTrue(text.length <= 200)
    assert.isTrue(Equal.equals(Schema.decodeSync(schema)(encoded), value))
  })

  it("every value is optional, and a key without a record is left out", () => {
    assert.deepStrictEqual(Schema.decodeSync(schema)({}), {})
    assert.deepStrictEqual(Schema.decodeSync(schema)({ at_most: "3", gone: "1" }), { at_most: 3 })
  })

  it("integers: in decimal and exact", () => {
    for (const type of [1, 2, 3, 4]) {
      assert.deepStrictEqual(written(type, -9_007_199_254_740_991), Exit.succeed({ it: "-9007199254740991" }))
      assert.deepStrictEqual(read(type, "1483"), Exit.succeed({ it: 1483 }))
      for (const wrong of [0.5, Number.NaN, 2 ** 53, true, "1"]) assert.isTrue(Exit.isFailure(written(type, wrong)))
      for (const wrong of ["", "1.5", "1e3", " 1", "0x10", "-0", "01", "9007199254740993", "one"]) {
        assert.isTrue(Exit.isFailure(read(type, wrong)), wrong)
      }
    }
  })

  it("booleans: 1 and 0", () => {
    for (const type of [7, 8]) {
      assert.deepStrictEqual([written(type, true), written(type, false)], [
        Exit.succeed({ it: "1" }),
        Exit.succeed({ it: "0" })
      ])
      assert.deepStrictEqual([read(type, "1"), read(type, "0")], [
        Exit.succeed({ it: true }),
        Exit.succeed({ it: false })
      ])
      for (const wrong of [1, 0, "1"]) assert.isTrue(Exit.isFailure(written(type, wrong)))
      for (const wrong of ["", "2", "true"]) assert.isTrue(Exit.isFailure(read(type, wrong)), wrong)
    }
  })

  it("instants: ISO 8601, with a time or without", () => {
    for (const type of [5, 6]) {
      const moment = DateTime.makeUnsafe("2003-12-20T00:00:00Z")
      assert.deepStrictEqual(written(type, moment), Exit.succeed({ it: "2003-12-20T00:00:00.000000+00:00" }))
      for (const text of ["2003-12-20", "2003-12-20T00:00:00Z", "2003-12-20T01:00:00.000000+01:00"]) {
        assert.deepStrictEqual(read(type, text), Exit.succeed({ it: moment }), text)
      }
      for (const wrong of ["", "20.12.2003", "2003-13-01", "1483"]) {
        assert.isTrue(Exit.isFailure(read(type, wrong)), wrong)
      }
      for (const wrong of [1_071_878_400_000, "2003-12-20", DateTime.makeUnsafe("-000001-01-01T00:00:00Z")]) {
        assert.isTrue(Exit.isFailure(written(type, wrong)), String(wrong))
      }
    }
  })

  it("instants of the first centuries keep their year", () => {
    for (const text of ["0000-01-01T00:00:00.000Z", "0099-12-31T23:59:59.999Z", "0100-01-01T00:00:00.000Z"]) {
      const moment = DateTime.makeUnsafe(text)
      assert.deepStrictEqual(read(5, text), Exit.succeed({ it: moment }), text)
      assert.deepStrictEqual(written(5, moment), Exit.succeed({ it: text.replace("Z", "000+00:00") }))
    }
  })

  it("an unknown kind: its text, of 1 to 100 characters", () => {
    assert.deepStrictEqual(written(9, "x".repeat(100)), Exit.succeed({ it: "x".repeat(100) }))
    for (const wrong of ["", "x".repeat(101), 1]) assert.isTrue(Exit.isFailure(written(9, wrong)))
  })

  it("at most 5 values for any records", () => {
    const keys = Array.from({ length: 6 }, (_, index) => `key_${index}`)
    const six = RoleConnectionMetadata.values(keys.map((key) => ({ type: 3, key })))
    const some = (count: number) => Object.fromEntries(keys.slice(0, count).map((key) => [key, 1]))
    assert.isTrue(Exit.isSuccess(Schema.encodeUnknownExit(six)(some(5))))
    assert.isTrue(Exit.isFailure(Schema.encodeUnknownExit(six)(some(6))))
  })

  it("an error names the key", () => {
    assert.include(String(Schema.encodeUnknownExit(schema)({ at_most: 1.5 })), "[\"at_most\"]")
    assert.include(String(Schema.encodeUnknownExit(schema)({ banned: "yes" })), "[\"banned\"]")
  })
})
