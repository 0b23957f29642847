import { DiscordConfig } from "@discord-oauth2/core"
import { RequestTelemetry } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Metric from "effect/Metric"
import { endpoints } from "../../../../packages/core/src/api/internal/endpoints.ts"
import * as Telemetry from "../../../../packages/core/src/api/internal/telemetry.ts"
import * as RecordingTracer from "../../../support/recordingTracer.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const operation = endpoints.find(({ identifier }) => identifier === "getCurrentUserGuildMember") ?? assert.fail()

const make = (apiUrl?: string) =>
  Effect.map(DiscordConfig.make({ clientId: Stub.clientId, apiUrl }), (config) => Telemetry.make(config, operation))

const reply = { status: 404, headers: Headers.empty, error: { _tag: "DiscordNotFound" } }

describe("traced", () => {
  for (
    const [apiUrl, address, port] of [
      [undefined, "discord.com", 443],
      ["http://127.0.0.1", "127.0.0.1", 80],
      ["https://proxy.example:8443/api", "proxy.example", 8443]
    ] as const
  ) {
    it.effect(`the server of ${apiUrl ?? "the default"} is ${address}, port ${port}`, () => {
      const { layer, spans } = RecordingTracer.make()
      return Effect.gen(function*() {
        const { traced } = yield* make(apiUrl)
        yield* traced(Effect.void)
        const [span] = spans
        assert.strictEqual(span?.name, "GET /users/@me/guilds/{guild_id}/member")
        assert.strictEqual(span?.attributes.get("server.address"), address)
        assert.strictEqual(span?.attributes.get("server.port"), port)
      }).pipe(Effect.provide(layer))
    })
  }

  for (
    const [name, effect, type] of [
      ["an interruption", Effect.interrupt, "interrupted"],
      ["a defect", Effect.die("planted"), "_OTHER"],
      ["a failure without a tag", Effect.fail("planted"), "_OTHER"],
      ["a failure", Effect.fail({ _tag: "RateLimited" }), "RateLimited"]
    ] as const
  ) {
    it.effect(`the error type of ${name} is ${type}`, () => {
      const { layer, spans } = RecordingTracer.make()
      return Effect.gen(function*() {
        const { traced } = yield* make()
        yield* Effect.exit(traced<never, unknown, never>(effect))
        assert.strictEqual(spans[0]?.attributes.get("error.type"), type)
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("answered adds the status to the span", () => {
    const { layer, spans } = RecordingTracer.make()
    return Effect.gen(function*() {
      const { answered, traced } = yield* make()
      yield* traced(answered(reply))
      assert.strictEqual(spans[0]?.attributes.get("http.response.status_code"), 404)
    }).pipe(Effect.provide(layer))
  })
})

describe("measured", () => {
  const attributes = {
    "http.request.method": "GET",
    "url.template": "/users/@me/guilds/{guild_id}/member",
    "server.address": "discord.com",
    "server.port": "443"
  }
  const countOf = (outcome: Readonly<Record<string, string>>) =>
    Effect.map(
      Metric.value(Metric.withAttributes(RequestTelemetry.duration, { ...attributes, ...outcome })),
      ({ count }) => count
    )

  it.effect("counts each outcome on its own: the status, the error of a reply, and the failure", () =>
    Effect.gen(function*() {
      const { measured } = yield* make()
      yield* measured(Effect.succeed({ ...reply, status: 200, error: undefined }))
      yield* measured(Effect.succeed(reply))
      yield* measured(Effect.succeed(reply))
      yield* Effect.exit(measured(Effect.interrupt))
      assert.deepStrictEqual(
        yield* Effect.all([
          countOf({ "http.response.status_code": "200" }),
          countOf({ "http.response.status_code": "404", "error.type": "DiscordNotFound" }),
          countOf({ "error.type": "interrupted" })
        ]),
        [1, 2, 1]
      )
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))
})
