import type { User } from "../../models/User.ts"

/** The user as one with these scopes may see them. */
export const visible = (user: User, scopes: ReadonlyArray<string>): User => {
  const { email: _, verified: __, ...rest } = user
  return scopes.includes("email") ? user : rest
}

/** The user as others see them. */
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
