import { assert, describe, it } from "@effect/vitest"
import { MetadataKey } from "../../../../packages/core/src/models/internal/metadataKey.ts"
import { refuses } from "../../../fixtures/laws.ts"

describe("MetadataKey", () => {
  it("has 1 to 50 characters out of a-z, 0-9 and _", () => {
    for (const key of ["a", "cookies_eaten", "0", "x".repeat(50)]) assert.isFalse(refuses(MetadataKey, key), key)
    for (const key of ["", "A", "with-dash", "ä", "a ", "x".repeat(51)]) assert.isTrue(refuses(MetadataKey, key), key)
  })
})
