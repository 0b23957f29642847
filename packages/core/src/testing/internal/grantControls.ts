/** Lets a test sign users in, and change what their tokens are worth. */
import * as Effect from "effect/Effect"
import * as AccessToken from "../../models/AccessToken.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import type { ChannelId, GuildId, UserId } from "../../models/Snowflake.ts"
import { SimulatorError } from "../SimulatorError.ts"
import type { Application } from "../World.ts"
import * as authorizations from "./authorizations.ts"
import * as consents from "./consent.ts"
import { found, idOf, type Ref } from "./found.ts"
import type { Simulation } from "./simulation.ts"

/**
 * What the user of the simulated browser decides.
 */
export interface AuthorizeOptions {
  /** @default the first user */
  readonly userId?: UserId | undefined

  /** @default "approve" */
  readonly decision?: "approve" | "deny" | undefined

  /**
   * The guild that the bot or the webhook is added to, with the scopes `bot` and `webhook.incoming`.
   *
   * @default the guild of the request, or else the first guild that the user may manage
   */
  readonly guildId?: GuildId | undefined

  /**
   * The channel of the webhook, with the scope `webhook.incoming`.
   *
   * @default the guild's first
   */
  readonly channelId?: ChannelId | undefined
}

/** The methods for consent and tokens. */
export interface GrantControls {
  /**
   * Opens an authorization URL as a user, decides, and returns the callback URL. Fails with `SimulatorError`, which has
   * the text of the page, where Discord shows an error page.
   */
  readonly authorize: (url: string, options?: AuthorizeOptions) => Effect.Effect<string, SimulatorError>

  /** Issues a token with a refresh token, without the consent page. By default it is the first user's. */
  readonly issueToken: <const Scope extends OAuth2Scope.OAuth2Scope>(options: {
    readonly userId?: UserId | undefined
    readonly scopes: ReadonlyArray<Scope>
  }) => Effect.Effect<AccessToken.AccessToken<Scope>>

  /** Expires the access tokens of a user, or of all users. Their refresh tokens still work. */
  readonly expireAccessTokens: (userId?: UserId) => Effect.Effect<void>

  /** Revokes all authorizations of a user, or of all users, with their access and refresh tokens. */
  readonly revokeAuthorizations: (userId?: UserId) => Effect.Effect<void>

  /**
   * Grants a user these scopes from now on, instead of the requested ones. Discord has granted more on a refresh
   * (discord-api-docs #3180).
   */
  readonly grantScopes: (user: Ref<UserId>, scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>) => Effect.Effect<void>
}

/** Makes the methods for consent and tokens. */
export const make = (simulation: Simulation, application: Application): GrantControls => {
  const { users } = simulation.world
  return {
    authorize: Effect.fn("DiscordSimulator.authorize")(function*(url, options = {}) {
      if (!URL.canParse(url) || !new URL(url).pathname.endsWith("/oauth2/authorize")) {
        return yield* new SimulatorError({ description: "This is not the URL of the consent page." })
      }
      const reading = consents.read(simulation, new URL(url).searchParams)
      if (reading._tag === "Refused") return yield* new SimulatorError({ description: reading.description })
      if (reading._tag === "Callback") return reading.url
      const user = yield* found(users, "user", options.userId)
      return options.decision === "deny" && !consents.isSettled(simulation, reading.consent, user)
        ? consents.deny(simulation, reading.consent)
        : yield* consents.approve(simulation, reading.consent, user, options)
    }),
    issueToken: Effect.fn("DiscordSimulator.issueToken")(
      function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
        readonly userId?: UserId | undefined
        readonly scopes: ReadonlyArray<Scope>
      }) {
        const user = yield* found(users, "user", options.userId)
        const response = yield* authorizations.issue(simulation.authorizations, {
          clientId: application.clientId,
          userId: user.id,
          scopes: options.scopes,
          refreshable: true
        })
        return { ...(yield* AccessToken.fromResponse(response)), scopes: options.scopes }
      }
    ),
    expireAccessTokens: (userId) => Effect.sync(() => authorizations.expire(simulation.authorizations, userId)),
    revokeAuthorizations: (userId) => Effect.sync(() => authorizations.revokeUser(simulation.authorizations, userId)),
    grantScopes: (user, scopes) =>
      Effect.map(
        found(users, "user", idOf(user)),
        ({ id }) => void simulation.authorizations.grantedScopes.set(id, scopes)
      )
  }
}
