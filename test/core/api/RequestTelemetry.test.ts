import { DiscordClient, DiscordLogin } from "@discord-oauth2/core"
import { Redaction, RequestTelemetry } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import type * as Tracer from "effect/Tracer"
import { readFileSync } from "node:fs"
import * as LoginApp from "../../support/LoginApp.ts"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import * as Stub from "../../support/StubDiscord.ts"

const ask = Effect.flatMap(
  DiscordClient.DiscordClient,
  (api) => api.getCurrentUserGuilds({ accessToken: Redacted.make("planted-token"), limit: 3 })
)

const attributesOf = (spans: ReadonlyArray<Tracer.NativeSpan>) => Object.fromEntries(spans.at(-1)?.attributes ?? [])

const common = {
  "http.request.method": "GET",
  "url.template": "/users/@me/guilds",
  "server.address": "discord.com",
  "server.port": 443,
  "discord.endpoint": "getCurrentUserGuilds"
}

describe("the span of a call", () => {
  it.effect("is called and described as OpenTelemetry has it", () => {
    const { layer, spans } = RecordingTracer.make()
    return Effect.gen(function*() {
      yield* ask
      assert.strictEqual(spans.at(-1)?.name, "GET /users/@me/guilds")
      assert.strictEqual(spans.at(-1)?.kind, "client")
      assert.deepStrictEqual(attributesOf(spans), { ...common, "http.response.status_code": 200 })
    }).pipe(Effect.provide([Stub.layer([], () => Effect.succeed({ body: [] })), layer]))
  })

  for (
    const [name, answer, attributes] of [
      ["a status", { status: 503 }, { "http.response.status_code": 503, "error.type": "DiscordServerError" }],
      ["a refused token", Stub.unauthorized, {
        "http.response.status_code": 401,
        "error.type": "AccessTokenExpired"
      }],
      ["an answer that cannot be read", { body: "planted-token" }, {
        "http.response.status_code": 200,
        "error.type": "MalformedResponse"
      }],
      ["no answer", "ECONNRESET", { "error.type": "DiscordTransportError" }]
    ] as const
  ) {
    it.effect(`names what went wrong: ${name}`, () => {
      const { layer, spans } = RecordingTracer.make()
      return Effect.gen(function*() {
        yield* Effect.flip(ask)
        assert.deepStrictEqual(attributesOf(spans), { ...common, ...attributes })
        assert.notInclude(Inspectable.toStringUnknown(spans), "planted")
      }).pipe(
        Effect.provide([
          Stub.layer([], () => typeof answer === "string" ? Effect.fail(answer) : Effect.succeed(answer)),
          layer
        ])
      )
    })
  }

  it.effect("does not change the span of the caller, traced or not", () => {
    const { layer, spans } = RecordingTracer.make()
    return Effect.gen(function*() {
      yield* Effect.withSpan(ask, "outer")
      yield* Effect.withSpan(Effect.withTracerEnabled(ask, false), "alone")
      for (const name of ["outer", "alone"]) {
        const attributes = spans.find((span) => span.name === name)?.attributes
        assert.deepStrictEqual(Object.fromEntries(attributes ?? []), {})
      }
    }).pipe(Effect.provide([Stub.layer([], () => Effect.succeed({ body: [] })), layer]))
  })

  it.effect("reaches nobody else: no request carries a trace header", () => {
    const { layer } = RecordingTracer.make()
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* Effect.withSpan(ask, "outer")
      const names = Object.keys(calls[0]?.headers ?? {})
      for (const name of ["traceparent", "tracestate", "b3", "baggage"]) assert.notInclude(names, name)
      assert.isNotEmpty(names)
    }).pipe(Effect.provide([Stub.layer(calls, () => Effect.succeed({ body: [] })), layer]))
  })
})

describe("http.client.request.duration", () => {
  const { "discord.endpoint": _, ...ofMetric } = { ...common, "server.port": "443" }
  const read = (attributes: Record<string, string>) =>
    Metric.value(Metric.withAttributes(RequestTelemetry.duration, { ...ofMetric, ...attributes }))

  it.effect("has the request alone, in seconds, by what came of it", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const first = yield* Effect.forkChild(ask)
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(first)
      const second = yield* Effect.forkChild(Effect.flip(ask))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(second)
      const fine = yield* read({ "http.response.status_code": "200" })
      assert.deepStrictEqual([fine.count, fine.max], [1, 0.2])
      const failed = yield* read({ "error.type": "DiscordTransportError" })
      assert.deepStrictEqual([failed.count, failed.max], [1, 30])
    }).pipe(
      Effect.provide(
        Stub.layer(calls, () => calls.length === 1 ? Effect.as(Effect.sleep("200 millis"), { body: [] }) : Effect.never)
      ),
      Effect.provideService(Metric.MetricRegistry, new Map())
    )
  })
})

it.effect("discord_oauth2.login counts who signed in, and why others did not", () => {
  const registry = Layer.succeed(Metric.MetricRegistry, new Map())
  return Effect.gen(function*() {
    const { browser } = yield* LoginApp.start({ extra: registry })
    yield* LoginApp.signIn(browser)
    const { location } = yield* browser.get("/auth/discord/login")
    yield* browser.get(LoginApp.consent(location, { code: undefined, error: "access_denied" }))
    for (const outcome of ["signed_in", "AuthorizationDenied"]) {
      const { count } = yield* Effect.provide(
        Metric.value(Metric.withAttributes(DiscordLogin.metric, { outcome })),
        registry
      )
      assert.strictEqual(count, 1, outcome)
    }
  })
})

it.effect("docs/observability.md lists every span and metric of a login, and of the calls after it", () => {
  const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8")
  const { layer, spans } = RecordingTracer.make()
  const registry = Layer.succeed(Metric.MetricRegistry, new Map())
  return Effect.gen(function*() {
    const { browser } = yield* LoginApp.start({ extra: Layer.mergeAll(layer, registry, Redaction.layer) })
    yield* LoginApp.signIn(browser)
    yield* browser.get("/me")
    yield* browser.post("/auth/discord/logout")
    const names = new Set(spans.filter(({ kind }) => kind !== "server").map(({ name }) => name))
    assert.isAbove(names.size, 5)
    for (const name of names) {
      const listed = /^(GET|POST|PUT|PATCH|DELETE) \//.test(name) ? "`{method} {url.template}`" : `\`${name}\``
      assert.include(page, listed)
    }
    const metrics = yield* Effect.provide(Metric.snapshot, registry)
    assert.isNotEmpty(metrics)
    for (const { id } of metrics) assert.include(page, `\`${id}\``)
  })
})
