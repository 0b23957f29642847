/** Finds the channels of guilds and group DMs, and turns them into models. */
import { ChannelType, type GuildChannel, type PrivateGroupChannel } from "../../models/Channel.ts"
import type { GroupDm, Guild } from "../World.ts"
import { publicUser } from "./visibleUser.ts"
import type { World } from "./world.ts"

/** Returns the channels of a guild, as its members see them. */
export const ofGuild = (guild: Guild): ReadonlyArray<GuildChannel> =>
  guild.channels.map(({ id, name }, position) => ({
    id,
    type: ChannelType.GuildText,
    flags: 0,
    guild_id: guild.id,
    name,
    position,
    parent_id: null,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    last_message_id: null,
    permission_overwrites: []
  }))

/** Finds a channel of any guild. */
export const find = (
  world: World,
  id: string
): { readonly guild: Guild; readonly channel: GuildChannel } | undefined => {
  for (const guild of world.guilds.values()) {
    const channel = ofGuild(guild).find((each) => each.id === id)
    if (channel !== undefined) return { guild, channel }
  }
  return undefined
}

export const ofGroupDm = (world: World, group: GroupDm): PrivateGroupChannel => ({
  id: group.id,
  type: ChannelType.GroupDm,
  flags: 0,
  name: group.name,
  icon: null,
  owner_id: group.owner_id,
  managed: true,
  application_id: group.application_id,
  last_message_id: null,
  recipients: group.recipients.flatMap((id) => {
    const user = world.users.get(id)
    return user === undefined ? [] : [publicUser(user)]
  })
})
