/** What all grants promise about their requests and responses. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { eventually } from "../../../support/eventually.ts"
import {
  clientCredentials,
  exchangeCode,
  grant,
  redirectUri,
  refresh,
  type Request,
  responding,
  revoke,
  tagOf
} from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const requests: Readonly<Record<string, readonly [request: Request, sent: string]>> = {
  "a code": [exchangeCode, "planted-code"],
  "a refresh": [refresh, "refresh-0"],
  "client credentials": [clientCredentials, ""],
  "a revocation": [revoke, "refresh-0"]
}

describe("the request", () => {
  for (const [name, [request, sent]] of Object.entries(requests)) {
    it.effect(`S22: ${name} is one POST with a form, and without a query`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* request
        const [call, ...more] = calls
        assert.deepStrictEqual(more, [])
        assert.strictEqual(call?.method, "POST")
        assert.strictEqual(call?.path, request === revoke ? "/oauth2/token/revoke" : "/oauth2/token")
        assert.strictEqual(call?.query.toString(), "")
        assert.strictEqual(call?.headers["content-type"]?.split(";")[0], "application/x-www-form-urlencoded")
        assert.include(Array.from(call?.form.values() ?? []).join(" "), sent)
        assert.isFalse(new Set(call?.form.keys()).size < Array.from(call?.form.keys() ?? []).length)
      }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
    })

    it.effect(`S23: with ${name} a confidential client authenticates in the header only`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* request
        assert.match(calls[0]?.authorization ?? "", /^Basic [A-Za-z0-9+/]+=*$/)
        assert.isFalse(calls[0]?.form.has("client_id"))
        assert.isFalse(calls[0]?.form.has("client_secret"))
        assert.notInclude(calls[0]?.text, Stub.clientSecret)
      }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
    })

    it.effect(`S24: with ${name} a public client sends its client_id in the form only`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        assert.strictEqual(
          yield* tagOf(request),
          request === clientCredentials ? "DiscordConfigurationError" : "success"
        )
        assert.lengthOf(calls, request === clientCredentials ? 0 : 1)
        for (const { authorization, form } of calls) {
          assert.isUndefined(authorization)
          assert.deepStrictEqual(form.getAll("client_id"), [Stub.clientId])
          assert.isFalse(form.has("client_secret"))
        }
      }).pipe(
        Effect.provide(Stub.layer(calls, responding({ body: grant }), { config: { clientSecret: undefined } }))
      )
    })
  }

  for (
    const [secret, encoded] of [
      ["a b", "a+b"],
      ["a b:c/d%", "a+b%3Ac%2Fd%25"],
      ["100%", "100%25"],
      ["%41", "%2541"],
      ["a+b", "a%2Bb"],
      ["a:b::", "a%3Ab%3A%3A"],
      ["a/b=c&d", "a%2Fb%3Dc%26d"],
      ["gräß", "gr%C3%A4%C3%9F"],
      ["密🔑", "%E5%AF%86%F0%9F%94%91"],
      ["-._*~", "-._*%7E"]
    ] as const
  ) {
    it.effect(`S23: the secret ${JSON.stringify(secret)} is form-encoded in Basic (RFC 6749 section 2.3.1)`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* exchangeCode
        const basic = Buffer.from(calls[0]?.authorization?.slice("Basic ".length) ?? "", "base64").toString("latin1")
        assert.strictEqual(basic, `${Stub.clientId}:${encoded}`)
        const [, half = ""] = basic.split(":")
        assert.strictEqual(new URLSearchParams(`s=${half}`).get("s"), secret)
      }).pipe(
        Effect.provide(
          Stub.layer(calls, responding({ body: grant }), { config: { clientSecret: Redacted.make(secret) } })
        )
      )
    })
  }

  it.effect("scopes that a grant does not allow fail with InvalidScope before a request, and the message names them", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const rejected = [
        [oauth.authorize({ scopes: ["identify", "applications.commands.update"], redirectUri }), "commands.update"],
        [oauth.authorizeImplicit({ scopes: ["webhook.incoming"], redirectUri }), "webhook.incoming"],
        [oauth.clientCredentials({ scopes: ["role_connections.write"] }), "role_connections.write"],
        [oauth.clientCredentials({ scopes: ["identify", "guilds"], team: true }), "does not allow guilds"]
      ] as const
      for (const [effect, scope] of rejected) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly message: string }, never>(effect)
        assert.strictEqual(error._tag, "InvalidScope")
        assert.include(error.message, scope)
      }
      yield* oauth.authorize({ scopes: ["identify", "tomorrow.read"], redirectUri })
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, responding({}))))
  })
})

describe("the response", () => {
  for (const token_type of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
    it.effect(`S27: the token type ${token_type} is accepted by every grant`, () =>
      Effect.forEach([exchangeCode, refresh, clientCredentials], (request: Request) => request, { discard: true }).pipe(
        Effect.provide(Stub.layer([], responding({ body: { ...grant, token_type } })))
      ))
  }

  for (const token_type of ["mac", "DPoP", "", "Bearer ", "Bearer,mac", null, 1]) {
    it.effect(`S27: the token type ${JSON.stringify(token_type)} is rejected by every grant`, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* tagOf(exchangeCode), "MalformedResponse")
        assert.strictEqual(yield* tagOf(clientCredentials), "MalformedResponse")
        assert.strictEqual(yield* tagOf(refresh), "RefreshOutcomeUnknown")
      }).pipe(Effect.provide(Stub.layer([], responding({ body: { ...grant, token_type } })))))
  }

  const outcomes: Readonly<Record<string, string>> = {
    "a code": "DiscordTransportError",
    "a refresh": "RefreshOutcomeUnknown",
    "client credentials": "DiscordTransportError",
    // A 200 has revoked, whatever follows (S37).
    "a revocation": "success"
  }

  for (const [name, [request]] of Object.entries(requests)) {
    it.effect(`F12: ${name} ends at the timeout if its response never ends`, () =>
      Effect.gen(function*() {
        let isCancelled = false
        let isRead = false
        const endless = () =>
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
            pull: () => {
              isRead = true
            },
            cancel: () => {
              isCancelled = true
            }
          })
        const asking = yield* Effect.forkChild(
          tagOf(request).pipe(
            Effect.provide(
              Stub.layer([], () => Effect.succeed({ stream: endless() }), { config: { timeout: "2 seconds" } })
            )
          )
        )
        // The first byte has been read, and the next one never comes.
        assert.isTrue(yield* eventually(() => isRead))
        yield* TestClock.adjust("1999 millis")
        yield* TestClock.withLive(Effect.sleep("20 millis"))
        assert.isUndefined(asking.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* Fiber.join(asking), outcomes[name])
        assert.isTrue(isCancelled)
      }))
  }
})
