import { InstallContext } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"

describe("InstallContext", () => {
  it("holds the numbers that Discord documents", () => {
    assert.deepStrictEqual(InstallContext.InstallContext, { GUILD_INSTALL: 0, USER_INSTALL: 1 })
  })
})
