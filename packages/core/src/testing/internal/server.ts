/** Serves the API: routes a request, and applies faults, limits and the log. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { HttpServerError } from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { DiscordHttpApi } from "../../api/DiscordHttpApi.ts"
import type { ConnectionDropped } from "../SimulatorError.ts"
import type { LoggedRequest } from "../World.ts"
import * as answers from "./answers.ts"
import * as exchanges from "./exchange.ts"
import * as faults from "./faults.ts"
import * as applications from "./handlers/applications.ts"
import * as commands from "./handlers/commands.ts"
import * as guilds from "./handlers/guilds.ts"
import * as lobbies from "./handlers/lobbies.ts"
import * as monetization from "./handlers/monetization.ts"
import * as oauth2 from "./handlers/oauth2.ts"
import * as users from "./handlers/users.ts"
import * as middleware from "./middleware.ts"
import type { Simulation } from "./simulation.ts"

const layer = (simulation: Simulation) =>
  HttpApiBuilder.layer(DiscordHttpApi).pipe(
    Layer.provide([
      oauth2.layer(simulation),
      users.layer(simulation),
      guilds.layer(simulation),
      applications.layer(simulation),
      commands.layer(simulation),
      monetization.layer(simulation),
      lobbies.layer(simulation)
    ]),
    Layer.provide(middleware.layer(simulation)),
    Layer.provide(HttpServer.layerServices)
  )

const paths: ReadonlyArray<RegExp> = (() => {
  const found: Array<RegExp> = []
  HttpApi.reflect(DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint }) => {
      found.push(new RegExp(`^${endpoint.path.replace(/:\w+/g, "[^/]+")}$`))
    }
  })
  return found
})()

/** Responds with 405 if the path exists with another method, and else with 404. */
const noRoute = (error: HttpServerError, path: string): HttpServerResponse.HttpServerResponse =>
  answers.plain(error.reason._tag !== "RouteNotFound" ? 500 : paths.some((each) => each.test(path)) ? 405 : 404)

/** The log is bounded, because a demo may run for weeks. */
const logCapacity = 10_000

const toHeaders = (request: HttpServerRequest.HttpServerRequest): Readonly<Record<string, string>> => {
  const { authorization, ...headers } = request.headers
  return {
    ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    ...(authorization !== undefined && { authorization: authorization.split(" ", 1)[0] ?? "" })
  }
}

/** Returns whether the body is a form with files. Its handler reads it as a stream. */
const hasFiles = ({ headers, source }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["content-type"]?.toLowerCase().startsWith("multipart/") === true ||
  (HttpClientRequest.isHttpClientRequest(source) && source.body._tag === "FormData")

/** Makes the handler of the API under `/api`, with faults, limits and the log. */
export const make = Effect.fnUntraced(function*(simulation: Simulation, log: Array<LoggedRequest>) {
  const router = yield* HttpRouter.toHttpEffect(layer(simulation))

  return Effect.fnUntraced(function*(
    request: HttpServerRequest.HttpServerRequest,
    url: URL
  ): Effect.fn.Return<HttpServerResponse.HttpServerResponse, ConnectionDropped> {
    const [, version, path = "/"] = /^\/api(?:\/v(\d+))?(\/.*)?$/.exec(url.pathname) ?? []
    // A server reads the body of a request once, so the log and the handler share one request.
    const routedRequest = request.modify({ url: `${path}${url.search}` })
    const body = request.method === "GET" || request.method === "HEAD" || hasFiles(request)
      ? ""
      : yield* Effect.orElseSucceed(routedRequest.text, () => "")
    const exchange = exchanges.make(body, request.headers["content-type"])
    const at = yield* Clock.currentTimeMillis
    const routed = version !== undefined && version !== "10" && version !== "9"
      ? answers.error(400, "Invalid API version", 50041)
      : yield* router.pipe(
        Effect.provideService(HttpServerRequest.HttpServerRequest, routedRequest),
        Effect.provideService(exchanges.CurrentExchange, exchange),
        Effect.scoped,
        Effect.catch((error) => Effect.succeed(noRoute(error, path))),
        Effect.catchDefect((defect) => Effect.as(Effect.logError("The simulator failed", defect), answers.plain(500)))
      )
    const response = HttpServerResponse.setHeaders(routed, exchange.headers)
    const answered = faults.after(exchange.fault, response)
    const drops = exchange.fault?._tag === "DropBefore" || exchange.fault?._tag === "DropAfter"
    if (log.length >= logCapacity) log.shift()
    log.push({
      method: request.method,
      path: url.pathname,
      query: url.search,
      endpoint: exchange.endpoint,
      grantType: exchange.grantType,
      status: drops ? undefined : exchange.fault?._tag === "Html" ? exchange.fault.status ?? 200 : response.status,
      headers: toHeaders(request),
      body: Redacted.make(body),
      at
    })
    return yield* answered
  })
})
