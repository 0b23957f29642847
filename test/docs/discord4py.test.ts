/** Every public member of discord4py's OAuth2 package: docs/discord4py.md names it, and its counterpart works. */
import {
  AccessToken,
  AccessTokenStore,
  Connection,
  Discord4py,
  DiscordConfig,
  DiscordError,
  DiscordLogin,
  type DiscordSession,
  DiscordSessions,
  Guild,
  GuildMember,
  OAuth2Client,
  OAuth2Scope,
  Permissions,
  RetryPolicy,
  Snowflake,
  User
} from "@discord-oauth2/core"
import {
  Application,
  AuthorizationInfo,
  CommandPermissions,
  Integration,
  RoleConnection
} from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { fullGuildMember } from "../fixtures/guild.ts"
import { connectionWithIntegration, partialGuild, roleConnection, user } from "../fixtures/user.ts"
import * as Stub from "../support/StubDiscord.ts"

const table = readFileSync(new URL("../../docs/discord4py.md", import.meta.url), "utf8")

/** The names in the left column. */
const named = new Set(
  table.split("\n").filter((line) => line.startsWith("| ")).flatMap((line) =>
    Array.from((line.split("|")[1] ?? "").matchAll(/`([^`]+)`/g), ([, name]) => name ?? "")
  )
)

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }
const guild_id = Snowflake.GuildId.make("290926798626357250")
const command_id = Snowflake.CommandId.make("919316347165495356")

const commandPermissions = { id: command_id, application_id: Stub.clientId, guild_id, permissions: [] }

/** The requests of Discord that the members below send. */
const discord = (calls: Array<Stub.Call>) => {
  const rotate = Stub.rotating()
  return Stub.layer(calls, ({ form, method, path }) =>
    Effect.succeed(
      path === "/oauth2/token"
        ? form.get("grant_type") === "refresh_token"
          ? rotate(form)
          : { body: { access_token: "granted", token_type: "Bearer", expires_in: 604_800, scope: "identify" } }
        : path.endsWith("/revoke")
        ? { body: {} }
        : path === "/oauth2/@me"
        ? { body: Stub.authorization(["identify"]) }
        : path === "/users/@me/guilds"
        ? { body: [partialGuild] }
        : path.endsWith("/member")
        ? { body: fullGuildMember }
        : path.startsWith("/guilds/")
        ? { status: 201, body: fullGuildMember }
        : path.endsWith("/connections")
        ? { body: [connectionWithIntegration] }
        : path.endsWith("role-connection")
        ? method === "DELETE" ? { status: 204 } : { body: roleConnection }
        : path.endsWith("commands/permissions")
        ? { body: [commandPermissions] }
        : path.endsWith("permissions")
        ? { body: commandPermissions }
        : { body: user }
    ))
}

const everyScope = [
  "identify",
  "guilds",
  "guilds.join",
  "guilds.members.read",
  "connections",
  "role_connections.write",
  "applications.commands.permissions.update"
]

/** A call of a session, and the one request that it makes. */
const call = (
  make: (session: DiscordSession.DiscordSession) => Effect.Effect<unknown, unknown>,
  request: string
) => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, Stub.token({ scopes: everyScope }))
    const sessions = yield* DiscordSessions.DiscordSessions
    yield* make(yield* sessions.get(key.userId))
    assert.deepStrictEqual(calls.map(({ method, path }) => `${method} ${path}`), [request])
  }).pipe(Effect.provide(discord(calls)))
}

const shows = (value: unknown, expected: unknown) => Effect.sync(() => assert.deepStrictEqual(value, expected))

const holds = (value: boolean) => shows(value, true)

const decoded = <S extends Schema.Codec<unknown, unknown>>(schema: S, json: unknown): S["Type"] =>
  Schema.decodeUnknownSync(schema)(json)

const nelly = decoded(User.User, user)
const guild = decoded(Guild.PartialGuild, partialGuild)
const member = decoded(GuildMember.GuildMember, fullGuildMember)
const connection = decoded(Connection.Connection, connectionWithIntegration)
const info = decoded(AuthorizationInfo.AuthorizationInfo, Stub.authorization(["identify"]))

const inStore = <A, E>(use: (store: AccessTokenStore.AccessTokenStore["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(AccessTokenStore.AccessTokenStore, use), AccessTokenStore.layerMemory)

const has = (json: object, name: string) => holds(Object.hasOwn(json, name))

const login = DiscordLogin.layer({
  scopes: ["identify"],
  redirectUri: "https://app.example/discord-oauth2/callback",
  basePath: "/discord-oauth2",
  keys: [Redacted.make("0123456789abcdef0123456789abcdef")],
  onSignedIn: () => Effect.succeed(HttpServerResponse.text("Successfully authorized"))
})

const server = Effect.acquireUseRelease(
  Effect.sync(() =>
    HttpRouter.toWebHandler(
      DiscordLogin.routes.pipe(
        Layer.provideMerge(login),
        Layer.provide(discord([])),
        Layer.provide([Aead.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)), Kdf.layerWebCrypto]),
        Layer.provide(Stub.layerCrypto)
      ),
      { disableLogger: true }
    )
  ),
  ({ handler }) =>
    Effect.promise(() => handler(new Request("https://app.example/discord-oauth2/login", { redirect: "manual" }))),
  ({ dispose }) => Effect.promise(dispose)
)

const startsLogin = Effect.map(server, (response) => {
  const url = new URL(response.headers.get("location") ?? "")
  assert.strictEqual(`${url.origin}${url.pathname}`, "https://discord.com/oauth2/authorize")
  assert.match(url.searchParams.get("state") ?? "", /^[\w-]{43}$/)
})

const foreignCallback = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const started = yield* oauth.authorize({ scopes: ["identify"], redirectUri: "https://app.example/callback" })
  const error = yield* Effect.flip(oauth.exchange(started, "https://app.example/callback?code=a&state=b"))
  assert.strictEqual(error._tag, "StateMismatch")
}).pipe(Effect.provide(discord([])))

const oauth = <A, E>(use: (client: OAuth2Client.Service) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(OAuth2Client.OAuth2Client, use), discord([]))

/** The counterpart of each member, as a running program. */
const members: Readonly<Record<string, Readonly<Record<string, Effect.Effect<unknown, unknown>>>>> = {
  OAuth2Client: {
    client_id: Effect.provide(DiscordConfig.DiscordConfig, DiscordConfig.layer({ clientId: Stub.clientId })),
    access_token_store: inStore((store) => store.get(key)),
    auto_refresh: holds(typeof RetryPolicy.standard === "function"),
    start: Effect.void.pipe(Effect.provide(discord([]))),
    close: Effect.scoped(Layer.build(discord([]))),
    is_closed: Effect.scoped(Layer.build(discord([]))),
    on_startup: Effect.scoped(Layer.build(discord([]))),
    on_close: Effect.scoped(Layer.build(discord([]))),
    setup_logging: Effect.logDebug("as any Effect application"),
    authorize: oauth((client) =>
      client.exchangeCode({ code: Redacted.make("a"), redirectUri: "https://app.example/callback" })
    ),
    refresh_access_token: oauth((client) => client.refresh(Stub.token())),
    revoke_access_token: oauth((client) => client.revoke(Stub.token())),
    fetch_access_token_info: call((session) => session.getCurrentAuthorizationInformation(), "GET /oauth2/@me"),
    fetch_user: call((session) => session.getCurrentUser(), "GET /users/@me"),
    fetch_guilds: call((session) => session.getCurrentUserGuilds(), "GET /users/@me/guilds"),
    fetch_guild_member: call(
      (session) => session.getCurrentUserGuildMember({ guild_id }),
      `GET /users/@me/guilds/${guild_id}/member`
    ),
    add_guild_member: call(
      (session) => session.addGuildMember({ guild_id, botToken: Redacted.make("bot") }),
      `PUT /guilds/${guild_id}/members/${Stub.userId}`
    ),
    fetch_connections: call((session) => session.getCurrentUserConnections(), "GET /users/@me/connections"),
    fetch_user_app_role_connection: call(
      (session) => session.getCurrentUserApplicationRoleConnection(),
      `GET /users/@me/applications/${Stub.clientId}/role-connection`
    ),
    update_user_app_role_connection: call(
      (session) => session.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess" }),
      `PUT /users/@me/applications/${Stub.clientId}/role-connection`
    ),
    fetch_all_application_command_permissions: call(
      (session) => session.getGuildApplicationCommandPermissions({ guild_id }),
      `GET /applications/${Stub.clientId}/guilds/${guild_id}/commands/permissions`
    ),
    fetch_application_command_permissions: call(
      (session) => session.getApplicationCommandPermissions({ guild_id, command_id }),
      `GET /applications/${Stub.clientId}/guilds/${guild_id}/commands/${command_id}/permissions`
    ),
    edit_application_command_permissions: call(
      (session) =>
        session.editApplicationCommandPermissions({
          guild_id,
          command_id,
          permissions: [CommandPermissions.role(CommandPermissions.everyone(guild_id), false)]
        }),
      `PUT /applications/${Stub.clientId}/guilds/${guild_id}/commands/${command_id}/permissions`
    )
  },
  AccessTokenStore: {
    store_access_token: inStore((store) => store.put(key, Stub.token())),
    store_refreshed_access_token: inStore((store) =>
      Effect.flatMap(
        store.put(key, Stub.token()),
        ({ generation }) => store.replace(key, generation, { token: Stub.token() })
      )
    ),
    store_access_tokens: inStore((store) => store.put(key, Stub.token())),
    load_access_token: inStore((store) => store.get(key)),
    load_access_tokens: inStore((store) => store.get(key)),
    remove_revoked_access_token: inStore((store) => store.remove(key))
  },
  AccessToken: {
    access_token: shows(Redacted.value(Stub.token().access_token), "access-0"),
    refresh_token: holds(AccessToken.isRefreshable(Stub.token())),
    expires_at: holds(DateTime.isDateTime(Stub.token().expires_at)),
    scopes: holds(AccessToken.hasScope("identify")(Stub.token())),
    additional_data: shows(AccessToken.withData(Stub.token(), { plan: "gold" }).data, { plan: "gold" }),
    is_expired: Effect.flatMap(AccessToken.isExpired(Stub.token({ seconds: 0 })), holds),
    from_raw_data: AccessToken.fromResponse({ access_token: Redacted.make("a"), token_type: "Bearer" }),
    to_dict: Effect.andThen(
      Effect.flatMap(
        Schema.encodeEffect(AccessToken.AccessToken)(Stub.token()),
        ({ access_token }) => shows(access_token, "access-0")
      ),
      inStore((store) =>
        Discord4py.importTokens([{
          ...key,
          record: {
            access_token: "access-0",
            token_type: "Bearer",
            expires_at: "2018-06-10T21:20:00+00:00",
            scopes: ["identify"],
            refresh_token: null
          }
        }]).pipe(
          Effect.provideService(AccessTokenStore.AccessTokenStore, store),
          Effect.flatMap((outcomes) => shows(outcomes, [Discord4py.Imported({ index: 0, key })]))
        )
      )
    ),
    refresh: call((session) => session.refresh, "POST /oauth2/token"),
    revoke: call((session) => session.signOut(), "POST /oauth2/token/revoke"),
    fetch_info: call((session) => session.getCurrentAuthorizationInformation(), "GET /oauth2/@me")
  },
  AccessTokenInfo: {
    AccessTokenInfo: holds(DateTime.isDateTime(AuthorizationInfo.expiresAt(info))),
    PartialAppInfo: holds(DateTime.isDateTime(Application.createdAt(info.application)))
  },
  User: {
    name: shows(nelly.username, user.username),
    discriminator: shows(nelly.discriminator, user.discriminator),
    avatar: has(nelly, "avatar"),
    mfa_enabled: shows(decoded(User.User, { ...user, mfa_enabled: true }).mfa_enabled, true),
    banner_color: holds(Option.isSome(User.accentColorHex(nelly)) || nelly.accent_color === null),
    premium_type: shows(Option.isOption(User.premiumTypeName(nelly)), true),
    flags: holds(Array.isArray(User.flags(nelly))),
    public_flags: holds(Array.isArray(User.publicFlags(nelly))),
    avatar_url: holds(User.avatarUrl(nelly).startsWith("https://cdn.discordapp.com/")),
    avatar_url_as: holds(User.avatarUrl(nelly, { size: 64 }).endsWith("size=64")),
    is_avatar_animated: shows(User.isAvatarAnimated(nelly), false),
    default_avatar_url: holds(User.defaultAvatarUrl(nelly).includes("/embed/avatars/")),
    banner_url: holds(Option.isOption(User.bannerUrl(nelly))),
    banner_url_as: holds(Option.isOption(User.bannerUrl(nelly, { size: 64 }))),
    is_banner_animated: shows(User.isBannerAnimated(nelly), false),
    mention: shows(User.mention(nelly), `<@${user.id}>`),
    created_at: holds(DateTime.isDateTime(User.createdAt(nelly)))
  },
  PartialGuild: {
    features: holds(Array.isArray(guild.features)),
    owner: has(guild, "owner"),
    permissions: holds(Array.isArray(Permissions.toNames(guild.permissions))),
    icon_url: holds(Option.isOption(Guild.iconUrl(guild))),
    icon_url_as: holds(Option.isOption(Guild.iconUrl(guild, { size: 64 }))),
    is_icon_animated: shows(typeof Guild.isIconAnimated(guild), "boolean")
  },
  GuildMember: {
    joined_at: holds(Option.isSome(GuildMember.joinedAt(member))),
    premium_since: holds(Option.isOption(GuildMember.premiumSince(member))),
    role_ids: holds(Array.isArray(member.roles)),
    guild_avatar: has(fullGuildMember, "avatar"),
    display_name: holds(Option.isSome(GuildMember.displayName(member))),
    communication_disabled_until: holds(Option.isOption(GuildMember.timedOutUntil(member))),
    guild_avatar_url: holds(Option.isOption(GuildMember.guildAvatarUrl(member, guild_id))),
    guild_avatar_url_as: holds(Option.isOption(GuildMember.guildAvatarUrl(member, guild_id, { size: 64 }))),
    display_avatar_url: holds(Option.isSome(GuildMember.avatarUrl(member, guild_id))),
    display_avatar_url_as: holds(Option.isSome(GuildMember.avatarUrl(member, guild_id, { size: 64 })))
  },
  Connection: {
    Connection: shows(connection.name, connectionWithIntegration.name),
    integrations: holds((connection.integrations ?? []).length > 0),
    PartialGuildIntegration: Schema.decodeUnknownEffect(Integration.Integration)(
      connectionWithIntegration.integrations[0]
    )
  },
  RoleConnection: {
    RoleConnection: Schema.decodeUnknownEffect(RoleConnection.RoleConnection)(roleConnection)
  },
  enumerations: {
    OAuth2Scope: holds(OAuth2Scope.isKnown("identify")),
    ConnectionService: shows(Connection.serviceName({ type: "github" }), "GitHub")
  },
  exceptions: {
    OAuth2Exception: holds(DiscordError.isOAuth2Error(new DiscordError.UserIsAtGuildLimit())),
    AccessTokenExpired: Effect.catchTag(
      Effect.fail(new DiscordError.AccessTokenExpired({ refreshable: true })),
      "AccessTokenExpired",
      () => Effect.void
    ),
    AccessTokenNotRefreshable: Effect.catchTag(
      Effect.fail(new DiscordError.AccessTokenNotRefreshable()),
      "AccessTokenNotRefreshable",
      () => Effect.void
    ),
    InvalidAccessToken: Effect.catchTag(
      Effect.fail(new DiscordError.InvalidAccessToken({ reason: "rejected" })),
      "InvalidAccessToken",
      () => Effect.void
    ),
    InvalidRefreshToken: Effect.catchTag(
      Effect.fail(new DiscordError.InvalidRefreshToken({ reason: "rejected" })),
      "InvalidRefreshToken",
      () => Effect.void
    ),
    InvalidAuthorizationCode: Effect.catchTag(
      Effect.fail(new DiscordError.InvalidAuthorizationCode({})),
      "InvalidAuthorizationCode",
      () => Effect.void
    ),
    UserIsAtGuildLimit: Effect.catchTag(
      Effect.fail(new DiscordError.UserIsAtGuildLimit()),
      "UserIsAtGuildLimit",
      () => Effect.void
    )
  },
  BasicOAuth2Server: {
    BasicOAuth2Server: startsLogin,
    create_state: startsLogin,
    store_state: Effect.map(server, (response) => assert.include(response.headers.get("set-cookie"), "discord-login")),
    check_state: foreignCallback,
    callback: foreignCallback,
    successfully_authorized_response: Effect.scoped(Layer.build(login.pipe(
      Layer.provide(discord([])),
      Layer.provide([Aead.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto)), Kdf.layerWebCrypto]),
      Layer.provide(Stub.layerCrypto)
    ))),
    run: startsLogin
  }
}

describe("the members of discord4py", () => {
  for (const [owner, each] of Object.entries(members)) {
    for (const [name, effect] of Object.entries(each)) {
      it.effect(`${owner}: ${name} is in docs/discord4py.md, and its counterpart works`, () =>
        Effect.gen(function*() {
          assert.isTrue(named.has(name), `${name} is not in docs/discord4py.md`)
          yield* effect
        }))
    }
  }
})
