/** Encodes and decodes the text of a record: a token, and the state of a refresh whose response is not known. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AccessTokenStoreError } from "../../errors/DiscordError.ts"
import { AccessToken } from "../../models/AccessToken.ts"

/** The content of a record. */
export interface Content {
  readonly token: AccessToken

  /**
   * When the refresh token was sent to Discord. It is absent when the response is known. If it is present after a
   * crash, the response may be lost and the refresh token may be used up.
   */
  readonly sentAt?: DateTime.Utc

  /** Whether the process that sent the refresh token knows that no response will arrive. */
  readonly isLost?: boolean
}

const current = 2

const Version2 = Schema.Struct({
  version: Schema.Literal(current),
  token: AccessToken,
  sent_at: Schema.optionalKey(Schema.DateTimeUtcFromString),
  is_lost: Schema.optionalKey(Schema.Boolean)
})

/** The format of the first release, which did not record refreshes. */
const Version1 = Schema.Struct({ version: Schema.Literal(1), token: AccessToken })

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))
const decodeVersion = Schema.decodeUnknownOption(Schema.Struct({ version: Schema.Int }))
const decodeVersion1 = Schema.decodeUnknownOption(Version1)
const decodeVersion2 = Schema.decodeUnknownOption(Version2)
const encodeText = Schema.encodeEffect(Schema.fromJsonString(Version2))

const read = (json: unknown): Option.Option<Content> =>
  Option.orElse(
    Option.map(decodeVersion2(json), ({ is_lost, sent_at, token }) => ({
      token,
      ...(sent_at !== undefined && { sentAt: sent_at }),
      ...(is_lost !== undefined && { isLost: is_lost })
    })),
    () => Option.map(decodeVersion1(json), ({ token }) => ({ token }))
  )

/** Decodes every version up to the current one. The error has no details, because they could quote the token. */
export const decode = (operation: string, text: string): Effect.Effect<Content, AccessTokenStoreError> => {
  const json = parse(text)
  const content = Option.flatMap(json, read)
  if (Option.isSome(content)) return Effect.succeed(content.value)
  const newer = Option.exists(Option.flatMap(json, decodeVersion), ({ version }) => version > current)
  return Effect.fail(new AccessTokenStoreError({ operation, reason: newer ? "newer-version" : "corrupt" }))
}

/** Fails with the reason `corrupt` if the token's `data` is not JSON. */
export const encode = (
  operation: string,
  { isLost, sentAt, token }: Content
): Effect.Effect<string, AccessTokenStoreError> =>
  Effect.catch(
    encodeText({
      version: current,
      token,
      ...(sentAt !== undefined && { sent_at: sentAt }),
      ...(isLost !== undefined && { is_lost: isLost })
    }),
    () =>
      Effect.fail(
        new AccessTokenStoreError({
          operation,
          reason: "corrupt",
          cause: new Error("the token cannot be encoded as JSON: check its `data`")
        })
      )
  )
