/** What a request tells before anything is done with it: its method, its length, and who has sent it. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as SealedCookie from "./sealedCookie.ts"

/** F34: whether the browser only looks ahead. */
export const isPrefetch = ({ headers }: HttpServerRequest): boolean =>
  [headers["sec-purpose"], headers.purpose, headers["x-purpose"], headers["x-moz"]]
    .some((purpose) => purpose !== undefined && /prefetch|prerender|preview/i.test(purpose))

/** Longer than any callback of Discord's (F36). */
const maxUrlLength = 8192

export const isTooLong = (request: HttpServerRequest): boolean =>
  request.url.length > maxUrlLength || SealedCookie.isTooLong(request.headers.cookie)

export const searchOf = (request: HttpServerRequest): URLSearchParams => {
  const start = request.url.indexOf("?")
  return new URLSearchParams(start === -1 ? "" : request.url.slice(start))
}

/** What changes nothing by itself (RFC 9110 section 9.2.1), so that other sites may link to it. */
export const isSafe = ({ method }: HttpServerRequest): boolean =>
  method === "GET" || method === "HEAD" || method === "OPTIONS"

/**
 * S21: what a browser says about where a request was sent from. One that says nothing is too old to be trusted, and so
 * is one that names its origin alone, unless that is the application's own.
 */
export const isSameOrigin = ({ headers }: HttpServerRequest, origin?: string): boolean =>
  headers["sec-fetch-site"] === undefined
    ? headers.origin !== undefined && headers.origin === origin
    : headers["sec-fetch-site"] === "same-origin"
