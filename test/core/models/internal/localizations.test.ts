import { assert, describe, it } from "@effect/vitest"
import { text } from "../../../../packages/core/src/models/internal/boundedText.ts"
import { Localizations, localizations } from "../../../../packages/core/src/models/internal/localizations.ts"
import { refuses } from "../../../fixtures/laws.ts"

const schema = localizations(text(3))

describe("localizations", () => {
  it("of a request accept only the locales that Discord documents", () => {
    assert.isFalse(refuses(schema, { "de": "abc", "pt-BR": "abc" }))
    assert.isTrue(refuses(schema, { "tlh": "abc" }))
  })

  it("of a request check each text", () => {
    assert.isTrue(refuses(schema, { "de": "abcd" }))
  })

  it("of a response accept any locale", () => {
    assert.isFalse(refuses(Localizations, { "tlh": "abcd" }))
  })
})
