import { Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("pages", () => {
  it.effect("currentUserGuilds reads pages of 200", () => {
    const calls: Array<Stub.Call> = []
    const guild = (n: number) => ({
      id: String(1000 + n),
      name: `guild ${n}`,
      icon: null,
      banner: null,
      owner: false,
      permissions: "0",
      features: []
    })
    const all = Array.from({ length: 450 }, (_, n) => guild(n))
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const guilds = yield* Stream.runCollect(session.currentUserGuilds())
      assert.deepStrictEqual(guilds.map(({ id }) => id), all.map(({ id }) => Snowflake.GuildId.make(id)))
      assert.deepStrictEqual(calls.map(({ query }) => query.toString()), [
        "limit=200",
        "after=1199&limit=200",
        "after=1399&limit=200"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ query }) => {
      const after = Number(query.get("after") ?? "0")
      return Effect.succeed({ body: all.filter(({ id }) => Number(id) > after).slice(0, 200) })
    })))
  })

  it.effect("entitlements and skuSubscriptions read pages of 100 with their filters", () => {
    const calls: Array<Stub.Call> = []
    const entitlement = (n: number) => ({
      id: String(1000 + n),
      sku_id: "1",
      application_id: Stub.clientId,
      type: 8,
      deleted: false,
      starts_at: null,
      ends_at: null
    })
    const subscription = (n: number) => ({
      id: String(1000 + n),
      user_id: Stub.userId,
      sku_ids: ["1"],
      renewal_sku_ids: null,
      entitlement_ids: [],
      current_period_start: "2024-08-27T19:48:44.406602+00:00",
      current_period_end: "2024-09-27T19:48:44.406602+00:00",
      status: 0,
      canceled_at: null
    })
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["applications.entitlements"] }))
      const owned = yield* Stream.runCollect(session.entitlements({ exclude_ended: true }))
      const subscribed = yield* Stream.runCollect(session.skuSubscriptions({ sku_id: Snowflake.SkuId.make("1") }))
      assert.deepStrictEqual([owned.length, subscribed.length], [150, 150])
      assert.deepStrictEqual(calls.map(({ path, query }) => `${path}?${query}`), [
        `/applications/${Stub.clientId}/entitlements?limit=100&exclude_ended=true`,
        `/applications/${Stub.clientId}/entitlements?after=1099&limit=100&exclude_ended=true`,
        "/skus/1/subscriptions?limit=100",
        "/skus/1/subscriptions?after=1099&limit=100"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ path, query }) => {
      const after = Number(query.get("after") ?? "0")
      const all = Array.from({ length: 150 }, (_, n) => path.startsWith("/skus") ? subscription(n) : entitlement(n))
      return Effect.succeed({ body: all.filter(({ id }) => Number(id) > after).slice(0, 100) })
    })))
  })
})
