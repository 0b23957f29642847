import { AccessTokenStore, Discord, DiscordClient, DiscordConfig } from "@discord-oauth2/core"
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stub from "../../support/StubDiscord.ts"

/** Every call with a user's token, and its path parameters. */
const bearerCalls = (() => {
  const all: Array<{ readonly identifier: string; readonly names: ReadonlyArray<string>; readonly path: string }> = []
  HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { identifier, path }, middleware }) => {
      if (!(middleware as ReadonlySet<unknown>).has(DiscordSecurity.BearerToken)) return
      all.push({ identifier, path, names: Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name ?? "") })
    }
  })
  return all
})()

const filesOf = (identifier: string) =>
  identifier === "uploadApplicationAttachment" ? { file: new File([], "a.png") } : {}

interface Seen {
  readonly href: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** The derived client over an HTTP client that records the whole URL of every request. */
const recording = (seen: Array<Seen>, apiUrl?: string) =>
  Discord.layer().pipe(
    Layer.provide(Layer.mergeAll(AccessTokenStore.layerMemory, Stub.layerCrypto)),
    Layer.provide(Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request, url) => {
        seen.push({ href: url.href, headers: request.headers })
        return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({}, { status: 404 })))
      })
    )),
    Layer.provide(Layer.orDie(DiscordConfig.layer({ clientId: Stub.clientId, apiUrl })))
  )

/** Makes a call by its name, as code without types does. */
const call = (identifier: string, request: Readonly<Record<string, unknown>>) =>
  Effect.flatMap(DiscordClient.DiscordClient, (api) => {
    const method = (api as unknown as Readonly<
      Record<string, (request: object) => Effect.Effect<unknown, { readonly _tag: string; readonly message: string }>>
    >)[identifier]
    return method?.({ ...request, accessToken: Redacted.make("planted-access") }) ?? Effect.die(identifier)
  })

describe("DiscordClient: where a token is sent", () => {
  const attacks: ReadonlyArray<unknown> = [
    "..",
    "../..",
    "%2e%2e",
    ".",
    "",
    "/",
    "//evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "1/../../@me",
    "1%2F..%2F..%2F@me",
    "@me",
    "@evil.example",
    "1?x=1",
    "1#x",
    "1;x",
    " 1",
    "1\n",
    "1\r\nhost: evil.example",
    "1\u0000",
    "-1",
    "1.5",
    "1e3",
    "0x1",
    "１２３",
    "18446744073709551616",
    "9".repeat(10_000),
    "\ud800",
    undefined,
    null,
    1,
    ["1"],
    { toString: () => "1" }
  ]

  for (const { identifier, names } of bearerCalls) {
    for (const attacked of names) {
      it.effect(`F13: ${identifier} rejects a ${attacked} that is not an id, and sends nothing`, () => {
        const seen: Array<Seen> = []
        const ids = { ...Object.fromEntries(names.map((name) => [name, "1"])), ...filesOf(identifier) }
        return Effect.gen(function*() {
          for (const attack of attacks) {
            const error = yield* Effect.flip(call(identifier, { ...ids, [attacked]: attack }))
            assert.strictEqual(error._tag, "InvalidCallArgument", String(attack))
            assert.include(error.message, `["${attacked}"]`)
          }
          assert.deepStrictEqual(seen, [])
        }).pipe(Effect.provide(recording(seen)))
      })
    }
  }

  it("F13: the tests above cover all path parameters of bearer calls", () => {
    assert.isAbove(bearerCalls.length, 30)
    assert.isAbove(bearerCalls.flatMap(({ names }) => names).length, 30)
  })

  for (
    const apiUrl of [
      undefined,
      "https://discord.com/api/v10/",
      "https://proxy.example/discord/api",
      "https://proxy.example:8443",
      "http://127.0.0.1:3000/api/v10",
      "http://[::1]:3000"
    ]
  ) {
    it.effect(`S32: with the API at ${apiUrl ?? "its default"}, a token is sent only to URLs under it`, () => {
      const seen: Array<Seen> = []
      return Effect.gen(function*() {
        for (const { identifier, names } of bearerCalls) {
          const before = seen.length
          const error = yield* Effect.flip(call(identifier, Object.fromEntries(names.map((name) => [name, "1"]))))
          if (error._tag === "InvalidCallArgument") continue
          const { href, headers } = seen[before] ?? assert.fail(identifier)
          const base = (apiUrl ?? "https://discord.com/api/v10").replace(/\/$/, "")
          assert.isTrue(href.startsWith(`${base}/`), href)
          assert.strictEqual(headers.authorization, "Bearer planted-access")
        }
        assert.isAbove(seen.length, 15)
      }).pipe(Effect.provide(recording(seen, apiUrl)))
    })
  }

  it.effect("S32: a value of a query cannot change the rest of the URL", () => {
    const seen: Array<Seen> = []
    return Effect.gen(function*() {
      for (const value of ["//evil.example", "a&limit=1", "a#b", "https://evil.example/?", "\r\nhost: evil.example"]) {
        const error = yield* Effect.flip(call("getCurrentUserGuilds", { before: value }))
        assert.strictEqual(error._tag, "InvalidCallArgument")
      }
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.provide(recording(seen)))
  })

  it.effect("S32: rejects an API URL with a user, a query or a fragment, which would change where a path is sent", () =>
    Effect.gen(function*() {
      for (
        const apiUrl of [
          "https://discord.com@evil.example/api",
          "https://user:pass@discord.com/api",
          "https://discord.com/api?to=",
          "https://discord.com/api#",
          "https://discord.com/api#x",
          "https://discord.com/api?",
          "//discord.com/api",
          "javascript:alert(1)",
          "ftp://discord.com/api"
        ]
      ) {
        const refused = DiscordConfig.make({ clientId: Stub.clientId, apiUrl })
        assert.strictEqual((yield* Effect.flip(refused))._tag, "DiscordConfigurationError", apiUrl)
      }
    }))

  it.effect("S31: every call sends the bearer token in the Authorization header and nowhere else", () => {
    const seen: Array<Seen> = []
    return Effect.gen(function*() {
      for (const { identifier, names } of bearerCalls) {
        yield* Effect.ignore(call(identifier, Object.fromEntries(names.map((name) => [name, "1"]))))
      }
      assert.isAbove(seen.length, 15)
      for (const { headers: { authorization, ...others }, href } of seen) {
        assert.strictEqual(authorization, "Bearer planted-access")
        assert.notInclude(`${href} ${JSON.stringify(others)}`, "planted-access")
        assert.isUndefined(others.cookie)
      }
    }).pipe(Effect.provide(recording(seen)))
  })
})
