// Your own API, with the signed-in user in its handlers. A Worker, Hono or Next calls `handler`.

import { CurrentUser, DiscordLogin, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { NodeCrypto } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Schema } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

const Greetings = HttpApiGroup.make("greetings").add(
  HttpApiEndpoint.get("greet", "/api/greeting", { success: Schema.String })
).middleware(CurrentUser.Authentication)
const Api = HttpApi.make("api").add(Greetings)

const greet = Effect.fn(function*() {
  const { session } = yield* CurrentUser.CurrentUser
  return `Hello, ${User.displayName(yield* Effect.orDie(session.getCurrentUser()))}`
})
const Handlers = HttpApiBuilder.group(Api, "greetings", (handlers) => handlers.handle("greet", greet))

const redirectUri = "https://app.example/auth/discord/callback"
const Login = DiscordLogin.layer({ redirectUri, keys: [Redacted.make("32 random bytes, from the environment")] })
const ApiRoutes = HttpApiBuilder.layer(Api).pipe(Layer.provide(Handlers), Layer.provide(CurrentUser.layer()))
const App = Layer.merge(ApiRoutes, DiscordLogin.routes).pipe(Layer.provide([Login, HttpServer.layerServices]))

const program = Effect.gen(function*() {
  const { authorize } = yield* DiscordSimulator.DiscordSimulator
  const services = Layer.succeedContext(yield* Effect.context<Layer.Success<typeof Discord>>())
  const { handler } = HttpRouter.toWebHandler(Layer.provide(App, services), { disableLogger: true })
  const get = Effect.fn(function*(path: string, cookie = "") {
    const request = new Request(new URL(path, redirectUri), { headers: { cookie: cookie.replace(/;.*/, "") } })
    const { body, headers, status } = yield* Effect.promise(() => handler(request))
    yield* Console.log(status, yield* Effect.promise(() => new Response(body).text()))
    return { location: headers.get("location") ?? "", cookie: headers.getSetCookie()[0] }
  })
  yield* get("/api/greeting")
  const login = yield* get("/auth/discord/login")
  const signedIn = yield* get(yield* authorize(login.location), login.cookie)
  yield* get("/api/greeting", signedIn.cookie)
})

const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })
await Effect.runPromise(Effect.provide(program, Layer.provideMerge(Discord, NodeCrypto.layer)))
