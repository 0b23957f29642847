/** Runs the demo as with the real Discord: DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET are set. */
import { OAuth2Scope } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer, type Server } from "node:http"
import { runDemo, startDemo } from "./demo.ts"

const listen = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer()
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  )

const portOf = (server: Server) => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

/** The demo and the simulated Discord that it uses as the real one. */
class Demo extends Context.Service<Demo, {
  readonly url: string
  readonly lines: ReadonlyArray<string>
  readonly discord: DiscordSimulator.Service
}>()("test/flows/RealDemo") {
  static readonly layer = Layer.effect(
    Demo,
    Effect.gen(function*() {
      const redirectUris: Array<string> = []
      const services = yield* Layer.build(
        HttpRouter.serve(DiscordSimulator.routes, { disableLogger: true, disableListenLog: true }).pipe(
          Layer.provideMerge(DiscordSimulator.layer({ application: { redirectUris } })),
          Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
        )
      )
      const discord = Context.get(services, DiscordSimulator.DiscordSimulator)
      const origin = HttpServer.formatAddress(Context.get(services, HttpServer.HttpServer).address)
      const { lines, url } = yield* startDemo({
        DISCORD_CLIENT_ID: discord.application.clientId,
        DISCORD_CLIENT_SECRET: Redacted.value(discord.application.clientSecret),
        DISCORD_API_URL: `${origin}/api/v10`,
        DISCORD_AUTHORIZE_URL: `${origin}/oauth2/authorize`
      })
      redirectUris.push(`${url}/auth/discord/callback`)
      return { url, lines, discord }
    })
  )
}

/** Simulates a browser: keeps cookies and does not follow redirects. */
const makeBrowser = Effect.gen(function*() {
  const { discord, url } = yield* Demo
  const cookies = new Map<string, string>()
  const send = (path: string, init: RequestInit = {}) =>
    Effect.promise(async () => {
      const response = await fetch(new URL(path, url), {
        redirect: "manual",
        ...init,
        headers: { cookie: Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; "), ...init.headers }
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        if (value === "" || /max-age=0/i.test(cookie)) cookies.delete(name)
        else cookies.set(name, value)
      }
      return { status: response.status, headers: response.headers, text: await response.text() }
    })
  const location = (answer: Effect.Success<ReturnType<typeof send>>) => answer.headers.get("location") ?? ""
  const toCallback = (options?: DiscordSimulator.AuthorizeOptions) =>
    Effect.gen(function*() {
      const callback = yield* discord.authorize(location(yield* send("/auth/discord/login")), options)
      return yield* send(callback)
    })
  const post = (path: string) =>
    send(path, { method: "POST", headers: { "sec-fetch-site": "same-origin", origin: url } })
  const signIn = (options?: DiscordSimulator.AuthorizeOptions) =>
    Effect.map(toCallback(options), (answer) => assert.strictEqual(location(answer), "/"))
  return { send, post, location, toCallback, signIn, cookies }
})

const suite = layer(Demo.layer, { excludeTestServices: true, timeout: 600_000 })

suite("the demo at the real Discord", (it) => {
  it.effect("prints its URL and the redirect URI to register", () =>
    Effect.gen(function*() {
      const { lines, url } = yield* Demo
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.strictEqual(lines.length, 2)
      assert.include(lines[1] ?? "", `${url}/auth/discord/callback`)
    }))

  it.effect("S9, S13, S30: requests three scopes with state and PKCE", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { location, send } = yield* makeBrowser
      const { searchParams } = new URL(location(yield* send("/auth/discord/login")))
      assert.strictEqual(searchParams.get("client_id"), discord.application.clientId)
      assert.deepStrictEqual(OAuth2Scope.fromString(searchParams.get("scope") ?? ""), [
        "identify",
        "guilds",
        "connections"
      ])
      assert.strictEqual(searchParams.get("code_challenge_method"), "S256")
      assert.match(searchParams.get("state") ?? "", /^[\w-]{43}$/)
    }))

  it.effect("loads images from Discord's CDN, and shows no simulation and no button to expire the token", () =>
    Effect.gen(function*() {
      const { send, signIn } = yield* makeBrowser
      yield* signIn()
      const { headers, status, text } = yield* send("/")
      assert.strictEqual(status, 200)
      assert.include(text, "https://cdn.discordapp.com/avatars/")
      assert.include(headers.get("content-security-policy") ?? "", "img-src 'self' https://cdn.discordapp.com;")
      assert.notInclude(text, "Simulated")
      assert.notInclude(text, "/expire")
    }))

  it.effect("does not expire a token at the real Discord", () =>
    Effect.gen(function*() {
      const { post, send, signIn } = yield* makeBrowser
      yield* signIn()
      assert.strictEqual((yield* post("/expire")).status, 303)
      assert.include((yield* send("/")).text, "<dd id=\"refreshes\">not yet</dd>")
    }))

  it.effect("forbids scripts, frames, forms of other origins and caching", () =>
    Effect.gen(function*() {
      const { send } = yield* makeBrowser
      const { headers, text } = yield* send("/")
      const policy = headers.get("content-security-policy") ?? ""
      assert.isTrue(policy.startsWith("default-src 'none'; style-src 'self';"))
      for (const rule of ["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
        assert.include(policy, rule)
      }
      assert.notInclude(policy, "unsafe")
      assert.strictEqual(headers.get("cache-control"), "no-store")
      assert.strictEqual(headers.get("referrer-policy"), "no-referrer")
      assert.notMatch(text, /<script|style=|https?:\/\/(?!127)/)
    }))

  it.effect("shows names that contain HTML as text", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { send, signIn } = yield* makeBrowser
      const hostile = "<script>alert('1')</script>\"&"
      const escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"
      const user = yield* discord.addUser({ username: "mallory", global_name: hostile })
      yield* discord.addGuild({ name: hostile, owner_id: user.id, icon: "\"onerror=\"alert(1)" })
      yield* discord.addConnection(user, { type: "github", name: hostile })
      yield* discord.addConnection(user, { type: hostile, name: "x" })
      yield* signIn({ userId: user.id })
      const { text } = yield* send("/")
      // The title, the heading, the server, the connection and the unknown service.
      assert.strictEqual(text.split(escaped).length - 1, 5)
      assert.notInclude(text, "<script")
      assert.notInclude(text, "\"onerror")
    }))

  it.effect("shows a message for a user without avatar, servers and connections", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { send, signIn } = yield* makeBrowser
      const user = yield* discord.addUser({ username: "newcomer" })
      yield* signIn({ userId: user.id })
      const { text } = yield* send("/")
      assert.include(text, "<h1 id=\"name\">newcomer</h1>")
      assert.include(text, "You are not in any server.")
      assert.include(text, "You have no connected accounts.")
      assert.include(text, "https://cdn.discordapp.com/embed/avatars/")
    }))

  it.effect("shows the start page after Cancel, and an error page if Discord rejects the request", () =>
    Effect.gen(function*() {
      const { location, send, toCallback } = yield* makeBrowser
      const cancelled = yield* toCallback({ decision: "deny" })
      assert.strictEqual(cancelled.status, 303)
      assert.strictEqual(location(cancelled), "/?cancelled")
      assert.include((yield* send("/?cancelled")).text, "You cancelled.")

      const login = new URL(location(yield* send("/auth/discord/login")))
      const refused = yield* send(
        `/auth/discord/callback?error=server_error&state=${login.searchParams.get("state")}&iss=https://discord.com`
      )
      assert.strictEqual(refused.status, 503)
      assert.include(refused.text, "Discord cannot be reached")
    }))

  it.effect("shows an error while Discord fails, and the profile afterwards", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { send, signIn } = yield* makeBrowser
      yield* signIn()
      yield* discord.fail(Fault.Status({ match: { endpoint: "getCurrentUserConnections" }, status: 503, times: 4 }))
      const { status, text } = yield* send("/")
      assert.strictEqual(status, 502)
      assert.include(text, "<h1>Discord did not respond</h1>")
      assert.include((yield* send("/")).text, "<h1 id=\"name\">Nelly</h1>")
    }))

  it.effect("offers to sign in again after the user has removed the authorization at Discord", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { send, signIn } = yield* makeBrowser
      const user = yield* discord.addUser({ username: "leaver" })
      yield* signIn({ userId: user.id })
      yield* discord.revokeAuthorizations(user.id)
      const { status, text } = yield* send("/")
      assert.strictEqual(status, 200)
      assert.include(text, "Your session has ended.")
      assert.include(text, "Sign in with Discord")
    }))

  it.effect("S37: signing out revokes the token at Discord and ends the session", () =>
    Effect.gen(function*() {
      const { discord } = yield* Demo
      const { cookies, post, send, signIn } = yield* makeBrowser
      const user = yield* discord.addUser({ username: "visitor" })
      yield* signIn({ userId: user.id })
      const before = new Map(cookies)
      yield* discord.clearRequests
      assert.strictEqual((yield* post("/auth/discord/logout")).status, 303)
      assert.deepStrictEqual(
        (yield* discord.requests).map(({ endpoint, status }) => [endpoint, status]),
        [["revokeToken", 200]]
      )
      // A copy of the cookie from before the sign-out does not work either.
      for (const [name, value] of before) cookies.set(name, value)
      assert.notInclude((yield* send("/")).text, "visitor")
    }))

  it.effect("S21: another site cannot sign a user out", () =>
    Effect.gen(function*() {
      const { send, signIn } = yield* makeBrowser
      yield* signIn()
      const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" }
      assert.strictEqual((yield* send("/auth/discord/logout", { method: "POST", headers })).status, 403)
      assert.include((yield* send("/")).text, "<h1 id=\"name\">Nelly</h1>")
    }))
})

describe("the demo's port", () => {
  it.live("is the next free port with the simulator, and SIGINT stops the demo at once", () =>
    Effect.gen(function*() {
      const port = portOf(yield* listen(0))
      const { lines, stop, url } = yield* startDemo({ PORT: String(port) })
      assert.isAbove(Number(new URL(url).port), port)
      assert.isBelow(Number(new URL(url).port), port + 20)
      assert.include(lines[1] ?? "", "simulated")
      const { code, output } = yield* stop
      assert.strictEqual(code, 130)
      assert.deepStrictEqual(output.split("\n"), [...lines, ""])
    }))

  it.live("must be the registered port with the real Discord", () =>
    Effect.gen(function*() {
      const port = portOf(yield* listen(0))
      const { code, output } = yield* runDemo({
        PORT: String(port),
        DISCORD_CLIENT_ID: "157730590492196864",
        DISCORD_CLIENT_SECRET: "from the portal"
      })
      assert.strictEqual(code, 1)
      assert.include(output, "EADDRINUSE")
      assert.notInclude(output, "from the portal")
    }))
})
