/**
 * An embed: a card below a message, within the limits of Discord.
 *
 * @see https://discord.com/developers/docs/resources/message#embed-object
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { textOrEmpty } from "./internal/boundedText.ts"
import { optional } from "./internal/optional.ts"
import { Timestamp } from "./Timestamp.ts"

const Url = textOrEmpty(2048)

/**
 * The author of an embed: a name of at most 256 characters.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmbedAuthor = Schema.Struct({
  name: optional(textOrEmpty(256)),
  url: optional(Url),
  icon_url: optional(Url)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface EmbedAuthor extends Schema.Schema.Type<typeof EmbedAuthor> {}

/**
 * An image, a thumbnail or a video of an embed. `description` is the alternative text, of at most 4,096 characters.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmbedMedia = Schema.Struct({
  url: optional(Url),
  width: optional(Schema.Int),
  height: optional(Schema.Int),
  placeholder: optional(textOrEmpty(64)),
  placeholder_version: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 }))),
  is_animated: optional(Schema.Boolean),
  description: optional(textOrEmpty(4096))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface EmbedMedia extends Schema.Schema.Type<typeof EmbedMedia> {}

/**
 * The footer of an embed: a text of at most 2,048 characters.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmbedFooter = Schema.Struct({
  text: optional(textOrEmpty(2048)),
  icon_url: optional(Url)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface EmbedFooter extends Schema.Schema.Type<typeof EmbedFooter> {}

/**
 * A field of an embed: a name of at most 256 characters and a value of at most 1,024.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmbedField = Schema.Struct({
  name: textOrEmpty(256),
  value: textOrEmpty(1024),
  inline: optional(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface EmbedField extends Schema.Schema.Type<typeof EmbedField> {}

/**
 * The provider of the content of an embed.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmbedProvider = Schema.Struct({
  name: optional(textOrEmpty(256)),
  url: optional(Url)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface EmbedProvider extends Schema.Schema.Type<typeof EmbedProvider> {}

/**
 * An embed of a message.
 *
 * **Details**
 *
 * The title has at most 256 characters, the description 4,096, and a URL 2,048. An embed has at most 25 fields. `color`
 * is 0 to 0xffffff.
 *
 * **Gotchas**
 *
 * Discord ignores `type`, `provider`, `video` and the sizes of images in a request.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Embed = Schema.Struct({
  type: optional(Schema.String),
  url: optional(Url),
  title: optional(textOrEmpty(256)),
  color: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffffff }))),
  timestamp: optional(Timestamp),
  description: optional(textOrEmpty(4096)),
  author: optional(EmbedAuthor),
  image: optional(EmbedMedia),
  thumbnail: optional(EmbedMedia),
  footer: optional(EmbedFooter),
  fields: optional(Schema.Array(EmbedField).check(Schema.isMaxLength(25))),
  provider: optional(EmbedProvider),
  video: optional(EmbedMedia)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Embed extends Schema.Schema.Type<typeof Embed> {}

const count = (part: string | null | undefined): number => Array.from((part ?? "").trim()).length

/**
 * Counts the characters of an embed for the limit of 6,000 characters a message: those of the title, the description,
 * the fields, the footer and the author, without leading and trailing white space.
 *
 * **Example** (The characters of an embed)
 *
 * ```ts
 * import { Embed } from "@discord-oauth2/core/models"
 *
 * Embed.characters({ title: "Result", fields: [{ name: "Elo", value: "1600" }] }) // => 13
 * ```
 *
 * @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits
 * @category getters
 * @since 0.1.0
 */
export const characters = (self: Embed): number => {
  const fields = (self.fields ?? []).reduce((sum, { name, value }) => sum + count(name) + count(value), 0)
  return fields + count(self.title) + count(self.description) + count(self.footer?.text) + count(self.author?.name)
}

/**
 * The embeds of a message: at most 10, with at most 6,000 characters together.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Embeds = Schema.Array(Embed).check(
  Schema.isMaxLength(10),
  Schema.makeFilter(
    (embeds: ReadonlyArray<Embed>) => embeds.reduce((sum, embed) => sum + characters(embed), 0) <= 6000,
    { expected: "embeds with at most 6000 characters together" }
  )
)
