/**
 * Sign in with Discord in a browser, from the button to the sign-out.
 *
 * `pnpm demo` starts a simulated Discord and needs no account and no network. With DISCORD_CLIENT_ID and
 * DISCORD_CLIENT_SECRET set, the same application uses the real Discord. PORT sets the port, 4000 by default.
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

/** The three routes of the login. A visitor who cancels returns to the start page. */
const login = (redirectUri: string) =>
  DiscordLogin.layer(Effect.map(Pkce.makeSecret, (key) => ({
    redirectUri,
    keys: [key],
    scopes: app.scopes,
    onError: ({ error, page }) =>
      Effect.succeed(
        error._tag === "AuthorizationDenied" && error.error === "access_denied"
          ? HttpServerResponse.redirect(app.cancelled, { status: 303 })
          : page
      )
  })))

/** The same services as `NodeDiscord.layer`, with a client that records its calls for the page. */
const discord = Discord.layer().pipe(
  Layer.provide(calls.layer),
  Layer.provide(NodeHttpClient.layerUndici),
  Layer.provideMerge(Layer.merge(AccessTokenStore.layerMemory, NodeCrypto.layer))
)

/** The real Discord, with the application from the environment. */
const real = Layer.merge(
  DiscordConfig.layerConfig(),
  Layer.succeed(Site, { images: Cdn.defaultBaseUrl, simulator: undefined })
)

const demo = <E>(options: {
  readonly at: (redirectUri: string) => Layer.Layer<DiscordConfig.DiscordConfig | Site, E>
  readonly hint: (redirectUri: string) => string
}) =>
  Layer.unwrap(HttpServer.addressFormattedWith((origin) => {
    const redirectUri = `${origin}/auth/discord/callback`
    return Effect.succeed(
      HttpRouter.serve(app.routes, { disableListenLog: true, disableLogger: true }).pipe(
        Layer.tap(() => Console.log(`${origin}\n${options.hint(redirectUri)}`)),
        Layer.provide(login(redirectUri)),
        Layer.provide(discord),
        Layer.provide(options.at(redirectUri))
      )
    )
  }))

const server = (port: number) => NodeHttpServer.layer(createServer, { host: "127.0.0.1", port })

/** Listens on the first free port. For the simulator only: the real Discord accepts registered URLs only. */
const nextServer = (port: number): ReturnType<typeof server> =>
  server(port).pipe(Layer.catchTag("ServeError", () => port < 65_535 ? nextServer(port + 1) : server(0)))

const main = Effect.gen(function*() {
  const port = yield* Config.withDefault(Config.Int("PORT"), 4000)
  const credentials = yield* Config.option(
    Config.all([Config.NonEmptyString("DISCORD_CLIENT_ID"), Config.NonEmptyString("DISCORD_CLIENT_SECRET")])
  )
  return Option.isSome(credentials)
    ? demo({
      at: () => real,
      hint: (redirectUri) => `This is the real Discord: register ${redirectUri} as a redirect of your application.`
    }).pipe(Layer.provide(server(port)))
    : demo({
      at: simulated.layer,
      hint: () => "Discord is simulated: sign in as any of its users. Press Ctrl+C to stop."
    }).pipe(Layer.provide(nextServer(port)))
})

NodeRuntime.runMain(Layer.launch(Layer.unwrap(main)))
