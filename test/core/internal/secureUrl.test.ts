import { assert, describe, it } from "@effect/vitest"
import { isSecure } from "../../../packages/core/src/internal/secureUrl.ts"

describe("isSecure", () => {
  for (
    const url of [
      "https://discord.com/api",
      "https://10.0.0.1/",
      "http://localhost:3000/",
      "http://LOCALHOST/",
      "http://127.0.0.1/",
      "http://127.1.2.3:80/",
      "http://2130706433/",
      "http://[::1]:8080/"
    ]
  ) {
    it(`S25: accepts ${url}`, () => assert.isTrue(isSecure(new URL(url))))
  }

  for (
    const url of [
      "http://discord.com/",
      "http://localhost.evil.example/",
      "http://127.0.0.1.evil.example/",
      "http://10.0.0.1/",
      "http://[::2]/",
      "ftp://localhost/",
      "javascript:alert(1)",
      "data:text/plain,localhost"
    ]
  ) {
    it(`S25: rejects ${url}`, () => assert.isFalse(isSecure(new URL(url))))
  }
})
