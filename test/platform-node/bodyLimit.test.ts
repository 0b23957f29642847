/** F10: answers without an end, on real sockets, with each of the clients. */
import { AccessTokenStore, DiscordClient, OAuth2Client } from "@discord-oauth2/core"
import type { AccessToken } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import { createServer, type ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import * as Stub from "../support/StubDiscord.ts"

const maxBodyBytes = 100_000

const user = Buffer.from(JSON.stringify(Stub.user))
/** A user, and after it more blanks than are read: it unpacks into a hundred times its length. */
const bomb = gzipSync(Buffer.concat([user, Buffer.alloc(10_000_000, " ")]))

/** Never ends, as long as anyone reads. */
const pour = (response: ServerResponse) => {
  const chunk = Buffer.alloc(16_384, " ")
  const more = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once("drain", more)
  }
  more()
}

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  fine: (response) => response.writeHead(200, { "content-length": user.length }).end(user),
  chunked: (response) => {
    response.writeHead(200).write(user.subarray(0, 20))
    response.end(user.subarray(20))
  },
  packed: (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(user)),
  endless: (response) => pour(response.writeHead(200)),
  long: (response) => pour(response.writeHead(200, { "content-length": 1e12 })),
  bomb: (response) => response.writeHead(200, { "content-encoding": "gzip", "content-length": bomb.length }).end(bomb),
  outage: (response) => pour(response.writeHead(502))
}

const serve = Effect.acquireRelease(
  Effect.callback<{ readonly origin: string; readonly close: () => void }>((resume) => {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "application/json")
      const kind = request.headers.authorization?.startsWith("Bearer ")
        ? request.headers.authorization.slice(7)
        : "endless"
      answers[kind]?.(response)
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const origin = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : ""
      const close = () => {
        server.closeAllConnections()
        server.close()
      }
      resume(Effect.succeed({ origin, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

const token = (access: string): AccessToken.AccessToken => ({
  access_token: Redacted.make(access),
  refresh_token: Redacted.make("planted-refresh"),
  expires_at: DateTime.makeUnsafe("2100-01-01T00:00:00Z"),
  scopes: ["identify"]
})

const clients = {
  undici: undefined,
  fetch: FetchHttpClient.layer
}

for (const [name, httpClient] of Object.entries(clients)) {
  const withServer = <A, E>(
    test: Effect.Effect<A, E, DiscordClient.DiscordClient | OAuth2Client.OAuth2Client>
  ) =>
    Effect.scoped(Effect.flatMap(serve, ({ origin }) =>
      Effect.provide(
        test,
        NodeDiscord.layer({
          clientId: Stub.clientId,
          clientSecret: Redacted.make(Stub.clientSecret),
          apiUrl: `${origin}/api/v10`,
          maxBodyBytes,
          store: AccessTokenStore.layerMemory,
          httpClient
        })
      )))

  const ask = (kind: string) =>
    Effect.flatMap(DiscordClient.DiscordClient, (api) => api.getCurrentUser({ accessToken: token(kind) }))

  describe(`on ${name}`, () => {
    for (const kind of ["fine", "chunked", ...(name === "fetch" ? ["packed"] : [])]) {
      it.live(`F10: an answer within the limit is read: ${kind}`, () =>
        withServer(Effect.gen(function*() {
          assert.strictEqual((yield* ask(kind)).id, Stub.userId)
        })))
    }

    for (const kind of ["endless", "long", ...(name === "fetch" ? ["bomb"] : [])]) {
      it.live(`F10: a body that is ${kind} is MalformedResponse, and read no further`, () =>
        withServer(Effect.gen(function*() {
          const error = yield* Effect.flip(ask(kind))
          assert.strictEqual(
            error._tag === "MalformedResponse" ? error.issue : error._tag,
            `Expected at most ${maxBodyBytes} bytes`
          )
        })))
    }

    it.live("F10: an endless error page means what its status does", () =>
      withServer(Effect.gen(function*() {
        assert.strictEqual((yield* Effect.flip(ask("outage")))._tag, "DiscordServerError")
      })))

    it.live("F9: on a refresh the outcome is unknown", () =>
      withServer(Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        assert.strictEqual((yield* Effect.flip(oauth.refresh(token("any"))))._tag, "RefreshOutcomeUnknown")
      })))

    it.live("F10: a revocation whose answer has no end has happened", () =>
      withServer(Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        yield* oauth.revoke(token("any"))
      })))
  })
}
