import { assert, describe, it } from "@effect/vitest"
import * as Callback from "../../../packages/platform-browser/src/internal/callback.ts"

const page = "https://app.example/page"

describe("stateOf", () => {
  const table: ReadonlyArray<readonly [url: string, part: Callback.Part, state: string | null | undefined]> = [
    ["?code=a&state=b", "search", "b"],
    ["?error=access_denied&state=b", "search", "b"],
    ["?code=a&iss=https://discord.com", "search", null],
    ["?code=a", "search", undefined],
    ["?error=a", "search", undefined],
    ["?state=b&iss=c", "search", undefined],
    ["#access_token=a&state=b", "search", undefined],
    ["#access_token=a&state=b", "hash", "b"],
    ["#code=a&state=b", "hash", undefined],
    ["?access_token=a&state=b", "hash", undefined],
    ["", "search", undefined]
  ]
  for (const [url, part, state] of table) {
    it(`of "${url}" in the ${part} is ${state}`, () => assert.strictEqual(Callback.stateOf(page + url, part), state))
  }
})

describe("clean", () => {
  it("S17: removes Discord's parameters and keeps the application's", () => {
    assert.strictEqual(
      Callback.clean(
        `${page}?tab=1&code=a&state=b&iss=c&error=d&error_description=e&guild_id=f&permissions=g#h`,
        "search"
      ),
      `${page}?tab=1#h`
    )
  })

  it("S17: removes the whole fragment of an implicit grant", () => {
    assert.strictEqual(Callback.clean(`${page}?tab=1#access_token=a`, "hash"), `${page}?tab=1`)
  })
})

describe("returnUrl", () => {
  it("S16: returns the URL of a path of this origin", () => {
    assert.strictEqual(Callback.returnUrl(page, "/a?b#c"), "https://app.example/a?b#c")
  })

  for (const path of ["//evil.example", "/\\evil.example", "https://evil.example/", "a", "", "/.//evil.example"]) {
    it(`S16: rejects ${JSON.stringify(path)}`, () => assert.isUndefined(Callback.returnUrl(page, path)))
  }
})
