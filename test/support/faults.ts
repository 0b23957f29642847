/** The faults of a server, and whether its connection can be used afterwards. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { accept, answer, broken, type Exchange, type Fault, head, refuse, type Request, whole } from "./FaultServer.ts"

/** The status of a successful response to the request. */
export type StatusOf = (request: Request) => number

const silence = () => {}

const json = { "content-type": "application/json" }

/** Sends the chunk repeatedly until the connection closes. */
const pour = ({ socket }: Exchange, chunk: Uint8Array) => {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more)
  }
  more()
}

const blanks = Buffer.alloc(16_384, " ")
const chunk = Buffer.concat([Buffer.from(`${blanks.length.toString(16)}\r\n`), blanks, Buffer.from("\r\n")])

/** Bodies that decompress to about a thousand times their length. */
const blank = Buffer.alloc(4_000_000, " ")
const bombs = { gzip: gzipSync(blank), deflate: deflateSync(blank), br: brotliCompressSync(blank) }

export const page = "<!DOCTYPE html><html><body><h1>Attention Required! | Cloudflare</h1></body></html>"

/** Nested lists or objects. */
const nestedLists = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
const nestedObjects = (levels: number) => "{\"a\":".repeat(levels) + "1" + "}".repeat(levels)

const deep = 100_000

/** Faults before or in place of a response. */
export const connection = {
  refuse,
  resetBeforeReading: accept((socket) => void socket.resetAndDestroy()),
  closedBeforeReading: accept((socket) => void socket.resume().end()),
  resetAfterReading: broken(({ socket }) => void socket.resetAndDestroy()),
  closedAfterReading: broken(({ socket }) => void socket.end()),
  silence: broken(silence),
  halfHead: broken(({ socket }) => void socket.end("HTTP/1.1 200 OK\r\ncontent-ty")),
  halfHeadThenSilence: broken(({ socket }) => void socket.write("HTTP/1.1 200 OK\r\ncontent-ty")),
  drippingHead: broken(({ every, socket }) => {
    socket.write("HTTP/1.1 200 OK\r\nx-drip: ")
    every(50, () => socket.write("a"))
  }),
  garbage: broken(({ socket }) => void socket.end("\u0000\u0001 SSH-2.0-OpenSSH_9.9\r\n\r\n")),
  megabyteOfHeaders: broken(({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\n${`x-long: ${"a".repeat(1000)}\r\n`.repeat(1000)}\r\n{}`)
  }),
  endlessHeaders: broken((exchange) => {
    exchange.socket.write("HTTP/1.1 200 OK\r\n")
    pour(exchange, Buffer.from(`x-long: ${"a".repeat(1000)}\r\n`))
  }),
  endlessEarlyHints: broken(({ every, socket }) => every(20, () => socket.write(head(103)))),
  twoLengths: broken(({ socket }) =>
    void socket.write(`${head(200, { ...json, "content-length": "2\r\ncontent-length: 3" })}{}`)
  ),
  negativeLength: broken(({ socket }) => void socket.write(`${head(200, { ...json, "content-length": -1 })}{}`))
} satisfies Readonly<Record<string, Fault>>

/** Faults in the body of a response with a valid head. */
export const body = (statusOf: StatusOf) => {
  const begin = (exchange: Exchange, headers: Readonly<Record<string, string | number>>, text = "") =>
    exchange.socket.write(head(statusOf(exchange.request), { ...json, ...headers }) + text)
  const packed = (how: string, bytes: Uint8Array) =>
    whole(({ request, socket }) => {
      socket.write(answer(statusOf(request), bytes, { "content-encoding": how }))
    })
  return {
    halfThenClosed: broken((exchange) => {
      begin(exchange, { "content-length": 1000 }, "{\"id\":")
      exchange.socket.end()
    }),
    halfThenReset: broken((exchange) => {
      begin(exchange, { "content-length": 1000 }, "{\"id\":")
      setTimeout(() => exchange.socket.resetAndDestroy(), 20)
    }),
    halfThenSilence: broken((exchange) => void begin(exchange, { "content-length": 1000 }, "{\"id\":")),
    drip: broken((exchange) => {
      begin(exchange, { "content-length": 100_000 })
      exchange.every(50, () => exchange.socket.write(" "))
    }),
    drippingChunks: broken((exchange) => {
      begin(exchange, { "transfer-encoding": "chunked" })
      exchange.every(50, () => exchange.socket.write("1\r\n \r\n"))
    }),
    lengthTooLong: broken((exchange) => {
      begin(exchange, { "content-length": 10 }, "{}")
      exchange.socket.end()
    }),
    badChunkSize: broken((exchange) => {
      begin(exchange, { "transfer-encoding": "chunked" }, "zz\r\n{}\r\n0\r\n\r\n")
    }),
    unfinishedChunks: broken((exchange) => {
      begin(exchange, { "transfer-encoding": "chunked" }, "2\r\n{}\r\n")
      exchange.socket.end()
    }),
    endlessChunks: broken((exchange) => {
      begin(exchange, { "transfer-encoding": "chunked" })
      pour(exchange, chunk)
    }),
    endlessLength: broken((exchange) => {
      begin(exchange, { "content-length": 1e12 })
      pour(exchange, blanks)
    }),
    endlessUntilClosed: broken((exchange) => {
      begin(exchange, { connection: "close" })
      pour(exchange, blanks)
    }),
    gzipBomb: packed("gzip", bombs.gzip),
    deflateBomb: packed("deflate", bombs.deflate),
    brotliBomb: packed("br", bombs.br),
    notGzip: packed("gzip", Buffer.from("null")),
    invalidUtf8: whole(({ request, socket }) => {
      socket.write(answer(statusOf(request), Buffer.from([0x22, 0xff, 0xfe, 0xc3, 0x28, 0x22])))
    }),
    deepLists: whole(({ request, socket }) => void socket.write(answer(statusOf(request), nestedLists(deep)))),
    deepObjects: whole(({ request, socket }) => void socket.write(answer(statusOf(request), nestedObjects(deep))))
  } satisfies Readonly<Record<string, Fault>>
}

/** Responds to every request with this status and body. */
export const always = (
  status: number,
  text: string | Uint8Array,
  headers: Readonly<Record<string, string | number>> = {}
): Fault => whole(({ socket }) => void socket.write(answer(status, text, headers)))

/** Responds with a success and this body. */
export const success = (
  statusOf: StatusOf,
  text: string,
  headers: Readonly<Record<string, string | number>> = {}
): Fault => whole(({ request, socket }) => void socket.write(answer(statusOf(request), text, headers)))

/** Sends more bytes than the length says. The rest belongs to no response. */
export const tooShort = (statusOf: StatusOf, text: string): Fault =>
  broken(({ request, socket }) => {
    socket.write(Buffer.concat([answer(statusOf(request), text), Buffer.from("left over")]))
  })

/** Sends a body with a status that has none. */
export const noContentWithBody: Fault = broken(({ socket }) => {
  socket.write(`${head(204, { ...json, "content-length": 2 })}{}`)
})

export const html = (status: number): Fault => always(status, page, { "content-type": "text/html" })

/** Sends a page slowly and without end. */
export const dripping = (status: number): Fault =>
  broken(({ every, socket }) => {
    socket.write(head(status, { "content-type": "text/html", "content-length": 100_000 }))
    every(50, () => socket.write(" "))
  })

export const redirect = (status: number, to: string): Fault =>
  always(status, "", { location: `${to}/api/v10/elsewhere` })

/** A validation error whose `errors` have a hundred thousand levels. */
export const deepErrors: Fault = always(
  400,
  `{"message":"Invalid Form Body","code":50035,"errors":${nestedObjects(deep)}}`
)
