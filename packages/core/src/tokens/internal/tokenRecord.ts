/** The text of a record: a token, and whether a refresh of it was sent whose answer is not known. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AccessTokenStoreError } from "../../errors/DiscordError.ts"
import { AccessToken } from "../../models/AccessToken.ts"

/** What a record holds. */
export interface Content {
  readonly token: AccessToken

  /**
   * When the refresh token was sent to Discord, as long as the answer is not known. Where it is still there after a
   * crash, the answer may be lost, and the refresh token spent.
   */
  readonly sentAt?: DateTime.Utc

  /** Whether the sender knows that no response arrives any more. */
  readonly isLost?: boolean
}

const current = 2

const Version2 = Schema.Struct({
  version: Schema.Literal(current),
  token: AccessToken,
  sent_at: Schema.optionalKey(Schema.DateTimeUtcFromString),
  is_lost: Schema.optionalKey(Schema.Boolean)
})

/** The first release knew nothing of lost answers. */
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

/** Every version up to the current one; what is wrong with another stays unsaid, for it may quote the token. */
export const decode = (operation: string, text: string): Effect.Effect<Content, AccessTokenStoreError> => {
  const json = parse(text)
  const content = Option.flatMap(json, read)
  if (Option.isSome(content)) return Effect.succeed(content.value)
  const newer = Option.exists(Option.flatMap(json, decodeVersion), ({ version }) => version > current)
  return Effect.fail(new AccessTokenStoreError({ operation, reason: newer ? "newer-version" : "corrupt" }))
}

/** A token whose data are no JSON, which the types refuse, has no text. */
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
          cause: new Error("the token cannot be written as JSON: look at its `data`")
        })
      )
  )
