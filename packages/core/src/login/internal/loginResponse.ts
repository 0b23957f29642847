/** What every response of the login routes has in common, and the responses to requests that change nothing. */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as LoginRequest from "./loginRequest.ts"

type Response = HttpServerResponse.HttpServerResponse

/** S17, S18: no cache stores the response, and the next page does not learn the URL of this one. */
export const finish = (response: Response): Response =>
  HttpServerResponse.setHeaders(response, { "cache-control": "no-store", "referrer-policy": "no-referrer" })

/** Sends the browser to a path or a URL with a GET request. */
export const redirect = (location: string): Response => HttpServerResponse.redirect(location, { status: 303 })

export const methodNotAllowed = (allow: string): Response =>
  finish(HttpServerResponse.empty({ status: 405, headers: { allow } }))

/** F34: returns the response to a request that must not start or finish a login, and `undefined` for a real GET. */
export const unlessGet = (request: HttpServerRequest): Response | undefined =>
  request.method !== "GET"
    ? methodNotAllowed("GET")
    : LoginRequest.isPrefetch(request)
    ? finish(HttpServerResponse.empty())
    : undefined
