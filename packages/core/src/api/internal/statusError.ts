/** The error that an HTTP status means, where the body names none of the endpoint's own errors. */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as DiscordError from "../../errors/DiscordError.ts"
import { sanitize } from "../../internal/sanitize.ts"
import * as errorBodies from "./errorBodies.ts"
import type { JsonObject } from "./jsonObject.ts"

const text = (u: unknown): string | undefined => typeof u === "string" ? sanitize(u) : undefined

const httpFields = (status: number, body: JsonObject) => ({
  status,
  code: typeof body.code === "number" ? body.code : 0,
  message: text(body.message) ?? text(body.error_description) ?? text(body.error) ?? `status ${status}`,
  ...("errors" in body && { errors: body.errors })
})

/** `Retry-After` is a number of seconds or a date (RFC 9110 section 10.2.3). Any other text is ignored. */
const headerRetryAfter = (response: HttpClientResponse, now: number) => {
  const header = response.headers["retry-after"]
  if (header === undefined) return {}
  const at = /^[A-Z][a-z]{2}, /.test(header) ? Option.getOrUndefined(DateTime.make(header)) : undefined
  const seconds = at === undefined ? Number(header) : (at.epochMilliseconds - now) / 1000
  return Number.isFinite(seconds) ? { retryAfter: errorBodies.retryAfter(seconds) } : {}
}

const decodeRateLimited = Schema.decodeUnknownOption(errorBodies.RateLimited)

/** The JSON code of a block by Cloudflare that Discord reports itself. */
const cloudflareCode = 40333

const tooManyRequests = (response: HttpClientResponse, body: JsonObject | undefined, now: number) => {
  const told = headerRetryAfter(response, now)
  if (body === undefined || body.code === cloudflareCode) {
    return new DiscordError.CloudflareBlocked({ status: response.status, ...told })
  }
  const { global, retryAfter, scope } = Option.getOrElse(decodeRateLimited(body), () => ({
    global: body.global === true,
    // Longer than a call waits by default, because the real time is unknown.
    retryAfter: told.retryAfter ?? Duration.minutes(1),
    scope: body.global === true ? "global" : "user"
  }))
  return new DiscordError.RateLimited({
    retryAfter,
    global,
    scope: text(response.headers["x-ratelimit-scope"]) ?? scope
  })
}

const clientError = (response: HttpClientResponse, body: JsonObject, now: number) => {
  const fields = httpFields(response.status, body)
  switch (response.status) {
    case 400:
      return new DiscordError.DiscordBadRequest(fields)
    case 403:
      return fields.code === cloudflareCode
        ? new DiscordError.CloudflareBlocked({ status: 403, ...headerRetryAfter(response, now) })
        : new DiscordError.DiscordForbidden(fields)
    case 404:
      return new DiscordError.DiscordNotFound(fields)
    default:
      return new DiscordError.UnexpectedStatus(fields)
  }
}

/** `now` is the current time in milliseconds, and `body` is `undefined` when it is not a JSON object. */
export const statusError = (
  response: HttpClientResponse,
  body: JsonObject | undefined,
  now: number
): DiscordError.HttpError | DiscordError.MalformedResponse => {
  const { status } = response
  if (status === 429) return tooManyRequests(response, body, now)
  if (status >= 500) return new DiscordError.DiscordServerError(httpFields(status, body ?? {}))
  if (status < 400) {
    return new DiscordError.UnexpectedStatus({ status, code: 0, message: "a redirect, which is not followed" })
  }
  if (body !== undefined) return clientError(response, body, now)
  return status === 403
    ? new DiscordError.CloudflareBlocked({ status, ...headerRetryAfter(response, now) })
    : new DiscordError.MalformedResponse({ status, issue: "Expected a JSON object" })
}
