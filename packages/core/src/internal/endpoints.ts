/** The declaration, read once: what every derived thing needs to know of an endpoint. */
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { BearerToken, BotToken, DiscordHttpApi, RequiredScope } from "../DiscordHttpApi.ts"
import type * as OAuth2Scope from "../OAuth2Scope.ts"

export interface Endpoint {
  readonly group: string
  readonly identifier: string
  readonly method: string
  readonly path: string
  readonly credential: "bearer" | "bot" | "client"
  readonly scope: OAuth2Scope.OAuth2Scope | null
  /** The parameters in the path. */
  readonly pathNames: ReadonlySet<string>
  /** Where every other argument goes. */
  readonly rest: "payload" | "query"
  /** Reads an error body as one of the endpoint's own errors. */
  readonly decodeError: (body: unknown) => Option.Option<unknown>
}

const errorDecoder = (endpoint: HttpApiEndpoint.Top): Endpoint["decodeError"] => {
  const middlewares = Array.from<unknown>(endpoint.middlewares).filter(isMiddleware)
  const decoders = [...endpoint.error, ...middlewares.flatMap(({ error }) => Array.from(error))]
    .map((schema) => Schema.decodeUnknownOption(withoutServices(schema)))
  return (body) => {
    for (const decode of decoders) {
      const error = decode(body)
      if (Option.isSome(error)) return error
    }
    return Option.none()
  }
}

const isMiddleware = (u: unknown): u is HttpApiMiddleware.AnyService => Predicate.hasProperty(u, "requiredForClient")

// oxlint-disable-next-line typescript/consistent-type-assertions -- reflection forgets that our schemas need no services
const withoutServices = (schema: Schema.Top) => schema as Schema.Codec<unknown>

const toEndpoint = (group: string, endpoint: HttpApiEndpoint.Top): Endpoint => {
  const middlewares: ReadonlySet<unknown> = endpoint.middlewares
  const scope = endpoint.annotations.mapUnsafe.get(RequiredScope.key)
  return {
    group,
    identifier: endpoint.identifier,
    method: endpoint.method,
    path: endpoint.path,
    credential: middlewares.has(BearerToken) ? "bearer" : middlewares.has(BotToken) ? "bot" : "client",
    scope: typeof scope === "string" ? scope : null,
    pathNames: new Set(Array.from(endpoint.path.matchAll(/:(\w+)/g), ([, name]) => name ?? "")),
    rest: endpoint.payload.size > 0 ? "payload" : "query",
    decodeError: errorDecoder(endpoint)
  }
}

const groups: Readonly<Record<string, { readonly endpoints: Readonly<Record<string, unknown>> }>> =
  DiscordHttpApi.groups

const isEndpoint = (u: unknown): u is HttpApiEndpoint.Top => Predicate.hasProperty(u, "identifier")

/** Every endpoint of the declaration. */
export const endpoints: ReadonlyArray<Endpoint> = Object.entries(groups).flatMap(([group, { endpoints }]) =>
  Object.values(endpoints).filter(isEndpoint).map((endpoint) => toEndpoint(group, endpoint))
)

const byIdentifier = new Map(endpoints.map((endpoint) => [endpoint.identifier, endpoint]))

/** An endpoint that is not declared here has no errors of its own. */
export const find = (endpoint: HttpApiEndpoint.Top): Endpoint =>
  byIdentifier.get(endpoint.identifier) ?? toEndpoint("", endpoint)
