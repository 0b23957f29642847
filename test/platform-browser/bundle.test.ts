import { assert, describe, it } from "@effect/vitest"
import { bundle, bundleExample } from "./bundle.ts"

/** What one expression of the environment's reader names, and nothing else in the library. */
const environment = /DISCORD_API_URL|DISCORD_AUTHORIZE_URL|DISCORD_ISSUER|\(\s*["'`]DISCORD_CLIENT_SECRET["'`]/

describe("the bundle of examples/browser", async () => {
  const example = await bundleExample()

  it("imports nothing: no Node built-in, and no other file", () => {
    assert.deepStrictEqual(example.imports, [])
    assert.notMatch(example.text, /(?:from|import|require)\s*\(?\s*["']node:/)
  })

  it("a Node built-in in a browser's bundle fails its build", async () => {
    const error = await bundle({ source: `import { readFileSync } from "node:fs"; console.log(readFileSync)` })
      .then(() => undefined, (error: unknown) => error)
    assert.match(String(error), /Could not resolve "node:fs"/)
  })

  it("holds the browser's modules, and none of Node's, of the server's or of the simulator's", () => {
    assert.include(example.modules, "packages/platform-browser/src/BrowserLogin.ts")
    assert.deepStrictEqual(
      example.modules.filter((path) =>
        /platform-node|core\/src\/testing|DiscordLogin|SessionCookie|effect\/dist\/http\/HttpServer/.test(path)
      ),
      []
    )
  })

  it("S24: nothing in it reads a client secret, or any other setting, from the environment", () => {
    assert.notMatch(example.text, environment)
  })

  it("S24: the reader of the environment is in the bundle of whoever asks for it", async () => {
    const { text } = await bundle({
      source: `import { DiscordConfig } from "@discord-oauth2/core"; console.log(DiscordConfig.layerConfig())`
    })
    assert.match(text, environment)
  })

  it("S35: sessionStorage is in it, localStorage is not", () => {
    assert.include(example.text, "sessionStorage")
    assert.notInclude(example.text, "localStorage")
  })

  it("weighs less than 122 kB gzipped, the page's own code included", () => {
    console.log(
      `examples/browser: ${(example.text.length / 1000).toFixed(1)} kB, ${
        (example.gzipped / 1000).toFixed(1)
      } kB gzipped`
    )
    assert.isBelow(example.gzipped, 122_000)
  })
})
