/**
 * A Discord whose refresh tokens work once, which records every request. It shares no code with the library.
 */
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

export const clientId = "157730590492196864"
export const clientSecret = "planted-client-secret"

export interface Pair {
  readonly access: string
  readonly refresh: string
}

/** A request for tokens. Times are those of `process.hrtime`, which all processes of a Linux machine share. */
export interface TokenRequest {
  readonly user: string
  /** The client's user agent. */
  readonly from: string
  readonly seenAt: bigint
  /** When the new pair replaced the old token. */
  rotatedAt?: bigint
  pair?: Pair
  answeredAt?: bigint
}

/** How long a response is held back before the old token is replaced, and after: milliseconds, or until something happens. */
export interface Delays {
  readonly before: number | Promise<void>
  readonly after: number | Promise<void>
}

/** A delay that lasts until `open` is called. */
export const makeGate = () => {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

interface Account {
  latest: Pair | undefined
  readonly given: Array<Pair>
  readonly requests: Array<TokenRequest>
  /** How often a refresh token was sent that had been used. */
  reuses: number
  revocations: number
  delays: Delays
  /** Called whenever something happens to the user. */
  readonly watchers: Set<() => void>
}

export interface StrictDiscord {
  readonly apiUrl: string
  /** Signs the user in, and returns the first pair. */
  readonly signIn: (user: string, delays?: Delays) => Pair
  /** Changes the delays, from the next request on. */
  readonly delay: (user: string, delays: Delays) => void
  readonly account: (user: string) => Readonly<Account>
  /** Resolves when `holds` returns `true`; it is called whenever something happens to the user. */
  readonly until: (user: string, holds: () => boolean) => Promise<void>
  /** What a correct client never does, as text. */
  readonly complaints: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`

const newPair = (user: string): Pair => ({
  access: `access.${user}.${randomBytes(12).toString("hex")}`,
  refresh: `refresh.${user}.${randomBytes(12).toString("hex")}`
})

const send = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))

const read = async (request: IncomingMessage) => {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return new URLSearchParams(text)
}

const wait = (delay: number | Promise<void>) =>
  typeof delay !== "number" ? delay : delay > 0 ? new Promise<void>((resolve) => setTimeout(resolve, delay)) : undefined

export const userOf = (id: string) => ({
  id,
  username: "nelly",
  discriminator: "0",
  global_name: "Nelly",
  avatar: null,
  flags: 0,
  public_flags: 0
})

export const start = async (): Promise<StrictDiscord> => {
  const accounts = new Map<string, Account>()
  const complaints: Array<string> = []

  const account = (user: string): Account => {
    const known = accounts.get(user)
    if (known !== undefined) return known
    const made: Account = {
      latest: undefined,
      given: [],
      requests: [],
      reuses: 0,
      revocations: 0,
      delays: { before: 0, after: 0 },
      watchers: new Set()
    }
    accounts.set(user, made)
    return made
  }
  const happened = (of: Account) => of.watchers.forEach((watcher) => watcher())

  const grant = (user: string): Pair => {
    const pair = newPair(user)
    account(user).latest = pair
    account(user).given.push(pair)
    return pair
  }

  const refresh = async (request: IncomingMessage, response: ServerResponse, form: URLSearchParams) => {
    const token = form.get("refresh_token") ?? ""
    const user = token.split(".")[1] ?? ""
    const of = accounts.get(user)
    if (of === undefined) {
      complaints.push("a refresh token that was never issued")
      return send(response, 400, { error: "invalid_grant" })
    }
    const { after, before } = of.delays
    const seen: TokenRequest = { user, from: request.headers["user-agent"] ?? "", seenAt: process.hrtime.bigint() }
    of.requests.push(seen)
    happened(of)
    await wait(before)
    // Nothing else runs between the check of the token and the new pair.
    if (of.latest?.refresh !== token) {
      of.reuses += 1
      if (!of.given.some((pair) => pair.refresh === token)) complaints.push("a refresh token that was never issued")
      seen.answeredAt = process.hrtime.bigint()
      send(response, 400, { error: "invalid_grant" })
      return happened(of)
    }
    seen.pair = grant(user)
    seen.rotatedAt = process.hrtime.bigint()
    happened(of)
    await wait(after)
    send(response, 200, {
      access_token: seen.pair.access,
      refresh_token: seen.pair.refresh,
      token_type: "Bearer",
      expires_in: 604_800,
      scope: "identify"
    })
    seen.answeredAt = process.hrtime.bigint()
    happened(of)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const route = `${request.method} ${request.url}`
    if (route === "GET /api/v10/users/@me") {
      const token = request.headers.authorization?.slice("Bearer ".length) ?? ""
      const user = token.split(".")[1] ?? ""
      return accounts.get(user)?.latest?.access === token && token !== ""
        ? send(response, 200, userOf(user))
        : send(response, 401, { message: "401: Unauthorized", code: 0 })
    }
    const form = await read(request)
    if (request.headers.authorization !== basic) {
      complaints.push(`${route} without the client's secret`)
      return send(response, 401, { error: "invalid_client" })
    }
    if (route === "POST /api/v10/oauth2/token" && form.get("grant_type") === "refresh_token") {
      return refresh(request, response, form)
    }
    if (route === "POST /api/v10/oauth2/token/revoke") {
      const token = form.get("token") ?? ""
      const of = accounts.get(token.split(".")[1] ?? "")
      if (of !== undefined && (of.latest?.access === token || of.latest?.refresh === token)) of.latest = undefined
      if (of !== undefined) of.revocations += 1
      return send(response, 200, {})
    }
    complaints.push(route)
    return send(response, 404, { message: "404: Not Found", code: 0 })
  }

  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // The client was killed during the request.
      if (request.destroyed) return
      complaints.push(String(error))
    })
  })
  // Thousands of connections are opened at the same time.
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, resolve))
  const address = server.address()

  return {
    apiUrl: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/v10`,
    complaints,
    account,
    signIn: (user, delays) => {
      account(user).delays = delays ?? { before: 0, after: 0 }
      return grant(user)
    },
    delay: (user, delays) => {
      account(user).delays = delays
    },
    until: (user, holds) =>
      new Promise((resolve) => {
        const { watchers } = account(user)
        const check = () => {
          if (!holds()) return
          watchers.delete(check)
          resolve()
        }
        watchers.add(check)
        check()
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
