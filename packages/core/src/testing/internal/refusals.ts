import * as DiscordError from "../../DiscordError.ts"

const notFound = (code: number, message: string) => new DiscordError.NotFound({ status: 404, code, message })
const forbidden = (code: number, message: string) => new DiscordError.Forbidden({ status: 403, code, message })

export const unknownGuild = () => notFound(10004, "Unknown Guild")
export const unknownRole = () => notFound(10011, "Unknown Role")
export const unknownUser = () => notFound(10013, "Unknown User")
export const unknownCommandPermissions = () => notFound(10066, "Unknown application command permissions")
export const bannedFromGuild = () => forbidden(40007, "The user is banned from this guild.")
export const missingAccess = () => forbidden(50001, "Missing Access")
export const missingPermissions = () => forbidden(50013, "Missing Permissions")
