/**
 * Sign in with Discord, from the button to the sign-out, in a browser.
 *
 * `pnpm demo` brings a Discord of its own and needs neither an account nor a network. With DISCORD_CLIENT_ID and
 * DISCORD_CLIENT_SECRET set, the same application is at the real Discord. PORT is its port, 4000 by default.
 */
import { AccessTokenStore, Cdn, Discord, DiscordConfig, DiscordLogin, Pkce } from "@discord-oauth2/core"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createServer } from "node:http"
import * as app from "./app.ts"
import * as calls from "./calls.ts"
import * as simulated from "./simulated.ts"
import { Site } from "./site.ts"

/** The three routes of the login; a visitor who cancels comes back to the start. */
const login = (redirectUri: string) =>
  DiscordLogin.layer(Effect.map(Pkce.makeSecret, (key) => ({
    redirectUri,
    keys: [key],
    scopes: app.scopes,
    onError: ({ error, page }) =>
      Effect.succeed(
        error._tag === "AuthorizationDenied" ? HttpServerResponse.redirect(app.cancelled, { status: 303 }) : page
      )
  })))

/** What `NodeDiscord.layer` brings, with a client that notes its calls for the page. */
const discord = Discord.layer().pipe(
  Layer.provide(calls.layer),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provideMerge(Layer.merge(AccessTokenStore.layerMemory, NodeCrypto.layer))
)

/** The application that the environment names, at the real Discord. */
const real = Layer.merge(
  DiscordConfig.layerConfig(),
  Layer.succeed(Site, { images: Cdn.defaultBaseUrl, simulator: undefined })
)

type Where = typeof real | ReturnType<typeof simulated.layer>

const where = (isReal: boolean, redirectUri: string): Layer.Layer<Layer.Success<Where>, Layer.Error<Where>> =>
  isReal ? real : simulated.layer(redirectUri)

const announce = (origin: string, hint: string) => Layer.effectDiscard(Console.log(`${origin}\n${hint}`))

const demo = (isReal: boolean) =>
  Layer.unwrap(HttpServer.addressFormattedWith((origin) => {
    const redirectUri = `${origin}/auth/discord/callback`
    const hint = isReal
      ? `Discord is the real one: register ${redirectUri} as a redirect of your application.`
      : "Discord is simulated: sign in as anyone. Ctrl+C ends it."
    return Effect.succeed(
      Layer.merge(
        HttpRouter.serve(app.routes, { disableListenLog: true, disableLogger: true }),
        announce(origin, hint)
      ).pipe(
        Layer.provide(login(redirectUri)),
        Layer.provide(discord),
        Layer.provide(where(isReal, redirectUri))
      )
    )
  }))

const server = (port: number) => NodeHttpServer.layer(createServer, { host: "127.0.0.1", port })

/** The next port that nobody has: the simulator takes any redirect URI, and the real Discord the registered ones. */
const nextServer = (port: number): ReturnType<typeof server> =>
  server(port).pipe(Layer.catchTag("ServeError", () => nextServer(port + 1)))

const main = Effect.gen(function*() {
  const credentials = yield* Config.option(
    Config.all([Config.NonEmptyString("DISCORD_CLIENT_ID"), Config.NonEmptyString("DISCORD_CLIENT_SECRET")])
  )
  const port = yield* Config.withDefault(Config.Int("PORT"), 4000)
  const isReal = Option.isSome(credentials)
  return demo(isReal).pipe(Layer.provide(isReal ? server(port) : nextServer(port)))
})

NodeRuntime.runMain(Layer.launch(Layer.unwrap(main)))
