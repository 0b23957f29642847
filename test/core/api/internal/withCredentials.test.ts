import { DiscordConfig } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import {
  client,
  type Credentials,
  CurrentCredentials,
  none
} from "../../../../packages/core/src/api/internal/credentials.ts"
import { withCredentials } from "../../../../packages/core/src/api/internal/withCredentials.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const send = Effect.fnUntraced(function*(credentials: Credentials, clientSecret?: string) {
  const config = yield* DiscordConfig.make({
    clientId: Stub.clientId,
    clientSecret: clientSecret === undefined ? undefined : Redacted.make(clientSecret),
    userAgent: "DiscordBot (https://app.example, 1)"
  })
  const request = HttpClientRequest.get("https://discord.com/")
  const { headers, url } = yield* Effect.provideService(
    withCredentials(config)(request),
    CurrentCredentials,
    credentials
  )
  assert.strictEqual(url, "https://discord.com/")
  assert.strictEqual(headers["user-agent"], "DiscordBot (https://app.example, 1)")
  return headers.authorization
})

const bearer = (token: string): Credentials => ({ _tag: "Bearer", token: Redacted.make(token), refreshable: false })

describe("withCredentials", () => {
  it.effect("S31: sends a user's or a bot's token in the header and not in the URL", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* send(bearer("planted-user")), "Bearer planted-user")
      assert.strictEqual(yield* send({ _tag: "Bot", token: Redacted.make("planted-bot") }), "Bot planted-bot")
    }))

  it.effect("form-encodes the client secret before it is joined to the client id", () =>
    Effect.gen(function*() {
      const header = yield* send(client, "planted: %+é")
      assert.strictEqual(atob(header?.split(" ")[1] ?? ""), `${Stub.clientId}:planted%3A+%25%2B%C3%A9`)
    }))

  it.effect("sends no header without credentials, and none for a public client", () =>
    Effect.gen(function*() {
      assert.isUndefined(yield* send(none, "planted"))
      assert.isUndefined(yield* send(client))
    }))

  for (const token of ["planted\r\nhost: evil.example", "planted\u0000", "plantedé"]) {
    it.effect(`rejects the token ${JSON.stringify(token)}, which a header cannot contain, and does not show it`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(send(bearer(token)))
        assert.deepInclude(error, { _tag: "DiscordTransportError", sent: false })
        assert.notInclude(error.message, "planted")
      }))
  }
})
