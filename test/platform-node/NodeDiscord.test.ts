import {
  AccessTokenStore,
  DiscordClient,
  DiscordError,
  DiscordLogin,
  DiscordSessions,
  OAuth2Client
} from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { createServer } from "node:http"
import * as Browser from "../support/Browser.ts"
import * as RecordingTracer from "../support/recordingTracer.ts"
import * as Stub from "../support/StubDiscord.ts"

const clientId = "157730590492196864"

const environment = (env: Record<string, string>) =>
  Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const url = Effect.map(
  HttpServer.HttpServer,
  ({ address }) => address._tag === "InetAddressV4" ? `http://127.0.0.1:${address.port}` : assert.fail("no port")
)

const listen = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
const quiet = { disableLogger: true, disableListenLog: true }

/** A real server on a port of its own, for the rest of the test. */
const serve = <E>(routes: Layer.Layer<never, E, HttpRouter.HttpRouter>) =>
  Effect.gen(function*() {
    const context = yield* Layer.build(listen)
    yield* Layer.build(HttpRouter.serve(routes, quiet).pipe(Layer.provide(Layer.succeedContext(context))))
    return yield* Effect.provide(url, context)
  })

describe("NodeDiscord", () => {
  it.live("signs in over real sockets: the application, its client on undici, and a Discord", () =>
    Effect.gen(function*() {
      const { spans, tracer } = RecordingTracer.make()
      const simulated = yield* Layer.build(DiscordSimulator.layer())
      const simulator = yield* Effect.provide(DiscordSimulator.DiscordSimulator, simulated)
      const discord = yield* serve(DiscordSimulator.routes.pipe(Layer.provide(Layer.succeedContext(simulated))))

      const listening = yield* Layer.build(listen)
      const origin = yield* Effect.provide(url, listening)
      const redirectUri = `${origin}/auth/discord/callback`
      const application = yield* simulator.addApplication({ redirectUris: [redirectUri] })
      const Me = HttpRouter.add(
        "GET",
        "/me",
        Effect.gen(function*() {
          const session = yield* DiscordLogin.currentSession
          if (Option.isNone(session)) return HttpServerResponse.text("nobody")
          return HttpServerResponse.text((yield* session.value.getCurrentUser()).username)
        })
      )
      yield* Layer.build(
        HttpRouter.serve(Layer.merge(DiscordLogin.routes, Me), quiet).pipe(
          Layer.provide(DiscordLogin.layer({
            redirectUri,
            keys: [Redacted.make("planted-cookie-key-of-more-than-32-bytes")]
          })),
          Layer.provide(NodeDiscord.layer({
            ...simulator.config(discord),
            clientId: application.clientId,
            clientSecret: application.clientSecret
          })),
          Layer.provide(Layer.succeedContext(listening)),
          Layer.provide(Layer.succeed(Tracer.Tracer, tracer))
        )
      )

      const browser = Browser.make((request) => fetch(request), origin)
      const { location } = yield* browser.get("/auth/discord/login?returnTo=/me")
      const callback = yield* simulator.authorize(location ?? "")
      const answer = yield* browser.get(callback)
      assert.deepStrictEqual([answer.status, answer.location], [303, "/me"])
      const [user] = yield* simulator.users
      assert.strictEqual((yield* browser.get("/me")).body, user?.username)

      // S33
      const full = spans.map(({ attributes }) => String(attributes.get("url.full"))).filter((url) =>
        url.includes("code=")
      )
      assert.deepStrictEqual(full.map((url) => new URL(url).searchParams.get("code")), ["REDACTED"])
      const code = new URL(callback).searchParams.get("code") ?? ""
      assert.isFalse(spans.some(({ attributes }) => JSON.stringify(Array.from(attributes)).includes(code)))

      assert.strictEqual((yield* browser.post("/auth/discord/logout")).status, 303)
      assert.strictEqual((yield* browser.get("/me")).body, "nobody")
      const endpoints = (yield* simulator.requests).map(({ endpoint }) => endpoint)
      assert.deepStrictEqual(endpoints, [
        "exchangeToken",
        "getCurrentAuthorizationInformation",
        "getCurrentUser",
        "revokeToken"
      ])
    }).pipe(Effect.scoped))

  it.live("F11, S26: a redirect of the token endpoint is not followed, and the credentials stay", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const other = yield* serve(
        HttpRouter.add("*", "/*", (request) => {
          seen.push(request.url)
          return Effect.succeed(HttpServerResponse.jsonUnsafe({}))
        })
      )
      for (const status of [302, 307]) {
        const discord = yield* serve(
          HttpRouter.add("*", "/*", HttpServerResponse.redirect(`${other}/stolen`, { status }))
        )
        const error = yield* Effect.flatMap(
          OAuth2Client.OAuth2Client,
          (oauth) => oauth.exchangeCode({ code: Redacted.make("code"), redirectUri: "https://app.example/callback" })
        ).pipe(
          Effect.flip,
          Effect.provide(NodeDiscord.layer({ clientId, clientSecret: Redacted.make("s"), apiUrl: discord }))
        )
        assert.strictEqual(error._tag, "UnexpectedStatus")
      }
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.scoped))

  it.live("S33: a token that no header can hold is not sent, and not shown", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      for (const token of ["planted\r\nx-evil: 1", "planted\u0000", "planted-ü"]) {
        const error = yield* Effect.flip(api.getCurrentUser({ accessToken: Redacted.make(token) }))
        assert.strictEqual(error._tag === "DiscordTransportError" && !error.sent, true)
        assert.notInclude(`${error.message} ${JSON.stringify(error)} ${error.stack}`, "planted")
      }
    }).pipe(Effect.provide(NodeDiscord.layer({ clientId, apiUrl: "http://127.0.0.1:1" }))))

  it.live("F1: a connection that is refused was not sent", () =>
    Effect.gen(function*() {
      const gone = yield* Effect.scoped(serve(HttpRouter.add("GET", "/", HttpServerResponse.empty())))
      const error = yield* Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) =>
        oauth.exchangeCode({ code: Redacted.make("code"), redirectUri: "https://app.example/callback" })).pipe(
          Effect.flip,
          Effect.provide(NodeDiscord.layer({ clientId, apiUrl: gone }))
        )
      assert.instanceOf(error, DiscordError.DiscordTransportError)
      assert.isFalse(error.sent)
    }))

  it.effect("layerConfig reads the environment", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const { url } = yield* oauth.authorize({ scopes: ["identify"], redirectUri: "https://app.example/callback" })
      const parameters = new URL(url).searchParams
      assert.strictEqual(parameters.get("client_id"), clientId)
      assert.isTrue(url.startsWith("http://127.0.0.1:1/authorize?"))
    }).pipe(
      Effect.provide(NodeDiscord.layerConfig()),
      Effect.provide(environment({
        DISCORD_CLIENT_ID: clientId,
        DISCORD_CLIENT_SECRET: "planted-secret",
        DISCORD_AUTHORIZE_URL: "http://127.0.0.1:1/authorize"
      }))
    ))

  it.effect("without a client id the error says what to set, and shows no secret", () =>
    Effect.gen(function*() {
      for (
        const [env, named] of [
          [{ DISCORD_CLIENT_SECRET: "planted-secret" }, "DISCORD_CLIENT_ID"],
          [{ DISCORD_CLIENT_SECRET: "planted-secret", DISCORD_CLIENT_ID: "" }, "DISCORD_CLIENT_ID"],
          [{ DISCORD_CLIENT_SECRET: "planted-secret", DISCORD_CLIENT_ID: "my application" }, "Application ID"]
        ] as const
      ) {
        const error = yield* DiscordSessions.DiscordSessions.pipe(
          Effect.provide(NodeDiscord.layerConfig()),
          Effect.provide(environment(env)),
          Effect.flip
        )
        assert.instanceOf(error, DiscordError.DiscordConfigurationError)
        assert.include(error.message, named)
        assert.notInclude(JSON.stringify(error), "planted")
        assert.notInclude(String(error), "planted")
      }
    }))

  it.effect("a config of one's own fails with its own error", () =>
    Effect.gen(function*() {
      const error = yield* DiscordSessions.DiscordSessions.pipe(
        Effect.provide(NodeDiscord.layerConfig({ config: { clientId: Config.String("MY_ID") } })),
        Effect.provide(environment({})),
        Effect.flip
      )
      assert.instanceOf(error, Config.ConfigError)
      assert.include(error.message, "MY_ID")
    }))

  it.effect("config takes the place of the environment's names", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const { url } = yield* oauth.authorize({ scopes: ["identify"], redirectUri: "https://app.example/callback" })
      assert.strictEqual(new URL(url).searchParams.get("client_id"), clientId)
    }).pipe(
      Effect.provide(NodeDiscord.layerConfig({ config: { clientId: Config.String("MY_ID") } })),
      Effect.provide(environment({ MY_ID: clientId }))
    ))

  it.effect("store takes the place of the memory", () =>
    Effect.gen(function*() {
      const mine = yield* Effect.provide(AccessTokenStore.AccessTokenStore, AccessTokenStore.layerMemory)
      const used = yield* Effect.provide(
        AccessTokenStore.AccessTokenStore,
        NodeDiscord.layer({ clientId, store: Layer.succeed(AccessTokenStore.AccessTokenStore, mine) })
      )
      assert.strictEqual(used, mine)
    }))

  it.effect("an application gives a client of its own, and sees every call", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const user = yield* api.getCurrentUser({ accessToken: Stub.token() })
      assert.strictEqual(user.username, "nelly")
      assert.deepStrictEqual(calls.map(({ path }) => path), ["/users/@me"])
    }).pipe(Effect.provide(NodeDiscord.layer({
      clientId,
      httpClient: Layer.succeed(
        HttpClient.HttpClient,
        Stub.httpClient(calls, () => Effect.succeed({ body: Stub.user }))
      )
    })))
  })
})
