import type { BrowserDiscord } from "@discord-oauth2/platform-browser"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"

declare const browser: typeof BrowserDiscord
declare const secret: Redacted.Redacted

const clientId = "157730590492196864"

describe("S24: the options of a page have no client secret", () => {
  test("in any layer", () => {
    expect(browser.layer).type.toBeCallableWith({ clientId })
    expect(browser.layer).type.not.toBeCallableWith({ clientId, clientSecret: secret })
    expect(browser.layerSessionStorage).type.toBeCallableWith({ clientId })
    expect(browser.layerSessionStorage).type.not.toBeCallableWith({ clientId, clientSecret: secret })
    expect(browser.layerWithStore).type.toBeCallableWith({ clientId })
    expect(browser.layerWithStore).type.not.toBeCallableWith({ clientId, clientSecret: secret })
  })

  test("in a variable that is passed as options", () => {
    const options = { clientId, clientSecret: secret }
    expect(browser.layer).type.not.toBeCallableWith(options)
    expect<{ clientId: string; clientSecret: string }>().type.not.toBeAssignableTo<BrowserDiscord.Options>()
  })

  test("and no user agent, which a page must not set", () => {
    expect(browser.layer).type.not.toBeCallableWith({ clientId, userAgent: "Page" })
  })
})
