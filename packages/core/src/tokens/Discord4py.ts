/**
 * Imports the tokens of discord4py, which `AccessToken.to_dict()` wrote, into the store.
 *
 * **Details**
 *
 * A record of discord4py does not contain its user or application. The application adds them in each `Row`. The import
 * does not replace a token of the store, so users may sign in before the import. An import that was interrupted or failed
 * can be run again.
 *
 * **Example** (Import records of discord4py)
 *
 * ```ts
 * import { AccessTokenStore, Discord4py } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const clientId = "157730590492196864"
 * const record = {
 *   access_token: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
 *   token_type: "Bearer",
 *   expires_at: "2026-06-10T21:20:00.123456+00:00",
 *   scopes: ["identify", "guilds"],
 *   refresh_token: "D43f5y0ahjqew82jZ4NViEr2YafMKhue",
 *   plan: "gold"
 * }
 *
 * const program = Discord4py.importTokens([
 *   { clientId, userId: "80351110224678912", record },
 *   { clientId, userId: "80351110224678912", record: JSON.stringify(record) },
 *   { clientId, userId: "53908232506183680", record: { ...record, scopes: "identify" } }
 * ]).pipe(Effect.provide(AccessTokenStore.layerMemory))
 *
 * Effect.runSync(program).map(({ _tag }) => _tag) // => ["Imported", "AlreadyThere", "NotDecodable"]
 * ```
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Stream from "effect/Stream"
import { type AccessTokenStoreError, isOfRecord } from "../errors/DiscordError.ts"
import { AccessToken } from "../models/AccessToken.ts"
import * as Snowflake from "../models/Snowflake.ts"
import * as Timestamp from "../models/Timestamp.ts"
import { Webhook, WebhookType } from "../models/Webhook.ts"
import { AccessTokenStore, type Key, withLock } from "./AccessTokenStore.ts"

/** The last second of Python's `datetime`. A number of milliseconds is greater, so it is rejected. */
const lastSecond = 253_402_300_799

/** Turns the formats of `datetime.isoformat()` and of databases into the ISO 8601 format of `Timestamp`. */
const toIso8601 = (text: string) =>
  text
    .replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T")
    .replace(/(:\d{2}(?:\.\d+)?) ?([+-]\d{2})(?::?(\d{2}))?$/, (_, seconds, hours, minutes = "00") =>
      `${seconds}${hours}:${minutes}`)

const decodeTimestamp = Schema.decodeOption(Timestamp.Timestamp)

/** Rejects days such as the 30th of February, which `Date` reads as a day in March. */
const isCalendarDay = (day: string) =>
  Option.exists(DateTime.make(day), (date) => DateTime.formatIsoDateUtc(date) === day)

const toExpiry = (input: string | number | Date): Option.Option<DateTime.Utc> => {
  if (typeof input === "string") {
    return Option.map(
      Option.filter(decodeTimestamp(toIso8601(input)), (timestamp) => isCalendarDay(timestamp.slice(0, 10))),
      Timestamp.toDateTime
    )
  }
  if (typeof input !== "number") return Option.map(DateTime.make(input), DateTime.toUtc)
  return input >= 0 && input <= lastSecond ? Option.some(DateTime.makeUnsafe(Math.floor(input * 1000))) : Option.none()
}

const ExpiresAt = Schema.Union([Schema.String, Schema.Number, Schema.Date]).pipe(
  Schema.decodeTo(Schema.DateTimeUtc, {
    decode: SchemaGetter.transformEffect((input) =>
      Option.match(toExpiry(input), {
        onNone: () =>
          Effect.fail(new SchemaIssue.InvalidValue({ expected: "a date and time, or seconds of Unix time" })),
        onSome: Effect.succeed
      })
    ),
    encode: SchemaGetter.forbiddenEncoding
  })
)

const webhookUrl = /^https:\/\/(?:[a-z]+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d+)\/([\w-]+)$/

const decodeWebhookId = Schema.decodeUnknownOption(Snowflake.WebhookId)

const toWebhook = (url: string): Option.Option<Webhook> => {
  const [, id, token = ""] = webhookUrl.exec(url) ?? []
  return Option.map(decodeWebhookId(id), (id) => ({
    id,
    type: WebhookType.Incoming,
    channel_id: null,
    name: null,
    avatar: null,
    application_id: null,
    token: Redacted.make(token),
    url: Redacted.make(url)
  }))
}

const WebhookUrl = Schema.String.pipe(
  Schema.decodeTo(Schema.toType(Webhook), {
    decode: SchemaGetter.transformEffect((url) =>
      Option.match(toWebhook(url), {
        onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ expected: "the URL of a Discord webhook" })),
        onSome: Effect.succeed
      })
    ),
    encode: SchemaGetter.forbiddenEncoding
  })
)

const isBearer = Schema.isPattern(/^bearer$/i, { expected: "the token type Bearer" })

/** Python's `None` and an empty string both mean that there is no token. */
const OptionalSecret = Schema.optionalKey(Schema.NullOr(Schema.RedactedFromValue(Schema.String)))

const presentSecret = (secret: Redacted.Redacted | null | undefined) =>
  secret && Redacted.value(secret) !== "" ? secret : undefined

const Members = Schema.StructWithRest(
  Schema.Struct({
    access_token: Schema.RedactedFromValue(Schema.NonEmptyString),
    token_type: Schema.optionalKey(Schema.NullOr(Schema.String.check(isBearer))),
    expires_at: ExpiresAt,
    scopes: Schema.Array(Schema.String),
    refresh_token: OptionalSecret,
    id_token: OptionalSecret,
    webhook_url: Schema.optionalKey(Schema.NullOr(WebhookUrl))
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

const decodeData = Schema.decodeUnknownEffect(Schema.Record(Schema.String, Schema.Json))

const toToken = Effect.fnUntraced(function*(
  { access_token, expires_at, id_token, refresh_token, scopes, token_type: _, webhook_url, ...rest }:
    typeof Members.Type
): Effect.fn.Return<AccessToken, SchemaIssue.Issue> {
  const data = yield* Effect.mapError(decodeData(rest), ({ issue }) => issue)
  const refreshToken = presentSecret(refresh_token)
  const idToken = presentSecret(id_token)
  return {
    access_token,
    expires_at,
    // discord4py writes a set of scopes in any order, and an empty set as `[""]`.
    scopes: Array.from(new Set(scopes)).filter((scope) => scope !== ""),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(webhook_url && { webhook: webhook_url }),
    ...(Object.keys(data).length > 0 && { data })
  }
})

/**
 * Decodes a record of discord4py to an `AccessToken`.
 *
 * **Details**
 *
 * - `expires_at`: the output of `datetime.isoformat()`, with a `T` or a space. Without an offset it is UTC. A number is
 *   Unix time in seconds. A `Date` of a database driver is accepted too. Digits after the milliseconds are cut off, so
 *   that a token does not expire later.
 * - `token_type`: `Bearer` in any case, or absent. Any other type is rejected.
 * - `scopes`: keep their order. Empty scopes are left out.
 * - `webhook_url`: becomes a `webhook` of type 1 with its id, token and URL. Its other members are `null`. A URL that is
 *   not a Discord webhook is rejected.
 * - `id_token`: becomes the `id_token` of the token, because it is a secret.
 * - All other members are the application's `additional_data` and become the token's `data`. They must be JSON.
 *
 * Encoding fails, because a token of this library contains more than a record of discord4py.
 *
 * **Gotchas**
 *
 * `data` is not redacted. Remove secrets from `additional_data` before the import.
 *
 * **Example** (Decode a record)
 *
 * ```ts
 * import { Discord4py } from "@discord-oauth2/core"
 * import { DateTime, Schema } from "effect"
 *
 * const token = Schema.decodeUnknownSync(Discord4py.AccessTokenRecord)({
 *   access_token: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
 *   token_type: "Bearer",
 *   expires_at: "2018-06-10T21:20:00.123456+00:00",
 *   scopes: [""],
 *   theme: "dark"
 * })
 *
 * token.expires_at // => DateTime.makeUnsafe("2018-06-10T21:20:00.123Z")
 * token.scopes // => []
 * token.data // => { theme: "dark" }
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const AccessTokenRecord = Members.pipe(
  Schema.decodeTo(Schema.toType(AccessToken), {
    decode: SchemaGetter.transformEffect(toToken),
    encode: SchemaGetter.forbiddenEncoding
  })
)

/**
 * A record, and its user and application.
 *
 * @category models
 * @since 0.1.0
 */
export interface Row {
  /** The client id of the application. */
  readonly clientId: string

  /** The id of the user, as text, because a number cannot represent all of its digits. */
  readonly userId: string

  /** The output of `to_dict()`, or its JSON text. */
  readonly record: unknown
}

/**
 * The result of one row. `index` is the position of the row, from 0.
 *
 * **Details**
 *
 * - `Imported`: the token is in the store.
 * - `AlreadyThere`: the store already had a record of that user. It stays as it is, even if it cannot be read.
 * - `NotDecodable`: the row is not valid. `path` names the invalid member, such as `["record", "expires_at"]`, without
 *   its value.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = Data.TaggedEnum<{
  Imported: { readonly index: number; readonly key: Key }
  AlreadyThere: { readonly index: number; readonly key: Key }
  NotDecodable: { readonly index: number; readonly path: ReadonlyArray<PropertyKey> }
}>

const outcomes = Data.taggedEnum<Outcome>()

/**
 * Returns whether an outcome has a tag.
 *
 * @category guards
 * @since 0.1.0
 */
export const is = outcomes.$is

/**
 * Handles each outcome by its tag.
 *
 * @category combinators
 * @since 0.1.0
 */
export const match = outcomes.$match

/**
 * Creates the outcomes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const { AlreadyThere, Imported, NotDecodable } = outcomes

const rowOf = <S extends Schema.Codec<AccessToken, unknown>>(record: S) =>
  Schema.decodeUnknownEffect(
    Schema.Struct({ clientId: Snowflake.ApplicationId, userId: Snowflake.UserId, record })
  )

const decodeRow = rowOf(AccessTokenRecord)
const decodeTextRow = rowOf(Schema.fromJsonString(AccessTokenRecord))

const toPath = SchemaIssue.makeFormatterStandardSchemaV1()

const pathOf = (issue: SchemaIssue.Issue): ReadonlyArray<PropertyKey> =>
  (toPath(issue).issues[0]?.path ?? []).map((step) => typeof step === "object" ? step.key : step)

const importRow = Effect.fnUntraced(
  function*(row: Row, index: number) {
    const store = yield* AccessTokenStore
    const { clientId, record, userId } = yield* (typeof row.record === "string" ? decodeTextRow(row) : decodeRow(row))
    const key = { clientId, userId }
    const isThere = store.get(key).pipe(
      Effect.map(Option.isSome),
      // A record that cannot be read exists too.
      Effect.catchIf(isOfRecord, () => Effect.succeed(true))
    )
    if (yield* isThere) return AlreadyThere({ index, key })
    return yield* withLock(store, key)(Effect.gen(function*() {
      if (yield* isThere) return AlreadyThere({ index, key })
      // `data` that is nested too deeply cannot be encoded as JSON.
      return yield* store.put(key, record).pipe(
        Effect.as(Imported({ index, key })),
        Effect.catchIf(isOfRecord, () => Effect.succeed(NotDecodable({ index, path: ["record"] })))
      )
    }))
  },
  (effect, _row, index) =>
    Effect.catchTag(effect, "SchemaError", ({ issue }) => Effect.succeed(NotDecodable({ index, path: pathOf(issue) })))
)

/**
 * Imports the tokens of rows whose users have no token in the store. Emits the outcome of each row, in order.
 *
 * **Details**
 *
 * `concurrency` is the number of rows that are imported at the same time, 8 by default. It fails if the store fails. The
 * rows before are then imported, and it can be run again.
 *
 * **Gotchas**
 *
 * A token that has expired is imported too, because its refresh token may still work. A refresh token of Discord works
 * only once, so stop all refreshes of discord4py before the import starts.
 *
 * A sign-in takes no lock. If a user signs in between the check and the write of the user's row, the row replaces the
 * token of the sign-in. The older token is still valid.
 *
 * **Example** (Import a table of a database)
 *
 * ```ts
 * import { Discord4py } from "@discord-oauth2/core"
 * import { Effect, Stream } from "effect"
 * import { SqlClient } from "effect/sql"
 *
 * const program = Effect.gen(function*() {
 *   const sql = yield* SqlClient.SqlClient
 *   const rows = sql<{ readonly user_id: string; readonly token: string }>`SELECT user_id::text, token FROM tokens`
 *   yield* rows.stream.pipe(
 *     Stream.map(({ token, user_id }) => ({ clientId: "157730590492196864", userId: user_id, record: token })),
 *     Discord4py.importStream,
 *     Stream.filter(Discord4py.is("NotDecodable")),
 *     Stream.runForEach(({ index, path }) => Effect.logWarning(`row ${index}: ${path.join(".")}`))
 *   )
 * })
 * ```
 *
 * @category migrations
 * @since 0.1.0
 */
export const importStream = <E, R>(
  rows: Stream.Stream<Row, E, R>,
  options?: { readonly concurrency?: number | undefined }
): Stream.Stream<Outcome, E | AccessTokenStoreError, R | AccessTokenStore> =>
  rows.pipe(
    Stream.zipWithIndex,
    Stream.mapEffect(([row, index]) => importRow(row, index), { concurrency: options?.concurrency ?? 8 })
  )

/**
 * Imports rows that fit into memory, like `importStream`.
 *
 * @category migrations
 * @since 0.1.0
 */
export const importTokens = (
  rows: Iterable<Row>,
  options?: { readonly concurrency?: number | undefined }
): Effect.Effect<ReadonlyArray<Outcome>, AccessTokenStoreError, AccessTokenStore> =>
  Stream.runCollect(importStream(Stream.fromIterable(rows), options))
