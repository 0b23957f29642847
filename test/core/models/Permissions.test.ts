import { Permissions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { decode, encode, refuses } from "../../fixtures/laws.ts"

const permissions = (text: string) => Permissions.Permissions.make(text)
const someNames = Schema.Array(Schema.Literals(Permissions.names))

describe("Permissions", () => {
  it("keeps the decimal string, with unknown bits", () => {
    for (const text of ["0", "36953089", "2147483647", String(2n ** 64n - 1n), String(2n ** 100n)]) {
      assert.strictEqual(encode(Permissions.Permissions, decode(Permissions.Permissions, text)), text)
    }
  })

  it("rejects strings that are not decimal", () => {
    for (const other of ["", "-1", "0x8", "8n", "1.5", " 8", "8\n", 8, null, {}]) {
      assert.isTrue(refuses(Permissions.Permissions, other), JSON.stringify(other))
    }
  })

  it("knows the 52 documented permissions and no bit twice", () => {
    assert.strictEqual(Permissions.names.length, 52)
    assert.strictEqual(new Set(Object.values(Permissions.Flag)).size, 52)
    for (const bit of Object.values(Permissions.Flag)) assert.strictEqual(bit & (bit - 1n), 0n)
  })

  it("has the values of Discord's table", () => {
    assert.strictEqual(Permissions.Flag.CREATE_INSTANT_INVITE, 0x1n)
    assert.strictEqual(Permissions.Flag.ADMINISTRATOR, 0x8n)
    assert.strictEqual(Permissions.Flag.MANAGE_GUILD, 0x20n)
    assert.strictEqual(Permissions.Flag.MANAGE_ROLES, 0x10000000n)
    assert.strictEqual(Permissions.Flag.USE_APPLICATION_COMMANDS, 0x80000000n)
    assert.strictEqual(Permissions.Flag.MODERATE_MEMBERS, 0x10000000000n)
    assert.strictEqual(Permissions.Flag.SEND_VOICE_MESSAGES, 0x400000000000n)
    assert.strictEqual(Permissions.Flag.SET_VOICE_CHANNEL_STATUS, 0x1000000000000n)
    assert.strictEqual(Permissions.Flag.BYPASS_SLOWMODE, 0x10000000000000n)
  })

  it("names the bits of the documented example, and ignores bits without a name", () => {
    assert.deepStrictEqual(Permissions.toNames(permissions("36953089")), [
      "CREATE_INSTANT_INVITE",
      "VIEW_CHANNEL",
      "SEND_MESSAGES",
      "SEND_TTS_MESSAGES",
      "EMBED_LINKS",
      "ATTACH_FILES",
      "READ_MESSAGE_HISTORY",
      "MENTION_EVERYONE",
      "CONNECT",
      "SPEAK",
      "USE_VAD"
    ])
    assert.deepStrictEqual(Permissions.toNames(Permissions.fromBigInt((1n << 47n) | (1n << 90n))), [])
    assert.deepStrictEqual(Permissions.toNames(Permissions.none), [])
  })

  it("creates a set from names", () => {
    assert.strictEqual(Permissions.fromNames(["VIEW_CHANNEL", "SEND_MESSAGES"]), "3072")
    assert.strictEqual(Permissions.fromNames(["ADMINISTRATOR", "ADMINISTRATOR"]), "8")
    assert.strictEqual(Permissions.fromNames([]), "0")
  })

  it.prop("names decode from their encoded form", [someNames], ([names]) => {
    const set = decode(Permissions.Permissions, Permissions.fromNames(names))
    assert.deepStrictEqual(Permissions.toNames(set), Permissions.names.filter((name) => names.includes(name)))
    for (const name of Permissions.names) assert.strictEqual(Permissions.has(set, name), names.includes(name))
  })

  it.prop("bits survive the conversion", [Permissions.Permissions], ([set]) => {
    assert.strictEqual(Permissions.toBigInt(Permissions.fromBigInt(Permissions.toBigInt(set))), BigInt(set))
  })

  it("fromBigInt always creates a string that decodes", () => {
    assert.strictEqual(Permissions.fromBigInt(-8n), "8")
    assert.strictEqual(Permissions.fromBigInt(0n), "0")
  })

  it("has checks only the bit, can also accepts an administrator", () => {
    const administrator = Permissions.fromNames(["ADMINISTRATOR"])
    assert.isFalse(Permissions.has(administrator, "MANAGE_GUILD"))
    assert.isTrue(Permissions.can(administrator, "MANAGE_GUILD"))
    const manager = Permissions.fromNames(["MANAGE_GUILD"])
    assert.isTrue(Permissions.can(manager, "MANAGE_GUILD"))
    assert.isFalse(Permissions.can(manager, "MANAGE_ROLES"))
    assert.isFalse(Permissions.can(Permissions.none, "VIEW_CHANNEL"))
  })

  it("has and can work data-last", () => {
    const sets = [permissions("8"), permissions("32")]
    assert.deepStrictEqual(sets.filter(Permissions.has("MANAGE_GUILD")), [permissions("32")])
    assert.deepStrictEqual(sets.filter(Permissions.can("MANAGE_GUILD")), sets)
  })

  it.prop("a union has the permissions of both sets and no others", [someNames, someNames], ([left, right]) => {
    const both = Permissions.union(Permissions.fromNames(left), Permissions.fromNames(right))
    assert.strictEqual(both, Permissions.fromNames([...left, ...right]))
    assert.strictEqual(both, Permissions.union(Permissions.fromNames(right))(Permissions.fromNames(left)))
  })
})
