/** What the tests against a `FaultServer` have in common: an application on each client, and how its calls end. */
import { NodeDiscord } from "@discord-oauth2/platform-node"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as EndpointCalls from "./EndpointCalls.ts"
import type * as FaultCase from "./FaultCase.ts"
import * as faults from "./faults.ts"
import type { FaultServer, Request } from "./FaultServer.ts"
import type * as Observer from "./Observer.ts"
import * as Stub from "./StubDiscord.ts"

export const clients = ["undici", "fetch"] as const

const layers: Readonly<Record<FaultCase.Client, Layer.Layer<HttpClient.HttpClient>>> = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer
}

/** One client with its connections, until the scope ends. */
export const client = (name: FaultCase.Client) =>
  Effect.map(Layer.build(layers[name]), (context) => Context.get(context, HttpClient.HttpClient))

/** Long enough for what ends by itself on a busy machine, and short for what does not. */
export const patience = ({ lasts }: FaultCase.FaultCase): Duration.Input => lasts ? "700 millis" : "20 seconds"

/** An application of its own each time, so that none remembers what another was told. */
export const application = (
  server: FaultServer,
  client: HttpClient.HttpClient,
  timeout: Duration.Input = "20 seconds"
) =>
  NodeDiscord.layer({
    clientId: Stub.clientId,
    clientSecret: Redacted.make(EndpointCalls.planted("client")),
    apiUrl: `${server.origin}/api/v10`,
    httpClient: Layer.succeed(HttpClient.HttpClient, client),
    timeout,
    maxBodyBytes: 1_000_000
  })

/** The request line without the query. */
export const lineOf = ({ method, path }: Request) => `${method} ${path.split("?")[0]}`

const withBody = new Map(EndpointCalls.calls.map((call) => [call.line, call.withBody]))

export const statusOf: faults.StatusOf = (request) => withBody.get(lineOf(request)) ?? 200

/** A user, whatever was asked. */
export const fine = faults.always(200, JSON.stringify(Stub.user))

/** How a call ended, in the words of `FaultCase.Outcome`; a defect or an interruption as it is. */
export const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  const [reason] = exit.cause.reasons
  if (exit.cause.reasons.length !== 1 || reason?._tag !== "Fail") return Cause.pretty(exit.cause)
  const { error } = reason
  if (!Predicate.isObject(error) || !("_tag" in error)) return String(error)
  return "sent" in error ? `${String(error._tag)}, ${error.sent === true ? "sent" : "unsent"}` : String(error._tag)
}

/** Waits until something holds, or for three seconds. */
export const eventually = (holds: () => boolean, times = 150): Effect.Effect<boolean> =>
  Effect.suspend(() =>
    holds() || times === 0 ? Effect.succeed(holds()) : Effect.delay(eventually(holds, times - 1), "20 millis")
  )

/** Fails where a client holds a connection on which it has given up an answer. */
export const assertLetGo = (server: FaultServer) =>
  Effect.map(
    eventually(() => server.unfinished() === 0),
    () => assert.strictEqual(server.unfinished(), 0, "connections are kept on which an answer was given up")
  )

/** Fails where a connection outlives its client. What fetch keeps belongs to the process. */
export const assertClosed = (name: FaultCase.Client, server: FaultServer) =>
  name === "fetch"
    ? Effect.void
    : Effect.map(eventually(() => server.open() === 0), () =>
      assert.strictEqual(server.open(), 0, "connections outlive the client"))

/** Every secret begins like this, and the one that Basic encodes like that. */
const secrets = ["planted-", btoa(`${Stub.clientId}:${EndpointCalls.planted("client")}`).slice(0, -4)]

/** Fails where an operator sees a secret. */
export const assertClean = (observer: ReturnType<typeof Observer.make>) => {
  const text = observer.text()
  for (const secret of secrets) {
    const at = text.indexOf(secret)
    assert.strictEqual(at, -1, `visible: ${text.slice(Math.max(0, at - 200), at + 60)}`)
  }
}
