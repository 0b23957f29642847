/** Reads an authorization URL, and carries out what the user decides. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as Permissions from "../../models/Permissions.ts"
import type { User } from "../../models/User.ts"
import { SimulatorError } from "../SimulatorError.ts"
import type { Application, Channel, Guild } from "../World.ts"
import { accessTokenLifetime, isAllowed, issue, issueCode } from "./authorizations.ts"
import { isGranted } from "./grants.ts"
import type { Simulation } from "./simulation.ts"
import * as worlds from "./world.ts"

/** A valid authorization request, which a user decides about. */
export interface Consent {
  readonly application: Application
  /** `none` adds a bot, and issues no token. */
  readonly responseType: "code" | "token" | "none"
  readonly scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>
  readonly redirectUri: string
  /** As sent. The exchange must repeat it. */
  readonly state: string | undefined
  readonly codeChallenge: string | undefined
  readonly promptNone: boolean
  readonly permissions: Permissions.Permissions
  readonly guildId: string | undefined
  readonly guildIsFixed: boolean
}

/** The result of an authorization URL: an error page, an error callback, or a question to the user. */
export type Reading =
  | { readonly _tag: "Refused"; readonly description: string }
  | { readonly _tag: "Callback"; readonly url: string }
  | { readonly _tag: "Question"; readonly consent: Consent }

const refused = (description: string): Reading => ({ _tag: "Refused", description })

/** Adds parameters to the redirect URI: to the fragment for the implicit grant (RFC 6749 section 4.2.2). */
const callback = (
  redirectUri: string,
  responseType: Consent["responseType"],
  parameters: ReadonlyArray<readonly [string, string | undefined]>
): string => {
  const query = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]
  )
    .join("&")
  return responseType === "token"
    ? `${redirectUri}#${query}`
    : `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`
}

const denied = "The resource owner or authorization server denied the request"
const badScope = "The requested scope is invalid, unknown, or malformed."

const single = ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge"]

/** Scopes that add a bot or a webhook. The user is asked each time. */
const passthrough = (scopes: ReadonlyArray<string>) => scopes.includes("bot") || scopes.includes("webhook.incoming")

const onlyInstalls = (scopes: ReadonlyArray<string>) =>
  scopes.every((scope) => scope === "bot" || scope === "applications.commands")

/** RFC 6749 section 4.1.2.1: an error in the client id or the redirect URI is never sent to the redirect URI. */
export const read = ({ issuer, world }: Simulation, params: URLSearchParams): Reading => {
  const repeated = single.find((name) => params.getAll(name).length > 1)
  if (repeated !== undefined) return refused(`The parameter "${repeated}" appears more than once.`)
  const application = world.applications.get(params.get("client_id") ?? "")
  if (application === undefined) return refused("Unknown application: no application has this client_id.")
  const asked = params.get("scope")
  const type = params.get("response_type")
  const installs = type === null && onlyInstalls(OAuth2Scope.fromString(asked ?? ""))
  const redirectUri = params.get("redirect_uri") ??
    (installs ? `${issuer}/oauth2/authorized` : application.redirectUris[0])
  if (redirectUri === undefined || (params.has("redirect_uri") && !application.redirectUris.includes(redirectUri))) {
    return refused("Invalid OAuth2 redirect_uri: it is none of those registered for the application.")
  }
  const responseType = type === "token" ? "token" : installs ? "none" : "code"
  const state = params.get("state") ?? undefined
  const fail = (error: string, description: string): Reading => ({
    _tag: "Callback",
    url: callback(redirectUri, responseType, [
      ["error", error],
      ["error_description", description],
      ["state", state],
      ["iss", issuer]
    ])
  })
  if (type !== null && type !== "code" && type !== "token") {
    return fail("unsupported_response_type", "The authorization server does not support this response type.")
  }
  if (type === null && !installs) return fail("invalid_request", "Missing \"response_type\" in request.")
  const scopes = asked === null && installs ? ["bot", "applications.commands"] : OAuth2Scope.fromString(asked ?? "")
  const codeChallenge = params.get("code_challenge") ?? undefined
  const grant = responseType === "token" ? "implicit" : "authorization_code"
  if (scopes.length === 0 || !scopes.every((scope) => isGranted(application, scope, grant))) {
    return fail("invalid_scope", badScope)
  }
  if (codeChallenge !== undefined) {
    if (params.get("code_challenge_method") !== "S256") {
      return fail("invalid_request", "Unsupported \"code_challenge_method\" in request.")
    }
    if (scopes.some((scope) => OAuth2Scope.isKnown(scope) && !OAuth2Scope.info[scope].pkce)) {
      return fail("invalid_scope", badScope)
    }
  }
  const permissions = params.get("permissions") ?? "0"
  return {
    _tag: "Question",
    consent: {
      application,
      responseType,
      scopes,
      redirectUri,
      state,
      codeChallenge,
      promptNone: params.get("prompt") === "none",
      permissions: /^\d+$/.test(permissions) ? Permissions.fromBigInt(BigInt(permissions)) : Permissions.none,
      guildId: params.get("guild_id") ?? undefined,
      guildIsFixed: params.get("disable_guild_select") === "true"
    }
  }
}

/** Returns whether `prompt=none` skips the question for this user. */
export const isSettled = ({ authorizations }: Simulation, consent: Consent, user: User): boolean =>
  consent.promptNone && !passthrough(consent.scopes) &&
  isAllowed(authorizations, consent.application.clientId, user.id, consent.scopes)

export const deny = ({ issuer }: Simulation, consent: Consent): string =>
  callback(consent.redirectUri, consent.responseType, [
    ["error", "access_denied"],
    ["error_description", denied],
    ["state", consent.state],
    ["iss", issuer]
  ])

/** Returns the guilds where a user may add a bot or a webhook. */
export const eligibleGuilds = ({ world }: Simulation, consent: Consent, user: User): ReadonlyArray<Guild> => {
  const needed = consent.scopes.includes("bot") ? "MANAGE_GUILD" : "MANAGE_WEBHOOKS"
  return worlds.guildsOf(world, user.id).filter((guild) =>
    (!consent.guildIsFixed || consent.guildId === undefined || consent.guildId === guild.id) &&
    Permissions.can(worlds.permissionsOf(guild, user.id, world.members.get(guild.id)?.get(user.id)), needed)
  )
}

/** The guild and the channel that the user chose. */
export interface Choice {
  readonly guildId?: string | undefined
  readonly channelId?: string | undefined
}

const place = Effect.fnUntraced(function*(simulation: Simulation, consent: Consent, user: User, choice: Choice) {
  const guilds = eligibleGuilds(simulation, consent, user)
  const withChannel = guilds.find(({ channels }) => channels.some(({ id }) => id === choice.channelId))
  const wanted = choice.guildId ?? withChannel?.id ?? consent.guildId
  const guild = wanted === undefined ? guilds[0] : guilds.find(({ id }) => id === wanted)
  const channel = choice.channelId === undefined
    ? guild?.channels[0]
    : guild?.channels.find(({ id }) => id === choice.channelId)
  if (guild === undefined || channel === undefined) {
    return yield* new SimulatorError({
      description:
        `${user.username} can add nothing there: the guild or the channel is unknown, not theirs to manage, or not the one that the request fixes.`
    })
  }
  return { guild, channel }
})

const toWebhook = Effect.fnUntraced(
  function*(simulation: Simulation, application: Application, guild: Guild, channel: Channel) {
    const id = simulation.world.nextId()
    const token = Redacted.value(yield* simulation.authorizations.secret)
    return {
      id,
      type: 1,
      guild_id: guild.id,
      channel_id: channel.id,
      name: application.name,
      avatar: null,
      application_id: application.clientId,
      token,
      url: `${simulation.issuer}/api/webhooks/${id}/${token}`
    }
  }
)

/** Returns the guild of a token response after an advanced bot authorization, with the members that applications read. */
const toAuthorizedGuild = (guild: Guild) => ({
  id: guild.id,
  name: guild.name,
  icon: guild.icon,
  banner: guild.banner,
  owner_id: guild.owner_id,
  features: guild.features,
  description: null,
  preferred_locale: "en-US",
  roles: [],
  emojis: []
})

/** Executes what the user allowed, and returns the URL that the browser opens next. */
export const approve = Effect.fnUntraced(function*(
  simulation: Simulation,
  consent: Consent,
  user: User,
  choice: Choice
): Effect.fn.Return<string, SimulatorError> {
  const { application, redirectUri, responseType, scopes, state } = consent
  const { authorizations, issuer, world } = simulation
  const chosen = passthrough(scopes) ? yield* place(simulation, consent, user, choice) : undefined
  const withBot = scopes.includes("bot") ? chosen : undefined
  if (withBot !== undefined) {
    worlds.within(world.bots, withBot.guild.id).set(application.clientId, consent.permissions)
  }
  const beside = {
    ...(withBot !== undefined && { guild: toAuthorizedGuild(withBot.guild) }),
    ...(chosen !== undefined && scopes.includes("webhook.incoming") && {
      webhook: yield* toWebhook(simulation, application, chosen.guild, chosen.channel)
    })
  }
  const shared = { clientId: application.clientId, userId: user.id, scopes, ...beside }
  switch (responseType) {
    case "none":
      return redirectUri
    case "token": {
      const token = yield* issue(authorizations, { ...shared, refreshable: false })
      return callback(redirectUri, responseType, [
        ["access_token", Redacted.value(token.access_token)],
        ["token_type", token.token_type],
        ["expires_in", String(accessTokenLifetime)],
        ["scope", OAuth2Scope.toString(scopes)],
        ["state", state],
        ["iss", issuer]
      ])
    }
    case "code":
      return callback(redirectUri, responseType, [
        ["code", yield* issueCode(authorizations, { ...shared, redirectUri, codeChallenge: consent.codeChallenge })],
        ["state", state],
        ["iss", issuer],
        ["guild_id", withBot?.guild.id],
        ["permissions", withBot === undefined ? undefined : consent.permissions]
      ])
  }
})
