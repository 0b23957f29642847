/** The simulator behind an HTTP server, and a browser that opens its pages. */
import * as Discord from "@discord-oauth2/core/Discord"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { authorizeUrl, form, simulator } from "./raw.ts"

/** The origin of the server. */
export const origin = Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))

/** Serves the simulator over HTTP, and provides a client of it. */
export const served = Discord.layer().pipe(
  Layer.provideMerge(Layer.mergeAll(
    Layer.unwrap(Effect.map(origin, DiscordSimulator.layerConfigAt)),
    AccessTokenStore.layerMemory,
    SecureRandom.layerWebCrypto,
    Digest.layerWebCrypto
  )),
  Layer.provideMerge(HttpRouter.serve(DiscordSimulator.routes, { disableListenLog: true, disableLogger: true })),
  Layer.provideMerge(Layer.mergeAll(
    NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" }),
    FetchHttpClient.layer,
    DiscordSimulator.layer({ application: { name: "<Script> & Söhne" } })
  ))
)

/** A response to the browser. */
export interface Page {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly cookies: string
}

/** Requests a page as a browser does, without following redirects. */
export const browse = (path: string, init: RequestInit = {}) =>
  Effect.flatMap(origin, (base) =>
    Effect.promise(async (): Promise<Page> => {
      const response = await fetch(new URL(path, base), { redirect: "manual", ...init })
      return {
        status: response.status,
        headers: response.headers,
        text: await response.text(),
        cookies: response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0]).join("; ")
      }
    }))

/** The path of the consent page. */
export const consent = (parameters: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    return new URL(authorizeUrl(discord.application, { state: "s", ...parameters })).href
      .replace("https://discord.com", "")
  })

/** The CSRF token in a page's form. */
export const csrfOf = ({ text }: Page) => /name="csrf" value="([^"]+)"/.exec(text)![1]!

/** Submits the form of a page. */
export const submit = (path: string, page: Page, fields: Readonly<Record<string, string>>, cookies = page.cookies) =>
  browse(path, {
    method: "POST",
    headers: { cookie: cookies, "content-type": "application/x-www-form-urlencoded" },
    body: form({ csrf: csrfOf(page), ...fields })
  })
