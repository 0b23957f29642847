/** Starts `oidc-provider`, an independent authorization server. It revokes a grant whose refresh token is sent twice. */
import { generateKeyPairSync } from "node:crypto"
import { createServer } from "node:http"
import { type Adapter, type AdapterPayload, type Client, Provider } from "oidc-provider"
import { clientId, clientSecret, type Pair, userOf } from "./StrictDiscord.ts"

/** Discord's "Get Current Authorization Information", which an authorization server does not have. */
const authorizationOf = (user: string, client: string, scopes: ReadonlyArray<string>) => ({
  application: {
    id: client,
    name: "AIRHORN SOLUTIONS",
    icon: null,
    description: "",
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "c8cde6a3c8c6e49d86af3191287b3ce255872be1fff6dc285bdb420c06a2c3c8"
  },
  scopes,
  expires: new Date(Date.now() + 3_600_000).toISOString(),
  user: userOf(user)
})

/** Stores every entry. The provider's own memory adapter keeps only a thousand. */
class Memory implements Adapter {
  readonly #model: string
  readonly #entries = new Map<string, AdapterPayload>()
  /** How to remove the entries of each grant, of every model. */
  readonly #granted: Map<string, Set<() => void>>

  constructor(model: string, granted: Map<string, Set<() => void>>) {
    this.#model = model
    this.#granted = granted
  }

  async upsert(id: string, payload: AdapterPayload) {
    this.#entries.set(id, payload)
    const { grantId } = payload
    if (this.#model === "Grant" || grantId === undefined) return
    const all = this.#granted.get(grantId) ?? new Set()
    this.#granted.set(grantId, all.add(() => this.#entries.delete(id)))
  }
  async find(id: string) {
    return this.#entries.get(id)
  }
  async findByUserCode() {
    return undefined
  }
  async findByUid(uid: string) {
    return Array.from(this.#entries.values()).find((entry) => entry.uid === uid)
  }
  async consume(id: string) {
    const entry = this.#entries.get(id)
    if (entry !== undefined) entry.consumed = Math.floor(Date.now() / 1000)
  }
  async destroy(id: string) {
    this.#entries.delete(id)
  }
  async revokeByGrantId(grantId: string) {
    this.#granted.get(grantId)?.forEach((remove) => remove())
  }
}

const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`

export interface Options {
  /** The client's redirect URI. */
  readonly redirectUri?: string
}

export const start = async ({ redirectUri = "https://app.example/callback" }: Options = {}) => {
  const server = createServer({ keepAliveTimeout: 120_000 })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 }, resolve))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
  const apiUrl = `${issuer}/api/v10`

  const granted = new Map<string, Set<() => void>>()
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })
  const provider = new Provider(issuer, {
    adapter: (model: string) => new Memory(model, granted),
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "client_secret_basic"
    }],
    scopes: ["openid", "offline_access", "identify"],
    jwks: { keys: [{ ...key, kty: "RSA", use: "sig", kid: "test" }] },
    cookies: { keys: ["planted-cookie-key"] },
    features: { revocation: { enabled: true, allowedPolicy: () => true }, devInteractions: { enabled: false } },
    routes: {
      authorization: "/oauth2/authorize",
      token: "/api/v10/oauth2/token",
      revocation: "/api/v10/oauth2/token/revoke"
    },
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `/consent/${uid}` },
    // Discord returns a refresh token for every grant, and its tokens do not depend on the browser's session.
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 100,
      Grant: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600
    },
    rotateRefreshToken: true,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) })
  })

  /** The provider's events: the number of refreshes by user, revoked grants and errors. */
  const refreshed = new Map<string, number>()
  const revoked: Array<string> = []
  const errors: Array<string> = []
  provider.on("grant.success", ({ oidc }) => {
    const user = oidc.entities.Account?.accountId ?? ""
    refreshed.set(user, (refreshed.get(user) ?? 0) + 1)
  })
  provider.on("grant.revoked", (_ctx, grantId) => revoked.push(grantId))
  provider.on(
    "grant.error",
    (_ctx, error) => errors.push(`${error.error}: ${error.error_detail ?? error.error_description}`)
  )
  provider.on("server_error", (_ctx, error) => errors.push(String(error)))

  /** The next decision on the consent page: the id of the user who approves, or a denial. */
  let decision: { readonly user: string } | "deny" = { user: "80351110224678912" }
  const requests: Array<{ readonly path: string; readonly status: number }> = []

  provider.use(async (ctx, next) => {
    await next()
    requests.push({ path: ctx.path, status: ctx.status })
  })

  /** Decides on the consent page without showing it. */
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/consent/")) return next()
    const { params } = await provider.interactionDetails(ctx.req, ctx.res)
    ctx.respond = false
    if (decision === "deny") {
      return provider.interactionFinished(ctx.req, ctx.res, { error: "access_denied", error_description: "cancelled" })
    }
    const grant = new provider.Grant({ accountId: decision.user, clientId })
    grant.addOIDCScope(String(params.scope))
    return provider.interactionFinished(ctx.req, ctx.res, {
      login: { accountId: decision.user },
      consent: { grantId: await grant.save() }
    })
  })

  provider.use(async (ctx, next) => {
    if (ctx.path !== "/api/v10/oauth2/@me") return next()
    const token = await provider.AccessToken.find((ctx.get("authorization")).slice("Bearer ".length))
    ctx.status = token?.isValid === true ? 200 : 401
    ctx.body = token?.isValid === true
      ? authorizationOf(token.accountId, token.clientId ?? "", Array.from(token.scopes))
      : { message: "401: Unauthorized", code: 0 }
  })

  provider.use(async (ctx, next) => {
    if (ctx.path !== "/api/v10/users/@me") return next()
    const token = await provider.AccessToken.find((ctx.get("authorization")).slice("Bearer ".length))
    ctx.status = token?.isValid === true ? 200 : 401
    ctx.body = token?.isValid === true ? userOf(token.accountId) : { message: "401: Unauthorized", code: 0 }
  })
  const handle = provider.callback()
  server.on("request", (request, response) => void handle(request, response))
  const client: Client | undefined = await provider.Client.find(clientId)

  const refresh = async (token: string) => {
    const response = await fetch(`${apiUrl}/oauth2/token`, {
      method: "POST",
      headers: { authorization: basic },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token })
    })
    const body: { readonly refresh_token?: string; readonly error?: string } = await response.json()
    return { status: response.status, ...body }
  }

  return {
    issuer,
    apiUrl,
    authorizeUrl: `${issuer}/oauth2/authorize`,
    /** Every request with the status of its response. */
    requests,
    decide: (next: typeof decision) => {
      decision = next
    },
    refreshed,
    revoked,
    errors,
    /** Sends a refresh token without the library. */
    refresh,
    signIn: async (user: string): Promise<Pair> => {
      const grant = new provider.Grant({ accountId: user, clientId })
      grant.addOIDCScope("identify")
      const grantId = await grant.save()
      if (client === undefined) return Promise.reject(new Error("the provider does not know its client"))
      const of = { accountId: user, client, grantId, gty: "authorization_code", scope: "identify" }
      return {
        access: await new provider.AccessToken(of).save(),
        refresh: await new provider.RefreshToken(of).save()
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
