/**
 * A Discord under load, with real limits, short-lived tokens and faults. The test compares what it knows of each grant with
 * the application's own view. It shares no code with the library.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as Random from "./Random.ts"
import * as Faults from "./SoakFaults.ts"
import { clientId, clientSecret, userOf } from "./StrictDiscord.ts"

export interface Options {
  readonly seed: number
  /** The rate of requests with a fault. The rate of revocations, which are few, is three times higher. */
  readonly faultRate: number
  /** The lifetime of an access token, in seconds. */
  readonly expiresIn: number
  /** How many guilds a user is in. */
  readonly guildsOf: (user: string) => number
}

/** One sign-in of one user. */
export interface Grant {
  readonly id: string
  readonly user: string
  /** The number of the refresh token that is valid. */
  latest: number
  refreshes: number
  end: "revoked" | "signed out" | undefined
  /** Whether the response to a successful refresh was lost. */
  isLost: boolean
}

/** The result of the last request with a refresh token. */
type Spent = "in flight" | "answered" | "lost" | "not carried out" | "refused"

type Task = keyof typeof Faults.kindsOf

interface Limit {
  readonly bucket: string
  readonly limit: number
  readonly window: number
}

const me: Limit = { bucket: "bucket-me", limit: 3, window: 2000 }
const limits: Readonly<Record<string, Limit>> = {
  "GET /users/@me": me,
  "GET /users/@me/connections": me,
  "GET /users/@me/guilds": { bucket: "bucket-guilds", limit: 1, window: 1000 },
  "GET /oauth2/@me": { bucket: "bucket-authorization", limit: 5, window: 5000 },
  [`PUT /users/@me/applications/${clientId}/role-connection`]: { bucket: "bucket-roles", limit: 2, window: 3000 }
}

const scope = "identify guilds connections role_connections.write"
const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`
const tasks: ReadonlyArray<Task> = ["exchange", "refresh", "revocation", "call"]

const read = async (request: IncomingMessage) => {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return text
}

export const start = async (options: Options) => {
  const random = Random.makeRandom(options.seed)
  const draws = Object.fromEntries(
    tasks.map((task) => [task, Random.makeDeck<Faults.Kind>(Faults.kindsOf[task], random)])
  )
  const grants = new Map<string, Grant>()
  /** Refresh tokens and access tokens by their values. */
  const refreshTokens = new Map<string, { readonly grant: Grant; readonly serial: number; spent?: Spent }>()
  const accessTokens = new Map<string, { readonly grant: Grant; readonly serial: number; readonly until: number }>()
  const codes = new Set<string>()
  const windows = new Map<string, { end: number; used: number }>()

  const faults: Record<string, Record<string, number>> = Object.fromEntries(tasks.map((task) => [task, {}]))
  /** Messages about requests that no client should send. */
  const complaints: Array<string> = []
  const counts = {
    requests: 0,
    good: 0,
    exchanges: 0,
    refreshes: 0,
    revocations: 0,
    /** Requests that a limit rejected. */
    limited: 0,
    /** Of these, requests that came less than 50 milliseconds too early. */
    limitedByAHair: 0,
    /** Requests with an expired or replaced access token. */
    unauthorized: 0,
    /** Refresh tokens that were sent again after a lost response. */
    againAfterLoss: 0,
    /** Refresh tokens that were sent again after a request without effect. */
    againAfterFailure: 0,
    /** Responses to a refresh whose client had closed the connection. */
    abandoned: 0
  }
  const blocks: Array<
    { readonly status: 403 | 429; readonly until: number; refused: number; late: number; goodAfter: number }
  > = []
  let isFaulty = true

  const issue = (grant: Grant) => {
    const name = `${grant.user}.${grant.id}.${grant.latest}.${randomBytes(9).toString("hex")}`
    const now = performance.now()
    // One of ten becomes invalid before it expires.
    const life = options.expiresIn * 1000 * (random() < 0.1 ? 0.5 : 1)
    accessTokens.set(`access.${name}`, { grant, serial: grant.latest, until: now + life })
    refreshTokens.set(`refresh.${name}`, { grant, serial: grant.latest })
    return {
      access_token: `access.${name}`,
      refresh_token: `refresh.${name}`,
      token_type: "Bearer",
      expires_in: options.expiresIn,
      scope
    }
  }

  const draw = (task: Task): Faults.Kind | undefined => {
    if (!isFaulty || random() >= options.faultRate * (task === "revocation" ? 3 : 1)) return undefined
    const kind = draws[task]?.()
    const counted = faults[task]
    if (kind !== undefined && counted !== undefined) counted[kind] = (counted[kind] ?? 0) + 1
    return kind
  }

  const good = (response: ServerResponse, body: unknown, headers?: Readonly<Record<string, string>>) => {
    counts.good += 1
    const last = blocks.at(-1)
    if (last !== undefined && performance.now() > last.until) last.goodAfter += 1
    Faults.json(response, 200, body, headers)
  }

  /** Sends the response, unless a fault prevents it. */
  const deliver = async (
    kind: Faults.Kind | undefined,
    response: ServerResponse,
    body: unknown,
    headers?: Readonly<Record<string, string>>
  ) => {
    if (kind !== undefined && Faults.isLoss(kind)) await Faults.lose(kind, response, JSON.stringify(body))
    else if (kind !== undefined && Faults.isDelay(kind)) await Faults.delay(kind, response, JSON.stringify(body))
    else good(response, body, headers)
  }

  const invalidGrant = (response: ServerResponse, what: string) =>
    Faults.json(response, 400, { error: "invalid_grant", error_description: `Invalid "${what}" in request.` })

  const exchange = (form: URLSearchParams, response: ServerResponse) => {
    counts.exchanges += 1
    const code = form.get("code") ?? ""
    const user = code.split(".")[1] ?? ""
    if (codes.has(code)) complaints.push("a code that came twice")
    codes.add(code)
    const kind = draw("exchange")
    if (kind !== undefined && Faults.isRefusal(kind)) return Faults.refuse(kind, response)
    const grant: Grant = {
      id: `g${grants.size}`,
      user,
      latest: 0,
      refreshes: 0,
      end: undefined,
      isLost: false
    }
    grants.set(grant.id, grant)
    return deliver(kind, response, issue(grant))
  }

  const refresh = async (form: URLSearchParams, response: ServerResponse) => {
    counts.refreshes += 1
    const known = refreshTokens.get(form.get("refresh_token") ?? "")
    if (known === undefined) {
      complaints.push("a refresh token that was never given")
      return invalidGrant(response, "refresh_token")
    }
    const { grant, serial, spent } = known
    if (spent === "lost") counts.againAfterLoss += 1
    else if (spent === "not carried out") counts.againAfterFailure += 1
    else if (spent !== undefined) complaints.push(`a refresh token that came again: ${spent}`)
    if (grant.end !== undefined || grant.latest !== serial) {
      known.spent = "refused"
      return invalidGrant(response, "refresh_token")
    }
    const kind = draw("refresh")
    if (kind === "invalid_grant") {
      grant.end = "revoked"
      known.spent = "refused"
      return invalidGrant(response, "refresh_token")
    }
    if (kind !== undefined && Faults.isRefusal(kind)) {
      known.spent = "not carried out"
      return Faults.refuse(kind, response)
    }
    grant.latest += 1
    grant.refreshes += 1
    const isLost = kind !== undefined && Faults.isLoss(kind)
    known.spent = isLost ? "lost" : "in flight"
    grant.isLost ||= isLost
    response.once("close", () => {
      if (isLost) return
      known.spent = response.writableFinished ? "answered" : "lost"
      if (response.writableFinished) return
      grant.isLost = true
      counts.abandoned += 1
    })
    return deliver(kind, response, issue(grant))
  }

  const revoke = (form: URLSearchParams, response: ServerResponse) => {
    counts.revocations += 1
    const kind = draw("revocation")
    if (kind !== undefined && Faults.isRefusal(kind)) return Faults.refuse(kind, response)
    const token = form.get("token") ?? ""
    const grant = refreshTokens.get(token)?.grant ?? accessTokens.get(token)?.grant
    if (grant === undefined) complaints.push("a token that was never given is revoked")
    else grant.end ??= "signed out"
    return deliver(kind, response, {})
  }

  const bodyOf = (user: string, route: string, query: URLSearchParams, sent: string): unknown => {
    switch (route) {
      case "GET /users/@me":
        return userOf(user)
      case "GET /oauth2/@me":
        return {
          application: { id: clientId, name: "Soak", icon: null, description: "", verify_key: "" },
          scopes: scope.split(" "),
          expires: new Date(Date.now() + 10_000).toISOString(),
          user: userOf(user)
        }
      case "GET /users/@me/connections":
        return [{
          id: user,
          name: user,
          type: "github",
          verified: true,
          friend_sync: false,
          show_activity: true,
          two_way_link: false,
          visibility: 1
        }]
      case "GET /users/@me/guilds": {
        const after = BigInt(query.get("after") ?? 0)
        return Array.from({ length: options.guildsOf(user) }, (_, index) => 900_000_000_000_000_000n + BigInt(index))
          .filter((id) => id > after)
          .slice(0, Number(query.get("limit") ?? 200))
          .map((id) => ({
            id: String(id),
            name: user,
            icon: null,
            banner: null,
            owner: false,
            permissions: "0",
            features: []
          }))
      }
      default:
        return JSON.parse(sent)
    }
  }

  const take = ({ bucket, limit, window }: Limit, user: string) => {
    const now = performance.now()
    const key = `${user} ${bucket}`
    const known = windows.get(key)
    const current = known !== undefined && known.end > now ? known : { end: now + window, used: 0 }
    windows.set(key, current)
    current.used += 1
    const after = (current.end - now) / 1000
    return {
      isAllowed: current.used <= limit,
      after,
      headers: {
        "x-ratelimit-limit": String(limit),
        "x-ratelimit-remaining": String(Math.max(0, limit - current.used)),
        "x-ratelimit-reset-after": after.toFixed(3),
        "x-ratelimit-bucket": bucket
      }
    }
  }

  const call = async (request: IncomingMessage, response: ServerResponse, sent: string) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1")
    const route = `${request.method} ${url.pathname.replace("/api/v10", "")}`
    const limit = limits[route]
    if (limit === undefined) {
      complaints.push(route)
      return Faults.json(response, 404, { message: "404: Not Found", code: 0 })
    }
    const token = accessTokens.get((request.headers.authorization ?? "").replace(/^Bearer /, ""))
    if (token === undefined) complaints.push("an access token that was never given")
    const kind = token === undefined ? undefined : draw("call")
    // A refresh invalidates the old access token for every other user. For the rest it stays valid until it expires.
    const isReplaced = token !== undefined && token.serial < token.grant.latest && Number(token.grant.user) % 2 === 0
    if (token === undefined || token.grant.end !== undefined || token.until < performance.now() || isReplaced) {
      counts.unauthorized += 1
      return Faults.json(response, 401, { message: "401: Unauthorized", code: 0 })
    }
    if (kind === "401 for a fresh token") {
      return Faults.json(response, 401, { message: "401: Unauthorized", code: 0 })
    }
    if (kind === "429 for long") return Faults.limited(response, "user", 7)
    if (kind !== undefined && Faults.isRefusal(kind)) return Faults.refuse(kind, response)
    const { after, headers, isAllowed } = take(limit, token.grant.user)
    if (!isAllowed) {
      counts.limited += 1
      if (after < 0.05) counts.limitedByAHair += 1
      return Faults.limited(response, "user", after, headers)
    }
    return deliver(kind, response, bodyOf(token.grant.user, route, url.searchParams, sent), headers)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === "/ping") return void response.writeHead(204).end()
    const sent = request.method === "GET" ? "" : await read(request)
    counts.requests += 1
    const blocked = blocks.find(({ until }) => until > performance.now())
    const form = new URLSearchParams(request.url?.startsWith("/api/v10/oauth2/token") ? sent : "")
    if (blocked !== undefined) {
      blocked.refused += 1
      if (blocked.until - performance.now() < 500) blocked.late += 1
      const known = refreshTokens.get(form.get("refresh_token") ?? "")
      if (known !== undefined) known.spent ??= "not carried out"
      return Faults.block(response, blocked.status, 1)
    }
    if (!request.url?.startsWith("/api/v10/oauth2/token")) return call(request, response, sent)
    if (request.headers.authorization !== basic) complaints.push(`${request.url} without the client's secret`)
    if (request.url === "/api/v10/oauth2/token/revoke") return revoke(form, response)
    return form.get("grant_type") === "refresh_token" ? refresh(form, response) : exchange(form, response)
  }

  const server = createServer({ keepAliveTimeout: 300_000, requestTimeout: 0 }, (request, response) => {
    response.on("error", () => {})
    handle(request, response).catch((error: unknown) => {
      // The client has closed the connection during the request.
      if (!request.destroyed) complaints.push(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, resolve))
  const address = server.address()

  return {
    apiUrl: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/v10`,
    grants,
    faults,
    complaints,
    counts,
    blocks,
    /** Stops all faults. */
    calm: () => {
      isFaulty = false
    },
    /** Makes Cloudflare respond to every request for one second. */
    block: (status: 403 | 429) => {
      blocks.push({ status, until: performance.now() + 1000, refused: 0, late: 0, goodAfter: 0 })
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

export type SoakDiscord = Awaited<ReturnType<typeof start>>
