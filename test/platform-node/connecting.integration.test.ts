/** A server that never accepts a connection: its process is stopped, and its queue is full. */
import { DiscordClient } from "@discord-oauth2/core"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import { assert, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { spawn } from "node:child_process"
import { connect } from "node:net"
import { eventually } from "../support/eventually.ts"

const listener = `
  const server = require("node:net").createServer()
  server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => process.stdout.write(String(server.address().port)))
`

/** The port of a process that listens, is stopped, and has a full queue. */
const stopped = Effect.gen(function*() {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const port = yield* Effect.callback<number>((resume) => {
    child.stdout.once("data", (text) => resume(Effect.succeed(Number(text))))
  })
  child.kill("SIGSTOP")
  let connected = 0
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      Array.from(
        { length: 8 },
        () => connect({ host: "127.0.0.1", port }).on("error", () => {}).on("connect", () => connected += 1)
      )
    ),
    (sockets) => Effect.sync(() => sockets.forEach((socket) => socket.destroy()))
  )
  // A queue of one takes two connections.
  assert.isTrue(yield* eventually(() => connected >= 2))
  yield* Effect.sleep("200 millis")
  return port
})

it.live("F1: a connection that is not accepted is given up after five seconds, and the request was not sent", () =>
  Effect.scoped(Effect.gen(function*() {
    const port = yield* stopped
    const ask = Effect.flatMap(
      DiscordClient.DiscordClient,
      (api) => api.getCurrentUser({ accessToken: Redacted.make("planted") })
    ).pipe(
      Effect.provide(NodeDiscord.layer({
        clientId: "157730590492196864",
        apiUrl: `http://127.0.0.1:${port}`,
        timeout: "10 minutes"
      }))
    )
    const [took, error] = yield* Effect.timed(Effect.flip(ask))
    assert.strictEqual(error._tag === "DiscordTransportError" && !error.sent, true, error._tag)
    assert.isAtLeast(Duration.toSeconds(took), 4)
    assert.isBelow(Duration.toSeconds(took), 100)
  })))
