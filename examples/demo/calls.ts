import { DiscordConfig } from "@discord-oauth2/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/** A call of Discord's API, and the status of its answer. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly status: number
}

/** Where the calls for one page are noted. */
export const Calls = Context.Reference<Array<Call>>("demo/Calls", { defaultValue: () => [] })

/** The client underneath, with each answer noted for the page that is being made. */
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
