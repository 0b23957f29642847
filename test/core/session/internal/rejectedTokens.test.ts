import { assert, describe, it } from "@effect/vitest"
import * as RejectedTokens from "../../../../packages/core/src/session/internal/rejectedTokens.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const stored = (generation: number) => ({ token: Stub.token(), generation })

describe("rejectedTokens", () => {
  it("F23: remembers a token for a minute", () => {
    const rejected = RejectedTokens.make()
    rejected.add("user", stored(1), 0)
    assert.isTrue(rejected.has("user", stored(1), 59_999))
    assert.isFalse(rejected.has("user", stored(1), 60_000))
  })

  it("F23: does not take another generation or another user's token for it", () => {
    const rejected = RejectedTokens.make()
    rejected.add("user", stored(1), 0)
    assert.isFalse(rejected.has("user", stored(2), 0))
    assert.isFalse(rejected.has("other", stored(1), 0))
  })

  it("F23: keeps each token its minute, however many there are", () => {
    const rejected = RejectedTokens.make()
    const ids = Array.from({ length: 3000 }, (_, n) => `user ${n}`)
    ids.forEach((id, n) => rejected.add(id, stored(1), n * 30))
    assert.deepStrictEqual(
      ids.map((id) => rejected.has(id, stored(1), 89_970)),
      ids.map((_, n) => n * 30 + 60_000 > 89_970)
    )
  })
})
