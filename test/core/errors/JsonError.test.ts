import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { assertGuard } from "../../support/allErrors.ts"

describe("JsonError", () => {
  it("isJsonError accepts the errors that a JSON code names, and rejects others", () => {
    assertGuard(DiscordError.isJsonError, [
      "InvalidFormBody",
      "MaximumApplicationCommands",
      "MissingPermissions",
      "UnknownApplicationCommand",
      "UnknownEntitlement",
      "UnknownGuild",
      "UnknownLobby",
      "UserIsBanned"
    ])
  })

  for (
    const [error, advice] of [
      [new DiscordError.UnknownGuild(), /the id is wrong, or the user or bot is not in it/],
      [new DiscordError.UnknownApplicationCommand(), /take an id from there/],
      [new DiscordError.UnknownEntitlement(), /take an id from there/],
      [new DiscordError.UnknownLobby(), /it ended, or it belongs to another application/],
      [new DiscordError.MaximumApplicationCommands(), /delete one first/],
      [new DiscordError.UserIsBanned(), /lift the ban first/],
      [new DiscordError.MissingPermissions(), /Discord's documentation of the call names it/]
    ] as const
  ) {
    it(`the message of ${error._tag} says what to do`, () => assert.match(error.message, advice))
  }

  it("no two classes have the same code", () => {
    const codes = [
      DiscordError.UnknownGuild.code,
      DiscordError.UnknownApplicationCommand.code,
      DiscordError.UnknownEntitlement.code,
      DiscordError.UnknownLobby.code,
      DiscordError.MaximumApplicationCommands.code,
      DiscordError.UserIsBanned.code,
      DiscordError.MissingPermissions.code,
      DiscordError.UserIsAtGuildLimit.code
    ]
    assert.strictEqual(new Set<number>(codes).size, codes.length)
  })

  it("InvalidFormBody lists Discord's issues with their paths at any depth, and skips everything else", () => {
    const error = new DiscordError.InvalidFormBody({
      errors: {
        activities: {
          0: { platform: { _errors: [{ code: "BASE_TYPE_CHOICES", message: "Value must be one of ..." }] } },
          1: { _errors: [{ code: "A", message: "a" }, { code: "B", message: "b" }, 7, null] }
        },
        surprise: "text",
        _errors: "no list"
      }
    })
    assert.deepStrictEqual(error.issues, [
      { path: ["activities", "0", "platform"], code: "BASE_TYPE_CHOICES", message: "Value must be one of ..." },
      { path: ["activities", "1"], code: "A", message: "a" },
      { path: ["activities", "1"], code: "B", message: "b" }
    ])
    assert.include(error.message, "activities.0.platform (BASE_TYPE_CHOICES)")
    for (const errors of [undefined, null, "text", 7, []]) {
      assert.deepStrictEqual(new DiscordError.InvalidFormBody({ errors }).issues, [])
    }
  })
})
