/** What a broken network, or a server that means harm, comes to in every call: on real sockets, with each of the clients. */
import { DiscordApi } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as EndpointCalls from "../support/EndpointCalls.ts"
import * as FaultCase from "../support/FaultCase.ts"
import * as FaultServer from "../support/FaultServer.ts"
import * as faults from "../support/faults.ts"
import * as Observer from "../support/Observer.ts"
import * as Stub from "../support/StubDiscord.ts"

const clients: Readonly<Record<FaultCase.Client, Layer.Layer<HttpClient.HttpClient>>> = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer
}

const { calls } = EndpointCalls

/** Long enough for what ends by itself on a busy machine, and short for what does not. */
const patience = (lasts: boolean): Duration.Input => lasts ? "700 millis" : "20 seconds"

const lineOf = ({ method, path }: FaultServer.Request) => `${method} ${path.split("?")[0]}`

const statusOf: faults.StatusOf = (request) =>
  calls.find(({ line }) => line === lineOf(request))?.withBody ?? 200

const fine = faults.always(200, JSON.stringify(Stub.user))

/** What an operator must not find: every secret, and both as they are and as the header has them. */
const secrets = ["planted-", btoa(`${Stub.clientId}:${EndpointCalls.planted("client")}`).slice(0, -4)]

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  const [reason] = exit.cause.reasons
  if (exit.cause.reasons.length !== 1 || reason?._tag !== "Fail") return Cause.pretty(exit.cause)
  const { error } = reason
  if (!Predicate.isObject(error) || !("_tag" in error)) return String(error)
  return "sent" in error ? `${String(error._tag)}, ${error.sent === true ? "sent" : "unsent"}` : String(error._tag)
}

/** Waits until something holds, or for long enough. */
const eventually = (holds: () => boolean, times = 150): Effect.Effect<boolean> =>
  Effect.suspend(() =>
    holds() || times === 0 ? Effect.succeed(holds()) : Effect.delay(eventually(holds, times - 1), "20 millis")
  )

/** What `make` needs of the connection: a new application each time, so that none remembers what another was told. */
const application = (origin: string, client: HttpClient.HttpClient, timeout: Duration.Input) =>
  NodeDiscord.layer({
    clientId: Stub.clientId,
    clientSecret: Redacted.make(EndpointCalls.planted("client")),
    apiUrl: `${origin}/api/v10`,
    httpClient: Layer.succeed(HttpClient.HttpClient, client),
    timeout,
    maxBodyBytes: 1_000_000
  })

const suite = (name: FaultCase.Client, { lasts, ...described }: FaultCase.FaultCase, index: number) =>
  it.live(`${described.rule}: ${described.name}`, () =>
    Effect.scoped(Effect.gen(function*() {
      const elsewhere = yield* FaultServer.make(fine)
      const { arrives, fault, outcomes } = FaultCase.make(statusOf, elsewhere.origin)[index] ?? assert.fail("no case")
      const server = yield* FaultServer.make(fault)
      const observer = Observer.make()

      yield* Effect.scoped(Effect.gen(function*() {
        const client = yield* Effect.map(Layer.build(clients[name]), (context) =>
          Context.get(context, HttpClient.HttpClient))
        const call = (theCall: EndpointCalls.EndpointCall) =>
          Effect.gen(function*() {
            const api = yield* DiscordApi.DiscordApi
            const exit = yield* Effect.exit(EndpointCalls.make(api, theCall))
            if (Exit.isFailure(exit)) yield* observer.failure(exit.cause)
            return exit
          }).pipe(
            Effect.provide(Layer.provideMerge(application(server.origin, client, patience(lasts)), observer.layer)),
            Effect.timed
          )
        const results = yield* Effect.forEach(
          calls,
          (theCall) => Effect.map(call(theCall), ([took, exit]) => ({ theCall, took, outcome: outcomeOf(exit) })),
          { concurrency: "unbounded" }
        )

        const wrong = results.flatMap(({ outcome, theCall, took }) => {
          const expected: ReadonlyArray<string> = outcomes(theCall, name)
          const isSlow = Duration.toMillis(took) > 10_000
          return expected.includes(outcome) && !isSlow ? [] : [`${theCall.name}: ${outcome}${isSlow ? ", slowly" : ""}`]
        })
        assert.deepStrictEqual(wrong, [], `expected otherwise: ${wrong.join("; ")}`)
        assert.deepStrictEqual(
          server.requests.map(lineOf).sort(),
          arrives ? calls.map(({ line }) => line).sort() : [],
          "each request arrives once"
        )
        assert.isTrue(
          yield* eventually(() => server.unfinished() === 0),
          `${server.unfinished()} connections are kept on which an answer was given up`
        )

        yield* server.set(fine)
        const users = yield* Effect.forEach(
          calls,
          () => Effect.flatMap(DiscordApi.DiscordApi, (api) => api.getCurrentUser({ accessToken: Redacted.make("fine") })),
          { concurrency: "unbounded" }
        ).pipe(Effect.provide(application(server.origin, client, "20 seconds")))
        assert.deepStrictEqual(users.map(({ id }) => id), calls.map(() => Stub.userId))
      }))

      if (name === "undici") {
        assert.isTrue(yield* eventually(() => server.open() === 0), `${server.open()} connections outlive the client`)
      }
      assert.strictEqual(elsewhere.connections(), 0, "nobody is sent elsewhere")
      const text = observer.text()
      for (const secret of secrets) {
        const at = text.indexOf(secret)
        assert.strictEqual(at, -1, `visible: ${text.slice(Math.max(0, at - 200), at + 60)}`)
      }
    })), 60_000)

for (const name of ["undici", "fetch"] as const) {
  describe(`every call on ${name}`, () => {
    for (const [index, theCase] of FaultCase.make(statusOf, "").entries()) suite(name, theCase, index)
  })
}

