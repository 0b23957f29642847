import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

/** One answer of Discord. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly status: number
}

/** Where the calls of one page are noted. */
export const Calls = Context.Reference<Array<Call> | undefined>("demo/Calls", { defaultValue: () => undefined })

/** The same client, noting each answer for the page that asked. */
export const layer = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.tap(({ request, status }) =>
      Effect.map(Calls, (calls) => {
        const path = new URL(request.url).pathname.replace(/^\/api\/v\d+/, "")
        calls?.push({ method: request.method, path, status })
      })
    )
  )
)
