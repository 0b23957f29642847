/** The service as a whole. The tests of each grant are in internal/. */
import { OAuth2Client, Permissions } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { responding, tagOf } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

it.effect("the bot's URL has no callback, and without scopes it has the default install settings", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    assert.strictEqual(
      oauth.botAuthorizationUrl({ scopes: ["bot"], permissions: Permissions.fromNames(["CREATE_INSTANT_INVITE"]) }),
      "https://discord.com/oauth2/authorize?client_id=157730590492196864&scope=bot&permissions=1"
    )
    assert.strictEqual(
      oauth.botAuthorizationUrl(),
      "https://discord.com/oauth2/authorize?client_id=157730590492196864"
    )
  }).pipe(Effect.provide(Stub.layer([], responding({})))))

it.effect("the current authorization is read with the access token", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const info = yield* oauth.getCurrentAuthorizationInformation(Stub.token())
    assert.deepStrictEqual([info.application.name, info.user?.username], ["AIRHORN SOLUTIONS", "nelly"])
    assert.deepStrictEqual(calls.map(({ authorization }) => authorization), ["Bearer access-0"])
  }).pipe(Effect.provide(Stub.layer(calls, responding({ body: Stub.authorization(["identify"]) }))))
})

it.effect("a 401 for the current authorization is AccessTokenExpired", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    assert.strictEqual(
      yield* tagOf(oauth.getCurrentAuthorizationInformation(Stub.token())),
      "AccessTokenExpired"
    )
  }).pipe(Effect.provide(Stub.layer([], responding(Stub.unauthorized)))))
