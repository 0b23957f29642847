/** Runs calls of an application against a `FaultServer`, with each HTTP client. */
import { NodeDiscord } from "@discord-oauth2/platform-node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as EndpointCalls from "./EndpointCalls.ts"
import { eventually } from "./eventually.ts"
import type * as FaultCase from "./FaultCase.ts"
import * as faults from "./faults.ts"
import type { FaultServer, Request } from "./FaultServer.ts"
import type * as Observer from "./Observer.ts"
import * as Stub from "./StubDiscord.ts"

export const clients = ["undici", "fetch"] as const

const layers: Readonly<Record<FaultCase.Client, Layer.Layer<HttpClient.HttpClient>>> = {
  undici: NodeHttpClient.layerUndiciOptions({ connect: { timeout: 300_000 } }),
  fetch: FetchHttpClient.layer
}

/** One client with its connections until the scope closes, and the number of responses whose head has arrived. */
export const client = (name: FaultCase.Client) =>
  Effect.map(Layer.build(layers[name]), (context) => {
    let heads = 0
    const counting = HttpClient.tap(Context.get(context, HttpClient.HttpClient), () =>
      Effect.sync(() => {
        heads += 1
      }))
    return { client: counting, heads: () => heads }
  })

/** A new application each time, so that none remembers an earlier response. */
export const application = (server: FaultServer, client: HttpClient.HttpClient) =>
  NodeDiscord.layer({
    clientId: Stub.clientId,
    clientSecret: Redacted.make(EndpointCalls.planted("client")),
    apiUrl: `${server.origin}/api/v10`,
    httpClient: Layer.succeed(HttpClient.HttpClient, client),
    maxBodyBytes: 1_000_000
  })

/**
 * Runs calls while the test's clock stands still. A call against a fault that `lasts` ends by its timeout, so the clock
 * moves after all requests, and all heads that the fault sends, have arrived. Any other call ends by itself.
 */
export const run = Effect.fnUntraced(function*<A, E, R>(
  { isAnswered, lasts }: FaultCase.FaultCase,
  server: FaultServer,
  heads: () => number,
  calls: ReadonlyArray<Effect.Effect<A, E, R>>
) {
  const fiber = yield* Effect.forkChild(Effect.all(calls, { concurrency: "unbounded" }))
  const hasEnded = () => fiber.pollUnsafe() !== undefined
  const isWaiting = () => server.requests.length >= calls.length && (!isAnswered || heads() >= calls.length)
  const holds = yield* eventually(() => hasEnded() || (lasts && isWaiting()))
  assert.isTrue(holds, lasts ? "the requests do not arrive" : "a call ends only by its timeout")
  while (!hasEnded()) {
    yield* TestClock.adjust("1 minute")
    yield* TestClock.withLive(Effect.sleep("10 millis"))
  }
  return yield* Fiber.join(fiber)
})

/** The request line without the query. */
export const lineOf = ({ method, path }: Request) => `${method} ${path.split("?")[0]}`

const withBody = new Map(EndpointCalls.calls.map((call) => [call.line, call.withBody]))

export const statusOf: faults.StatusOf = (request) => withBody.get(lineOf(request)) ?? 200

/** Responds with a user to every request. */
export const fine = faults.always(200, JSON.stringify(Stub.user))

/** How a call ended, as a `FaultCase.Outcome`; a defect or an interruption is printed. */
export const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  const [reason] = exit.cause.reasons
  if (exit.cause.reasons.length !== 1 || reason?._tag !== "Fail") return Cause.pretty(exit.cause)
  const { error } = reason
  if (!Predicate.isObject(error) || !("_tag" in error)) return String(error)
  return "sent" in error ? `${String(error._tag)}, ${error.sent === true ? "sent" : "unsent"}` : String(error._tag)
}

/** Fails if the client keeps a connection on which it has given up a response. */
export const assertLetGo = (server: FaultServer) =>
  Effect.map(
    eventually(() => server.unfinished() === 0),
    () => assert.strictEqual(server.unfinished(), 0, "connections are kept on which a response was given up")
  )

/** Fails if a connection outlives its client. The connections of fetch belong to the process. */
export const assertClosed = (name: FaultCase.Client, server: FaultServer) =>
  name === "fetch"
    ? Effect.void
    : Effect.map(eventually(() => server.open() === 0), () =>
      assert.strictEqual(server.open(), 0, "connections outlive the client"))

/** How every secret begins, and how the client secret begins in Basic authentication. */
const secrets = ["planted-", btoa(`${Stub.clientId}:${EndpointCalls.planted("client")}`).slice(0, -4)]

/** Fails if an operator sees a secret. */
export const assertClean = (observer: ReturnType<typeof Observer.make>) => {
  const text = observer.text()
  for (const secret of secrets) {
    const at = text.indexOf(secret)
    assert.strictEqual(at, -1, `visible: ${text.slice(Math.max(0, at - 200), at + 60)}`)
  }
}
