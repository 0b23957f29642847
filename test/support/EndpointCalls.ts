/** Creates a call for every declared endpoint, with arguments that its schemas accept and planted secrets. */
import type { DiscordClient } from "@discord-oauth2/core"
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** The value of the secret argument with this name. All secrets have one prefix, which tests search for. */
export const planted = (name: string) => `planted-${name}`

export interface EndpointCall {
  /** The endpoint's name, with the grant if it has several. */
  readonly name: string
  readonly identifier: string
  readonly request: Readonly<Record<string, unknown>>
  /** The request line that must arrive, without the query. */
  readonly line: string
  /** The names of the path parameters. */
  readonly pathNames: ReadonlyArray<string>
  /** The statuses of successful responses. */
  readonly statuses: ReadonlyArray<number>
  /** The status of a successful response whose body is read, or `undefined` if the endpoint has none. */
  readonly withBody: number | undefined
  /** Whether an object without known members is a valid response. */
  readonly takesEmpty: boolean
}

type Members = Readonly<Record<string, unknown>>

const plant = (members: Members): Members =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      name,
      Redacted.isRedacted(value) ? Redacted.make(planted(name)) : value
    ])
  )

/** Returns the value with the most members out of 30 samples: an object or a list, as reflection has no static type. */
const sample = (schema: Schema.Top | undefined): Members => {
  if (schema === undefined) return {}
  const values = Effect.runSync(
    Effect.orDie(
      Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: 30, seed: 20260, size: 3, maxDiscards: 20_000 })
    )
  ) as ReadonlyArray<Members>
  const fullest = values.reduce((a, b) => Object.keys(b).length > Object.keys(a).length ? b : a)
  return Array.isArray(fullest) ? { payload: fullest } : plant(fullest)
}

const withoutBody = (schemas: ReadonlyArray<Schema.Top>) => schemas.every(({ ast }) => HttpApiSchema.isNoContent(ast))

const all: Array<EndpointCall> = []
HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, params, path, payload }, middleware, successes }) => {
    const middlewares: ReadonlySet<unknown> = middleware
    const inPath = sample(params)
    const line = path.replace(/:(\w+)/g, (_, name: string) => String(inPath[name]))
    const credentials = middlewares.has(DiscordSecurity.BearerToken)
      ? { accessToken: Redacted.make(planted("bearer")) }
      : middlewares.has(DiscordSecurity.BotToken)
      ? { botToken: Redacted.make(planted("bot")) }
      : {}
    const payloads = Array.from(payload.values())
    const bodies: ReadonlyArray<Members> = payloads.some(({ encoding }) => encoding._tag === "Multipart")
      ? [{ file: new File(["a file's content"], "file.txt", { type: "text/plain" }) }]
      : payloads.length === 0
      ? [{}]
      : payloads.flatMap(({ schemas }) => schemas).map(sample)
    const withBody = Array.from(successes).find(([, schemas]) => !withoutBody(schemas))
    for (const body of bodies) {
      all.push({
        name: [identifier, body.grant_type].filter((part) => part !== undefined).join(" "),
        identifier,
        request: { ...body, ...inPath, ...credentials },
        line: `${method} /api/v10${line}`,
        pathNames: Object.keys(inPath),
        statuses: Array.from(successes.keys()),
        withBody: withBody?.[0],
        takesEmpty: withBody !== undefined &&
          withBody[1].some((schema) =>
            Option.isSome(Schema.decodeUnknownOption(schema as unknown as Schema.Codec<unknown>)({}))
          )
      })
    }
  }
})

/** Every endpoint. An endpoint with several bodies occurs once for each body. */
export const calls: ReadonlyArray<EndpointCall> = all

/** Calls the endpoint by its name. */
export const make = (
  api: DiscordClient.Methods,
  { identifier, request }: EndpointCall
): Effect.Effect<unknown, unknown> =>
  (api as unknown as Readonly<Record<string, (request: Members) => Effect.Effect<unknown, unknown>>>)[
    identifier
  ]?.(request) ?? Effect.die(`there is no ${identifier}`)
