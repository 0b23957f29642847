/** The only place where an answer of Discord becomes an error. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as DiscordError from "../../errors/DiscordError.ts"
import { sanitize } from "../../internal/sanitize.ts"
import type { DiscordConfig } from "../DiscordConfig.ts"
import { secretParameters } from "../Redaction.ts"
import { readText } from "../ResponseBody.ts"
import { type Credentials, CurrentCredentials } from "./credentials.ts"
import type { Endpoint } from "./endpoints.ts"
import * as errorBodies from "./errorBodies.ts"

const JsonObject = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const decodeJson = Schema.decodeUnknownOption(JsonObject)

const text = (u: unknown): string | undefined => typeof u === "string" ? sanitize(u) : undefined

const httpFields = (status: number, body: Readonly<Record<string, unknown>>) => ({
  status,
  code: typeof body.code === "number" ? body.code : 0,
  message: text(body.message) ?? text(body.error_description) ?? text(body.error) ?? `status ${status}`,
  ...("errors" in body && { errors: body.errors })
})

/** In seconds, or as a date (RFC 9110 section 10.2.3); what is neither says nothing. */
const headerRetryAfter = (response: HttpClientResponse, now: number) => {
  const header = response.headers["retry-after"]
  if (header === undefined) return {}
  const at = /^[A-Z][a-z]{2}, /.test(header) ? Option.getOrUndefined(DateTime.make(header)) : undefined
  const seconds = at === undefined ? Number(header) : (at.epochMilliseconds - now) / 1000
  return Number.isFinite(seconds) ? { retryAfter: errorBodies.retryAfter(seconds) } : {}
}

const decodeRateLimited = Schema.decodeUnknownOption(errorBodies.RateLimited)

/** What a status means where the body names nothing narrower. */
const byStatus = (
  response: HttpClientResponse,
  body: Readonly<Record<string, unknown>> | undefined,
  now: number
): DiscordError.HttpError | DiscordError.MalformedResponse => {
  const status = response.status
  if (status === 429) {
    const told = headerRetryAfter(response, now)
    if (body === undefined || body.code === 40333) return new DiscordError.CloudflareBlocked({ status, ...told })
    const { global, retryAfter, scope } = Option.getOrElse(decodeRateLimited(body), () => ({
      global: body.global === true,
      // Longer than anyone waits by default: nobody knows how long it is.
      retryAfter: told.retryAfter ?? Duration.minutes(1),
      scope: body.global === true ? "global" : "user"
    }))
    return new DiscordError.RateLimited({
      retryAfter,
      global,
      scope: text(response.headers["x-ratelimit-scope"]) ?? scope
    })
  }
  if (status >= 500) return new DiscordError.DiscordServerError(httpFields(status, body ?? {}))
  if (status < 400) {
    return new DiscordError.UnexpectedStatus({ status, code: 0, message: "a redirect, which is not followed" })
  }
  if (body === undefined) {
    return status === 403
      ? new DiscordError.CloudflareBlocked({ status, ...headerRetryAfter(response, now) })
      : new DiscordError.MalformedResponse({ status, issue: "Expected a JSON object" })
  }
  const fields = httpFields(status, body)
  switch (status) {
    case 400:
      return new DiscordError.DiscordBadRequest(fields)
    case 403:
      return fields.code === 40333
        ? new DiscordError.CloudflareBlocked({ status, ...headerRetryAfter(response, now) })
        : new DiscordError.DiscordForbidden(fields)
    case 404:
      return new DiscordError.DiscordNotFound(fields)
    default:
      return new DiscordError.UnexpectedStatus(fields)
  }
}

/**
 * Reads an endpoint's errors from the body, whatever status it came with: 400 and 401 change places between Discord's
 * versions. A body of code 0 says nothing, so there the status decides.
 */
const classify = (
  endpoint: Endpoint,
  response: HttpClientResponse,
  body: Readonly<Record<string, unknown>> | undefined,
  credentials: Credentials,
  now: number
): unknown => {
  if (body === undefined) return byStatus(response, body, now)
  if (response.status === 401 && typeof body.code === "number") {
    if (credentials._tag === "Bearer") {
      return new DiscordError.AccessTokenExpired({ refreshable: credentials.refreshable })
    }
    if (credentials._tag === "Bot") return new DiscordError.InvalidBotToken()
  }
  // A description that is no text must not hide which error it is.
  const { error_description: description, ...bare } = body
  const named = body.code === 0
    ? Option.none()
    : endpoint.decodeError(description === undefined || typeof description === "string" ? body : bare)
  if (Option.isNone(named)) return byStatus(response, body, now)
  return named.value instanceof DiscordError.MissingScope
    ? new DiscordError.MissingScope({ required: endpoint.scope === null ? [] : [endpoint.scope], granted: [] })
    : named.value
}

/** Members of a body that Discord gets a secret in. */
const secretMembers = new Set([...secretParameters, "token", "secret"])

const decoder = new TextDecoder()

/** What a request proves itself with, and the secrets in its body. */
const secretsOf = ({ body, headers }: HttpClientRequest.HttpClientRequest): ReadonlyArray<string> => {
  const [, sent = ""] = headers.authorization?.split(" ") ?? []
  const [, clientSecret = ""] = Result.getOrElse(Base64.decodeString(sent), () => "").split(":")
  const text = body._tag === "Uint8Array" ? decoder.decode(body.body) : ""
  const members = Option.match(decodeJson(text), {
    onNone: () => Array.from(new URLSearchParams(text)),
    onSome: (json) => Object.entries(json)
  })
  return [
    sent,
    clientSecret,
    ...members.flatMap(([name, value]) => secretMembers.has(name) && typeof value === "string" ? [value] : [])
  ]
}

/** What a server repeats of the request's secrets is not ours to show (S33). Shorter ones are no secrets. */
const withoutSecrets = (text: string, request: HttpClientRequest.HttpClientRequest) =>
  secretsOf(request).reduce((text, secret) => secret.length < 8 ? text : text.replaceAll(secret, "<redacted>"), text)

const isDeeper = (u: unknown, levels: number): boolean =>
  Predicate.isObjectOrArray(u) && (levels === 0 || Object.values(u).some((member) => isDeeper(member, levels - 1)))

/** Complaints deeper than any of Discord's would overflow whoever writes the error down. */
const withoutDepth = (body: Readonly<Record<string, unknown>>) => {
  const { errors, ...rest } = body
  return isDeeper(errors, 32) ? rest : body
}

/** What an answer outside 2xx means; one that is too long to be read means what its status does. */
export const readRefusal = (
  endpoint: Endpoint,
  response: HttpClientResponse,
  credentials: Credentials,
  maxBytes: number
): Effect.Effect<unknown, DiscordError.DiscordTransportError> =>
  readText(response, maxBytes).pipe(
    Effect.map((body) =>
      Option.getOrUndefined(Option.map(decodeJson(withoutSecrets(body, response.request)), withoutDepth))
    ),
    Effect.catchTag("MalformedResponse", () => Effect.succeed(undefined)),
    Effect.flatMap((body) =>
      Effect.map(Clock.currentTimeMillis, (now) => classify(endpoint, response, body, credentials, now))
    )
  )

/** RFC 6749 section 2.3.1: both parts are form-encoded before they are joined. */
const formEncode = (value: string) => new URLSearchParams([["", value]]).toString().slice(1)

/** RFC 6749 appendix A: what a token is made of. */
const inHeader = /^[\x20-\x7e]*$/

/** What every request carries: who is asking, and on whose behalf (S31: in the header alone). */
export const authorize = ({ clientId, clientSecret, userAgent }: DiscordConfig["Service"]) => {
  const client = clientSecret === undefined
    ? undefined
    : `Basic ${Base64.encode(`${formEncode(clientId)}:${formEncode(Redacted.value(clientSecret))}`)}`
  const headerOf = (credentials: Credentials) =>
    credentials._tag === "None"
      ? undefined
      : credentials._tag === "Client"
      ? client
      : `${credentials._tag} ${Redacted.value(credentials.token)}`
  return (request: HttpClientRequest.HttpClientRequest) =>
    Effect.flatMap(CurrentCredentials, (credentials) => {
      const authorization = headerOf(credentials)
      return authorization !== undefined && !inHeader.test(authorization)
        ? Effect.fail(
          new DiscordError.DiscordTransportError({ sent: false, description: "no header can hold this token" })
        )
        : Effect.succeed(HttpClientRequest.setHeaders(request, {
          "user-agent": userAgent,
          ...(authorization !== undefined && { authorization })
        }))
    })
}
