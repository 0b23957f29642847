/** Reads the declaration once, so that the client, the operations and the decoders do not each read it again. */
import * as HttpApi from "effect/http-api/HttpApi"
import type { PayloadMap } from "effect/http-api/HttpApiEndpoint"
import type * as Schema from "effect/Schema"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import { DiscordHttpApi } from "../DiscordHttpApi.ts"
import { BearerToken, BotToken, ClientAuthentication } from "../DiscordSecurity.ts"
import { RequiredScope } from "./groups/annotations.ts"

/** The schemas of an endpoint's responses by HTTP status. */
export type Schemas = ReadonlyMap<number, ReadonlyArray<Schema.Top>>

interface Reflected {
  readonly operation: {
    readonly identifier: string
    readonly group: string
    readonly method: string
    readonly path: string
    readonly pathParameters: ReadonlySet<string>
    readonly credential: "bearer" | "bot" | "client" | "none"
    readonly scope: OAuth2Scope.OAuth2Scope | null
  }
  readonly payload: PayloadMap
  readonly successes: Schemas
  readonly errors: Schemas
}

const credentialOf = (middleware: ReadonlySet<unknown>) =>
  middleware.has(BearerToken)
    ? "bearer"
    : middleware.has(BotToken)
    ? "bot"
    : middleware.has(ClientAuthentication)
    ? "client"
    : "none"

const reflect = (): ReadonlyArray<Reflected> => {
  const all: Array<Reflected> = []
  HttpApi.reflect(DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, group, middleware, successes }) => {
      const scope = endpoint.annotations.mapUnsafe.get(RequiredScope.key)
      all.push({
        operation: {
          identifier: endpoint.identifier,
          group: group.identifier,
          method: endpoint.method,
          path: endpoint.path,
          pathParameters: new Set(Array.from(endpoint.path.matchAll(/:(\w+)/g), ([, name]) => name ?? "")),
          credential: credentialOf(middleware),
          scope: typeof scope === "string" ? scope : null
        },
        payload: endpoint.payload,
        successes,
        errors
      })
    }
  })
  return all
}

/** Every endpoint of the declaration, in the declaration's order. */
export const reflected: ReadonlyArray<Reflected> = reflect()
