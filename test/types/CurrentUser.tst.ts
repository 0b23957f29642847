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

test("the user is an id, a session of all calls and what the cookie holds", () => {
  expect<CurrentUser.CurrentUser["Service"]>().type.toBe<{
    readonly userId: Snowflake.UserId
    readonly session: DiscordSession.DiscordSession
    readonly cookie: SessionCookie.Session
  }>()
})

test("its layer takes the cookie and the sessions, and cannot fail", () => {
  expect(CurrentUser.layer()).type.toBe<
    Layer.Layer<CurrentUser.Authentication, never, SessionCookie.SessionCookie | DiscordSessions.DiscordSessions>
  >()
  expect(CurrentUser.layer).type.toBeCallableWith({ allowedOrigins: ["https://www.example"], checkOrigin: false })
  expect(CurrentUser.layer).type.not.toBeCallableWith({ allowedOrigins: "https://www.example" })
})

describe("a handler has the user where the middleware is, and only there", () => {
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

  test("with it, nothing but its layer is needed", () => {
    expect<Layer.Services<typeof withMine>>().type.toBe<CurrentUser.Authentication>()
  })

  test("without it, the request still lacks the user", () => {
    expect<Layer.Services<typeof withAll>>().type.toBe<
      CurrentUser.Authentication | HttpRouter.Request<"Requires", CurrentUser.CurrentUser>
    >()
  })
})

test("a derived client fails with the three errors on these endpoints, and on no others", () => {
  type Client = HttpApiClient.ForApi<typeof Api>
  type Mine = Effect.Error<ReturnType<Client["notes"]["mine"]>>
  type All = Effect.Error<ReturnType<Client["notes"]["all"]>>
  expect<Exclude<Mine, All>>().type.toBe<
    CurrentUser.Unauthenticated | CurrentUser.CrossSiteRequest | CurrentUser.SessionUnavailable
  >()
})
