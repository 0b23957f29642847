import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { endpoints } from "../../../../packages/core/src/api/internal/endpoints.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const named = (name: string) => endpoints.find(({ identifier }) => identifier === name) ?? assert.fail(`no ${name}`)

describe("endpoints", () => {
  it("major parameters are the channel, guild and webhook ids of the path", () => {
    assert.deepStrictEqual(named("getCurrentUser").majorParameters, [])
    assert.deepStrictEqual(named("addGuildMember").majorParameters, ["guild_id"])
    assert.deepStrictEqual(named("getApplicationCommandPermissions").majorParameters, ["guild_id"])
  })

  it("the arguments of a read go into the query, and those of a call with a body into the body", () => {
    assert.strictEqual(named("getCurrentUserGuilds").rest, "query")
    assert.strictEqual(named("addGuildMember").rest, "payload")
    assert.isFalse(named("addGuildMember").multipart)
  })

  it.effect("decodeSuccess has a decoder for each declared status, and a 204 has no body", () =>
    Effect.gen(function*() {
      const { decodeSuccess } = named("addGuildMember")
      assert.deepStrictEqual(Array.from(decodeSuccess.keys()).toSorted(), [201, 204])
      assert.isUndefined(yield* decodeSuccess.get(204)?.("") ?? Effect.succeed("no decoder"))
      const decodeUser = named("getCurrentUser").decodeSuccess.get(200) ?? assert.fail("no decoder")
      assert.deepInclude(yield* decodeUser(JSON.stringify(Stub.user)), { username: "nelly" })
      assert.strictEqual((yield* Effect.flip(decodeUser("{}")))._tag, "SchemaError")
    }))

  it("decodeError finds the operation's own errors by their codes, and no error that every call has", () => {
    const { decodeError } = named("addGuildMember")
    const tagOf = (body: unknown) =>
      Option.getOrUndefined(Option.map(decodeError(body), (error) => (error as { readonly _tag: string })._tag))
    assert.strictEqual(tagOf({ code: 40007, message: "The user is banned from this guild." }), "UserIsBanned")
    assert.strictEqual(tagOf({ code: 10004, message: "Unknown Guild" }), "UnknownGuild")
    assert.isUndefined(tagOf({ code: 50024, message: "Cannot execute action on this channel type" }))
    assert.isUndefined(tagOf("<html></html>"))
  })
})
