/** Every grant fails as declared on a broken network and at a hostile server; nothing is sent twice, and no secret is shown. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { calls, planted } from "../support/EndpointCalls.ts"
import * as FaultCase from "../support/FaultCase.ts"
import * as FaultServer from "../support/FaultServer.ts"
import * as Observer from "../support/Observer.ts"
import * as UnderFault from "../support/UnderFault.ts"

const token = {
  access_token: Redacted.make(planted("bearer")),
  refresh_token: Redacted.make(planted("refresh")),
  expires_at: DateTime.makeUnsafe("2100-01-01T00:00:00Z"),
  scopes: ["identify"]
}

const redirectUri = "https://app.example/callback"

/** The grants, each with the one request that it sends, and the grant's outcomes by those of the request. */
const grants: ReadonlyArray<{
  readonly name: string
  readonly call: string
  readonly run: (oauth: OAuth2Client.Service) => Effect.Effect<unknown, unknown>
  readonly outcomes: (theCase: FaultCase.FaultCase, declared: ReadonlyArray<string>) => ReadonlyArray<string>
}> = [
  {
    name: "exchange",
    call: "exchangeToken authorization_code",
    run: (oauth) =>
      Effect.flatMap(oauth.authorize({ scopes: ["identify"], redirectUri }), (login) =>
        oauth.exchange(
          login,
          `${redirectUri}?${new URLSearchParams({
            code: planted("code"),
            state: Redacted.value(login.state),
            iss: "https://discord.com"
          })}`
        )),
    outcomes: (_, declared) => declared
  },
  {
    name: "refresh",
    call: "exchangeToken refresh_token",
    run: (oauth) => oauth.refresh(token),
    // A response that was lost or cannot be read may have been the new pair.
    outcomes: (_, declared) =>
      declared.map((outcome) =>
        outcome === "DiscordTransportError, sent" || outcome === "MalformedResponse" ? "RefreshOutcomeUnknown" : outcome
      )
  },
  {
    name: "clientCredentials",
    call: "exchangeToken client_credentials",
    run: (oauth) => oauth.clientCredentials({ scopes: ["identify"] }),
    outcomes: (_, declared) => declared
  },
  {
    name: "revoke",
    call: "revokeToken",
    run: (oauth) => oauth.revoke(token),
    // S37: the status is enough.
    outcomes: ({ isAnswered }, declared) => isAnswered ? ["success"] : declared
  },
  {
    name: "getCurrentAuthorizationInformation",
    call: "getCurrentAuthorizationInformation",
    run: (oauth) => oauth.getCurrentAuthorizationInformation(token),
    outcomes: (_, declared) => declared
  }
]

const suite = (name: FaultCase.Client, described: FaultCase.FaultCase, index: number) =>
  it.effect(`${described.rule}: ${described.name}`, () =>
    Effect.gen(function*() {
      const elsewhere = yield* FaultServer.make(UnderFault.fine)
      const theCase = FaultCase.make(UnderFault.statusOf, elsewhere.origin)[index] ?? assert.fail("no such case")
      const server = yield* FaultServer.make(theCase.fault)
      const observer = Observer.make()
      yield* Effect.scoped(Effect.gen(function*() {
        const { client, heads } = yield* UnderFault.client(name)
        const results = yield* UnderFault.run(
          theCase,
          server,
          heads,
          grants.map(({ call, name: grant, outcomes, run }) =>
            Effect.gen(function*() {
              const oauth = yield* OAuth2Client.OAuth2Client
              const exit = yield* Effect.exit(run(oauth))
              if (Exit.isFailure(exit)) yield* observer.failure(exit.cause)
              const declared = calls.find(({ name }) => name === call) ?? assert.fail(call)
              const expected = outcomes(theCase, theCase.outcomes(declared, name))
              const outcome = UnderFault.outcomeOf(exit)
              return expected.includes(outcome) ? [] : [`${grant}: ${outcome}`]
            }).pipe(Effect.provide(Layer.provideMerge(UnderFault.application(server, client), observer.layer)))
          )
        )
        assert.strictEqual(results.flat().join("; "), "", "other outcomes than the declared ones")
        // S15: a code, and every other grant, is sent at most once.
        const lines = grants.map(({ call }) => calls.find(({ name }) => name === call)?.line)
        assert.deepStrictEqual(server.requests.map(UnderFault.lineOf).sort(), theCase.arrives ? lines.sort() : [])
        yield* UnderFault.assertLetGo(server)
      }))
      yield* UnderFault.assertClosed(name, server)
      assert.strictEqual(elsewhere.connections(), 0, "no request is sent elsewhere")
      UnderFault.assertClean(observer)
    }))

for (const name of UnderFault.clients) {
  describe(`every grant on ${name}`, () => {
    for (const [index, theCase] of FaultCase.make(UnderFault.statusOf, "").entries()) suite(name, theCase, index)
  })
}
