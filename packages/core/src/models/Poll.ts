/**
 * A poll in a request, within the limits of Discord.
 *
 * @see https://discord.com/developers/docs/resources/poll#poll-create-request-object
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { optional } from "./internal/optional.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * An emoji in a poll: a custom emoji by its id, or a Unicode emoji by its name.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PollEmoji = Schema.Struct({
  id: optional(Snowflake.EmojiId),
  name: optional(textOrEmpty(32)),
  animated: optional(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PollEmoji extends Schema.Schema.Type<typeof PollEmoji> {}

/**
 * The question or an answer of a poll: a text of 1 to 300 characters, and an emoji for an answer.
 *
 * @see https://discord.com/developers/docs/resources/poll#poll-media-object
 * @category schemas
 * @since 0.1.0
 */
export const PollMedia = Schema.Struct({
  text: optional(text(300)),
  emoji: optional(PollEmoji)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PollMedia extends Schema.Schema.Type<typeof PollMedia> {}

/**
 * An answer of a poll.
 *
 * @see https://discord.com/developers/docs/resources/poll#poll-answer-object
 * @category schemas
 * @since 0.1.0
 */
export const PollAnswer = Schema.Struct({
  poll_media: PollMedia
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PollAnswer extends Schema.Schema.Type<typeof PollAnswer> {}

/**
 * The poll of a message to send, with 1 to 10 answers.
 *
 * **Details**
 *
 * `duration` is in hours: 1 to 768 (32 days). The only `layout_type` that Discord documents is 1.
 *
 * **Example** (A poll for one day)
 *
 * ```ts
 * import { Poll } from "@discord-oauth2/core/models"
 *
 * const poll: Poll.CreatePoll = {
 *   question: { text: "Another round?" },
 *   answers: [{ poll_media: { text: "Yes" } }, { poll_media: { text: "No" } }],
 *   duration: 24
 * }
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreatePoll = Schema.Struct({
  question: PollMedia,
  answers: Schema.Array(PollAnswer).check(Schema.isMinLength(1), Schema.isMaxLength(10)),
  allow_multiselect: optional(Schema.Boolean),
  layout_type: optional(Schema.Int),
  duration: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 768 })))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreatePoll extends Schema.Schema.Type<typeof CreatePoll> {}
