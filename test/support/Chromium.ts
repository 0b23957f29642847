/** Starts a real Chromium, with tabs that record their navigations and errors. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import { type Browser, type BrowserContext, chromium } from "playwright-core"

export const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium"

/** Without Chromium its tests are skipped, except in CI, which must install it. */
export const isSkipped = !existsSync(executablePath) && process.env.CI !== "true"

if (isSkipped) {
  console.log(`There is no Chromium at ${executablePath}: its tests are skipped. Install one, or set CHROMIUM_PATH.`)
}

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

export class Chromium extends Context.Service<Chromium, Browser>()("test/support/Chromium") {
  static readonly layer = Layer.effect(
    Chromium,
    Effect.acquireRelease(
      Effect.promise(() => chromium.launch({ executablePath, args, timeout: 300_000 })),
      (browser) => Effect.promise(() => browser.close())
    )
  )
}

/** Creates a separate browser context with its own cookies. */
export const makeContext = Effect.flatMap(Chromium, (browser) =>
  Effect.acquireRelease(
    Effect.promise(() => browser.newContext()),
    (context) => Effect.promise(() => context.close())
  ))

/** Opens a tab in the given browser context, or in a new one. */
export const makeTab = Effect.fnUntraced(function*(shared?: BrowserContext) {
  const context = shared ?? (yield* makeContext)
  const page = yield* Effect.promise(() => context.newPage())
  page.setDefaultTimeout(300_000)
  const requests: Array<URL> = []
  const complaints: Array<string> = []
  page.on("request", (request) => requests.push(new URL(request.url())))
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    // A browser requests an icon from every site, and the consent page has none.
    if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) complaints.push(message.text())
  })
  return { context, page, requests, complaints }
})
