/** Checks what a bundle of browser code contains. */
import { assert, describe, it } from "@effect/vitest"
import { bundle, bundleExample } from "./bundle.ts"

/** A name that occurs only in the code that reads the environment. */
const environment = /DISCORD_API_URL|DISCORD_AUTHORIZE_URL|DISCORD_ISSUER|\(\s*["'`]DISCORD_CLIENT_SECRET["'`]/

describe("the bundle of examples/browser", async () => {
  const example = await bundleExample()

  it("imports no Node built-in and no other file", () => {
    assert.deepStrictEqual(example.imports, [])
    assert.notMatch(example.text, /(?:from|import|require)\s*\(?\s*["']node:/)
  })

  it("the build fails with a Node built-in in the bundle", async () => {
    const error = await bundle({ source: `import { readFileSync } from "node:fs"; console.log(readFileSync)` })
      .then(() => undefined, (error: unknown) => error)
    assert.match(String(error), /Could not resolve "node:fs"/)
  })

  it("contains the browser's modules, and none of Node, of the server or of the simulator", () => {
    assert.include(example.modules, "packages/platform-browser/src/BrowserLogin.ts")
    assert.deepStrictEqual(
      example.modules.filter((path) =>
        /platform-node|core\/src\/testing|DiscordLogin|SessionCookie|effect\/dist\/http\/HttpServer/.test(path)
      ),
      []
    )
  })

  it("S24: reads no client secret and no other setting from the environment", () => {
    assert.notMatch(example.text, environment)
  })

  it("S24: control: a bundle that reads the environment contains the reader", async () => {
    const { text } = await bundle({
      source: `import { DiscordConfig } from "@discord-oauth2/core"; console.log(DiscordConfig.layerConfig())`
    })
    assert.match(text, environment)
  })

  it("S35: uses sessionStorage and not localStorage", () => {
    assert.include(example.text, "sessionStorage")
    assert.notInclude(example.text, "localStorage")
  })

  it("is smaller than 122 kB gzipped, with the page's own code", () => {
    console.log(
      `examples/browser: ${(example.text.length / 1000).toFixed(1)} kB, ${
        (example.gzipped / 1000).toFixed(1)
      } kB gzipped`
    )
    assert.isBelow(example.gzipped, 122_000)
  })
})
