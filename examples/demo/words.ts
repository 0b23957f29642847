import { type Guild, Permissions } from "@discord-oauth2/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"

const special: { readonly [K in Permissions.Name]?: string } = {
  MANAGE_GUILD: "Manage server",
  SEND_TTS_MESSAGES: "Send text-to-speech messages",
  USE_VAD: "Use voice activity",
  VIEW_GUILD_INSIGHTS: "View server insights"
}

/** Returns `"Kick members"` for `"KICK_MEMBERS"`. */
export const permission = (name: Permissions.Name): string =>
  special[name] ?? name.charAt(0) + name.slice(1).toLowerCase().replaceAll("_", " ")

/** Returns the user's permissions in a server, as words. */
export const permissions = (guild: Guild.PartialGuild): ReadonlyArray<string> =>
  guild.owner
    ? ["Owner"]
    : Permissions.has(guild.permissions, "ADMINISTRATOR")
    ? ["Administrator"]
    : Permissions.toNames(guild.permissions).map(permission)

const units = [["days", "day"], ["hours", "hour"], ["minutes", "minute"], ["seconds", "second"]] as const

/** Returns for example `"6 days, 23 hours, 59 minutes and 58 seconds"`. */
export const duration = (self: Duration.Duration): string => {
  const parts = Duration.parts(self)
  const words = units.flatMap(([unit, one]) =>
    parts[unit] === 0 ? [] : [`${parts[unit]} ${parts[unit] === 1 ? one : unit}`]
  )
  return words.length === 0 ? "no time" : new Intl.ListFormat("en-GB").format(words)
}

/** Returns `"once"`, `"twice"` or for example `"3 times"`. */
export const times = (count: number): string => count === 1 ? "once" : count === 2 ? "twice" : `${count} times`

/** Returns for example `"1 May 2016"`. */
export const date = (self: DateTime.Utc): string => DateTime.format(self, { dateStyle: "long", locale: "en-GB" })
