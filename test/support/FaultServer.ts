/**
 * A server that violates HTTP. It uses TCP directly, because Node's HTTP server cannot send invalid responses.
 *
 * It reads whole requests, records them, and applies the fault to each. `open` counts the open connections, and
 * `unfinished` those of them whose response is missing or incomplete. A client that stops waiting for such a response
 * must close the connection.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer, type Server, type Socket } from "node:net"

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A request and its connection. */
export interface Exchange {
  readonly socket: Socket
  readonly request: Request
  /** Repeats the action until the connection closes. */
  readonly every: (millis: number, action: () => void) => void
}

export type Fault =
  /** The port is closed. */
  | { readonly _tag: "Refuse" }
  /** The fault is applied to the connection before a request is read. */
  | { readonly _tag: "Accept"; readonly on: (socket: Socket) => void }
  /** The request is read first. `isWhole` says that the response is complete and the connection can be reused. */
  | { readonly _tag: "Answer"; readonly isWhole: boolean; readonly on: (exchange: Exchange) => void }

export interface FaultServer {
  readonly origin: string
  /** Every complete request, in order. */
  readonly requests: Array<Request>
  /** The number of received bytes, including those of incomplete requests. */
  readonly bytes: () => number
  readonly connections: () => number
  readonly open: () => number
  readonly unfinished: () => number
  readonly set: (fault: Fault) => Effect.Effect<void>
}

export const refuse: Fault = { _tag: "Refuse" }
export const accept = (on: (socket: Socket) => void): Fault => ({ _tag: "Accept", on })
export const broken = (on: (exchange: Exchange) => void): Fault => ({ _tag: "Answer", isWhole: false, on })
export const whole = (on: (exchange: Exchange) => void): Fault => ({ _tag: "Answer", isWhole: true, on })

/** Returns a status line, headers and a blank line. */
export const head = (status: number, headers: Readonly<Record<string, string | number>> = {}) =>
  [`HTTP/1.1 ${status} Because`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ""]
    .join("\r\n")

/** Returns a complete response with its length. */
export const answer = (
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | number>> = {}
) => {
  const bytes = Buffer.from(body)
  return Buffer.concat([
    Buffer.from(head(status, { "content-type": "application/json", "content-length": bytes.length, ...headers })),
    bytes
  ])
}

/** Returns the first request and its length in bytes, or `undefined` if it is incomplete. */
const parse = (bytes: Buffer): readonly [Request, number] | undefined => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const [line = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
  const headers = Object.fromEntries(lines.map((each) => {
    const colon = each.indexOf(":")
    return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()]
  }))
  const [method = "", path = ""] = line.split(" ")
  const start = end + 4
  const toRequest = (from: number, to: number, length: number): readonly [Request, number] => [
    { method, path, headers, body: bytes.subarray(from, to).toString("latin1") },
    length
  ]
  if (headers["transfer-encoding"] === "chunked") {
    const last = bytes.indexOf("0\r\n\r\n", start)
    return last < 0 ? undefined : toRequest(start, last, last + 5)
  }
  const stop = start + Number(headers["content-length"] ?? 0)
  return bytes.length < stop ? undefined : toRequest(start, stop, stop)
}

interface State {
  readonly server: Server
  readonly sockets: Map<Socket, { isUnfinished: boolean }>
  readonly requests: Array<Request>
  fault: Fault
  connections: number
  bytes: number
}

const onConnection = (state: State) => (socket: Socket) => {
  const its = { isUnfinished: false }
  state.connections += 1
  state.sockets.set(socket, its)
  socket.setNoDelay(true)
  socket.on("error", () => {})
  socket.on("close", () => state.sockets.delete(socket))
  if (state.fault._tag === "Accept") {
    its.isUnfinished = true
    return state.fault.on(socket)
  }
  let bytes = Buffer.alloc(0)
  socket.on("data", (chunk: Buffer) => {
    state.bytes += chunk.length
    bytes = Buffer.concat([bytes, chunk])
    its.isUnfinished = true
    const parsed = parse(bytes)
    if (parsed === undefined) return
    const [request, length] = parsed
    bytes = bytes.subarray(length)
    state.requests.push(request)
    const { fault } = state
    if (fault._tag !== "Answer") return socket.destroy()
    its.isUnfinished = !fault.isWhole
    fault.on({
      socket,
      request,
      every: (millis, action) => {
        const timer = setInterval(action, millis)
        socket.on("close", () => clearInterval(timer))
      }
    })
  })
}

const listen = (server: Server, port: number) =>
  Effect.callback<number>((resume) => {
    server.listen(port, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Closes the port. Open connections stay. */
const stopListening = (server: Server) => {
  const wasListening = server.listening
  if (wasListening) server.close()
  return Effect.void
}

/** Starts a server on a free port, first with `fault`, and stops it with the scope. */
export const make = (fault: Fault): Effect.Effect<FaultServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const state: State = {
      server: createServer(),
      sockets: new Map(),
      requests: [],
      fault: refuse,
      connections: 0,
      bytes: 0
    }
    state.server.on("connection", onConnection(state))
    const port = yield* listen(state.server, 0)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const socket of state.sockets.keys()) socket.destroy()
        if (state.server.listening) state.server.close()
      })
    )
    const set = (fault: Fault) =>
      Effect.suspend(() => {
        state.fault = fault
        if (fault._tag === "Refuse") {
          for (const socket of state.sockets.keys()) socket.destroy()
          return stopListening(state.server)
        }
        return state.server.listening ? Effect.void : Effect.asVoid(listen(state.server, port))
      })
    yield* set(fault)
    return {
      origin: `http://127.0.0.1:${port}`,
      requests: state.requests,
      bytes: () => state.bytes,
      connections: () => state.connections,
      open: () => state.sockets.size,
      unfinished: () => Array.from(state.sockets.values()).filter(({ isUnfinished }) => isUnfinished).length,
      set
    }
  })
