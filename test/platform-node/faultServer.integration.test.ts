/** Every call fails as declared on a broken network and at a hostile server: on real sockets, with each client. */
import { DiscordClient } from "@discord-oauth2/core"
import { DiscordOperation } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as EndpointCalls from "../support/EndpointCalls.ts"
import * as FaultCase from "../support/FaultCase.ts"
import * as FaultServer from "../support/FaultServer.ts"
import * as Observer from "../support/Observer.ts"
import * as Stub from "../support/StubDiscord.ts"
import * as UnderFault from "../support/UnderFault.ts"

const { calls } = EndpointCalls
const { application, fine, lineOf, statusOf } = UnderFault

const suite = (name: FaultCase.Client, described: FaultCase.FaultCase, index: number) =>
  it.effect(`${described.rule}: ${described.name}`, () =>
    Effect.gen(function*() {
      const elsewhere = yield* FaultServer.make(fine)
      const theCase = FaultCase.make(statusOf, elsewhere.origin)[index] ?? assert.fail("there is no such case")
      const server = yield* FaultServer.make(theCase.fault)
      const observer = Observer.make()

      yield* Effect.scoped(Effect.gen(function*() {
        const { client, heads } = yield* UnderFault.client(name)
        const results = yield* UnderFault.run(
          theCase,
          server,
          heads,
          calls.map((call) =>
            Effect.gen(function*() {
              const api = yield* DiscordClient.DiscordClient
              const exit = yield* Effect.exit(EndpointCalls.make(api, call))
              if (Exit.isFailure(exit)) yield* observer.failure(exit.cause)
              return { call, outcome: UnderFault.outcomeOf(exit) }
            }).pipe(Effect.provide(Layer.provideMerge(application(server, client), observer.layer)))
          )
        )

        const wrong = results.flatMap(({ call, outcome }) => {
          const expected: ReadonlyArray<string> = theCase.outcomes(call, name)
          return expected.includes(outcome) ? [] : [`${call.name}: ${outcome}`]
        })
        assert.strictEqual(wrong.join("; "), "", "other outcomes than the declared ones")
        assert.deepStrictEqual(
          server.requests.map(lineOf).sort(),
          theCase.arrives ? calls.map(({ line }) => line).sort() : [],
          "each request arrives once"
        )
        yield* UnderFault.assertLetGo(server)

        yield* server.set(fine)
        const ids = yield* Effect.forEach(calls, () =>
          Effect.flatMap(DiscordClient.DiscordClient, (api) =>
            Effect.map(api.getCurrentUser({ accessToken: Redacted.make("fine") }), ({ id }) =>
              id)), { concurrency: "unbounded" }).pipe(Effect.provide(application(server, client)))
        assert.deepStrictEqual(
          ids,
          calls.map(() =>
            Stub.userId
          )
        )
      }))

      yield* UnderFault.assertClosed(name, server)
      assert.strictEqual(elsewhere.connections(), 0, "no request is sent elsewhere")
      UnderFault.assertClean(observer)
    }))

for (const name of UnderFault.clients) {
  describe(`every call on ${name}`, () => {
    for (const [index, theCase] of FaultCase.make(statusOf, "").entries()) suite(name, theCase, index)

    it.live("F13: no argument sends a credential to another URL", () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaultServer.make(fine)
        const { client } = yield* UnderFault.client(name)
        const withPath = calls.filter(({ pathNames }) => pathNames.length > 0)
        assert.isAbove(withPath.length, 30)
        for (const evil of ["..", "../../..//evil.example", "@evil.example/", "1?a=", "1#", "1/2", "%2e%2e", ""]) {
          for (const call of withPath) {
            const path = Object.fromEntries(call.pathNames.map((name) => [name, evil]))
            const exit = yield* Effect.flatMap(DiscordClient.DiscordClient, (api) =>
              Effect.exit(EndpointCalls.make(api, { ...call, request: { ...call.request, ...path } }))).pipe(
                Effect.provide(application(server, client))
              )
            assert.strictEqual(UnderFault.outcomeOf(exit), "InvalidCallArgument", `${call.name} with "${evil}"`)
          }
        }
        assert.strictEqual(server.connections(), 0)
      })))

    it.live("S31: the requests that meet the faults carry their credentials in the header or in the form", () =>
      Effect.scoped(Effect.gen(function*() {
        const server = yield* FaultServer.make(fine)
        const { client } = yield* UnderFault.client(name)
        for (const call of calls) {
          yield* Effect.flatMap(DiscordClient.DiscordClient, (api) => Effect.exit(EndpointCalls.make(api, call))).pipe(
            Effect.provide(application(server, client))
          )
        }
        const shown = server.requests.map(({ body, headers, path }) =>
          [path.includes("planted"), headers.authorization?.split(" ")[0], body.includes("planted")] as const
        )
        assert.isTrue(shown.every(([inPath]) => !inPath))
        assert.sameMembers(
          Array.from(new Set(shown.map(([, scheme]) => scheme))),
          ["Basic", "Bearer", "Bot", undefined]
        )
        // Two grants, a revocation, two members who are added with their access token, and a lobby's secret.
        assert.strictEqual(shown.filter(([, , inBody]) => inBody).length, 6)
        assert.isTrue(server.requests.some(({ body }) => body.includes("a file's content")))
        assert.sameMembers(
          Array.from(new Set(server.requests.map(({ method }) => method))),
          ["GET", "POST", "PUT", "PATCH", "DELETE"]
        )
      })))
  })
}

describe("the calls", () => {
  it("cover every endpoint that takes a user's token, and the others", () => {
    const identifiers = calls.map(({ identifier }) => identifier)
    assert.includeMembers(identifiers, Object.keys(DiscordOperation.requiredScopes))
    assert.includeMembers(identifiers, ["exchangeToken", "revokeToken", "getPublicKeys", "getCurrentApplication"])
    assert.isAtLeast(calls.length, 50)
  })
})
