/** Reads the response to a request and decodes its body. */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { MalformedResponse } from "../../errors/DiscordError.ts"
import { sanitize } from "../../internal/sanitize.ts"
import type { Reply } from "../RequestMiddleware.ts"
import { readText } from "../ResponseBody.ts"
import type { Credentials } from "./credentials.ts"
import type { Endpoint } from "./endpoints.ts"
import { toError } from "./errorResponse.ts"

export interface ReadReply extends Reply {
  readonly response: HttpClientResponse
  readonly body: string
}

/**
 * Reads the body of a response in 2xx, unless `isRaw`, and the error of any other. A body in 2xx that is too long is an
 * error of the reply and not a failure, so that the middleware sees the response.
 */
export const read = (
  endpoint: Endpoint,
  response: HttpClientResponse,
  options: { readonly credentials: Credentials; readonly isRaw: boolean; readonly maxBytes: number }
) => {
  const { headers, status } = response
  const reply = (body: string, error: unknown): ReadReply => ({ status, headers, response, body, error })
  if (status < 200 || status >= 300) {
    return Effect.map(toError(endpoint, response, options.credentials, options.maxBytes), (error) => reply("", error))
  }
  return options.isRaw
    ? Effect.succeed(reply("", undefined))
    : readText(response, options.maxBytes).pipe(
      Effect.map((body) => reply(body, undefined)),
      Effect.catchTag("MalformedResponse", (error) => Effect.succeed(reply("", error)))
    )
}

/** The message of a decoding error names what was expected and where, and never a value. */
export const decode = ({ credential, decodeSuccess }: Endpoint, status: number, body: string) => {
  // The token endpoint may send tokens with another status in 2xx than 200.
  const decodeBody = decodeSuccess.get(status) ?? (credential === "client" ? decodeSuccess.get(200) : undefined)
  return decodeBody === undefined
    ? Effect.fail(new MalformedResponse({ status, issue: "Expected a declared status" }))
    : Effect.mapError(decodeBody(body), (error) => new MalformedResponse({ status, issue: sanitize(error.message) }))
}
