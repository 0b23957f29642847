/** What the client needs to know of each operation beyond `DiscordOperation`: where its arguments go, and its decoders. */
import * as Effect from "effect/Effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { isHttpError } from "../../errors/DiscordError.ts"
import type { DiscordOperation } from "../DiscordOperation.ts"
import { reflected, type Schemas } from "./reflection.ts"

export interface Endpoint extends DiscordOperation {
  /** The parameters in the path that Discord's rate limits count separately. */
  readonly majorParameters: ReadonlyArray<string>
  /** Where every argument goes that is not in the path. */
  readonly rest: "payload" | "query"
  /** Whether the body is a form with files. */
  readonly multipart: boolean
  /** Decodes the body of each declared success status. */
  readonly decodeSuccess: ReadonlyMap<number, (body: string) => Effect.Effect<unknown, Schema.SchemaError>>
  /** Decodes an error body that names one of the operation's own errors. */
  readonly decodeError: (body: unknown) => Option.Option<unknown>
}

// oxlint-disable-next-line typescript/consistent-type-assertions -- reflection forgets that our schemas need no services
const union = (schemas: ReadonlyArray<Schema.Top>) => Schema.Union(schemas) as unknown as Schema.Codec<unknown>

const successDecoders = (successes: Schemas): Endpoint["decodeSuccess"] =>
  new Map(Array.from(successes, ([status, schemas]) => [
    status,
    schemas.every(({ ast }) => HttpApiSchema.isNoContent(ast))
      ? () => Effect.void
      : Schema.decodeUnknownEffect(Schema.fromJsonString(union(schemas)))
  ]))

/** Skips the errors that every call can fail with: the status alone decides about those. */
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

/** Every operation of the declaration with its decoders, which are compiled once. */
export const endpoints: ReadonlyArray<Endpoint> = reflected.map(({ errors, operation, payload, successes }) => ({
  ...operation,
  majorParameters: Array.from(operation.pathParameters).filter((name) => major.has(name)),
  rest: payload.size > 0 ? "payload" : "query",
  multipart: Array.from(payload.values()).some(({ encoding }) => encoding._tag === "Multipart"),
  decodeSuccess: successDecoders(successes),
  decodeError: errorDecoder(errors)
}))
