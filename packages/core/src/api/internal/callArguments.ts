/** Splits the flat argument of a call into its credentials, path, and query or body. */
import * as Effect from "effect/Effect"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as Redacted from "effect/Redacted"
import { InvalidCallArgument } from "../../errors/DiscordError.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import { client, type Credentials, none } from "./credentials.ts"
import type { Endpoint } from "./endpoints.ts"

export interface FlatRequest extends Readonly<Record<string, unknown>> {
  readonly accessToken?: AccessToken | Redacted.Redacted
  readonly botToken?: Redacted.Redacted
  readonly responseMode?: HttpApiClient.Client.ResponseMode
}

export const toCredentials = ({ credential }: Endpoint, { accessToken, botToken }: FlatRequest): Credentials =>
  botToken !== undefined
    ? { _tag: "Bot", token: botToken }
    : accessToken === undefined
    ? credential === "client" ? client : none
    : "access_token" in accessToken
    ? { _tag: "Bearer", token: accessToken.access_token, refreshable: accessToken.refresh_token !== undefined }
    : { _tag: "Bearer", token: accessToken, refreshable: false }

/** A form with files takes only files. The error names any other member, which would be lost otherwise. */
const toFormData = (fields: Readonly<Record<string, unknown>>) => {
  const form = new FormData()
  const entries = Object.entries(fields)
  if (entries.length === 0) return new InvalidCallArgument({ issue: "Expected a file" })
  for (const [name, value] of entries) {
    if (!(value instanceof Blob)) return new InvalidCallArgument({ issue: `Expected a Blob at ["${name}"]` })
    form.append(name, value)
  }
  return form
}

/** Returns the argument of `HttpApiClient`'s function for the endpoint. */
export const split = ({ multipart, pathParameters, rest }: Endpoint, request: FlatRequest) => {
  const { accessToken: _a, botToken: _b, responseMode: _r, ...fields } = request
  const params: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) (pathParameters.has(name) ? params : others)[name] = value
  }
  const body = multipart ? toFormData(others) : Array.isArray(others.payload) ? others.payload : others
  return body instanceof InvalidCallArgument
    ? Effect.fail(body)
    : Effect.succeed({ params, [rest]: body, responseMode: "response-only" })
}

/** The argument is validated later, so at most the 20 characters of an id are kept of it. */
const toId = (argument: unknown) => typeof argument === "string" ? argument.slice(0, 20) : ""

/** The ids that Discord's rate limits count separately. */
export const majorParametersOf = ({ majorParameters }: Endpoint, request: FlatRequest): string =>
  majorParameters.map((name) => toId(request[name])).join("/")
