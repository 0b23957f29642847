import { AccessToken, DiscordLogin, type DiscordSession } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import { type Call, Calls } from "./calls.ts"
import * as page from "./page.ts"
import * as profile from "./profile.ts"
import { Site } from "./site.ts"

/** The scopes that the application requests. */
export const scopes = ["identify", "guilds", "connections"] as const

/** The path for visitors who pressed Cancel on Discord's page. */
export const cancelled = "/?cancelled"

/** Loads the data of the profile page, with concurrent calls. */
const load = Effect.fnUntraced(function*(session: DiscordSession.DiscordSession) {
  const calls: Array<Call> = []
  const { connections, guilds, user } = yield* Effect.all({
    user: session.getCurrentUser(),
    guilds: Stream.runCollect(session.currentUserGuilds()),
    connections: session.getCurrentUserConnections()
  }, { concurrency: "unbounded" }).pipe(Effect.provideService(Calls, calls))

  const token = yield* session.accessToken
  const refreshed = calls.some(({ path }) => path === "/oauth2/token")
  const refreshes = Number(token.data?.refreshes ?? 0) + (refreshed ? 1 : 0)
  if (refreshed) yield* session.setData({ refreshes })
  const timeLeft = yield* AccessToken.timeLeft(token)
  return { user, guilds, connections, token, timeLeft, refreshed, refreshes, calls }
})

const html = (text: string, status = 200) =>
  Effect.map(Site, ({ images }) =>
    HttpServerResponse.text(text, {
      status,
      contentType: "text/html; charset=utf-8",
      headers: {
        "cache-control": "no-store",
        "content-security-policy":
          `default-src 'none'; style-src 'self'; img-src 'self' ${images}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff"
      }
    }))

const signInAgain = ["AccessTokenExpired", "InvalidAccessToken", "InvalidRefreshToken", "NotSignedIn"] as const

const home = Effect.gen(function*() {
  const site = yield* Site
  const request = yield* HttpServerRequest
  const session = yield* DiscordLogin.currentSession
  if (Option.isNone(session)) {
    return yield* html(page.landing(site, { scopes, notice: request.url === cancelled ? "cancelled" : undefined }))
  }
  return yield* load(session.value).pipe(
    Effect.flatMap((loaded) => html(profile.page(site, loaded))),
    Effect.catchTag(signInAgain, () => html(page.landing(site, { scopes, notice: "ended" }))),
    Effect.catch((error) => html(page.problem(site, { title: "Discord did not respond", text: error.message }), 502))
  )
})

/** Expires the user's access token at the simulator: from now on it gets status 401. */
const expire = Effect.gen(function*() {
  const { simulator } = yield* Site
  const session = yield* DiscordLogin.currentSession
  if (simulator !== undefined && Option.isSome(session)) yield* simulator.expireAccessTokens(session.value.userId)
  return HttpServerResponse.redirect("/", { status: 303 })
})

const file = (name: string, contentType: string) =>
  HttpServerResponse.file(fileURLToPath(new URL(name, import.meta.url)), { contentType })

/** The routes of the application and of the login. */
export const routes = Layer.mergeAll(
  DiscordLogin.routes,
  HttpRouter.add("GET", "/", home),
  HttpRouter.add("POST", "/expire", expire),
  HttpRouter.add("GET", "/style.css", file("style.css", "text/css; charset=utf-8")),
  HttpRouter.add("GET", "/icon.svg", file("icon.svg", "image/svg+xml"))
)
