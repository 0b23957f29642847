import { CurrentUser } from "@discord-oauth2/core"
import type { DiscordSession, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import type { SessionCookie } from "@discord-oauth2/core/login"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as HttpRouter from "effect/http/HttpRouter"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"

const Notes = HttpApiGroup.make("notes")
  .add(HttpApiEndpoint.get("mine", "/mine", { success: Schema.String }).middleware(CurrentUser.Authentication))
  .add(HttpApiEndpoint.get("all", "/all", { success: Schema.String }))

const Api = HttpApi.make("api").add(Notes)

const userId = Effect.map(CurrentUser.CurrentUser, ({ userId }) => userId)

test("CurrentUser has the user's id, a session with every call and the content of the cookie", () => {
  expect<CurrentUser.CurrentUser["Service"]>().type.toBe<{
    readonly userId: Snowflake.UserId
    readonly session: DiscordSession.DiscordSession
    readonly cookie: SessionCookie.Session
  }>()
})

test("the layer requires SessionCookie and DiscordSessions and cannot fail", () => {
  expect(CurrentUser.layer()).type.toBe<
    Layer.Layer<CurrentUser.Authentication, never, SessionCookie.SessionCookie | DiscordSessions.DiscordSessions>
  >()
  expect(CurrentUser.layer).type.toBeCallableWith({ allowedOrigins: ["https://www.example"], checkOrigin: false })
  expect(CurrentUser.layer).type.not.toBeCallableWith({ allowedOrigins: "https://www.example" })
})

describe("a handler can use CurrentUser only on an endpoint with the middleware", () => {
  const withMine = HttpApiBuilder.group(
    Api,
    "notes",
    (handlers) => handlers.handle("mine", () => userId).handle("all", () => Effect.succeed(""))
  )
  const withAll = HttpApiBuilder.group(
    Api,
    "notes",
    (handlers) => handlers.handle("mine", () => userId).handle("all", () => userId)
  )

  test("with the middleware, the group requires only its layer", () => {
    expect<Layer.Services<typeof withMine>>().type.toBe<CurrentUser.Authentication>()
  })

  test("without the middleware, the group still requires CurrentUser", () => {
    expect<Layer.Services<typeof withAll>>().type.toBe<
      CurrentUser.Authentication | HttpRouter.Request<"Requires", CurrentUser.CurrentUser>
    >()
  })
})

test("a derived client can fail with the three errors only on endpoints with the middleware", () => {
  type Client = HttpApiClient.ForApi<typeof Api>
  type Mine = Effect.Error<ReturnType<Client["notes"]["mine"]>>
  type All = Effect.Error<ReturnType<Client["notes"]["all"]>>
  expect<Exclude<Mine, All>>().type.toBe<
    CurrentUser.Unauthenticated | CurrentUser.CrossSiteRequest | CurrentUser.SessionUnavailable
  >()
})
