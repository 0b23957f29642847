/** Simulates a tab without a browser: its storage, its URL and a Discord behind `fetch`. */
import { BrowserDiscord, BrowserLocation, BrowserStorage } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

export const clientId = "157730590492196864"
export const userId = "80351110224678912"
export const secrets = /planted|[A-Za-z0-9_-]{43}/

/** The errors of a browser whose storage is full or blocked. */
export const quotaExceeded = () => new DOMException("The quota has been exceeded.", "QuotaExceededError")
export const blocked = () => new DOMException("Access is denied for this document.", "SecurityError")

export class FakeStorage implements Storage {
  readonly records = new Map<string, string>()
  /** Makes the writes of some keys fail. */
  rejects: (key: string, value: string) => boolean = () => false

  get length() {
    return this.records.size
  }
  clear() {
    this.records.clear()
  }
  getItem(key: string) {
    return this.records.get(key) ?? null
  }
  key(index: number) {
    return [...this.records.keys()][index] ?? null
  }
  removeItem(key: string) {
    this.records.delete(key)
  }
  setItem(key: string, value: string) {
    if (this.rejects(key, value)) throw quotaExceeded()
    this.records.set(key, value)
  }
  keys(prefix: string) {
    return [...this.records.keys()].filter((key) => key.startsWith(prefix))
  }
}

/** Simulates the URL of the page. `shown` are its URLs, and `visited` those that the page navigated to. */
export class FakeLocation implements BrowserLocation.BrowserLocation {
  readonly visited: Array<string> = []
  readonly shown: Array<string>

  constructor(href: string) {
    this.shown = [href]
  }
  get current() {
    return this.shown.at(-1) ?? ""
  }
  readonly href = Effect.sync(() => this.current)
  readonly assign = (url: string) => Effect.sync(() => void this.visited.push(url))
  readonly replace = (url: string) => Effect.sync(() => void this.shown.push(url))
}

export interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly form: URLSearchParams
  readonly init: RequestInit
}

const application = {
  id: clientId,
  name: "AIRHORN SOLUTIONS",
  icon: null,
  description: "",
  hook: true,
  bot_public: true,
  bot_require_code_grant: false,
  verify_key: "c8cde6a3c8c6e49d86af3191287b3ce255872be1fff6dc285bdb420c06a2c3c8"
}

const user = { id: userId, username: "nelly", discriminator: "0", global_name: "Nelly", avatar: null }

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })

/** Simulates Discord's token endpoint and the two calls of a login, for codes that begin with `planted-code-`. */
export class FakeDiscord {
  readonly calls: Array<Call> = []
  /** Called with each request before its response. */
  onCall: (call: Call) => void = () => {}
  expiresIn = 604_800
  #codes = new Set<string>()
  #pairs = 0
  #refreshToken = ""
  #accessToken = "planted-implicit"

  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const call: Call = {
      method: init.method ?? "GET",
      url: new URL(String(input)),
      headers: new Headers(init.headers),
      form: new URLSearchParams(init.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : ""),
      init
    }
    this.calls.push(call)
    this.onCall(call)
    switch (`${call.method} ${call.url.pathname}`) {
      case "POST /api/v10/oauth2/token":
        return this.#token(call.form)
      case "POST /api/v10/oauth2/token/revoke":
        this.#accessToken = ""
        this.#refreshToken = ""
        return json(200, {})
      case "GET /api/v10/oauth2/@me":
        return this.#bearer(call, { application, scopes: ["identify"], expires: "2030-01-01T00:00:00+00:00", user })
      case "GET /api/v10/users/@me":
        return this.#bearer(call, user)
      default:
        return json(404, { message: "404: Not Found", code: 0 })
    }
  }

  #bearer(call: Call, body: unknown) {
    return call.headers.get("authorization") === `Bearer ${this.#accessToken}`
      ? json(200, body)
      : json(401, { message: "401: Unauthorized", code: 0 })
  }

  #token(form: URLSearchParams) {
    const proof = form.get("grant_type") === "authorization_code" ? form.get("code") : form.get("refresh_token")
    const fresh = form.get("grant_type") === "authorization_code"
      ? proof?.startsWith("planted-code") === true && !this.#codes.has(proof)
      : proof === this.#refreshToken
    if (!fresh) return json(400, { error: "invalid_grant", error_description: "Invalid \"code\" in request." })
    this.#codes.add(proof ?? "")
    this.#pairs += 1
    this.#accessToken = `planted-access-${this.#pairs}`
    this.#refreshToken = `planted-refresh-${this.#pairs}`
    return json(200, {
      access_token: this.#accessToken,
      token_type: "Bearer",
      expires_in: this.expiresIn,
      refresh_token: this.#refreshToken,
      scope: "identify"
    })
  }
}

/** A tab with one storage. Each `layer` of it is a page load. */
export class FakeTab {
  readonly storage = new FakeStorage()
  location = new FakeLocation("https://app.example/")
  readonly discord: FakeDiscord

  constructor(discord = new FakeDiscord()) {
    this.discord = discord
  }

  /** Loads the page again, with tokens in `sessionStorage` unless another layer is given. */
  load(href?: string, layer = BrowserDiscord.layerSessionStorage) {
    if (href !== undefined) this.location = new FakeLocation(href)
    return Layer.orDie(layer({ clientId })).pipe(Layer.provide(Layer.mergeAll(
      Layer.succeed(BrowserLocation.BrowserLocation, this.location),
      Layer.succeed(BrowserStorage.SessionStorage, () => this.storage),
      Layer.succeed(BrowserStorage.Locks, undefined)
    )))
  }

  /** Runs an effect in a page that was just loaded. */
  readonly page =
    (href?: string, layer = BrowserDiscord.layerSessionStorage) =>
    <A, E>(effect: Effect.Effect<A, E, BrowserDiscord.Services>): Effect.Effect<A, E> =>
      effect.pipe(
        Effect.provide(this.load(href, layer), { local: true }),
        Effect.provideService(FetchHttpClient.Fetch, this.discord.fetch)
      )

  /** Returns the URL of the callback for the last `start`. */
  callback(changes: Readonly<Record<string, string | null>> = {}) {
    const authorize = new URL(this.location.visited.at(-1) ?? "")
    const url = new URL(authorize.searchParams.get("redirect_uri") ?? "")
    const parameters = {
      code: "planted-code",
      state: authorize.searchParams.get("state"),
      iss: "https://discord.com",
      ...changes
    }
    for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.append(name, value)
    return url.href
  }
}
