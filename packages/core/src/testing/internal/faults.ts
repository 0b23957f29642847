/** Makes requests fail as a test asks for. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Fault } from "../Fault.ts"
import { ConnectionDropped } from "../SimulatorError.ts"
import * as answers from "./answers.ts"

export const make = () => {
  const queue: Array<{ readonly fault: Fault; left: number }> = []
  return {
    add: (fault: Fault): void => {
      const left = fault.times ?? 1
      if (left > 0) queue.push({ fault, left })
    },
    clear: (): void => {
      queue.length = 0
    },
    /** Returns the first fault that matches, and counts it as used. */
    take: (endpoint: string, grantType: string | undefined): Fault | undefined => {
      const index = queue.findIndex(({ fault: { match } }) =>
        (match?.endpoint === undefined || match.endpoint === endpoint) &&
        (match?.grantType === undefined || match.grantType === grantType)
      )
      const found = queue[index]
      if (found === undefined) return undefined
      found.left -= 1
      if (found.left <= 0) queue.splice(index, 1)
      return found.fault
    }
  }
}

export type Faults = ReturnType<typeof make>

const seconds = (input: Duration.Input | undefined, otherwise: number) =>
  input === undefined ? otherwise : Duration.toSeconds(Duration.fromInputUnsafe(input))

const cloudflare = (status: 403 | 429, retryAfter: Duration.Input | undefined) =>
  status === 403
    ? answers.htmlPage(403)
    : HttpServerResponse.text("error code: 1015", {
      status,
      contentType: "text/plain; charset=UTF-8",
      headers: retryAfter === undefined ? {} : { "retry-after": String(Math.ceil(seconds(retryAfter, 0))) }
    })

const status = (fault: Fault & { readonly _tag: "Status" }) => {
  const { body, headers = {} } = fault
  return body === undefined
    ? HttpServerResponse.setHeaders(answers.plain(fault.status), headers)
    : typeof body === "string"
    ? HttpServerResponse.text(body, { status: fault.status, headers })
    : HttpServerResponse.jsonUnsafe(body, { status: fault.status, headers })
}

/** Returns the response of a fault that keeps the request from being executed, or `undefined`. */
export const instead = (fault: Fault): HttpServerResponse.HttpServerResponse | undefined => {
  switch (fault._tag) {
    case "Status":
      return status(fault)
    case "RateLimit": {
      const global = fault.global ?? fault.scope === "global"
      return answers.rateLimited({
        retryAfter: seconds(fault.retryAfter, 1),
        global,
        scope: fault.scope ?? (global ? "global" : "user")
      })
    }
    case "UnknownStatus":
      return answers.plain(fault.status ?? 418)
    case "CloudflareBlock":
      return cloudflare(fault.status ?? 429, fault.retryAfter)
    case "Refuse401":
      return answers.plain(401)
    case "DropBefore":
      return HttpServerResponse.empty()
    default:
      return undefined
  }
}

/** Changes the response as the fault says. */
export const after = (
  fault: Fault | undefined,
  response: HttpServerResponse.HttpServerResponse
): Effect.Effect<HttpServerResponse.HttpServerResponse, ConnectionDropped> => {
  switch (fault?._tag) {
    case "DropBefore":
      return Effect.fail(new ConnectionDropped({ sent: false }))
    case "DropAfter":
      return Effect.fail(new ConnectionDropped({ sent: true }))
    case "Delay":
      return Effect.delay(Effect.succeed(response), fault.duration)
    case "Html":
      return Effect.succeed(answers.htmlPage(fault.status ?? 200))
    case "JsonArray":
      return Effect.succeed(HttpServerResponse.jsonUnsafe([], { status: response.status }))
    case "CutJson":
      return Effect.succeed(
        response.body._tag === "Uint8Array"
          ? HttpServerResponse.uint8Array(response.body.body.slice(0, Math.floor(response.body.body.length / 2)), {
            status: response.status,
            contentType: "application/json"
          })
          : response
      )
    default:
      return Effect.succeed(response)
  }
}
