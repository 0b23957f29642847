/**
 * Requests as any client could send them, beside those that the derived client sends.
 */
import { DiscordSimulator, type World } from "@discord-oauth2/core/testing"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpMethod } from "effect/http/HttpMethod"
import * as Redacted from "effect/Redacted"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  readonly json: unknown
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const send = (
  method: HttpMethod,
  path: string,
  options: {
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    readonly contentType?: string
    readonly origin?: string
  } = {}
) =>
  Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    const url = path.startsWith("/") ? `${options.origin ?? "https://discord.com"}${path}` : path
    const request = HttpClientRequest.make(method)(url, { headers: options.headers ?? {} })
    const response = yield* client.execute(
      options.body === undefined
        ? request
        : HttpClientRequest.bodyText(request, options.body, options.contentType ?? "application/json")
    )
    const text = yield* response.text
    const answer: Answer = { status: response.status, headers: response.headers, text, json: parse(text) }
    return answer
  })

export const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString()

export const basic = (id: string, secret: string) =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`

/** A form at the token endpoint, with HTTP Basic unless `authorization` says otherwise. */
export const token = (
  application: World.Application,
  fields: Readonly<Record<string, string>>,
  options: { readonly authorization?: string | null; readonly path?: string } = {}
) =>
  send("POST", `/api/v10${options.path ?? "/oauth2/token"}`, {
    headers: options.authorization === null
      ? {}
      : {
        authorization: options.authorization ??
          basic(application.clientId, Redacted.value(application.clientSecret))
      },
    body: form(fields),
    contentType: "application/x-www-form-urlencoded"
  })

/** The parameters of a callback, of its query or its fragment. */
export const parameters = (url: string, part: "search" | "hash" = "search") =>
  Object.fromEntries(new URLSearchParams(new URL(url)[part].slice(1)))

export const simulator = DiscordSimulator.DiscordSimulator

export const authorizeUrl = (application: World.Application, parameters: Readonly<Record<string, string>>) =>
  `https://discord.com/oauth2/authorize?${
    form({
      client_id: application.clientId,
      redirect_uri: application.redirectUris[0]!,
      response_type: "code",
      scope: "identify",
      ...parameters
    })
  }`
