/** The faults of a server, and whether its connection can be used afterwards. */
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { accept, answer, broken, type Exchange, type Fault, head, refuse, type Request, whole } from "./FaultServer.ts"

/** The status of a successful response to the request. */
export type StatusOf = (request: Request) => number

const silence = () => {}

const json = { "content-type": "application/json" }

/** Never ends, as long as anyone reads. */
const pour = ({ socket }: Exchange, chunk: Uint8Array) => {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more)
  }
  more()
}

const blanks = Buffer.alloc(16_384, " ")
const chunk = Buffer.concat([Buffer.from(`${blanks.length.toString(16)}\r\n`), blanks, Buffer.from("\r\n")])

/** Unpack into a thousand times their length. */
const blank = Buffer.alloc(4_000_000, " ")
const bombs = { gzip: gzipSync(blank), deflate: deflateSync(blank), br: brotliCompressSync(blank) }

export const page = "<!DOCTYPE html><html><body><h1>Attention Required! | Cloudflare</h1></body></html>"

/** So many lists or objects, each in the one before. */
const nestedLists = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
const nestedObjects = (levels: number) => "{\"a\":".repeat(levels) + "1" + "}".repeat(levels)

const deep = 100_000

/** What is done before or instead of an answer. */
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

/** What is done with the body of an answer that begins well. */
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

/** An answer of this status and body, whatever was asked. */
export const always = (
  status: number,
  text: string | Uint8Array,
  headers: Readonly<Record<string, string | number>> = {}
): Fault => whole(({ socket }) => void socket.write(answer(status, text, headers)))

/** A success with this body. */
export const success = (
  statusOf: StatusOf,
  text: string,
  headers: Readonly<Record<string, string | number>> = {}
): Fault => whole(({ request, socket }) => void socket.write(answer(statusOf(request), text, headers)))

/** More bytes than the length says: what is left over is no answer to anything. */
export const tooShort = (statusOf: StatusOf, text: string): Fault =>
  broken(({ request, socket }) => {
    socket.write(Buffer.concat([answer(statusOf(request), text), Buffer.from("left over")]))
  })

/** What has no body, and then one. */
export const noContentWithBody: Fault = broken(({ socket }) => {
  socket.write(`${head(204, { ...json, "content-length": 2 })}{}`)
})

export const html = (status: number): Fault => always(status, page, { "content-type": "text/html" })

/** A page whose end never comes. */
export const dripping = (status: number): Fault =>
  broken(({ every, socket }) => {
    socket.write(head(status, { "content-type": "text/html", "content-length": 100_000 }))
    every(50, () => socket.write(" "))
  })

export const redirect = (status: number, to: string): Fault =>
  always(status, "", { location: `${to}/api/v10/elsewhere` })

/** A validation error whose `errors` are a hundred thousand levels deep. */
export const deepErrors: Fault = always(
  400,
  `{"message":"Invalid Form Body","code":50035,"errors":${nestedObjects(deep)}}`
)
