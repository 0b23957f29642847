/** Several servers of one application: what one of them has done, the others know. */
import { Denylist, DiscordError, RedisDenylist, SqlDenylist } from "@discord-oauth2/core"
import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { SqlClient } from "effect/sql/SqlClient"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { postgresql } from "../../support/databases.ts"
import * as LoginApp from "../../support/LoginApp.ts"
import { urlOf } from "../../support/reachable.ts"
import { describeServer } from "../../support/servers.ts"
import * as Stub from "../../support/StubDiscord.ts"

/** A Discord that takes its time, so that callbacks meet. */
const slow: Stub.Handler = (call) =>
  Effect.andThen(Effect.promise(() => new Promise((r) => setTimeout(r, 30))), LoginApp.discord(call))

/** Two servers with connections of their own, and the exchanges of both. */
const startTwo = (layer: () => Layer.Layer<Denylist.Denylist>) =>
  Effect.gen(function*() {
    const one = yield* LoginApp.start({ extra: layer(), discord: slow })
    const two = yield* LoginApp.start({ extra: layer(), discord: slow })
    return { one, two, exchanges: () => [...one.exchanges(), ...two.exchanges()] }
  })

const callbacks = 60

const suite = (layer: () => Layer.Layer<Denylist.Denylist>) => {
  it.live(`S3, F28: of ${callbacks} identical callbacks at once on two servers, one is exchanged`, () =>
    Effect.gen(function*() {
      const { exchanges, one, two } = yield* startTwo(layer)
      const { location } = yield* one.browser.get("/auth/discord/login")
      const cookie = one.browser.cookies()
      const answers = yield* Effect.forEach(
        Array.from({ length: callbacks }, (_, index) => index % 2 === 0 ? one : two),
        ({ open }) => open().get(LoginApp.consent(location), { cookie }),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(exchanges(), 1)
      assert.deepStrictEqual(
        new Set(answers.map(({ location, status }) => `${status} ${location}`)),
        new Set(["303 /"])
      )
      // All callbacks of the server that made the exchange are signed in by it, and none of the other's.
      assert.lengthOf(answers.filter(({ set }) => set.some(({ name }) => name.endsWith("session"))), callbacks / 2)
    }))

  it.live("F27: what one server has spent is spent on the other, later too", () =>
    Effect.gen(function*() {
      const { exchanges, one, two } = yield* startTwo(layer)
      const { location } = yield* one.browser.get("/auth/discord/login")
      const cookie = one.browser.cookies()
      assert.strictEqual((yield* one.browser.get(LoginApp.consent(location))).status, 303)
      const { set, status } = yield* two.open().get(LoginApp.consent(location), { cookie })
      assert.strictEqual(status, 303)
      assert.isFalse(set.some(({ name }) => name.endsWith("session")))
      assert.lengthOf(exchanges(), 1)
    }))

  it.live("a session that has ended on one server has ended on the other", () =>
    Effect.gen(function*() {
      const store = yield* LoginApp.sharedStore
      const start = () => LoginApp.start({ extra: layer(), store, options: { revoke: false } })
      const [one, two] = [yield* start(), yield* start()]
      yield* LoginApp.signIn(one.browser)
      const cookie = one.browser.cookies()
      assert.strictEqual((yield* two.browser.get("/me", { cookie })).body, Stub.userId)
      yield* one.browser.post("/auth/discord/logout")
      assert.strictEqual((yield* two.browser.get("/me", { cookie })).body, "nobody")
      yield* LoginApp.signIn(one.browser)
      assert.strictEqual((yield* two.browser.get("/me", { cookie: one.browser.cookies() })).body, Stub.userId)
    }))
}

describe("two servers of one process", () => {
  const shared = Denylist.makeMemory()
  suite(() => Layer.succeed(Denylist.Denylist, shared))

  it.live("S3: the control: with a memory for each, both exchange the same login", () =>
    Effect.gen(function*() {
      const { exchanges, one, two } = yield* startTwo(() => Layer.sync(Denylist.Denylist, Denylist.makeMemory))
      const { location } = yield* one.browser.get("/auth/discord/login")
      const cookie = one.browser.cookies()
      yield* Effect.forEach([one, two], ({ open }) => open().get(LoginApp.consent(location), { cookie }))
      assert.lengthOf(exchanges(), 2)
    }))

  it.effect("S3: a store that spends a login and fails to say so does not let it be used later", () =>
    Effect.gen(function*() {
      const memory = Denylist.makeMemory()
      let lost = 1
      const { browser, exchanges } = yield* LoginApp.start({
        extra: Layer.succeed(Denylist.Denylist, {
          ...memory,
          add: (id, until) =>
            Effect.flatMap(
              memory.add(id, until),
              (first) =>
                lost-- > 0 ? Effect.fail(new DiscordError.DenylistError({ operation: "add" })) : Effect.succeed(first)
            )
        })
      })
      const { location } = yield* browser.get("/auth/discord/login")
      const cookie = browser.cookies()
      assert.strictEqual((yield* browser.get(LoginApp.consent(location), { cookie })).status, 503)
      yield* TestClock.adjust("1 second")
      yield* browser.get(LoginApp.consent(location), { cookie })
      assert.lengthOf(exchanges(), 0)
      assert.strictEqual((yield* LoginApp.signIn(browser)).status, 303)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))
})

await describeServer("Redis", "two servers with one Redis", () => {
  const prefix = `test-${randomUUID()}`
  suite(() =>
    Layer.fresh(
      RedisDenylist.layer({ prefix }).pipe(
        Layer.provide(NodeRedis.layer({ url: urlOf("Redis").href })),
        Layer.orDie
      )
    )
  )
})

await describeServer("PostgreSQL", "two servers with one PostgreSQL", () => {
  const table = `t${randomUUID().replaceAll("-", "")}`
  suite(() => Layer.fresh(Layer.orDie(SqlDenylist.layer({ table }).pipe(Layer.provide(postgresql())))))

  it.live("the table goes with the tests", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient
      const [row] = yield* sql<{ n: unknown }>`SELECT COUNT(*) AS n FROM ${sql(table)}`
      assert.isAbove(Number(row?.n), 2)
      yield* sql`DROP TABLE ${sql(table)}`
    }).pipe(Effect.provide(postgresql(), { local: true })))
})

describe("a Redis that went away", () => {
  it.effect("S3: no code is sent, and the page says so with status 503", () =>
    Effect.gen(function*() {
      const gone = new Redis.RedisError({ cause: new Error("Socket closed unexpectedly") })
      const { browser, exchanges } = yield* LoginApp.start({
        extra: RedisDenylist.layer().pipe(
          Layer.provide(Layer.effect(
            Redis.Redis,
            Redis.make({
              send: () => Effect.fail(gone),
              connect: Effect.fail(gone),
              subscribe: () => Effect.fail(gone)
            })
          ))
        )
      })
      const { body, status } = yield* LoginApp.signIn(browser)
      assert.strictEqual(status, 503)
      assert.include(body, "DenylistError")
      assert.lengthOf(exchanges(), 0)
    }))
})
