import { DiscordError, Snowflake } from "@discord-oauth2/core"
import { RefreshEvent } from "@discord-oauth2/core/tokens"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

const key = {
  clientId: Snowflake.ApplicationId.make("157730590492196864"),
  userId: Snowflake.UserId.make("80351110224678912")
}

describe("RefreshEvent", () => {
  it("has an outcome in snake case", () => {
    const events = [
      RefreshEvent.Refreshed({ key }),
      RefreshEvent.SignedOut({ key, isRevoked: true }),
      RefreshEvent.Transient({ key, error: new DiscordError.AccessTokenStoreError({ operation: "get" }) })
    ]
    assert.deepStrictEqual(events.map(RefreshEvent.outcome), ["refreshed", "signed_out", "transient"])
  })

  it("is handled by its tag", () => {
    assert.isTrue(RefreshEvent.is("Adopted")(RefreshEvent.Adopted({ key })))
    assert.isFalse(RefreshEvent.is("Adopted")(RefreshEvent.Persisted({ key })))
  })

  it.effect("is counted by its outcome, and Coalesced by its callers", () =>
    Effect.gen(function*() {
      const count = (outcome: string) => Metric.value(Metric.withAttributes(RefreshEvent.metric, { outcome }))
      const adopted = yield* count("adopted")
      const coalesced = yield* count("coalesced")
      yield* RefreshEvent.count(RefreshEvent.Adopted({ key }))
      yield* RefreshEvent.count(RefreshEvent.Coalesced({ key, callers: 7 }))
      assert.strictEqual((yield* count("adopted")).count, adopted.count + 1)
      assert.strictEqual((yield* count("coalesced")).count, coalesced.count + 7)
    }))
})
