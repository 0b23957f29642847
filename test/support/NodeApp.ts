/** The routes of the login on Node's HTTP server, with the Discord that a test names. */
import { DiscordLogin } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import * as Browser from "./Browser.ts"

export const keys = [Redacted.make("planted-cookie-key-of-more-than-32-bytes")]

/** Responds with the signed-in user, as Discord returns it. */
export const Me = HttpRouter.add(
  "GET",
  "/me",
  Effect.gen(function*() {
    const session = yield* DiscordLogin.currentSession
    if (Option.isNone(session)) return HttpServerResponse.text("nobody")
    return HttpServerResponse.text((yield* session.value.getCurrentUser()).id)
  }).pipe(Effect.catch(({ _tag }) => Effect.succeed(HttpServerResponse.text(_tag))))
)

/** Reserves a loopback port, so that its origin is known before the application starts. */
export const listen = Effect.gen(function*() {
  const listening = yield* Layer.build(Layer.fresh(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })))
  const { address } = yield* Effect.provide(HttpServer.HttpServer, listening)
  const origin = address._tag === "InetAddressV4" ? `http://127.0.0.1:${address.port}` : assert.fail("no port")
  return { listening, origin, redirectUri: `${origin}/auth/discord/callback` }
})

/** Serves the application on the port and creates browsers for it. */
export const serve = Effect.fnUntraced(function*(
  { listening, origin, redirectUri }: Effect.Success<typeof listen>,
  discord: NodeDiscord.Options,
  options?: Partial<DiscordLogin.Options>
) {
  yield* Layer.build(
    HttpRouter.serve(Layer.merge(DiscordLogin.routes, Me), { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provide(DiscordLogin.layer({ redirectUri, keys, ...options })),
      Layer.provide(NodeDiscord.layer(discord)),
      Layer.provide(Layer.succeedContext(listening))
    )
  )
  return { open: () => Browser.make((request) => fetch(request), origin) }
})
