/** The zod schemas of `discord-api-spec`, of which the package declares no types; each has a name such as this one. */
declare module "discord-api-spec/zod" {
  import type { ZodType } from "zod"

  export const UserResponseSchema: ZodType
}
