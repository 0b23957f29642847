/** Turns a response outside 2xx into an error. A 401 becomes `AccessTokenExpired` or `InvalidBotToken` here. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as DiscordError from "../../errors/DiscordError.ts"
import { readText } from "../ResponseBody.ts"
import type { Credentials } from "./credentials.ts"
import type { Endpoint } from "./endpoints.ts"
import { decodeJsonObject, type JsonObject } from "./jsonObject.ts"
import { withoutSecrets } from "./requestSecrets.ts"
import { statusError } from "./statusError.ts"

/** Only the caller knows whether the token has a refresh token. */
const unauthorized = (credentials: Credentials) => {
  switch (credentials._tag) {
    case "Bearer":
      return new DiscordError.AccessTokenExpired({ refreshable: credentials.refreshable })
    case "Bot":
      return new DiscordError.InvalidBotToken()
    default:
      return undefined
  }
}

/** The endpoint's own error that a body names. A body with code 0 names none. */
const namedError = ({ decodeError, scope }: Endpoint, body: JsonObject): Option.Option<unknown> => {
  if (body.code === 0) return Option.none()
  // An `error_description` that is not a string must not hide the error code.
  const { error_description: description, ...rest } = body
  const named = decodeError(description === undefined || typeof description === "string" ? body : rest)
  return Option.map(named, (error) =>
    error instanceof DiscordError.MissingScope
      ? new DiscordError.MissingScope({ required: scope === null ? [] : [scope], granted: [] })
      : error)
}

/**
 * The body decides, whatever the status is, because Discord's API versions send the same error with 400 or with 401. The
 * status decides when the body names no error of the endpoint.
 */
const classify = (
  endpoint: Endpoint,
  response: HttpClientResponse,
  body: JsonObject | undefined,
  credentials: Credentials,
  now: number
): unknown => {
  if (body === undefined) return statusError(response, body, now)
  const expired = response.status === 401 && typeof body.code === "number" ? unauthorized(credentials) : undefined
  return expired ?? Option.getOrElse(namedError(endpoint, body), () => statusError(response, body, now))
}

const isDeeper = (u: unknown, levels: number): boolean =>
  Predicate.isObjectOrArray(u) && (levels === 0 || Object.values(u).some((member) => isDeeper(member, levels - 1)))

/** Drops `errors` that are nested deeper than Discord's, which could overflow the stack of a logger. */
const withoutDepth = (body: JsonObject) => {
  const { errors, ...rest } = body
  return isDeeper(errors, 32) ? rest : body
}

/** A body that is longer than `maxBytes` is ignored, and the status decides. */
export const toError = (
  endpoint: Endpoint,
  response: HttpClientResponse,
  credentials: Credentials,
  maxBytes: number
): Effect.Effect<unknown, DiscordError.DiscordTransportError> =>
  readText(response, maxBytes).pipe(
    Effect.map((body) =>
      Option.getOrUndefined(Option.map(decodeJsonObject(withoutSecrets(body, response.request)), withoutDepth))
    ),
    Effect.catchTag("MalformedResponse", () => Effect.succeed(undefined)),
    Effect.flatMap((body) =>
      Effect.map(Clock.currentTimeMillis, (now) => classify(endpoint, response, body, credentials, now))
    )
  )
