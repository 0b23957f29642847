/** Checks that no log, span, error or JSON output of any flow contains a secret (S33). */
import { AccessTokenStore, DiscordSessions, OAuth2Client, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { inspect } from "node:util"
import * as RecordingTracer from "../support/recordingTracer.ts"
import * as Stub from "../support/StubDiscord.ts"

const planted = {
  secret: "planted-client-secret",
  access: "planted-access-token",
  refresh: "planted-refresh-token",
  code: "planted-code",
  bot: "planted-bot-token",
  newAccess: "planted-new-access",
  newRefresh: "planted-new-refresh",
  webhook: "planted-webhook-token",
  idToken: "planted-id-token",
  body: "planted-in-a-body"
}

const key = {
  clientId: Snowflake.ApplicationId.make(Stub.clientId),
  userId: Snowflake.UserId.make(Stub.userId)
}

/** Collects everything that an operator can see. */
const observing = () => {
  const seen: Array<string> = []
  const see = (what: unknown) => {
    seen.push(String(what), inspect(what, { depth: 12, showHidden: true }))
    seen.push(JSON.stringify(what, (_, value) => typeof value === "bigint" ? String(value) : value) ?? "")
  }
  const { layer: traced, spans } = RecordingTracer.make()
  const layer = Layer.mergeAll(
    Logger.layer([
      Logger.make((options) => see([options.message, Cause.pretty(options.cause)])),
      Logger.map(Logger.formatJson, see),
      Logger.map(Logger.formatLogFmt, see)
    ]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    traced
  )
  /** Runs an effect and prints its failure in each way that an application may print it. */
  const watch = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
    Effect.matchCauseEffect(effect, {
      onFailure: (cause) => {
        see(cause)
        see(Cause.pretty(cause))
        for (const reason of cause.reasons) if (reason._tag === "Fail") see(reason.error)
        return Effect.logError("it failed", cause)
      },
      onSuccess: (value) => {
        see(value)
        return Effect.log("it worked", value)
      }
    })
  const text = () => {
    for (const span of spans) {
      see([span.name, Array.from(span.attributes), span.events, span.status])
      if (span.status._tag === "Ended") see(span.status.exit)
    }
    return seen.join("\n")
  }
  return { layer, watch, text, spans }
}

const assertClean = (text: string, secrets: ReadonlyArray<string>) => {
  for (
    const secret of [
      ...secrets,
      ...secrets.map((each) => btoa(each).slice(0, -4)),
      ...secrets.map(encodeURIComponent)
    ]
  ) {
    assert.isFalse(
      text.includes(secret),
      `"${secret}" is visible at …${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 60)}`
    )
  }
}

const token = () => ({
  ...Stub.token({
    access: planted.access,
    refresh: planted.refresh,
    scopes: ["identify", "guilds", "guilds.join", "connections"]
  }),
  id_token: Redacted.make(planted.idToken)
})

/** Runs every flow of the library. */
const flows = (watch: ReturnType<typeof observing>["watch"]) =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const store = yield* AccessTokenStore.AccessTokenStore
    const sessions = yield* DiscordSessions.DiscordSessions
    const redirectUri = "https://app.example/callback"
    const login = yield* oauth.authorize({ scopes: ["identify"], redirectUri, nonce: true })
    const { url: _, ...pending } = login
    yield* watch(Effect.succeed(pending))
    const callback = `${redirectUri}?code=${planted.code}&iss=https%3A%2F%2Fdiscord.com&state=`
    yield* watch(oauth.exchange(login, callback + Redacted.value(login.state)))
    yield* watch(oauth.exchange(login, callback))
    yield* watch(oauth.exchange(login, `${callback}wrong`))
    yield* watch(oauth.exchange(login, `${callback + Redacted.value(login.state)}&error=${planted.code}`))
    yield* watch(oauth.refresh(token()))
    yield* watch(oauth.revoke(token()))
    yield* watch(oauth.clientCredentials({ scopes: ["identify"] }))
    yield* watch(oauth.getCurrentAuthorizationInformation(token()))
    yield* watch(sessions.open(token()))
    yield* store.put(key, token())
    const session = yield* sessions.get(key.userId)
    yield* watch(Effect.succeed(session.userId))
    yield* watch(session.getCurrentUser())
    yield* watch(session.getCurrentUser({ responseMode: "response-only" }))
    yield* watch(session.getCurrentUserConnections())
    yield* watch(session.addGuildMember({
      guild_id: Snowflake.GuildId.make("290926798626357250"),
      botToken: Redacted.make(planted.bot),
      nick: "x".repeat(33)
    }))
    yield* watch(session.addGuildMember({
      guild_id: Snowflake.GuildId.make("290926798626357250"),
      botToken: Redacted.make(planted.bot)
    }))
    yield* watch(session.accessToken)
    yield* watch(session.refresh)
    yield* watch(session.signOut())
    return [
      ...Object.values(planted),
      login.code_verifier === undefined ? "no verifier" : Redacted.value(login.code_verifier),
      Redacted.value(login.state),
      login.nonce === undefined ? "no nonce" : Redacted.value(login.nonce)
    ]
  })

const grant = {
  access_token: planted.newAccess,
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: planted.newRefresh,
  scope: "identify guilds",
  id_token: planted.idToken,
  webhook: {
    id: "347114750880120863",
    type: 1,
    name: "testwebhook",
    avatar: null,
    channel_id: "345626669224982402",
    guild_id: "290926792226357250",
    application_id: "310954232226357250",
    token: planted.webhook,
    url: `https://discord.com/api/webhooks/347114750880120863/${planted.webhook}`
  }
}

const cases: ReadonlyArray<readonly [name: string, handler: Stub.Handler]> = [
  ["all goes well", ({ path }) =>
    Effect.succeed({
      body: path === "/oauth2/token" ? grant : path === "/oauth2/@me" ? Stub.authorization(["identify"]) : Stub.user
    })],
  [
    "the token response does not decode",
    () => Effect.succeed({ body: { ...grant, access_token: [planted.newAccess], webhook: { token: planted.webhook } } })
  ],
  [
    "a webhook in the token response does not decode",
    () => Effect.succeed({ body: { ...grant, webhook: { ...grant.webhook, id: planted.webhook } } })
  ],
  ["the token is of another type", () => Effect.succeed({ body: { ...grant, token_type: "mac" } })],
  ["every answer is a 401", () => Effect.succeed(Stub.unauthorized)],
  ["every answer is invalid_grant", () => Effect.succeed({ status: 400, body: { error: "invalid_grant" } })],
  [
    "every response is an error page that contains a secret",
    () => Effect.succeed({ status: 400, body: `<html>${planted.body}</html>` })
  ],
  ["every answer is HTML with a secret in it", () => Effect.succeed({ body: `<html>${planted.body}</html>` })],
  [
    "every response is a redirect",
    () => Effect.succeed({ status: 302, headers: { location: `https://evil.example/?${planted.body}` } })
  ],
  ["every connection is refused", () => Effect.fail("ECONNREFUSED")],
  ["every connection breaks", () => Effect.fail("ECONNRESET")]
]

describe("no secret is visible", () => {
  for (const [name, handler] of cases) {
    it.live(`S33: when ${name}`, () =>
      Effect.gen(function*() {
        const { layer, spans, text, watch } = observing()
        const secrets = yield* flows(watch).pipe(
          Effect.provide(Layer.provideMerge(
            Stub.layer([], handler, { config: { clientSecret: Redacted.make(planted.secret) } }),
            layer
          ))
        )
        assert.isAbove(spans.length, 10)
        assert.isAbove(text().length, 10_000)
        assertClean(text(), secrets)
      }))
  }

  it("control: the search finds a planted secret", () => {
    assert.throws(() => assertClean(`a log line with ${planted.access}`, [planted.access]))
    assert.throws(() => assertClean(`Basic ${btoa(`id:${planted.secret}`)}`, [`id:${planted.secret}`]))
  })
})
