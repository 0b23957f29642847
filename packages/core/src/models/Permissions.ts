/**
 * A set of permissions of a member or a bot: bits, sent as a decimal string.
 *
 * The string is kept as Discord sends it, with the bits that Discord adds later. {@link has}, {@link can} and
 * {@link toNames} read the bits.
 *
 * @see https://discord.com/developers/docs/topics/permissions
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
 * @see https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
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
 * The names of the permissions that Discord documents, from the lowest bit to the highest.
 *
 * @category constants
 * @since 0.1.0
 */
export const names: ReadonlyArray<Name> = Struct.keys(Flag)

const unchecked = Brand.nominal<Permissions>()

/**
 * The empty set of permissions.
 *
 * @category constants
 * @since 0.1.0
 */
export const none: Permissions = unchecked("0")

/**
 * Converts the permissions to a `bigint`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toBigInt = (self: Permissions): bigint => BigInt(self)

/**
 * Creates a set from its bits. Takes the absolute value of a negative number.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBigInt = (bits: bigint): Permissions => unchecked(String(bits < 0n ? -bits : bits))

/**
 * Creates a set from the names of its permissions, for example for the `permissions` parameter of a bot authorization.
 *
 * **Example** (The permissions that a bot requests)
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
 * Returns the names of the permissions in the set, from the lowest bit to the highest. Ignores bits without a name.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toNames = (self: Permissions): ReadonlyArray<Name> => {
  const bits = BigInt(self)
  return names.filter((name) => (bits & Flag[name]) !== 0n)
}

/**
 * Checks whether the bit of a permission is set.
 *
 * **Gotchas**
 *
 * An administrator has all permissions without having all bits. {@link can} considers that.
 *
 * @category predicates
 * @since 0.1.0
 */
export const has: {
  (name: Name): (self: Permissions) => boolean
  (self: Permissions, name: Name): boolean
} = dual(2, (self: Permissions, name: Name): boolean => (BigInt(self) & Flag[name]) !== 0n)

/**
 * Checks whether the set grants a permission, by its own bit or by `ADMINISTRATOR`, which implies all permissions.
 *
 * **Gotchas**
 *
 * The permissions in a guild do not include the overwrites of its channels. The owner of a guild has all permissions,
 * with any bits.
 *
 * **Example** (An administrator has all permissions)
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
 * Returns the permissions that are in at least one of the two sets.
 *
 * @category combinators
 * @since 0.1.0
 */
export const union: {
  (that: Permissions): (self: Permissions) => Permissions
  (self: Permissions, that: Permissions): Permissions
} = dual(2, (self: Permissions, that: Permissions): Permissions => unchecked(String(BigInt(self) | BigInt(that))))
