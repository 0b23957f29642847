import { DiscordError, LimitStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { monotonicMillis } from "../../../../packages/core/src/internal/monotonicMillis.ts"
import * as CloudflareBlock from "../../../../packages/core/src/limits/internal/cloudflareBlock.ts"

const blocked = new DiscordError.CloudflareBlocked({ status: 429 })

/** Asks for a request at the current time: "sent", or the seconds to wait. */
const ask = (block: CloudflareBlock.CloudflareBlock, response: Effect.Effect<unknown> = Effect.void) =>
  Effect.flatMap(monotonicMillis, (now) =>
    Effect.match(block.admit(now, Effect.as(response, "sent")), {
      onSuccess: (sent) => sent,
      onFailure: ({ retryAfter }) => retryAfter === undefined ? assert.fail() : Duration.toSeconds(retryAfter)
    }))

const make = Effect.sync(() => CloudflareBlock.make(LimitStore.makeMemory(), 60_000))

describe("CloudflareBlock", () => {
  it.effect("sends requests until the first block, and then none for the first pause", () =>
    Effect.gen(function*() {
      const block = yield* make
      assert.strictEqual(yield* ask(block), "sent")
      yield* block.observe(blocked)
      assert.strictEqual(yield* ask(block), 60)
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* ask(block), 1)
    }))

  it.effect("pauses for the time in Retry-After, and for an hour at most", () =>
    Effect.gen(function*() {
      for (const [seconds, pause] of [[5, 5], [82_721, 3600]] as const) {
        const block = yield* make
        yield* block.observe(
          new DiscordError.CloudflareBlocked({ status: 429, retryAfter: Duration.seconds(seconds) })
        )
        assert.strictEqual(yield* ask(block), pause)
      }
    }))

  it.effect("lets one request at a time check, and another response ends the block", () =>
    Effect.gen(function*() {
      const block = yield* make
      yield* block.observe(blocked)
      yield* TestClock.adjust("1 minute")
      const checking = Effect.flatMap(ask(block), (second) => Effect.sync(() => assert.strictEqual(second, 1)))
      assert.strictEqual(yield* ask(block, checking), "sent")
      yield* block.observe(undefined)
      assert.strictEqual(
        yield* ask(block, Effect.map(ask(block), (second) => assert.strictEqual(second, "sent"))),
        "sent"
      )
    }))

  it.effect("doubles the pause with every block, up to an hour", () =>
    Effect.gen(function*() {
      const block = yield* make
      for (const pause of [60, 120, 240, 480, 960, 1920, 3600, 3600]) {
        yield* block.observe(blocked)
        assert.strictEqual(yield* ask(block), pause)
        yield* TestClock.adjust(Duration.seconds(pause))
      }
    }))

  it.effect("a response during the pause does not end the block", () =>
    Effect.gen(function*() {
      const block = yield* make
      yield* block.observe(blocked)
      yield* block.observe(undefined)
      assert.strictEqual(yield* ask(block), 60)
    }))

  it.effect("adopts the block of another server", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory()
      const [one, other] = [CloudflareBlock.make(store, 60_000), CloudflareBlock.make(store, 60_000)]
      yield* one.observe(blocked)
      yield* other.read(yield* monotonicMillis)
      assert.strictEqual(yield* ask(other), 60)
    }))
})
