/** Several servers of one application: each knows the logins and sessions that another has ended. */
import { Denylist, DiscordError, RedisDenylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import * as LoginApp from "../../support/LoginApp.ts"
import * as LoginServers from "../../support/loginServers.ts"
import * as Stub from "../../support/StubDiscord.ts"

describe("two servers of one process", () => {
  const shared = Denylist.makeMemory()
  LoginServers.contract(() => Layer.succeed(Denylist.Denylist, shared))

  it.live("S3: control: with a denylist each, both servers exchange the same login", () =>
    Effect.gen(function*() {
      const { exchanges, one, two } = yield* LoginServers.startTwo(() =>
        Layer.sync(Denylist.Denylist, Denylist.makeMemory)
      )
      const { location } = yield* one.browser.get("/auth/discord/login")
      const cookie = one.browser.cookies()
      yield* Effect.forEach([one, two], ({ open }) => open().get(LoginApp.consent(location), { cookie }))
      assert.lengthOf(exchanges(), 2)
    }))

  it.effect("S3: a login that was added by a failed call cannot be used later", () =>
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

describe("servers whose Redis does not respond", () => {
  it.effect("S3: send no code, and the page has status 503", () =>
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
