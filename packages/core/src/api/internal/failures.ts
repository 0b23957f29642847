/** Failures of a request that has no complete response, as `DiscordTransportError`. */
import * as Duration from "effect/Duration"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as Predicate from "effect/Predicate"
import { DiscordTransportError } from "../../errors/DiscordError.ts"

/** Error codes of Node and undici for failures that happen before a byte of the request is sent. */
const beforeSending = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

const errorCode = (cause: unknown): string | undefined => {
  if (!Predicate.isObject(cause)) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code
  return "cause" in cause ? errorCode(cause.cause) : undefined
}

/** Drops the cause of the client's error, because it holds the request with its secrets. */
export const toTransportError = (error: HttpClientError): DiscordTransportError => {
  const reason = error.reason
  if (reason._tag === "EncodeError" || reason._tag === "InvalidUrlError") {
    return new DiscordTransportError({ sent: false, description: reason._tag })
  }
  const code = "cause" in reason ? errorCode(reason.cause) : undefined
  return new DiscordTransportError({
    sent: code === undefined || !beforeSending.has(code),
    description: code ?? "the connection broke"
  })
}

/** The error of a request that did not end within its timeout. */
export const timedOut = (what: string, timeout: Duration.Duration) =>
  new DiscordTransportError({ sent: true, description: `no ${what} within ${Duration.format(timeout)}` })
