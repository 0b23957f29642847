import { DiscordError, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as RefreshRuns from "../../../../packages/core/src/tokens/internal/refreshRuns.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const keyOf = (userId: string) => ({
  clientId: Snowflake.ApplicationId.make(Stub.clientId),
  userId: Snowflake.UserId.make(userId)
})
const key = keyOf(Stub.userId)
const refused = Stub.token({ access: "access-0", refresh: "refresh-0" })
const fresh = Stub.token({ access: "access-1", refresh: "refresh-1", seconds: 60 })
const success = Exit.succeed({ token: fresh, generation: 2 })
const outage = Exit.fail(new DiscordError.DiscordServerError({ status: 503, code: 0, message: "" }))
const dead = Exit.fail(new DiscordError.InvalidRefreshToken({ reason: "rejected" }))

const make = () => RefreshRuns.make(Duration.seconds(5))

describe("refreshRuns", () => {
  it("F46: the first caller starts the refresh of a token, the others join it and are counted", () => {
    const runs = make()
    const { isNew, run } = runs.join(key, refused, 0)
    assert.isTrue(isNew)
    for (let caller = 2; caller <= 10; caller++) {
      assert.deepStrictEqual(runs.join(key, refused, 3_600_000), { run, isNew: false })
      assert.strictEqual(run.callers, caller)
    }
    assert.deepStrictEqual(runs.all(), [run])
  })

  it("another token of the user, and another user, have refreshes of their own", () => {
    const runs = make()
    const one = runs.join(key, refused, 0)
    const two = runs.join(key, fresh, 0)
    const three = runs.join(keyOf("2"), refused, 0)
    assert.isTrue(one.isNew && two.isNew && three.isNew)
    assert.strictEqual(runs.all().length, 3)
    runs.end(one.run, success, 0, 0)
    assert.deepStrictEqual(runs.all(), [two.run, three.run])
  })

  for (
    const [name, exit] of [["a success", success], ["a dead grant", dead], ["a defect", Exit.die("defect")]] as const
  ) {
    it(`${name} leaves no entry: the next caller starts another refresh`, () => {
      const runs = make()
      runs.end(runs.join(key, refused, 0).run, exit, 0, 0)
      assert.deepStrictEqual(runs.all(), [])
      assert.isTrue(runs.join(key, refused, 0).isNew)
    })
  }

  it("F4: a temporary failure is kept for the cooldown, and its callers are not counted", () => {
    const runs = make()
    const { run } = runs.join(key, refused, 1000)
    runs.end(run, outage, 2000, 0)
    assert.deepStrictEqual(runs.join(key, refused, 6999), { run, isNew: false })
    assert.strictEqual(run.callers, 1)
    assert.isTrue(runs.has(key, refused, 6999))
    assert.isFalse(runs.has(key, refused, 7000))
    assert.isTrue(runs.join(key, refused, 7000).isNew)
  })

  it.effect("F19: a new token that has expired already is kept as the outcome of its own refresh, for the cooldown", () =>
    Effect.gen(function*() {
      const runs = make()
      const expiry = fresh.expires_at.epochMilliseconds
      runs.end(runs.join(key, refused, 0).run, success, 2000, expiry)
      assert.isFalse(runs.has(key, refused, 2000))
      const { isNew, run } = runs.join(key, fresh, 6999)
      assert.isFalse(isNew)
      assert.strictEqual((yield* Deferred.await(run.outcome)).token, fresh)
      assert.isTrue(runs.join(key, fresh, 7000).isNew)
    }))

  it("a new token that expires a millisecond later is not kept", () => {
    const runs = make()
    runs.end(runs.join(key, refused, 0).run, success, 2000, fresh.expires_at.epochMilliseconds - 1)
    assert.deepStrictEqual(runs.all(), [])
  })

  it("failures that nobody asks for again are removed when the table has doubled; refreshes that run are not", () => {
    const runs = make()
    const { run: running } = runs.join(key, refused, 0)
    for (let user = 1; user < 1000; user++) runs.end(runs.join(keyOf(`${user}`), refused, 0).run, outage, 0, 0)
    assert.strictEqual(runs.all().length, 1000)
    const { run } = runs.join(keyOf("1000"), refused, 5000)
    assert.deepStrictEqual(runs.all(), [running, run])
  })
})
