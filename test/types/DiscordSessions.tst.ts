import type { AccessToken, DiscordSession, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "tstyche"
import { bearer, type In, recover, type Recovered, type TagsOf } from "./tags.ts"

declare const sessions: DiscordSessions.DiscordSessions["Service"]
declare const accessToken: AccessToken.AccessToken
declare const userId: Snowflake.UserId
declare const guildId: Snowflake.GuildId

test("the service has exactly these methods", () => {
  expect<keyof DiscordSessions.DiscordSessions["Service"]>().type.toBe<"open" | "get">()
})

describe("each method fails with exactly these errors, and Effect.catchTag accepts each tag", () => {
  test("open", () => {
    const tags = [...bearer, "InvalidAccessToken", "AccessTokenStoreError"] as const
    const call = sessions.open(accessToken)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<DiscordSession.DiscordSession | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })

  test("get: sends no request", () => {
    const tags = ["NotSignedIn", "AccessTokenStoreError"] as const
    const call = sessions.get(userId)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<DiscordSession.DiscordSession | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "NotSignedIn", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "DiscordTransportError", recover)
  })
})

test("get accepts only a user's id", () => {
  expect(sessions.get).type.not.toBeCallableWith(guildId)
  expect(sessions.get).type.not.toBeCallableWith("80351110224678912")
})
