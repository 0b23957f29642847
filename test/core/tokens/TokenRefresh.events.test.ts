/** The events, metrics and spans of a refresh. */
import { AccessTokenStore, TokenRefresh } from "@discord-oauth2/core"
import { RefreshEvent } from "@discord-oauth2/core/tokens"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import * as Stub from "../../support/StubDiscord.ts"
import { dead, discord, key, sessionOf } from "../../support/tokenRefresh.ts"

describe("events", () => {
  /** The events of an effect, in order. */
  const eventsOf = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
    Effect.gen(function*() {
      const { events } = yield* TokenRefresh.TokenRefresh
      const told: Array<RefreshEvent.RefreshEvent> = []
      const reading = yield* Effect.forkChild(Stream.runForEach(events, (event) => Effect.sync(() => told.push(event))))
      yield* Effect.yieldNow
      yield* effect
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(reading)
      return told
    })

  const counts = Effect.map(
    Effect.forEach(
      ["refreshed", "coalesced", "adopted", "transient", "outcome_unknown", "dead", "not_persisted", "signed_out"],
      (outcome) =>
        Effect.map(
          Metric.value(Metric.withAttributes(RefreshEvent.metric, { outcome })),
          ({ count }) => [outcome, count] as const
        )
    ),
    (all) => Object.fromEntries(all.filter(([, count]) => count > 0))
  )

  const cases = [
    ["a refresh with 10 callers", ["Refreshed", "Coalesced"], { refreshed: 1, coalesced: 9 }, undefined],
    ["an outage", ["Transient", "Coalesced"], { transient: 1, coalesced: 9 }, { status: 503 }],
    ["a lost response", ["OutcomeUnknown", "Coalesced"], { outcome_unknown: 1, coalesced: 9 }, { body: "<html>" }],
    ["a dead grant", ["Dead", "Coalesced"], { dead: 1, coalesced: 9 }, dead]
  ] as const

  for (const [name, tags, counted, answer] of cases) {
    it.effect(`${name}: ${tags.join(", ")}`, () =>
      Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const told = yield* eventsOf(
          Effect.forEach(Array.from({ length: 10 }), () => Effect.exit(session.refresh), { concurrency: "unbounded" })
        )
        assert.deepStrictEqual(told.map(({ _tag }) => _tag), [...tags])
        assert.isTrue(told.every((event) => event.key.userId === Stub.userId))
        assert.deepStrictEqual(yield* counts, counted)
        assert.notMatch(inspect(told, { depth: 10 }) + JSON.stringify(told), /access-|refresh-\d/)
      }).pipe(
        Effect.provide(Stub.layer([], discord(answer && { onToken: () => Effect.succeed(answer) }))),
        Effect.provideService(Metric.MetricRegistry, new Map())
      ))
  }

  it.effect("another process's token: Adopted", () =>
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      yield* store.put(key, Stub.token({ access: "access-newer" }))
      assert.deepStrictEqual((yield* eventsOf(session.accessToken)).map(({ _tag }) => _tag), ["Adopted"])
      assert.deepStrictEqual(yield* counts, { adopted: 1 })
    }).pipe(Effect.provide(Stub.layer([], discord())), Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("a sign-out during a refresh: SignedOut, with whether the new token is revoked", () => {
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const told = yield* eventsOf(Effect.gen(function*() {
        yield* Effect.forkChild(Effect.exit(session.refresh))
        yield* TestClock.adjust("500 millis")
        yield* session.signOut()
        yield* TestClock.adjust("1 second")
      }))
      assert.deepStrictEqual(
        told.map((event) => [event._tag, event._tag === "SignedOut" && event.isRevoked]),
        [["SignedOut", true]]
      )
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("the stream ends with the application", () =>
    Effect.gen(function*() {
      const reading = yield* Effect.gen(function*() {
        const { events } = yield* TokenRefresh.TokenRefresh
        const reading = yield* Effect.forkDetach(Stream.runCollect(events))
        yield* Effect.yieldNow
        yield* (yield* sessionOf(Stub.token({ seconds: 0 }))).refresh
        return reading
      }).pipe(Effect.provide(Stub.layer([], discord())))
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(reading)) || Exit.hasInterrupts(yield* Fiber.await(reading)))
    }))

  it.effect("the span of a refresh has its outcome", () => {
    const { spans, tracer } = RecordingTracer.make()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      yield* session.refresh
      assert.deepStrictEqual(
        spans.filter(({ name }) => name === "TokenRefresh").map(({ attributes }) => attributes.get("outcome")),
        ["refreshed"]
      )
    }).pipe(Effect.provide(Stub.layer([], discord())), Effect.withTracer(tracer))
  })
})
