/** The errors that handlers fail with where the declaration has no class for them. */
import * as DiscordError from "../../errors/DiscordError.ts"

const notFound = (code: number, message: string) => new DiscordError.DiscordNotFound({ status: 404, code, message })
const forbidden = (code: number, message: string) => new DiscordError.DiscordForbidden({ status: 403, code, message })
const badRequest = (code: number, message: string) => new DiscordError.DiscordBadRequest({ status: 400, code, message })

export const notThere = () => notFound(0, "404: Not Found")
export const unknownChannel = () => notFound(10003, "Unknown Channel")
export const unknownGuild = () => notFound(10004, "Unknown Guild")
export const unknownUser = () => notFound(10013, "Unknown User")
export const unknownEntitlement = () => notFound(10029, "Unknown Entitlement")
export const unknownLobby = () => notFound(10031, "Unknown Lobby")
export const unknownCommand = () => notFound(10063, "Unknown application command")
export const unknownCommandPermissions = () => notFound(10066, "Unknown application command permissions")
export const notYourApplication = () =>
  forbidden(20012, "You are not authorized to perform this action on this application")
export const bannedFromGuild = () => forbidden(40007, "The user is banned from this guild.")
export const missingAccess = () => forbidden(50001, "Missing Access")
export const missingPermissions = () => forbidden(50013, "Missing Permissions")
export const alreadyConsumed = () => badRequest(0, "400: Bad Request")
export const tooManyRecipients = () => badRequest(30004, "Maximum number of recipients reached (10)")
export const tooManyCommands = (limit: number) =>
  badRequest(30032, `Maximum number of application commands reached (${limit})`)
export const notConsumable = () => badRequest(40018, "Only consumable SKUs can be consumed")
export const notSandbox = () => badRequest(40019, "You can only delete sandbox entitlements.")
export const commandNameTaken = () => badRequest(40041, "An application command with that name already exists")
export const emptyMessage = () => badRequest(50006, "Cannot send an empty message")
export const wrongChannelType = () => badRequest(50024, "Cannot execute action on this channel type")
