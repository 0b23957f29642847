/** The declaration, read once: what every derived thing needs to know of an endpoint. */
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isHttpError } from "../../errors/DiscordError.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import { DiscordHttpApi } from "../DiscordHttpApi.ts"
import { BearerToken, BotToken, ClientAuthentication, RequiredScope } from "../DiscordSecurity.ts"

export interface Endpoint {
  readonly group: string
  readonly identifier: string
  readonly method: string
  readonly path: string
  readonly credential: "bearer" | "bot" | "client" | "none"
  readonly scope: OAuth2Scope.OAuth2Scope | null
  /** The parameters in the path. */
  readonly pathNames: ReadonlySet<string>
  /** Those of them that Discord's rate limits count by themselves. */
  readonly majorNames: ReadonlyArray<string>
  /** Where every other argument goes. */
  readonly rest: "payload" | "query"
  /** Whether the body is a form with files. */
  readonly multipart: boolean
  /** Reads the body of each declared success status. */
  readonly decodeSuccess: ReadonlyMap<number, (body: string) => Effect.Effect<unknown, Schema.SchemaError>>
  /** Reads an error body as one of the errors that bodies name. */
  readonly decodeError: (body: unknown) => Option.Option<unknown>
}

type Schemas = ReadonlyMap<number, ReadonlyArray<Schema.Top>>

// oxlint-disable-next-line typescript/consistent-type-assertions -- reflection forgets that our schemas need no services
const union = (schemas: ReadonlyArray<Schema.Top>) => Schema.Union(schemas) as unknown as Schema.Codec<unknown>

/** Compiled once: the body's text to its value, nothing where the answer has no content. */
const successDecoders = (successes: Schemas): Endpoint["decodeSuccess"] =>
  new Map(Array.from(successes, ([status, schemas]) => [
    status,
    schemas.every(({ ast }) => HttpApiSchema.isNoContent(ast))
      ? () => Effect.void
      : Schema.decodeUnknownEffect(Schema.fromJsonString(union(schemas)))
  ]))

/** The errors that a body names. What every call may answer is told by its status alone, so those are passed over. */
const errorDecoder = (errors: Schemas): Endpoint["decodeError"] => {
  const decoders = Array.from(errors.values()).flat().map((schema) => Schema.decodeUnknownOption(union([schema])))
  return (body) => {
    for (const decode of decoders) {
      const error = decode(body)
      if (Option.isSome(error) && !isHttpError(error.value)) return error
    }
    return Option.none()
  }
}

/** @see https://discord.com/developers/docs/topics/rate-limits */
const major: ReadonlySet<string> = new Set(["channel_id", "guild_id", "webhook_id"])

/** Every endpoint of the declaration. */
export const endpoints: ReadonlyArray<Endpoint> = (() => {
  const all: Array<Endpoint> = []
  HttpApi.reflect(DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, group, middleware, successes }) => {
      const middlewares: ReadonlySet<unknown> = middleware
      const names = Array.from(endpoint.path.matchAll(/:(\w+)/g), ([, name]) => name ?? "")
      const scope = endpoint.annotations.mapUnsafe.get(RequiredScope.key)
      all.push({
        group: group.identifier,
        identifier: endpoint.identifier,
        method: endpoint.method,
        path: endpoint.path,
        credential: middlewares.has(BearerToken)
          ? "bearer"
          : middlewares.has(BotToken)
          ? "bot"
          : middlewares.has(ClientAuthentication)
          ? "client"
          : "none",
        scope: typeof scope === "string" ? scope : null,
        pathNames: new Set(names),
        majorNames: names.filter((name) => major.has(name)),
        rest: endpoint.payload.size > 0 ? "payload" : "query",
        multipart: Array.from(endpoint.payload.values()).some(({ encoding }) => encoding._tag === "Multipart"),
        decodeSuccess: successDecoders(successes),
        decodeError: errorDecoder(errors)
      })
    }
  })
  return all
})()
