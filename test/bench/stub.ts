/**
 * The process that stands for Discord: prepared bytes over plain HTTP with keep-alive, and rate limits that are never
 * reached. What does not carry the token it should gets 401, and the run stops. A refresh token that `rotating` made
 * works too: it gives another pair each time.
 */
import { createServer } from "node:http"
import { accessToken, answers, isRotating, refreshToken, rotating } from "./Workload.ts"

const neutralLimits = {
  "x-ratelimit-bucket": "abcd1234",
  "x-ratelimit-limit": "1000000",
  "x-ratelimit-remaining": "999999",
  "x-ratelimit-reset-after": "1"
}

const prepare = (body: unknown) => {
  const bytes = Buffer.from(JSON.stringify(body))
  const headers = { "content-type": "application/json", "content-length": bytes.length, ...neutralLimits }
  return { bytes, headers: Object.entries(headers).flat() }
}

const prepared = new Map(Array.from(answers, ([route, body]) => [route, prepare(body)]))
const refused = prepare({ message: "401: Unauthorized", code: 0 })

let rotations = 0

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const path = request.url?.replace(/^\/api(\/v\d+)?/, "").replace(/\?.*/, "").replace("%40", "@")
  const answer = prepared.get(`${request.method} ${path}`)
  const send = (authorized: boolean) => {
    const { bytes, headers } = answer !== undefined && authorized ? answer : refused
    response.writeHead(answer !== undefined && authorized ? 200 : 401, headers).end(bytes)
  }
  if (request.method === "GET") {
    const bearer = request.headers.authorization?.slice("Bearer ".length) ?? ""
    send(bearer === accessToken || isRotating(bearer))
    return
  }
  let body = ""
  request.setEncoding("latin1")
  request.on("data", (chunk: string) => body += chunk)
  request.on("end", () => {
    if (!isRotating(new URLSearchParams(body).get("refresh_token") ?? "")) {
      return send(body.includes("grant_type=refresh_token") && body.includes(refreshToken))
    }
    const { bytes, headers } = prepare(rotating(++rotations))
    response.writeHead(200, headers).end(bytes)
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object" && address !== null) process.send?.(`http://127.0.0.1:${address.port}`)
})

process.on("disconnect", () => process.exit())
