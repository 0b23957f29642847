import { assert, describe, it } from "@effect/vitest"
import * as Headers from "effect/http/Headers"
import * as RateLimitHeaders from "../../../../packages/core/src/limits/internal/rateLimitHeaders.ts"

const headers = {
  "x-ratelimit-limit": "5",
  "x-ratelimit-remaining": "4",
  "x-ratelimit-reset-after": "0.75",
  "x-ratelimit-bucket": "abcd1234"
}

describe("RateLimitHeaders.read", () => {
  it("reads the four headers, and adds 20 milliseconds to the end of the window", () => {
    assert.deepStrictEqual(RateLimitHeaders.read(Headers.fromInput(headers)), {
      bucket: "abcd1234",
      limit: 5,
      remaining: 4,
      resetAfter: 770
    })
  })

  for (const name of Object.keys(headers)) {
    it(`ignores all headers if ${name} is missing`, () => {
      const { [name]: _, ...rest }: Record<string, string> = headers
      assert.isUndefined(RateLimitHeaders.read(Headers.fromInput(rest)))
    })
  }

  for (
    const [name, value] of [
      ["x-ratelimit-limit", "0"],
      ["x-ratelimit-limit", "NaN"],
      ["x-ratelimit-limit", ""],
      ["x-ratelimit-limit", "1e99"],
      ["x-ratelimit-remaining", "-1"],
      ["x-ratelimit-remaining", "Infinity"],
      ["x-ratelimit-reset-after", "-0.1"],
      ["x-ratelimit-reset-after", "86401"],
      ["x-ratelimit-reset-after", "Tue, 24 Nov 2026 00:00:00 GMT"],
      ["x-ratelimit-bucket", "x".repeat(129)]
    ] as const
  ) {
    it(`F8: ignores all headers if ${name} is ${JSON.stringify(value.slice(0, 30))}`, () => {
      assert.isUndefined(RateLimitHeaders.read(Headers.fromInput({ ...headers, [name]: value })))
    })
  }
})
