/** Serves examples/browser on one loopback origin and a simulated Discord on another, for a real Chromium. */
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { resolve } from "node:path"
import type { BrowserContext, Page } from "playwright-core"
import { makeContext } from "../support/Chromium.ts"
import { bundleExample, exampleFolder } from "./bundle.ts"

const promise = <A>(run: () => Promise<A>) => Effect.promise(run)

type File = { readonly type: string; readonly text: string }

/** Serves static files. `files` may change at any time. */
const serveFiles = Effect.fnUntraced(function*(files: Map<string, File>) {
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? "/", "http://localhost").pathname)
    response.writeHead(file === undefined ? 404 : 200, { "content-type": file?.type ?? "text/plain" })
    response.end(file?.text ?? "There is no such file.")
  })
  yield* Effect.acquireRelease(
    promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      promise(() =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
      )
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
})

/** Builds the bundle once for all sites. */
const example = Effect.runSync(Effect.cached(promise(bundleExample)))

const fromExample = (name: string) => readFileSync(resolve(exampleFolder, name), "utf8")

/**
 * Starts the two origins. The simulated Discord allows a page of the other origin only the headers of a form and of a
 * bearer call, like Discord. A request with another header fails in the preflight.
 */
export const makeSite = Effect.gen(function*() {
  const files = new Map<string, File>()
  const origin = yield* serveFiles(files)
  const services = yield* Layer.build(
    HttpRouter.serve(
      Layer.merge(
        DiscordSimulator.routes,
        HttpRouter.cors({
          allowedOrigins: [origin],
          allowedMethods: ["GET", "POST"],
          allowedHeaders: ["authorization", "content-type"]
        })
      ),
      { disableLogger: true, disableListenLog: true }
    ).pipe(
      Layer.provideMerge(
        DiscordSimulator.layer({ application: { public: true, redirectUris: [`${origin}/`, `${origin}/tabs`] } })
      ),
      Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
    )
  )
  const simulator = Context.get(services, DiscordSimulator.DiscordSimulator)
  const { address } = Context.get(services, HttpServer.HttpServer)
  const discordOrigin = `http://127.0.0.1:${"port" in address ? address.port : ""}`
  const { clientSecret: _, ...config } = simulator.config(discordOrigin)

  files.set("/", { type: "text/html; charset=utf-8", text: fromExample("index.html") })
  files.set("/style.css", { type: "text/css", text: fromExample("style.css") })
  files.set("/main.js", { type: "text/javascript", text: (yield* example).text })
  files.set("/config.json", { type: "application/json", text: JSON.stringify(config) })
  return { origin, discordOrigin, config, simulator, files }
})

/** A tab with the actions of a user and what the user sees. */
export const makeTab = Effect.fnUntraced(function*(site: Effect.Success<typeof makeSite>, shared?: BrowserContext) {
  const context = shared ?? (yield* makeContext)
  const page: Page = yield* promise(() => context.newPage())
  page.setDefaultTimeout(300_000)
  const callbacks: Array<string> = []
  const complaints: Array<string> = []
  page.on("request", (request) => {
    if (request.isNavigationRequest() && /[?&](code|error)=/.test(request.url())) callbacks.push(request.url())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  page.on("console", (message) => {
    // Errors of the consent page are not errors of this page.
    if (message.type() === "error" && page.url().startsWith(site.origin)) complaints.push(message.text())
  })

  const see = (id: string) => promise(() => page.locator(`#${id}`).waitFor({ state: "visible" }))
  const open = (url: string = site.origin) => promise(() => page.goto(url))
  const click = (id: string) => promise(() => page.locator(`#${id}`).click())
  const text = (id: string) => promise(() => page.locator(`#${id}`).innerText())

  return {
    page,
    context,
    /** The callbacks that the tab has opened, with their codes. */
    callbacks,
    /** The errors that the page logged, including violations of the Content Security Policy. */
    complaints,
    see,
    open,
    click,
    text,
    reload: promise(() => page.reload()),
    url: Effect.sync(() => page.url()),
    /** The content of the storages of the page's origin. */
    kept: promise(() =>
      page.evaluate(() => ({
        session: { ...sessionStorage } as Record<string, string>,
        local: { ...localStorage } as Record<string, string>,
        cookie: document.cookie
      }))
    ),
    /** Signs in through the consent page. */
    signIn: Effect.gen(function*() {
      yield* open()
      yield* click("sign-in")
      yield* click("authorize")
      yield* see("signed-in")
    })
  }
})
