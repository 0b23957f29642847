/** Checks of a request before anything is done with it: its purpose, its length, its query and its sender. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as SealedCookie from "./sealedCookie.ts"

/** F34 in docs/checklist.md: whether the browser only loads the page in advance. */
export const isPrefetch = ({ headers }: HttpServerRequest): boolean =>
  [headers["sec-purpose"], headers.purpose, headers["x-purpose"], headers["x-moz"]]
    .some((purpose) => purpose !== undefined && /prefetch|prerender|preview/i.test(purpose))

/** F36: longer than any callback of Discord. */
const maxUrlLength = 8192

/** F36: whether the URL or the `Cookie` header is too long to be read. */
export const isTooLong = (request: HttpServerRequest): boolean =>
  request.url.length > maxUrlLength || SealedCookie.isTooLong(request.headers.cookie)

/** Returns the parameters of the query. */
export const searchOf = (request: HttpServerRequest): URLSearchParams => {
  const start = request.url.indexOf("?")
  return new URLSearchParams(start === -1 ? "" : request.url.slice(start))
}

/** Whether the method changes nothing (RFC 9110 section 9.2.1). Other sites may link to such a request. */
export const isSafe = ({ method }: HttpServerRequest): boolean =>
  method === "GET" || method === "HEAD" || method === "OPTIONS"

/**
 * S21: whether a page of the application has sent the request. Browsers say so in `Sec-Fetch-Site`. Of a browser without
 * that header only an `Origin` that equals the application's own is trusted.
 */
export const isSameOrigin = ({ headers }: HttpServerRequest, origin?: string): boolean =>
  headers["sec-fetch-site"] === undefined
    ? headers.origin !== undefined && headers.origin === origin
    : headers["sec-fetch-site"] === "same-origin"
