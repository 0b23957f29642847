/** S26: redirects of Discord's endpoints, on real sockets, with each of the clients. */
import { AccessTokenStore, DiscordClient, OAuth2Client } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import { createServer, type RequestListener } from "node:http"
import * as Stub from "../support/StubDiscord.ts"

const listen = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly origin: string; readonly close: () => void }>((resume) => {
      const server = createServer(listener)
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({
          origin: typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "",
          close
        }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const accessToken = Redacted.make("planted-access")

const oauth = OAuth2Client.OAuth2Client
const api = DiscordClient.DiscordClient

type Asking = Effect.Effect<
  unknown,
  { readonly _tag: string },
  DiscordClient.DiscordClient | OAuth2Client.OAuth2Client
>

const requests: Readonly<Record<string, Asking>> = {
  "the exchange of a code": Effect.flatMap(
    oauth,
    (oauth) => oauth.exchangeCode({ code: Redacted.make("planted-code"), redirectUri: "https://app.example/callback" })
  ),
  "a refresh": Effect.flatMap(oauth, (oauth) => oauth.refresh(Stub.token())),
  "client credentials": Effect.flatMap(oauth, (oauth) => oauth.clientCredentials({ scopes: ["identify"] })),
  "a revocation": Effect.flatMap(oauth, (oauth) => oauth.revoke(Stub.token())),
  "the user info": Effect.flatMap(api, (api) => api.getUserInfo({ accessToken })),
  "the public keys": Effect.flatMap(api, (api) => api.getPublicKeys({})),
  "the current authorization": Effect.flatMap(api, (api) => api.getCurrentAuthorizationInformation({ accessToken })),
  "the current user": Effect.flatMap(api, (api) => api.getCurrentUser({ accessToken }))
}

const clients = { undici: undefined, fetch: FetchHttpClient.layer }

for (const [client, httpClient] of Object.entries(clients)) {
  describe(`on ${client}`, () => {
    for (const [name, request] of Object.entries(requests)) {
      it.live(`S26: ${name} is redirected, and the other address hears nothing`, () =>
        Effect.gen(function*() {
          const heard: Array<string> = []
          const other = yield* listen((request, response) => {
            heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
            response.setHeader("content-type", "application/json")
            response.end(JSON.stringify({ ...Stub.user, access_token: "planted", token_type: "Bearer", keys: [] }))
          })
          let status = 0
          let asked = 0
          const discord = yield* listen((request, response) => {
            asked += 1
            // Another origin, and the same one at another path.
            const location = status % 2 === 0 ? `${other.origin}/stolen` : "/api/v10/other"
            if (request.url === "/api/v10/other") heard.push("/api/v10/other")
            request.resume()
            response.writeHead(status, { location }).end()
          })
          for (status of [301, 302, 303, 307, 308]) {
            const before = asked
            const error = yield* Effect.flip(Effect.provide(
              request,
              NodeDiscord.layer({
                clientId: Stub.clientId,
                clientSecret: Redacted.make(Stub.clientSecret),
                apiUrl: `${discord.origin}/api/v10`,
                store: AccessTokenStore.layerMemory,
                httpClient
              })
            ))
            assert.strictEqual(error._tag, "UnexpectedStatus")
            assert.strictEqual(asked, before + 1)
          }
          assert.deepStrictEqual(heard, [])
        }).pipe(Effect.scoped))
    }
  })
}
