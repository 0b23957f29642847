/** Leaves out of a user what a token may not see. */
import type { User } from "../../models/User.ts"

/** Returns what a token with these scopes may see of its user. */
export const visible = (user: User, scopes: ReadonlyArray<string>): User => {
  const { email: _, verified: __, ...rest } = user
  return scopes.includes("email") ? user : rest
}

/** Returns what other users may see of a user. */
export const publicUser = (user: User): User => ({
  id: user.id,
  username: user.username,
  discriminator: user.discriminator,
  global_name: user.global_name,
  avatar: user.avatar,
  banner: user.banner ?? null,
  accent_color: user.accent_color ?? null,
  public_flags: user.public_flags ?? 0,
  flags: user.flags ?? 0,
  avatar_decoration_data: user.avatar_decoration_data ?? null,
  collectibles: user.collectibles ?? null,
  primary_guild: user.primary_guild ?? null
})
