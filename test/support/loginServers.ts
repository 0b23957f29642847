/** Several servers of one application: each knows the logins and sessions that another has ended. */
import type { Denylist } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { eventually } from "./eventually.ts"
import * as LoginApp from "./LoginApp.ts"
import * as Stub from "./StubDiscord.ts"

/** Two servers with connections of their own, and the exchanges of both. */
export const startTwo = (
  layer: () => Layer.Layer<Denylist.Denylist>,
  settings?: Parameters<typeof LoginApp.start>[0]
) =>
  Effect.gen(function*() {
    const one = yield* LoginApp.start({ extra: layer(), ...settings })
    const two = yield* LoginApp.start({ extra: layer(), ...settings })
    return { one, two, exchanges: () => [...one.exchanges(), ...two.exchanges()] }
  })

const callbacks = 60

/** What two servers with the same `Denylist` promise. */
export const contract = (layer: () => Layer.Layer<Denylist.Denylist>) => {
  it.live(`S3, F28: of ${callbacks} identical callbacks at the same time on two servers, one is exchanged`, () =>
    Effect.gen(function*() {
      let opened = 0
      /** Discord responds when every callback has arrived, so that all of them meet. */
      const discord: Stub.Handler = (call) =>
        Effect.gen(function*() {
          assert.isTrue(yield* eventually(() => opened === callbacks))
          yield* Effect.sleep("30 millis")
          return yield* LoginApp.discord(call)
        })
      const onOpened = Effect.sync(() => {
        opened += 1
      })
      const { exchanges, one, two } = yield* startTwo(layer, { discord, onOpened })
      const { location } = yield* one.browser.get("/auth/discord/login")
      const cookie = one.browser.cookies()
      opened = 0
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
      // The exchange signs in every callback of its own server, and none of the other's.
      assert.lengthOf(answers.filter(({ set }) => set.some(({ name }) => name.endsWith("session"))), callbacks / 2)
    }))

  it.live("F27: a login that one server has used cannot be used on the other", () =>
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
