/** Fills a new world. */
import * as Permissions from "../../models/Permissions.ts"
import type { User } from "../../models/User.ts"
import type { Application } from "../World.ts"
import * as worlds from "./world.ts"

interface First {
  readonly application?: Partial<Application> | undefined
  readonly user?: Partial<User> | undefined
}

/** The permissions that adding a member with all options needs. */
export const botPermissions = Permissions.fromNames([
  "CREATE_INSTANT_INVITE",
  "MANAGE_NICKNAMES",
  "MANAGE_ROLES",
  "MUTE_MEMBERS",
  "DEAFEN_MEMBERS"
])

/** Adds the first user, and the user's guilds, connections and application. */
export const populate = (world: worlds.World, now: number, options: First): Application => {
  const user = worlds.addUser(world, {
    username: "nelly",
    global_name: "Nelly",
    avatar: "8342729096ea3675442027381ff50dfe",
    email: "nelly@example.com",
    ...options.user
  })
  for (const name of ["Discord Testers", "Café Gemütlich"]) {
    worlds.addMember(world, now, worlds.addGuild(world, { name, owner_id: user.id }).id, user)
  }
  worlds.addConnection(world, user.id, { type: "github", name: "nelly" })
  worlds.addConnection(world, user.id, { type: "steam", name: "Nelly", id: "76561197960287930" })
  return worlds.addApplication(world, { ownerId: user.id, ...options.application })
}
