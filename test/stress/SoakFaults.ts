/** The faults of a soak: each kind of `Fault`, and some of the connection. */
import { once } from "node:events"
import type { ServerResponse } from "node:http"

/** Each is a response in place of Discord's own; the request is not carried out. */
const refusals = {
  "500": (response: ServerResponse) => json(response, 500, { message: "500: Internal Server Error", code: 0 }),
  "502": (response: ServerResponse) => page(response, 502),
  "503": (response: ServerResponse) => json(response, 503, { message: "503: Service Unavailable", code: 0 }),
  "504": (response: ServerResponse) => void response.writeHead(504).end(),
  "520": (response: ServerResponse) => page(response, 520),
  "429 user": (response: ServerResponse) => limited(response, "user", 0.4),
  "429 global": (response: ServerResponse) => limited(response, "global", 0.4),
  "429 shared": (response: ServerResponse) => limited(response, "shared", 0.2),
  "429 without headers": (response: ServerResponse) =>
    json(response, 429, { message: "You are being rate limited.", retry_after: 0.3, global: false }),
  "unknown status": (response: ServerResponse) => json(response, 418, { message: "418: I'm a teapot", code: 0 }),
  redirect: (response: ServerResponse) =>
    void response.writeHead(302, { location: "http://127.0.0.1:9/elsewhere" }).end(),
  "text for JSON": (response: ServerResponse) =>
    void response.writeHead(400, { "content-type": "text/plain" }).end("bad gateway"),
  "reset before": (response: ServerResponse) => void response.socket?.resetAndDestroy()
} as const

/** Each loses the response to a request that was carried out. */
const losses = {
  "reset after": (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  "half a body": async (response: ServerResponse, body: string) => {
    start(response, body)
    await wait(20)
    response.socket?.destroy()
  },
  "endless body": (response: ServerResponse, body: string) => start(response, body),
  "huge body": (response: ServerResponse, body: string) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(body.padEnd(2 * maxBodyBytes)),
  "cut JSON": (response: ServerResponse, body: string) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(body.slice(0, body.length / 2)),
  HTML: (response: ServerResponse) => page(response, 200),
  array: (response: ServerResponse) => json(response, 200, [[]]),
  null: (response: ServerResponse) => json(response, 200, null),
  silence: () => {}
} as const

/** Each delivers the response late. */
const delays = {
  "slow answer": async (response: ServerResponse, body: string) => {
    await wait(1200)
    json(response, 200, body)
  },
  "slow body": async (response: ServerResponse, body: string) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
    for (let at = 0; at < body.length && !response.destroyed; at += Math.ceil(body.length / 6)) {
      if (!response.write(body.slice(at, at + Math.ceil(body.length / 6)))) await once(response, "drain")
      await wait(150)
    }
    response.end()
  }
} as const

/** The longest response that the application reads, in bytes. */
export const maxBodyBytes = 262_144

export type Refusal = keyof typeof refusals
export type Loss = keyof typeof losses
export type Delay = keyof typeof delays
/** The faults of one kind of request only. */
export type Own = "401 for a fresh token" | "429 for long" | "invalid_grant"
export type Kind = Refusal | Loss | Delay | Own

export const isRefusal = (kind: string): kind is Refusal => Object.hasOwn(refusals, kind)
export const isLoss = (kind: string): kind is Loss => Object.hasOwn(losses, kind)
export const isDelay = (kind: string): kind is Delay => Object.hasOwn(delays, kind)

const common: ReadonlyArray<string> = [refusals, losses, delays].flatMap((kinds) => Object.keys(kinds))

const kinds = (...own: ReadonlyArray<Own>): ReadonlyArray<Kind> => [
  ...common.filter((kind) => isRefusal(kind) || isLoss(kind) || isDelay(kind)),
  ...own
]

/** The faults of each kind of request. */
export const kindsOf = {
  exchange: kinds(),
  refresh: kinds("invalid_grant"),
  revocation: kinds(),
  call: kinds("401 for a fresh token", "429 for long")
} as const

export const refuse = (kind: Refusal, response: ServerResponse) => refusals[kind](response)
export const lose = (kind: Loss, response: ServerResponse, body: string) => losses[kind](response, body)
export const delay = (kind: Delay, response: ServerResponse, body: string) => delays[kind](response, body)

const wait = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  response.writeHead(status, { ...headers, "content-type": "application/json" }).end(text)
}

const page = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}) =>
  void response.writeHead(status, { ...headers, "content-type": "text/html" }).end("<html><h1>Sorry</h1></html>")

const start = (response: ServerResponse, body: string) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
  response.write(body.slice(0, body.length / 2))
}

export const limited = (
  response: ServerResponse,
  scope: "user" | "global" | "shared",
  retryAfter: number,
  headers: Readonly<Record<string, string>> = {}
) =>
  json(
    response,
    429,
    { message: "You are being rate limited.", retry_after: retryAfter, global: scope === "global" },
    {
      ...headers,
      "retry-after": String(Math.ceil(retryAfter)),
      "x-ratelimit-scope": scope,
      ...(scope === "global" && { "x-ratelimit-global": "true" })
    }
  )

/** Cloudflare's own responses to an IP address that it blocks. */
export const block = (response: ServerResponse, status: 403 | 429, seconds: number) => {
  const headers = { "retry-after": String(seconds) }
  return status === 403
    ? page(response, 403, headers)
    : void response.writeHead(429, { ...headers, "content-type": "text/plain" }).end("error code: 1015")
}
