/** One error of each class, for tests of the guards and of the messages. */
import { DiscordError } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Stub from "./StubDiscord.ts"

const http = { status: 400, code: 50035, message: "Invalid Form Body" }

/** One error of each class. A tag that is missing here does not compile. */
export const allErrors: {
  readonly [Tag in DiscordError.DiscordError["_tag"]]: Extract<DiscordError.DiscordError, { _tag: Tag }>
} = {
  AccessTokenExpired: new DiscordError.AccessTokenExpired({ refreshable: true }),
  AccessTokenNotRefreshable: new DiscordError.AccessTokenNotRefreshable(),
  InvalidAccessToken: new DiscordError.InvalidAccessToken({ reason: "rejected" }),
  InvalidRefreshToken: new DiscordError.InvalidRefreshToken({ reason: "rejected" }),
  InvalidAuthorizationCode: new DiscordError.InvalidAuthorizationCode({
    description: "Invalid \"code\" in request."
  }),
  InvalidGrant: new DiscordError.InvalidGrant({}),
  InvalidClient: new DiscordError.InvalidClient({}),
  InvalidScope: new DiscordError.InvalidScope({}),
  InvalidOAuth2Request: new DiscordError.InvalidOAuth2Request({}),
  UnsupportedGrantType: new DiscordError.UnsupportedGrantType({}),
  MissingScope: new DiscordError.MissingScope({ required: ["guilds"], granted: ["identify"] }),
  UserIsAtGuildLimit: new DiscordError.UserIsAtGuildLimit(),
  InvalidBotToken: new DiscordError.InvalidBotToken(),
  NotSignedIn: new DiscordError.NotSignedIn({ userId: Stub.userId }),
  AuthorizationDenied: new DiscordError.AuthorizationDenied({ error: "access_denied" }),
  StateMismatch: new DiscordError.StateMismatch({ reason: "different" }),
  IssuerMismatch: new DiscordError.IssuerMismatch({ expected: "https://discord.com", reason: "missing" }),
  InvalidCallback: new DiscordError.InvalidCallback({ reason: "repeated-parameter", parameter: "code" }),
  RefreshOutcomeUnknown: new DiscordError.RefreshOutcomeUnknown({}),
  TokenNotPersisted: new DiscordError.TokenNotPersisted({
    token: Stub.token({ access: "planted", refresh: "planted" })
  }),
  DiscordBadRequest: new DiscordError.DiscordBadRequest(http),
  DiscordForbidden: new DiscordError.DiscordForbidden(http),
  DiscordNotFound: new DiscordError.DiscordNotFound(http),
  DiscordServerError: new DiscordError.DiscordServerError(http),
  UnexpectedStatus: new DiscordError.UnexpectedStatus(http),
  RateLimited: new DiscordError.RateLimited({ retryAfter: Duration.seconds(1.5), global: false, scope: "user" }),
  InvalidRequestLimit: new DiscordError.InvalidRequestLimit({ retryAfter: Duration.minutes(3) }),
  CloudflareBlocked: new DiscordError.CloudflareBlocked({ status: 429 }),
  UnknownGuild: new DiscordError.UnknownGuild(),
  UnknownApplicationCommand: new DiscordError.UnknownApplicationCommand(),
  UnknownEntitlement: new DiscordError.UnknownEntitlement(),
  UnknownLobby: new DiscordError.UnknownLobby(),
  MaximumApplicationCommands: new DiscordError.MaximumApplicationCommands(),
  UserIsBanned: new DiscordError.UserIsBanned(),
  MissingPermissions: new DiscordError.MissingPermissions(),
  InvalidFormBody: new DiscordError.InvalidFormBody({
    errors: { nick: { _errors: [{ code: "BASE_TYPE_MAX_LENGTH", message: "Must be 32 or fewer in length." }] } }
  }),
  DiscordTransportError: new DiscordError.DiscordTransportError({ sent: false, description: "ECONNREFUSED" }),
  MalformedResponse: new DiscordError.MalformedResponse({ status: 200, issue: "Missing key at [\"id\"]" }),
  InvalidCallArgument: new DiscordError.InvalidCallArgument({ issue: "Expected an integer at [\"limit\"]" }),
  DiscordConfigurationError: new DiscordError.DiscordConfigurationError({
    description: "Set DISCORD_CLIENT_SECRET."
  }),
  UnknownClient: new DiscordError.UnknownClient({ clientId: Stub.clientId }),
  AccessTokenStoreError: new DiscordError.AccessTokenStoreError({ operation: "get" }),
  DenylistError: new DiscordError.DenylistError({ operation: "add" })
}

/** The tags of the errors that a guard accepts, in the order of the alphabet. */
export const tagsOf = (guard: (u: unknown) => boolean): ReadonlyArray<string> =>
  Object.values(allErrors).filter(guard).map(({ _tag }) => _tag).toSorted()

/** Values that a guard must reject, though they look like errors. */
export const lookAlikes: ReadonlyArray<unknown> = [
  undefined,
  null,
  "AccessTokenExpired",
  { _tag: "AccessTokenExpired" },
  { _tag: "StateMismatch", reason: "missing" },
  { _tag: "RateLimited" },
  { _tag: "UnknownGuild" },
  new Error("no")
]

/** Whether a guard accepts the errors with these tags, and neither another error nor a value that looks like one. */
export const assertGuard = (guard: (u: unknown) => boolean, tags: ReadonlyArray<string>): void => {
  assert.deepStrictEqual(tagsOf(guard), tags)
  assert.deepStrictEqual(lookAlikes.filter(guard), [])
}
