/**
 * Moving in from discord4py: its tokens, as `AccessToken.to_dict()` wrote them, become tokens of the store.
 *
 * **Details**
 *
 * A record of discord4py does not say whose token it is: the application knows, and says so in each `Row`. A token of the
 * store is never replaced by one of a row, so users may sign in here before the import, and an import that was
 * interrupted, or failed, is simply run again.
 *
 * **Example** (A table of discord4py's records)
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

/** The last second that Python's `datetime` knows; a number of milliseconds is beyond it. */
const lastSecond = 253_402_300_799

/** What `datetime.isoformat()` and databases write, as the ISO 8601 of `Timestamp`. */
const toIso8601 = (text: string) =>
  text
    .replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T")
    .replace(/(:\d{2}(?:\.\d+)?) ?([+-]\d{2})(?::?(\d{2}))?$/, (_, seconds, hours, minutes = "00") =>
      `${seconds}${hours}:${minutes}`)

const decodeTimestamp = Schema.decodeOption(Timestamp.Timestamp)

/** The 30th of February would be a day in March. */
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
        onNone: () => Effect.fail(new SchemaIssue.InvalidValue({ expected: "the URL of a webhook of Discord's" })),
        onSome: Effect.succeed
      })
    ),
    encode: SchemaGetter.forbiddenEncoding
  })
)

const isBearer = Schema.isPattern(/^bearer$/i, { expected: "the token type Bearer" })

/** Python's `None` and an empty string are both no token. */
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
    // A set's members come in any order; that of no scope is written as `[""]`.
    scopes: Array.from(new Set(scopes)).filter((scope) => scope !== ""),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(webhook_url && { webhook: webhook_url }),
    ...(Object.keys(data).length > 0 && { data })
  }
})

/**
 * A record of discord4py, which becomes an `AccessToken`.
 *
 * **Details**
 *
 * - `expires_at`: what `datetime.isoformat()` writes, with a blank in place of the `T` as well; without an offset it is
 *   UTC. A number is Unix time in seconds. A `Date`, as database drivers give it, is taken too. Finer digits than
 *   milliseconds are cut off, so a token never lives longer than it did.
 * - `token_type`: `Bearer`, however it is written, or absent. Another one is refused.
 * - `scopes`: in the order in which they come; empty ones are left out.
 * - `webhook_url`: a `webhook` of type 1 with its id, token and URL. What the URL does not tell is `null`. One that is
 *   no webhook of Discord's is refused.
 * - `id_token`: the token's own, for it is a secret.
 * - All other members are the application's `additional_data`, and become the token's `data`. They must be JSON.
 *
 * It is one way: a token of this library holds more than discord4py's record does, so encoding fails.
 *
 * **Gotchas**
 *
 * `data` are not redacted. An application that kept secrets among its `additional_data` takes them out first.
 *
 * **Example** (One record)
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
 * A record, and whose it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Row {
  /** The application's client id. */
  readonly clientId: string

  /** The user's id, as text: it has more digits than a number keeps. */
  readonly userId: string

  /** What `to_dict()` gave, or its JSON text. */
  readonly record: unknown
}

/**
 * What became of a row. `index` is its place among the rows, from 0.
 *
 * **Details**
 *
 * - `Imported`: the token is in the store.
 * - `AlreadyThere`: the store had a record of that user, which stays as it is, even where it cannot be read.
 * - `NotDecodable`: `path` tells what is wrong with the row, as `["record", "expires_at"]`. No value is told.
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
 * Whether an outcome is one of a kind.
 *
 * @category guards
 * @since 0.1.0
 */
export const is = outcomes.$is

/**
 * A function of the outcome, kind by kind.
 *
 * @category combinators
 * @since 0.1.0
 */
export const match = outcomes.$match

/**
 * The outcomes, as `importStream` makes them.
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
      // A record that cannot be read is there all the same.
      Effect.catchIf(isOfRecord, () => Effect.succeed(true))
    )
    if (yield* isThere) return AlreadyThere({ index, key })
    return yield* withLock(store, key)(Effect.gen(function*() {
      if (yield* isThere) return AlreadyThere({ index, key })
      // Data that nest too deep for JSON's writer have no text.
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
 * Puts the tokens of many rows into the store, those whose users have none there, and tells of each row, in order, what
 * became of it.
 *
 * **Details**
 *
 * `concurrency` is how many rows are on their way at a time, by default 8. It fails where the store does; the rows before
 * are in the store then, and it can be run again.
 *
 * **Gotchas**
 *
 * A token that has expired is imported, for its refresh token may be good. But Discord's refresh tokens work once: let
 * discord4py refresh no more before the import starts.
 *
 * A sign-in takes no lock. One that is stored in the instant between the look and the write of its own user's row is
 * written over, by a token of the same user that is older and still good.
 *
 * **Example** (A table of a database)
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
 * `importStream` for rows that fit into memory.
 *
 * @category migrations
 * @since 0.1.0
 */
export const importTokens = (
  rows: Iterable<Row>,
  options?: { readonly concurrency?: number | undefined }
): Effect.Effect<ReadonlyArray<Outcome>, AccessTokenStoreError, AccessTokenStore> =>
  Stream.runCollect(importStream(Stream.fromIterable(rows), options))
