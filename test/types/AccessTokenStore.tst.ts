import { type AccessToken, AccessTokenStore, type Snowflake } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { describe, expect, test } from "tstyche"
import { recover, type Recovered, type TagsOf } from "./tags.ts"

declare const store: AccessTokenStore.AccessTokenStore["Service"]
declare const accessToken: AccessToken.AccessToken
declare const key: AccessTokenStore.Key
declare const clientId: Snowflake.ApplicationId
declare const userId: Snowflake.UserId
declare const guildId: Snowflake.GuildId

test("the service has exactly these methods", () => {
  expect<keyof AccessTokenStore.AccessTokenStore["Service"]>().type.toBe<
    "get" | "put" | "replace" | "remove" | "removeGeneration" | "list" | "count" | "removeAll" | "lock" | "grace"
  >()
})

describe("each method fails only with AccessTokenStoreError", () => {
  test("get", () => {
    const call = store.get(key)
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError">()
    expect(Effect.catchTag(call, "AccessTokenStoreError", recover)).type.toBe<
      Effect.Effect<Option.Option<AccessTokenStore.StoredToken> | Recovered>
    >()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })

  test("put", () => {
    const call = store.put(key, accessToken)
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError">()
    expect(Effect.catchTag(call, "AccessTokenStoreError", recover)).type.toBe<
      Effect.Effect<AccessTokenStore.StoredToken | Recovered>
    >()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "TokenNotPersisted", recover)
  })

  test("replace", () => {
    const call = store.replace(key, 1, { token: accessToken })
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError">()
    expect(Effect.catchTag(call, "AccessTokenStoreError", recover)).type.toBe<
      Effect.Effect<Option.Option<AccessTokenStore.StoredToken> | Recovered>
    >()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "TokenNotPersisted", recover)
  })

  test("remove", () => {
    const call = store.remove(key)
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError">()
    expect(Effect.catchTag(call, "AccessTokenStoreError", recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })

  test("removeGeneration", () => {
    const call = store.removeGeneration(key, 1)
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError">()
    expect(Effect.catchTag(call, "AccessTokenStoreError", recover)).type.toBe<Effect.Effect<boolean | Recovered>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })

  test("withLock adds AccessTokenStoreError to the errors of the effect", () => {
    const never = AccessTokenStore.withLock(store, key)(Effect.succeed(1))
    expect<TagsOf<typeof never>>().type.toBe<"AccessTokenStoreError">()
    const call = AccessTokenStore.withLock(store, key)(Effect.fail({ _tag: "Own" } as const))
    expect<TagsOf<typeof call>>().type.toBe<"AccessTokenStoreError" | "Own">()
    expect(Effect.catchTag(call, ["AccessTokenStoreError", "Own"], recover)).type.toBe<Effect.Effect<Recovered>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })
})

test("a key has an application's id and a user's id, which cannot be swapped", () => {
  expect(store.get).type.toBeCallableWith({ clientId, userId })
  expect(store.get).type.not.toBeCallableWith({ clientId: userId, userId: clientId })
  expect(store.get).type.not.toBeCallableWith({ clientId, userId: guildId })
  expect(store.get).type.not.toBeCallableWith({ userId })
})
