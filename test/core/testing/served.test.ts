import { DiscordClient, DiscordError, OAuth2Client, User } from "@discord-oauth2/core"
import * as Discord from "@discord-oauth2/core/Discord"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { authorizeUrl, form, parameters, simulator } from "./raw.ts"

const origin = Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))

const served = Discord.layer().pipe(
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

interface Page {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly cookies: string
}

/** A browser that follows no redirect. */
const browse = (path: string, init: RequestInit = {}) =>
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

const consent = (parameters: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    return new URL(authorizeUrl(discord.application, { state: "s", ...parameters })).href
      .replace("https://discord.com", "")
  })

const csrfOf = ({ text }: Page) => /name="csrf" value="([^"]+)"/.exec(text)![1]!

const submit = (path: string, page: Page, fields: Readonly<Record<string, string>>, cookies = page.cookies) =>
  browse(path, {
    method: "POST",
    headers: { cookie: cookies, "content-type": "application/x-www-form-urlencoded" },
    body: form({ csrf: csrfOf(page), ...fields })
  })

describe("served over HTTP", () => {
  layer(served)((it) => {
    it.effect("the whole login works with the fetch client", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const oauth = yield* OAuth2Client.OAuth2Client
        const api = yield* DiscordClient.DiscordClient
        const started = yield* oauth.authorize({
          scopes: ["identify", "guilds"],
          redirectUri: discord.application.redirectUris[0]!
        })
        const { pathname, search } = new URL(started.url)
        assert.isTrue(started.url.startsWith(yield* origin))
        const page = yield* browse(`${pathname}${search}`)
        assert.strictEqual(page.status, 200)
        const [user] = yield* discord.users
        const answer = yield* submit(`${pathname}${search}`, page, { user_id: user!.id, decision: "approve" })
        assert.strictEqual(answer.status, 303)
        const token = yield* oauth.exchange(started, answer.headers.get("location")!)
        assert.strictEqual((yield* api.getCurrentUser({ accessToken: token })).id, user!.id)
        assert.lengthOf(yield* api.getCurrentUserGuilds({ accessToken: token, limit: 1 }), 1)
        const fresh = yield* oauth.refresh(token)
        yield* oauth.revoke(fresh)
        assert.instanceOf(
          yield* Effect.flip(api.getCurrentUser({ accessToken: fresh })),
          DiscordError.AccessTokenExpired
        )
      }))

    it.effect("a file arrives whole, and a request after it, too", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const api = yield* DiscordClient.DiscordClient
        const accessToken = yield* discord.issueToken({ scopes: ["identify"] })
        const upload = (bytes: Uint8Array<ArrayBuffer>) =>
          api.uploadApplicationAttachment({
            accessToken,
            application_id: discord.application.clientId,
            file: new File([bytes], "bytes.bin", { type: "application/octet-stream" })
          })
        const large = yield* upload(Uint8Array.from({ length: 200_000 }, (_, index) => index % 256))
        assert.deepInclude(large.attachment, {
          filename: "bytes.bin",
          size: 200_000,
          content_type: "application/octet-stream"
        })
        assert.strictEqual((yield* upload(new Uint8Array(0))).attachment.size, 0)
        assert.strictEqual((yield* api.getCurrentUser({ accessToken })).username, "nelly")
        yield* discord.fail(Fault.Status({ status: 503 }))
        assert.instanceOf(
          yield* Effect.flip(upload(new Uint8Array(200_000))),
          DiscordError.DiscordServerError,
          "a file that is not read is no obstacle"
        )
      }))

    it.effect("F32: the consent page names the application, the users and the scopes in words, escaped", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        yield* discord.addUser({ username: "eve", global_name: "<img src=x onerror=alert(1)>" })
        const { headers, text } = yield* browse(yield* consent({ scope: "identify guilds" }))
        assert.strictEqual(headers.get("content-type"), "text/html; charset=utf-8")
        assert.include(text, "&lt;Script&gt; &amp; Söhne")
        assert.notInclude(text, "<Script>")
        assert.include(text, "&lt;img src=x onerror=alert(1)&gt;")
        assert.notInclude(text, "<img src=x")
        assert.include(text, "Nelly")
        assert.include(text, "List the guilds of the user.")
        assert.include(text, "Read the user&#39;s account, without the email address.")
        assert.match(text, /<button id="authorize"[^>]*>Authorize<\/button>/)
        assert.match(text, /<button id="cancel"[^>]*>Cancel<\/button>/)
        assert.match(text, /<html lang="en">/)
        assert.notInclude(text, "<script")
      }))

    it.effect("its headers let nothing in and nobody frame it", () =>
      Effect.gen(function*() {
        const { headers, text } = yield* browse(yield* consent())
        const policy = headers.get("content-security-policy")!
        const nonce = /style-src 'nonce-([\w-]{43})'/.exec(policy)![1]!
        assert.include(text, `<style nonce="${nonce}">`)
        for (
          const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://127.0.0.1:3000"]
        ) assert.include(policy, part)
        assert.strictEqual(headers.get("x-frame-options"), "DENY")
        assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
        assert.strictEqual(headers.get("referrer-policy"), "no-referrer")
        assert.strictEqual(headers.get("cache-control"), "no-store")
        const [cookie] = headers.getSetCookie()
        assert.match(cookie!, /HttpOnly/)
        assert.match(cookie!, /SameSite=Lax/)
      }))

    it.effect("Cancel goes back with access_denied and the state", () =>
      Effect.gen(function*() {
        const path = yield* consent()
        const answer = yield* submit(path, yield* browse(path), { decision: "deny" })
        assert.strictEqual(answer.status, 303)
        assert.deepInclude(parameters(answer.headers.get("location")!), { error: "access_denied", state: "s" })
      }))

    it.effect("S21: a form from elsewhere is refused", () =>
      Effect.gen(function*() {
        const path = yield* consent()
        const page = yield* browse(path)
        const [user] = yield* (yield* simulator).users
        const fields = { decision: "approve", user_id: user!.id }
        assert.strictEqual((yield* submit(path, page, fields, "")).status, 403)
        assert.strictEqual((yield* submit(path, page, fields, "simulator_csrf=other")).status, 403)
        const wrong = yield* submit(path, page, { ...fields, csrf: "wrong" })
        assert.strictEqual(wrong.status, 403)
        assert.isNull(wrong.headers.get("location"))
        const second = yield* browse(path, { headers: { cookie: page.cookies } })
        assert.strictEqual(csrfOf(second), csrfOf(page), "a second tab does not make the first useless")
      }))

    it.effect("nobody signs in who does not exist", () =>
      Effect.gen(function*() {
        const path = yield* consent()
        const answer = yield* submit(path, yield* browse(path), { decision: "approve", user_id: "1" })
        assert.strictEqual(answer.status, 400)
      }))

    it.effect("bad client ids and redirect URIs are shown, and never redirected", () =>
      Effect.gen(function*() {
        for (
          const bad of [{ client_id: "1<script>" }, { redirect_uri: "https://evil.example/<script>" }, {
            client_id: ""
          }]
        ) {
          const page = yield* browse(yield* consent(bad))
          assert.strictEqual(page.status, 400)
          assert.isNull(page.headers.get("location"))
          assert.include(page.text, "role=\"alert\"")
          assert.notInclude(page.text, "<script>")
        }
      }))

    it.effect("a bad scope goes straight back", () =>
      Effect.gen(function*() {
        const { headers, status } = yield* browse(yield* consent({ scope: "nonsense" }))
        assert.strictEqual(status, 302)
        assert.deepInclude(parameters(headers.get("location")!), { error: "invalid_scope", state: "s" })
      }))

    it.effect("prompt=none skips the page for who allowed it before in this browser", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        yield* discord.revokeAuthorizations()
        const path = yield* consent({ scope: "connections", prompt: "none" })
        const page = yield* browse(path)
        assert.strictEqual(page.status, 200)
        const [user] = yield* discord.users
        const answer = yield* submit(path, page, { decision: "approve", user_id: user!.id })
        const again = yield* browse(path, { headers: { cookie: answer.cookies } })
        assert.strictEqual(again.status, 302)
        assert.property(parameters(again.headers.get("location")!), "code")
        assert.strictEqual((yield* browse(path)).status, 200, "another browser")
        const more = yield* browse(yield* consent({ scope: "connections email", prompt: "none" }), {
          headers: { cookie: answer.cookies }
        })
        assert.strictEqual(more.status, 200, "more scopes")
      }))

    it.effect("a bot's guild and a webhook's channel are chosen on the page", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const [, guild] = yield* discord.guilds
        const [user] = yield* discord.users
        const bot = yield* consent({ scope: "identify bot", permissions: "8" })
        const page = yield* browse(bot)
        assert.include(page.text, "Café Gemütlich")
        assert.include(page.text, "administrator")
        const added = yield* submit(bot, page, { decision: "approve", user_id: user!.id, place: guild!.id })
        assert.deepInclude(parameters(added.headers.get("location")!), { guild_id: guild!.id, permissions: "8" })
        const webhook = yield* consent({ scope: "webhook.incoming" })
        const channels = yield* browse(webhook)
        assert.include(channels.text, "Café Gemütlich #general")
        const place = `${guild!.id}:${guild!.channels[0]!.id}`
        const made = yield* submit(webhook, channels, { decision: "approve", user_id: user!.id, place })
        assert.property(parameters(made.headers.get("location")!), "code")
        const nowhere = yield* submit(webhook, channels, { decision: "approve", user_id: user!.id, place: "1:2" })
        assert.strictEqual(nowhere.status, 400)
      }))

    it.effect("an invitation ends on a page of its own", () =>
      Effect.gen(function*() {
        assert.include((yield* browse("/oauth2/authorized")).text, "You can close this page")
      }))

    it.effect("the CDN's images are drawn, so that a demo needs no network", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const base = yield* origin
        const [user] = yield* discord.users
        const [guild] = yield* discord.guilds
        const avatar = new URL(User.avatarUrl(user!, { baseUrl: base })).pathname
        const other = User.defaultAvatarUrl(user!, { baseUrl: base })
        for (const path of [avatar, new URL(other).pathname, `/icons/${guild!.id}/abc.png?size=64`]) {
          const image = yield* browse(path)
          assert.strictEqual(image.status, 200, path)
          assert.strictEqual(image.headers.get("content-type"), "image/svg+xml")
          assert.isTrue(image.text.startsWith("<svg "))
          assert.include(image.headers.get("content-security-policy"), "sandbox")
        }
        assert.include((yield* browse(avatar)).text, ">N</text>")
        assert.strictEqual((yield* browse("/avatars/1")).status, 404)
        assert.strictEqual((yield* browse("/avatars/1/a.png", { method: "POST" })).status, 404)
      }))

    it.effect("unknown paths and methods have Discord's body", () =>
      Effect.gen(function*() {
        const unknown = yield* browse("/api/v10/nonsense")
        assert.deepStrictEqual([unknown.status, unknown.text], [404, "{\"message\":\"404: Not Found\",\"code\":0}"])
        assert.strictEqual((yield* browse("/oauth2/authorize", { method: "DELETE" })).status, 405)
        assert.strictEqual((yield* browse("/api/v10/oauth2/token")).status, 405)
      }))

    it.effect("F1, F2: a dropped connection is one, before and after", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const api = yield* DiscordClient.DiscordClient
        const oauth = yield* OAuth2Client.OAuth2Client
        const accessToken = yield* discord.issueToken({ scopes: ["identify"] })
        for (const fault of [Fault.DropBefore(), Fault.DropAfter()]) {
          yield* discord.fail(fault)
          const error = yield* Effect.flip(api.getCurrentUser({ accessToken }))
          assert.instanceOf(error, DiscordError.DiscordTransportError)
          assert.isTrue(error.sent)
        }
        yield* discord.fail(Fault.DropAfter({ match: { grantType: "refresh_token" } }))
        assert.instanceOf(yield* Effect.flip(oauth.refresh(accessToken)), DiscordError.RefreshOutcomeUnknown)
        assert.instanceOf(yield* Effect.flip(oauth.refresh(accessToken)), DiscordError.InvalidRefreshToken)
        assert.strictEqual((yield* api.getCurrentUser({ accessToken })).username, "nelly")
      }))
  })
})

describe("served as a web handler", () => {
  it.effect("F2: a dropped connection breaks off in its body where the server shows no socket", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const { dispose, handler } = HttpRouter.toWebHandler(
        Layer.provide(DiscordSimulator.routes, Layer.succeed(simulator, discord)),
        { disableLogger: true }
      )
      const ask = () => handler(new Request("http://127.0.0.1/api/v10/users/@me"))
      yield* Effect.promise(async () => {
        assert.strictEqual((await ask()).status, 401)
      })
      yield* discord.fail(Fault.DropAfter())
      const body = yield* Effect.promise(() =>
        ask().then((response) => response.text()).then(() => "read", () => "broken")
      )
      assert.strictEqual(body, "broken")
      assert.deepStrictEqual((yield* discord.requests).map(({ status }) => status), [401, undefined])
      yield* Effect.promise(dispose)
    }).pipe(Effect.provide(DiscordSimulator.layer())))
})
