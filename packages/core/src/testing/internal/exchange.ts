/** Holds what is known about the running request. */
import * as Context from "effect/Context"
import type { Fault } from "../Fault.ts"
import type { Application } from "../World.ts"

/** The state of one request. Middleware and handler write it, and the server makes the response of it. */
export interface Exchange {
  readonly form: URLSearchParams
  readonly isForm: boolean
  readonly grantType: string | undefined
  endpoint: string | undefined
  client: Application | undefined
  fault: Fault | undefined
  headers: Readonly<Record<string, string>>
}

export const make = (body: string, contentType: string | undefined): Exchange => {
  const isForm = contentType?.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded"
  const form = new URLSearchParams(isForm ? body : "")
  return {
    form,
    isForm,
    grantType: form.get("grant_type") ?? undefined,
    endpoint: undefined,
    client: undefined,
    fault: undefined,
    headers: {}
  }
}

/** A reference, because it belongs to a request and not to the layer of the handlers. */
export const CurrentExchange = Context.Reference<Exchange>("@discord-oauth2/core/testing/internal/CurrentExchange", {
  defaultValue: () => make("", undefined)
})
