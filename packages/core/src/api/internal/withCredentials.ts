/** Adds the `Authorization` and `User-Agent` headers to each request. */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import { DiscordTransportError } from "../../errors/DiscordError.ts"
import type { DiscordConfig } from "../DiscordConfig.ts"
import { type Credentials, CurrentCredentials } from "./credentials.ts"

/** RFC 6749 section 2.3.1: the client id and the secret are form-encoded before they are joined. */
const formEncode = (value: string) => new URLSearchParams([["", value]]).toString().slice(1)

/** RFC 6749 appendix A: the characters of a token. */
const inHeader = /^[\x20-\x7e]*$/

/** A token or a client secret is sent in the header and never in the URL (S31). */
export const withCredentials = ({ clientId, clientSecret, userAgent }: DiscordConfig["Service"]) => {
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
        ? Effect.fail(new DiscordTransportError({ sent: false, description: "the token cannot be sent in a header" }))
        : Effect.succeed(HttpClientRequest.setHeaders(request, {
          "user-agent": userAgent,
          ...(authorization !== undefined && { authorization })
        }))
    })
}
