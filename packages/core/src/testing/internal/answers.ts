/** Makes Discord's responses that no endpoint declares: errors, rate limits and HTML pages. */
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** Discord's error object. */
export const error = (
  status: number,
  message: string,
  code = 0,
  headers: Readonly<Record<string, string>> = {}
): HttpServerResponse.HttpServerResponse => HttpServerResponse.jsonUnsafe({ message, code }, { status, headers })

/** An RFC 6749 section 5.2 error object. */
export const oauth2Error = (name: string, description?: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(
    { error: name, ...(description !== undefined && { error_description: description }) },
    { status: 400, headers: { "cache-control": "no-store" } }
  )

const phrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  418: "I'm a teapot",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

/** `{"message":"404: Not Found","code":0}` */
export const plain = (status: number): HttpServerResponse.HttpServerResponse =>
  error(status, `${status}: ${phrases[status] ?? "Error"}`)

/** `Retry-After` is in whole seconds, `retry_after` in fractions. */
export const rateLimited = (options: {
  readonly retryAfter: number
  readonly global: boolean
  readonly scope: string
}): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(
    {
      message: options.scope === "shared" ? "The resource is being rate limited." : "You are being rate limited.",
      retry_after: options.retryAfter,
      global: options.global
    },
    {
      status: 429,
      headers: {
        "retry-after": String(Math.ceil(options.retryAfter)),
        "x-ratelimit-scope": options.scope,
        ...(options.global && { "x-ratelimit-global": "true" })
      }
    }
  )

export const htmlPage = (status: number): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Error ${status}</h1></body></html>`,
    { status, contentType: "text/html; charset=utf-8" }
  )
