/**
 * Where an application is installed: in a guild or for a user.
 *
 * **Example** (The number that Discord expects)
 *
 * ```ts
 * import { InstallContext } from "@discord-oauth2/core/models"
 *
 * InstallContext.InstallContext.USER_INSTALL // => 1
 * ```
 *
 * @see https://discord.com/developers/docs/resources/application#installation-context
 * @since 0.1.0
 */

/**
 * The installation contexts that Discord documents, with the number of each.
 *
 * **Details**
 *
 * The numbers are the values of the `integration_type` parameter of the consent page, the keys of
 * `integration_types_config` of an application, and the values of `integration_types` of a command.
 *
 * @see https://discord.com/developers/docs/resources/application#application-object-application-integration-types
 * @category constants
 * @since 0.1.0
 */
export const InstallContext = { GUILD_INSTALL: 0, USER_INSTALL: 1 } as const

/**
 * The name of an installation context.
 *
 * @category models
 * @since 0.1.0
 */
export type InstallContextName = keyof typeof InstallContext
