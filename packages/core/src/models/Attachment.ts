/**
 * A file on Discord's CDN, for example one that an Activity uploads to share it.
 *
 * @see https://discord.com/developers/docs/resources/message#attachment-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { Application } from "./Application.ts"
import { namesOf } from "./internal/flags.ts"
import * as Snowflake from "./Snowflake.ts"
import * as Timestamp from "./Timestamp.ts"
import { User } from "./User.ts"

/**
 * An attachment.
 *
 * **Details**
 *
 * `size` is in bytes, `width` and `height` in pixels, `duration_secs` in seconds. `waveform` is a sampled waveform in
 * base64, `placeholder` is a thumbhash. `application` and the members that begin with `clip_` are present on clips.
 *
 * **Gotchas**
 *
 * `url` is signed and expires. Discord also deletes the file of an `ephemeral` attachment after some time.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Attachment = Schema.Struct({
  id: Snowflake.AttachmentId,
  filename: Schema.String,
  size: Schema.Int,
  url: Schema.String,
  proxy_url: Schema.String,
  width: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  height: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  duration_secs: Schema.optionalKey(Schema.Finite),
  waveform: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  content_type: Schema.optionalKey(Schema.String),
  ephemeral: Schema.optionalKey(Schema.Boolean),
  flags: Schema.optionalKey(Schema.Int),
  placeholder: Schema.optionalKey(Schema.String),
  placeholder_version: Schema.optionalKey(Schema.Int),
  title: Schema.optionalKey(Schema.NullOr(Schema.String)),
  application: Schema.optionalKey(Schema.NullOr(Application)),
  clip_created_at: Schema.optionalKey(Timestamp.Timestamp),
  clip_participants: Schema.optionalKey(Schema.Array(User))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Attachment extends Schema.Schema.Type<typeof Attachment> {}

/**
 * The response to the upload of a file.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UploadedAttachment = Schema.Struct({
  attachment: Attachment
})

/**
 * @category models
 * @since 0.1.0
 */
export interface UploadedAttachment extends Schema.Schema.Type<typeof UploadedAttachment> {}

/**
 * The bit of each flag of an attachment that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/message#attachment-object-attachment-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  IS_CLIP: 1 << 0,
  IS_THUMBNAIL: 1 << 1,
  IS_REMIX: 1 << 2,
  IS_SPOILER: 1 << 3,
  IS_ANIMATED: 1 << 5
} as const

/**
 * The name of a flag of an attachment.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the attachment's flags. Ignores bits without a name.
 *
 * **Example** (A spoiler)
 *
 * ```ts
 * import { Attachment } from "@discord-oauth2/core/models"
 *
 * Attachment.flags({ flags: Attachment.Flag.IS_SPOILER }) // => ["IS_SPOILER"]
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: Pick<Attachment, "flags">): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * Returns the instant at which the file was attached, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<Attachment, "id">): DateTime.Utc => Snowflake.timestamp(self.id)
