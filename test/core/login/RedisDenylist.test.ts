import { DiscordError, RedisDenylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import { inMinutes } from "../../support/denylistContract.ts"

describe("RedisDenylist at a stub", () => {
  const stub = (send: Redis.Redis["Service"]["send"]) =>
    RedisDenylist.make({ timeout: "3 seconds" }).pipe(
      Effect.provide(Layer.effect(
        Redis.Redis,
        Redis.make({ send, connect: Effect.die("unused"), subscribe: () => Effect.die("unused") })
      ))
    )

  it.effect("every failure is a DenylistError, which shows nothing of the command", () =>
    Effect.gen(function*() {
      const planted = new Redis.RedisError({ cause: new Error("planted-id is in this command") })
      for (
        const send of [
          () => Effect.fail(planted),
          () => Effect.succeed("OK" as never),
          () => Effect.succeed(["1"] as never),
          () => Effect.succeed("1e300" as never)
        ]
      ) {
        const store = yield* stub(send)
        const until = yield* inMinutes(1)
        for (
          const error of [
            yield* Effect.flip(store.add("planted-id", until)),
            yield* Effect.flip(store.addedAt("planted-id"))
          ]
        ) {
          assert.instanceOf(error, DiscordError.DenylistError)
          assert.notInclude(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, "planted")
        }
      }
    }))

  it.effect("a server that does not respond is given up, also by callers that cannot be interrupted", () =>
    Effect.gen(function*() {
      const { add } = yield* stub(() => Effect.never)
      const fiber = yield* Effect.forkChild(
        Effect.uninterruptible(Effect.flip(add("a", yield* inMinutes(1)))),
        { startImmediately: true }
      )
      yield* TestClock.adjust("3 seconds")
      const error = yield* Fiber.join(fiber)
      assert.include(String(error.cause), "within 3s")
    }))
})
