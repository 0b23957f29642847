import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { decodeKey } from "../../../../packages/core/src/tokens/internal/recordKey.ts"

describe("decodeKey", () => {
  it("returns the key of two snowflakes", () => {
    const key = { clientId: "157730590492196864", userId: "80351110224678912" }
    assert.deepStrictEqual(Option.getOrUndefined(decodeKey(key)) as unknown, key)
  })

  for (const userId of ["", "nelly", "-1", "1.5", "80351110224678912:x", undefined, 80351110224678912n]) {
    it(`returns None when the user id is ${String(userId) || "empty"}`, () => {
      assert.isTrue(Option.isNone(decodeKey({ clientId: "157730590492196864", userId })))
    })
  }
})
