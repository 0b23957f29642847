import { DiscordClient, DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { simulator } from "./raw.ts"
import { browse, origin, served, submit } from "./served.ts"

layer(served)("served over HTTP", (it) => {
  it.effect("completes a login with the fetch client", () =>
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

  it.effect("receives a file completely, and the request after it", () =>
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
        "a fault does not need to read the file"
      )
    }))

  it.effect("responds to unknown paths and methods as Discord does", () =>
    Effect.gen(function*() {
      const unknown = yield* browse("/api/v10/nonsense")
      assert.deepStrictEqual([unknown.status, unknown.text], [404, "{\"message\":\"404: Not Found\",\"code\":0}"])
      assert.strictEqual((yield* browse("/oauth2/authorize", { method: "DELETE" })).status, 405)
      assert.strictEqual((yield* browse("/api/v10/oauth2/token")).status, 405)
    }))

  it.effect("F1, F2: destroys the connection with DropBefore and DropAfter", () =>
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

describe("served as a web handler", () => {
  it.effect("F2: breaks the response body off when the server has no socket to destroy", () =>
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
