import { DiscordConfig } from "@discord-oauth2/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/** A call of Discord's API, and the status of its response. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly status: number
}

/** The list that records the calls for one page. */
export const Calls = Context.Reference<Array<Call>>("demo/Calls", { defaultValue: () => [] })

/** An HTTP client that records each call for the page that is being built. */
export const layer = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function*() {
    const { apiUrl } = yield* DiscordConfig.DiscordConfig
    return HttpClient.tap(
      yield* HttpClient.HttpClient,
      ({ request: { method, url }, status }) =>
        Effect.map(Calls, (calls) => {
          calls.push({ method, path: url.slice(apiUrl.length), status })
        })
    )
  })
)
