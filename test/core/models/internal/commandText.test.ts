import { assert, describe, it } from "@effect/vitest"
import { Description, isCommandName, OptionName } from "../../../../packages/core/src/models/internal/commandText.ts"
import { refuses } from "../../../fixtures/laws.ts"

describe("commandText", () => {
  it("accepts names of lower-case letters and digits of any script, - and _", () => {
    for (
      const name of ["a", "two-words", "snake_case", "l'avion", "größe", "名前", "हिन्दी", "ภาษาไทย", "x".repeat(32)]
    ) {
      assert.isTrue(isCommandName(name), name)
      assert.isFalse(refuses(OptionName, name), name)
    }
  })

  it("rejects upper-case letters, spaces, other characters, and names that are empty or too long", () => {
    for (const name of ["", "Upper", "two words", "dot.ted", "😀", "x".repeat(33)]) {
      assert.isFalse(isCommandName(name), name)
      assert.isTrue(refuses(OptionName, name), name)
    }
  })

  it("accepts descriptions of 1 to 100 characters", () => {
    for (const description of ["x", "x".repeat(100)]) assert.isFalse(refuses(Description, description))
    for (const description of ["", "x".repeat(101)]) assert.isTrue(refuses(Description, description))
  })
})
