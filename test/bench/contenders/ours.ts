/** This library as an application on Node has it: `NodeDiscord.layer`, with the tokens in memory. */
import * as Limits from "@discord-oauth2/core/limits/Limits"
import * as AccessToken from "@discord-oauth2/core/models/AccessToken"
import { OAuth2Client } from "@discord-oauth2/core/oauth2/OAuth2Client"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as NodeDiscord from "@discord-oauth2/platform-node/NodeDiscord"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import type { Contender } from "../Contender.ts"
import * as Workload from "../Workload.ts"

/** A tracer that keeps what an exporter would: the last 512 spans. */
const makeTracer = () => {
  const spans: Array<Tracer.Span> = []
  let count = 0
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans[count++ % 512] = span
      return span
    }
  })
  return { tracer, count: () => count }
}

export const make = async (origin: string, traced: boolean): Promise<Contender> => {
  const { count, tracer } = makeTracer()
  const runtime = ManagedRuntime.make(NodeDiscord.layer({
    clientId: Workload.clientId,
    clientSecret: Redacted.make(Workload.clientSecret),
    apiUrl: `${origin}/api/v10`,
    middleware: Limits.layerMemory({ rateLimit: { tokenEndpoint: { limit: Number.POSITIVE_INFINITY, window: 1 } } })
  }))

  const makeCalls = Effect.gen(function*() {
    const client = yield* OAuth2Client
    const token = yield* AccessToken.fromResponse({
      access_token: Redacted.make(Workload.accessToken),
      token_type: "Bearer",
      refresh_token: Redacted.make(Workload.refreshToken),
      scope: "identify guilds"
    })
    const session = yield* (yield* DiscordSessions).open(token)
    return {
      getCurrentUser: () => Effect.map(session.getCurrentUser(), ({ id }) => Workload.expectUser(id)),
      getCurrentUserGuilds: () => Effect.map(session.getCurrentUserGuilds(), Workload.expectGuilds),
      refresh: () =>
        Effect.map(client.refresh(token), ({ access_token }) => Workload.expectToken(Redacted.value(access_token)))
    }
  })
  const calls = await runtime.runPromise(makeCalls)

  return {
    spans: count,
    run: (operation, concurrency, deadline) => {
      const call: () => Effect.Effect<void, unknown> = calls[operation]
      let done = 0
      const lane = Effect.gen(function*() {
        while (performance.now() < deadline) {
          yield* call()
          done++
        }
      })
      return Effect.replicateEffect(lane, concurrency, { concurrency: "unbounded", discard: true }).pipe(
        Effect.withTracer(tracer),
        Effect.withTracerEnabled(traced),
        Effect.map(() => done),
        runtime.runPromise
      )
    }
  }
}
