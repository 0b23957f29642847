/**
 * Reads the body of a response with a limit on its size.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { type DiscordTransportError, MalformedResponse } from "../errors/DiscordError.ts"
import { toTransportError } from "./internal/failures.ts"

/**
 * Reads the body as text and stops as soon as it is longer than `maxBytes`.
 *
 * **When to use**
 *
 * With a call in the mode `"response-only"`, whose body nobody has read. A connection can be used again only when the
 * body of its last response was read.
 *
 * **Details**
 *
 * Fails with `MalformedResponse` when the body is too long, and with `DiscordTransportError` when the connection breaks.
 * A response without a body gives the empty text.
 *
 * **Example** (A call's body as Discord sent it)
 *
 * ```ts
 * import { type DiscordSession } from "@discord-oauth2/core"
 * import { ResponseBody } from "@discord-oauth2/core/api"
 * import { Effect } from "effect"
 *
 * const rawUser = (session: DiscordSession.DiscordSession<"identify">) =>
 *   Effect.flatMap(
 *     session.getCurrentUser({ responseMode: "response-only" }),
 *     (response) => ResponseBody.readText(response, 65_536)
 *   )
 * ```
 *
 * @category combinators
 * @since 0.1.0
 */
export const readText = (
  response: HttpClientResponse,
  maxBytes: number
): Effect.Effect<string, DiscordTransportError | MalformedResponse> => {
  const { headers } = response
  const length = headers["content-length"]
  // A compressed body is longer than its content-length says.
  const announced = length !== undefined && headers["content-encoding"] === undefined ? Number(length) : undefined
  return announced !== undefined && announced <= maxBytes
    ? Effect.mapError(response.text, toTransportError)
    : readStream(response, maxBytes, announced ?? 0)
}

/** Counts the bytes as they arrive, from a length that is too large already where one was announced (F10). */
const readStream = (response: HttpClientResponse, maxBytes: number, announced: number) =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let bytes = announced
    let text = ""
    const read = response.stream.pipe(
      Stream.catchIf(({ reason }) => reason._tag === "EmptyBodyError", () => Stream.empty),
      Stream.mapError(toTransportError),
      Stream.runForEach((chunk) => {
        bytes += chunk.length
        if (!(bytes <= maxBytes)) {
          return Effect.fail(
            new MalformedResponse({ status: response.status, issue: `Expected at most ${maxBytes} bytes` })
          )
        }
        text += decoder.decode(chunk, { stream: true })
        return Effect.void
      })
    )
    return Effect.map(read, () => text + decoder.decode())
  })
