/** Our declaration's OpenAPI document, paired with Discord's operation by operation. */
import { DiscordHttpApi } from "@discord-oauth2/core/api"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as Schema from "effect/Schema"
import type { Document, JsonSchema, Operation, Part } from "./JsonSchema.ts"

type Codec = Schema.Codec<unknown, unknown>

/** An endpoint of the declaration. */
export interface Endpoint {
  readonly identifier: string
  readonly method: string
  /** The path as OpenAPI writes it. */
  readonly path: string
  readonly query: Codec | undefined
  readonly successes: ReadonlyMap<number, ReadonlyArray<Codec>>
}

/** Every endpoint of the declaration. */
export const endpoints: ReadonlyArray<Endpoint> = (() => {
  const endpoints: Array<Endpoint> = []
  HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, successes }) => {
      const { identifier, method, path, query } = endpoint as typeof endpoint & { readonly query?: Codec }
      endpoints.push({
        identifier,
        method: method.toLowerCase(),
        path: path.replace(/:(\w+)/g, "{$1}"),
        query,
        successes: successes as ReadonlyMap<number, ReadonlyArray<Schema.Top>> as Endpoint["successes"]
      })
    }
  })
  return endpoints
})()

/** The OpenAPI document that the declaration gives. */
export const declaration: Document = JSON.parse(JSON.stringify(DiscordHttpApi.openApi()))

/** An endpoint as both documents have it. */
export interface Call extends Endpoint {
  readonly ours: Operation
  readonly theirs: Operation
}

/** An endpoint with our operation, and with Discord's where it has one. */
export interface Declared extends Endpoint {
  readonly ours: Operation
  readonly theirs: Operation | undefined
}

/** Every operation of our document, each with Discord's of the same path and method. */
export const operationsOf = (mine: Document, discord: Document): ReadonlyArray<Declared> =>
  Object.entries(mine.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, ours]): Declared => {
      const name = ours.operationId?.replace(/^.*\./, "") ?? `${method} ${path}`
      const { query, successes } = endpoints.find(({ identifier }) => identifier === name) ??
        { query: undefined, successes: new Map() }
      return { identifier: name, method, path, query, successes, ours, theirs: discord.paths[path]?.[method] }
    })
  )

/** The operations that both documents have. */
export const callsOf = (mine: Document, discord: Document): ReadonlyArray<Call> =>
  operationsOf(mine, discord).flatMap(({ theirs, ...rest }) => theirs === undefined ? [] : [{ ...rest, theirs }])

type Body = { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> } | undefined

/** The schema of a JSON body. */
export const json = (body: Body): JsonSchema | undefined => body?.content?.["application/json"]?.schema

/** The schema of a body of any content type that we send. */
const sent = (body: Body): JsonSchema | undefined => json(body) ?? body?.content?.["multipart/form-data"]?.schema

/** The statuses of success that an operation has. */
export const statuses = (operation: Operation): ReadonlyArray<string> =>
  Object.keys(operation.responses).filter((status) => status.startsWith("2"))

/** The schemas that both documents have for one body. */
export interface Pair {
  readonly name: string
  readonly ours: Part
  readonly theirs: Part
}

/** The schemas of every body of the calls, those of the responses and those of the requests. */
export const pairsOf = (mine: Document, discord: Document) => {
  const pair = (name: string, ours: JsonSchema | undefined, theirs: JsonSchema | undefined): ReadonlyArray<Pair> =>
    ours === undefined || theirs === undefined
      ? []
      : [{ name, ours: { document: mine, schema: ours }, theirs: { document: discord, schema: theirs } }]
  const calls = callsOf(mine, discord)
  return {
    responses: calls.flatMap(({ identifier, ours, theirs }) =>
      statuses(theirs).flatMap((status) =>
        pair(`${identifier} ${status}`, json(ours.responses[status]), json(theirs.responses[status]))
      )
    ),
    requests: calls.flatMap(({ identifier, ours, theirs }) =>
      pair(identifier, sent(ours.requestBody), sent(theirs.requestBody))
    )
  }
}
