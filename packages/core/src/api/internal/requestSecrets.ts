/** Removes the secrets of a request from the text of its response, because a server may repeat them (S33). */
import * as Base64 from "effect/encoding/Base64"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { secretParameters } from "../Redaction.ts"
import { decodeJsonObject } from "./jsonObject.ts"

/** The members of a request's body that are secrets. */
const secretMembers = new Set([...secretParameters, "token", "secret"])

const decoder = new TextDecoder()

/** The token or client secret in the header, and the secrets in the body. */
const secretsOf = ({ body, headers }: HttpClientRequest): ReadonlyArray<string> => {
  const [, sent = ""] = headers.authorization?.split(" ") ?? []
  const [, clientSecret = ""] = Result.getOrElse(Base64.decodeString(sent), () => "").split(":")
  const text = body._tag === "Uint8Array" ? decoder.decode(body.body) : ""
  const members = Option.match(decodeJsonObject(text), {
    onNone: () => Array.from(new URLSearchParams(text)),
    onSome: (json) => Object.entries(json)
  })
  return [
    sent,
    clientSecret,
    ...members.flatMap(([name, value]) => secretMembers.has(name) && typeof value === "string" ? [value] : [])
  ]
}

/** A text of fewer than 8 characters is not treated as a secret. */
export const withoutSecrets = (text: string, request: HttpClientRequest): string =>
  secretsOf(request).reduce((text, secret) => secret.length < 8 ? text : text.replaceAll(secret, "<redacted>"), text)
