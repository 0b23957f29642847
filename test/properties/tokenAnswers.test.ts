/** The token endpoint: each response is a complete token, or one of the declared errors. */
import { type AccessToken, type DiscordError, OAuth2Client, type PendingAuthorization } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { accessToken, clientCredentials, extendedBotAuthorization, webhookAuthorization } from "../fixtures/oauth2.ts"
import * as Stub from "../support/StubDiscord.ts"
import { answer, client, grant, invalid } from "./support/answers.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { errorOf, hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const marker = "planted-marker-0123456789"

const login: PendingAuthorization.PendingAuthorization = {
  response_type: "code",
  state: Redacted.make("planted-state"),
  code_verifier: Redacted.make("planted-verifier"),
  redirect_uri: "https://app.example/auth/discord/callback",
  scopes: ["identify"],
  expires_at: DateTime.makeUnsafe("2100-01-01T00:00:00Z")
}

const callback = new URLSearchParams({ code: "planted-code", state: "planted-state", iss: "https://discord.com" })

const token = Stub.token({ access: "planted-access", refresh: "planted-refresh" })

const secrets = [
  marker,
  "planted-state",
  "planted-verifier",
  "planted-code",
  "planted-access",
  "planted-refresh",
  Stub.clientSecret
]

const good = (random: Random): Readonly<Record<string, unknown>> => ({
  ...random.pick<object>([accessToken, clientCredentials, extendedBotAuthorization, webhookAuthorization]),
  access_token: `${marker}-access`,
  refresh_token: `${marker}-refresh`,
  ...(random.chance(0.3) && { id_token: `${marker}.id.token` }),
  ...(random.chance(0.3) &&
    { expires_in: random.pick<unknown>(["604800", 0, -1, Number.MAX_VALUE, null, "soon", 0.5]) }),
  ...(random.chance(0.3) && { scope: Hostile.text(random) })
})

/** The outcomes that a response without `access_token`, or with another token type, cannot have. */
const body = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => good(random),
    () => Hostile.mutateJson(random, good(random)),
    () => Hostile.mutateJson(random, Hostile.mutateJson(random, good(random))),
    () => ({ ...good(random), token_type: random.pick(["bearer", "BEARER", "mac", "", "Bearer ", "ＢＥＡＲＥＲ"]) }),
    () => Hostile.json(random, 4)
  )

const checked = (token: AccessToken.AccessToken, logs: ReadonlyArray<string>) => {
  assert.isTrue(Number.isFinite(token.expires_at.epochMilliseconds))
  for (const scope of token.scopes) assert.match(scope, /^[^ ]+$/)
  const { access_token, id_token, refresh_token, webhook } = token
  assert.isNotEmpty(Redacted.value(access_token))
  if (refresh_token !== undefined) assert.isNotEmpty(Redacted.value(refresh_token))
  hides(shown([access_token, refresh_token, id_token, webhook?.token, webhook?.url]), [marker])
  hides(logs.join("\n"), [marker])
}

const start = Effect.gen(function*() {
  let next: Stub.Answer = {}
  const calls: Array<Stub.Call> = []
  const logs: Array<string> = []
  const context = yield* Layer.build(Layer.merge(
    Stub.layer(calls, () => Effect.succeed(next), { middleware: Stub.unlimited }),
    Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])
  ))
  return {
    oauth: Context.get(context, OAuth2Client.OAuth2Client),
    calls,
    logs,
    /** The response to the next request. */
    given: (answer: Stub.Answer) => {
      next = answer
      calls.length = 0
      logs.length = 0
    }
  }
})

const isText = (u: unknown) => typeof u === "string" && u !== ""

/** Discord issued a token, which only this response contains. */
const isToken = ({ access_token, refresh_token, token_type }: Readonly<Record<string, unknown>>) =>
  isText(access_token) && typeof token_type === "string" && token_type.toLowerCase() === "bearer" &&
  (refresh_token === undefined || refresh_token === null || isText(refresh_token))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

Cases.file("tokenAnswers", (property) => {
  for (
    const [name, cases, run, tags] of [
      ["exchange", 4000, (oauth: OAuth2Client.Service) => oauth.exchange(login, callback), [
        ...grant,
        "InvalidAuthorizationCode"
      ]],
      ["refresh", 4000, (oauth: OAuth2Client.Service) => oauth.refresh(token), [
        ...grant.filter((tag) => tag !== "MalformedResponse"),
        "InvalidRefreshToken",
        "RefreshOutcomeUnknown"
      ]],
      [
        "clientCredentials",
        2500,
        (oauth: OAuth2Client.Service) => oauth.clientCredentials({ scopes: ["identify"] }),
        grant
      ],
      ["revoke", 2000, (oauth: OAuth2Client.Service) => oauth.revoke(token), [
        ...client,
        "InvalidClient",
        "InvalidOAuth2Request"
      ]]
    ] as const
  ) {
    property.started(
      `S27, S33, F3 to F11, F18 to F21: whatever the answer, ${name} gives a whole token or a declared error, after one request`,
      cases,
      Effect.map(start, ({ calls, given, logs, oauth }) => (random, note, saw) =>
        Effect.gen(function*() {
          const isError = random.chance(0.4)
          const sent = answer(
            random,
            isError ? invalid(random) : body(random),
            random.chance(0.6) && !isError ? 200 : undefined
          )
          note(sent)
          given(sent)
          const result: Effect.Effect<AccessToken.AccessToken | void, DiscordError.DiscordError> = run(oauth)
          const exit = yield* Effect.exit(result)
          const error = errorOf(exit, tags)
          saw(error?._tag ?? "token")
          assert.strictEqual(calls.length, 1)
          if (error !== undefined) hides(shown(error), secrets)
          // As every client reads it: without a byte order mark.
          const bytes = typeof sent.body === "string" ? new TextEncoder().encode(sent.body) : sent.body
          const json = decode(new TextDecoder().decode(bytes))
          // F18: nothing that stands beside a token costs it.
          if (name !== "revoke" && sent.status === 200 && Option.exists(json, isToken)) assert.isUndefined(error)
          if (!Exit.isSuccess(exit)) return
          assert.isTrue((sent.status ?? 200) >= 200 && (sent.status ?? 200) < 300)
          if (exit.value === undefined) return
          checked(exit.value, logs)
          assert.strictEqual(json._tag, "Some")
          if (json._tag === "None") return
          assert.strictEqual(Redacted.value(exit.value.access_token), json.value.access_token)
          assert.match(String(json.value.token_type), /^bearer$/i)
        })),
      ["token", "DiscordServerError", "RateLimited", "CloudflareBlocked", "InvalidClient"]
    )
  }
})
