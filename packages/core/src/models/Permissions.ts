/**
 * What a member or a bot may do: a set of bits, sent as a decimal string.
 *
 * The string stays as it came, since most of it is never looked at; {@link has}, {@link can} and {@link toNames} read
 * it. Bits that Discord adds later are kept.
 *
 * See {@link https://discord.com/developers/docs/topics/permissions}.
 *
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"

/**
 * A set of permissions as Discord sends it, such as `"36953089"`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Permissions = Schema.String.check(
  Schema.isPattern(/^[0-9]+$/u, { expected: "permissions: a decimal string" })
).pipe(Schema.brand("Permissions"))

/**
 * @category models
 * @since 0.1.0
 */
export type Permissions = typeof Permissions.Type

/**
 * The bit of each permission that Discord documents.
 *
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  CREATE_INSTANT_INVITE: 1n << 0n,
  KICK_MEMBERS: 1n << 1n,
  BAN_MEMBERS: 1n << 2n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_AUDIT_LOG: 1n << 7n,
  PRIORITY_SPEAKER: 1n << 8n,
  STREAM: 1n << 9n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  SEND_TTS_MESSAGES: 1n << 12n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  VIEW_GUILD_INSIGHTS: 1n << 19n,
  CONNECT: 1n << 20n,
  SPEAK: 1n << 21n,
  MUTE_MEMBERS: 1n << 22n,
  DEAFEN_MEMBERS: 1n << 23n,
  MOVE_MEMBERS: 1n << 24n,
  USE_VAD: 1n << 25n,
  CHANGE_NICKNAME: 1n << 26n,
  MANAGE_NICKNAMES: 1n << 27n,
  MANAGE_ROLES: 1n << 28n,
  MANAGE_WEBHOOKS: 1n << 29n,
  MANAGE_GUILD_EXPRESSIONS: 1n << 30n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  REQUEST_TO_SPEAK: 1n << 32n,
  MANAGE_EVENTS: 1n << 33n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  USE_EXTERNAL_STICKERS: 1n << 37n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
  USE_EMBEDDED_ACTIVITIES: 1n << 39n,
  MODERATE_MEMBERS: 1n << 40n,
  VIEW_CREATOR_MONETIZATION_ANALYTICS: 1n << 41n,
  USE_SOUNDBOARD: 1n << 42n,
  CREATE_GUILD_EXPRESSIONS: 1n << 43n,
  CREATE_EVENTS: 1n << 44n,
  USE_EXTERNAL_SOUNDS: 1n << 45n,
  SEND_VOICE_MESSAGES: 1n << 46n,
  SET_VOICE_CHANNEL_STATUS: 1n << 48n,
  SEND_POLLS: 1n << 49n,
  USE_EXTERNAL_APPS: 1n << 50n,
  PIN_MESSAGES: 1n << 51n,
  BYPASS_SLOWMODE: 1n << 52n
} as const

/**
 * The name of a permission that Discord documents.
 *
 * @category models
 * @since 0.1.0
 */
export type Name = keyof typeof Flag

/**
 * The names of the permissions that Discord documents, by rising bit.
 *
 * @category constants
 * @since 0.1.0
 */
export const names: ReadonlyArray<Name> = Struct.keys(Flag)

const unchecked = Brand.nominal<Permissions>()

/**
 * No permission.
 *
 * @category constants
 * @since 0.1.0
 */
export const none: Permissions = unchecked("0")

/**
 * The bits as a `bigint`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toBigInt = (self: Permissions): bigint => BigInt(self)

/**
 * The set with these bits. A negative number has no meaning here and gives its absolute value's bits.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBigInt = (bits: bigint): Permissions => unchecked(String(bits < 0n ? -bits : bits))

/**
 * The set of the named permissions, for the `permissions` parameter of a bot authorization for example.
 *
 * **Example** (What a bot asks for)
 *
 * ```ts
 * import { Permissions } from "@discord-oauth2/core"
 *
 * Permissions.fromNames(["VIEW_CHANNEL", "SEND_MESSAGES"]) // => "3072"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromNames = (names: Iterable<Name>): Permissions => {
  let bits = 0n
  for (const name of names) bits |= Flag[name]
  return unchecked(String(bits))
}

/**
 * The names of the permissions whose bit is set, by rising bit; bits without a name are passed over.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toNames = (self: Permissions): ReadonlyArray<Name> => {
  const bits = BigInt(self)
  return names.filter((name) => (bits & Flag[name]) !== 0n)
}

/**
 * Whether the bit of a permission is set.
 *
 * **Gotchas**
 *
 * An administrator may do everything without having every bit: {@link can} takes that into account.
 *
 * @category predicates
 * @since 0.1.0
 */
export const has: {
  (name: Name): (self: Permissions) => boolean
  (self: Permissions, name: Name): boolean
} = dual(2, (self: Permissions, name: Name): boolean => (BigInt(self) & Flag[name]) !== 0n)

/**
 * Whether the permission is given, by its own bit or by `ADMINISTRATOR`, which implies all.
 *
 * **Gotchas**
 *
 * A guild's permissions exclude the overwrites of its channels, and the owner of a guild may do everything whatever
 * the bits say.
 *
 * **Example** (An administrator may do everything)
 *
 * ```ts
 * import { Permissions } from "@discord-oauth2/core"
 *
 * const administrator = Permissions.fromNames(["ADMINISTRATOR"])
 *
 * Permissions.has(administrator, "KICK_MEMBERS") // => false
 * Permissions.can(administrator, "KICK_MEMBERS") // => true
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const can: {
  (name: Name): (self: Permissions) => boolean
  (self: Permissions, name: Name): boolean
} = dual(2, (self: Permissions, name: Name): boolean => (BigInt(self) & (Flag[name] | Flag.ADMINISTRATOR)) !== 0n)

/**
 * The permissions of either set.
 *
 * @category combinators
 * @since 0.1.0
 */
export const union: {
  (that: Permissions): (self: Permissions) => Permissions
  (self: Permissions, that: Permissions): Permissions
} = dual(2, (self: Permissions, that: Permissions): Permissions => unchecked(String(BigInt(self) | BigInt(that))))
