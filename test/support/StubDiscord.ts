/** Discord as a function: a test defines the response of each request, and records every request. */
import { AccessTokenStore, Discord, DiscordConfig } from "@discord-oauth2/core"
import type { AccessToken } from "@discord-oauth2/core"
import { RequestMiddleware } from "@discord-oauth2/core/api"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly form: URLSearchParams
  readonly text: string
}

export interface Answer {
  readonly status?: number
  /** Sent unchanged if it is a string or bytes, otherwise as JSON. */
  readonly body?: unknown
  /** A stream in place of a body. */
  readonly stream?: ReadableStream | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** The connection fails before a byte is sent, or after the request is read. */
export type Drop = "ECONNREFUSED" | "ECONNRESET"

export type Handler = (call: Call) => Effect.Effect<Answer, Drop>

export const clientId = "157730590492196864"
export const clientSecret = "planted-client-secret"
export const userId = "80351110224678912"

export const user = {
  id: userId,
  username: "nelly",
  discriminator: "0",
  global_name: "Nelly",
  avatar: null,
  flags: 0,
  public_flags: 0
}

export const authorization = (scopes: ReadonlyArray<string>) => ({
  application: {
    id: clientId,
    name: "AIRHORN SOLUTIONS",
    icon: null,
    description: "",
    hook: true,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: "c8cde6a3c8c6e49d86af3191287b3ce255872be1fff6dc285bdb420c06a2c3c8"
  },
  scopes,
  expires: "2021-01-23T02:33:17.017000+00:00",
  user
})

export const unauthorized: Answer = { status: 401, body: { message: "401: Unauthorized", code: 0 } }

/** Statuses with which a `Response` cannot have a body. */
const withoutBody: ReadonlySet<number> = new Set([204, 205, 304])

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === "string" || body instanceof Uint8Array

export const httpClient = (calls: Array<Call>, handler: Handler) =>
  HttpClient.make((request, url) => {
    const text = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
    const call: Call = {
      method: request.method,
      path: url.pathname.replace("/api/v10", ""),
      query: url.searchParams,
      authorization: request.headers.authorization,
      headers: request.headers,
      form: new URLSearchParams(text),
      text
    }
    calls.push(call)
    return handler(call).pipe(
      Effect.mapError((code) =>
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error("drop"), { code }) })
        })
      ),
      Effect.map(({ body, headers, status = 200, stream }) =>
        HttpClientResponse.fromWeb(
          request,
          new Response(
            stream !== undefined
              ? stream
              : withoutBody.has(status) || body === undefined
              ? null
              : isRaw(body)
              ? body
              : JSON.stringify(body),
            {
              status,
              headers: { "content-type": isRaw(body) ? "text/html" : "application/json", ...headers }
            }
          )
        )
      )
    )
  })

export const layerCrypto = Layer.mergeAll(SecureRandom.layerWebCrypto, Digest.layerWebCrypto)

/** A middleware without limits, for tests that send many concurrent requests. */
export const unlimited = Layer.succeed(RequestMiddleware.RequestMiddleware, (_, send) => send)

/** The whole library on a stub. `calls` contains the requests that were sent. */
export const layer = (
  calls: Array<Call>,
  handler: Handler,
  options?: {
    readonly config?: Partial<DiscordConfig.Options>
    readonly store?: Layer.Layer<AccessTokenStore.AccessTokenStore>
    readonly refresh?: Discord.Options["refresh"]
    readonly middleware?: Discord.Options["middleware"]
  }
) =>
  Discord.layer({ refresh: options?.refresh, middleware: options?.middleware }).pipe(Layer.provideMerge(Layer.mergeAll(
    Layer.orDie(DiscordConfig.layer({
      clientId,
      clientSecret: Redacted.make(clientSecret),
      ...options?.config
    })),
    Layer.succeed(HttpClient.HttpClient, httpClient(calls, handler)),
    options?.store ?? AccessTokenStore.layerMemory,
    layerCrypto
  )))

/** A token that expires `seconds` after the epoch, which is the start of `TestClock`. */
export const token = (options?: {
  readonly seconds?: number
  readonly access?: string
  readonly refresh?: string | undefined
  readonly scopes?: ReadonlyArray<string>
}): AccessToken.AccessToken => ({
  access_token: Redacted.make(options?.access ?? "access-0"),
  ...(options !== undefined && "refresh" in options && options.refresh === undefined
    ? {}
    : { refresh_token: Redacted.make(options?.refresh ?? "refresh-0") }),
  expires_at: DateTime.makeUnsafe((options?.seconds ?? 604_800) * 1000),
  scopes: options?.scopes ?? ["identify", "guilds"]
})

/** A token endpoint whose refresh tokens work once: `refresh-n` returns `access-n+1` and `refresh-n+1`. */
export const rotating = () => {
  let current = 0
  return (form: URLSearchParams): Answer => {
    if (form.get("refresh_token") !== `refresh-${current}`) {
      return {
        status: 400,
        body: { error: "invalid_grant", error_description: "Invalid \"refresh_token\" in request." }
      }
    }
    current += 1
    return {
      body: {
        access_token: `access-${current}`,
        token_type: "Bearer",
        expires_in: 604_800,
        refresh_token: `refresh-${current}`,
        scope: "identify guilds"
      }
    }
  }
}
