/** Every call of the derived client, with the documented body and responses. */
import type { DiscordClient, DiscordError } from "@discord-oauth2/core"
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import type * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Redacted from "effect/Redacted"
import * as documented from "../../fixtures/documented.ts"
import * as Stub from "../../support/StubDiscord.ts"

export interface Call {
  readonly identifier: string
  readonly credential: "bearer" | "bot" | "client" | "none"
  /** The status of a success. */
  readonly status: number
  readonly answers: ReadonlyArray<unknown>
  readonly run: (methods: DiscordClient.Methods) => Effect.Effect<unknown, DiscordError.DiscordError>
}

export const bearerToken = "planted-bearer-token-0123456789"
export const botToken = "planted-bot-token-0123456789"
/** The token of a user in the body of a bot's call, and the tokens in the forms. */
export const bodySecret = "planted-body-secret-0123456789"

const secretMembers: ReadonlySet<string> = new Set([
  "access_token",
  "refresh_token",
  "code",
  "code_verifier",
  "token",
  "secret"
])

const withSecrets = (body: unknown): object =>
  typeof body !== "object" || body === null || Array.isArray(body)
    ? { payload: body }
    : Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, secretMembers.has(name) ? Redacted.make(bodySecret) : value])
    )

type Method = (request: object) => Effect.Effect<unknown, DiscordError.DiscordError>

export const calls: ReadonlyArray<Call> = (() => {
  const all: Array<Call> = []
  HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { identifier, path }, middleware, successes }) => {
      const has: ReadonlySet<unknown> = middleware
      const credential = has.has(DiscordSecurity.BearerToken)
        ? "bearer"
        : has.has(DiscordSecurity.BotToken)
        ? "bot"
        : has.has(DiscordSecurity.ClientAuthentication)
        ? "client"
        : "none"
      const params = Object.fromEntries(Array.from(path.matchAll(/:(\w+)/g), ([, name]) => [name, Stub.userId]))
      const [body] = documented.bodies[identifier] ?? []
      const request = {
        ...params,
        ...(body !== undefined && withSecrets(body)),
        ...(identifier === "uploadApplicationAttachment" && { file: new Blob(["a"]) }),
        ...(credential === "bearer" && { accessToken: Redacted.make(bearerToken) }),
        ...(credential === "bot" && { botToken: Redacted.make(botToken) })
      }
      all.push({
        identifier,
        credential,
        status: Math.min(...successes.keys()),
        answers: documented.answers[identifier] ?? [],
        run: (methods) =>
          (methods as unknown as Readonly<Record<string, Method>>)[identifier]?.(request) ?? missing(identifier)
      })
    }
  })
  return all
})()

const missing = (identifier: string): never => {
  throw new Error(`the client has no ${identifier}`)
}
