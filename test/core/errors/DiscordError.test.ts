import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Stub from "../../support/StubDiscord.ts"

const http = { status: 400, code: 50035, message: "Invalid Form Body" }

/** One of each; a tag that is missing here does not compile. */
const all: { readonly [Tag in DiscordError.DiscordError["_tag"]]: Extract<DiscordError.DiscordError, { _tag: Tag }> } =
  {
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

const callback = new Set<string>(["AuthorizationDenied", "StateMismatch", "IssuerMismatch", "InvalidCallback"])
const answers = new Set<string>([
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "DiscordServerError",
  "UnexpectedStatus",
  "RateLimited",
  "InvalidRequestLimit",
  "CloudflareBlocked"
])
const json = new Set<string>([
  "UnknownGuild",
  "UnknownApplicationCommand",
  "UnknownEntitlement",
  "UnknownLobby",
  "MaximumApplicationCommands",
  "UserIsBanned",
  "MissingPermissions",
  "InvalidFormBody"
])
const rest = new Set<string>([
  "DiscordTransportError",
  "MalformedResponse",
  "InvalidCallArgument",
  "DiscordConfigurationError",
  "UnknownClient",
  "AccessTokenStoreError",
  "DenylistError"
])
const passing = new Set<string>([
  "DiscordTransportError",
  "DiscordServerError",
  "RateLimited",
  "InvalidRequestLimit",
  "CloudflareBlocked"
])

describe("DiscordError", () => {
  for (const [tag, error] of Object.entries(all)) {
    it(`${tag} has its tag, its place in the hierarchy and a message that shows no secret`, () => {
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.name, `@discord-oauth2/core/errors/${tag}`)
      assert.isTrue(DiscordError.isDiscordError(error))
      assert.strictEqual(DiscordError.isCallbackError(error), callback.has(tag))
      assert.strictEqual(DiscordError.isHttpError(error), answers.has(tag))
      assert.strictEqual(DiscordError.isOAuth2Error(error), !answers.has(tag) && !json.has(tag) && !rest.has(tag))
      assert.strictEqual(DiscordError.isJsonError(error), json.has(tag))
      assert.strictEqual(DiscordError.isTransient(error), passing.has(tag))
      assert.isAbove(error.message.length, 10)
      assert.notInclude(`${error.message}${JSON.stringify(error)}${String(error)}`, "planted")
    })
  }

  it("InvalidFormBody collects Discord's complaints with their paths, however deep, and whatever else is there", () => {
    const error = new DiscordError.InvalidFormBody({
      errors: {
        activities: {
          0: { platform: { _errors: [{ code: "BASE_TYPE_CHOICES", message: "Value must be one of ..." }] } },
          1: { _errors: [{ code: "A", message: "a" }, { code: "B", message: "b" }, 7, null] }
        },
        surprise: "text",
        _errors: "no list"
      }
    })
    assert.deepStrictEqual(error.issues, [
      { path: ["activities", "0", "platform"], code: "BASE_TYPE_CHOICES", message: "Value must be one of ..." },
      { path: ["activities", "1"], code: "A", message: "a" },
      { path: ["activities", "1"], code: "B", message: "b" }
    ])
    assert.include(error.message, "activities.0.platform (BASE_TYPE_CHOICES)")
    for (const errors of [undefined, null, "text", 7, []]) {
      assert.deepStrictEqual(new DiscordError.InvalidFormBody({ errors }).issues, [])
    }
  })

  it("the guards refuse what only looks alike", () => {
    for (const other of [undefined, null, "AccessTokenExpired", { _tag: "AccessTokenExpired" }, new Error("no")]) {
      assert.isFalse(DiscordError.isDiscordError(other))
      assert.isFalse(DiscordError.isOAuth2Error(other))
      assert.isFalse(DiscordError.isHttpError(other))
    }
  })
})
