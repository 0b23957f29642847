/** Errors of every kind of call: a declared tag, a valid retry time, and no part of the request. */
import { DiscordClient, type DiscordError } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stub from "../support/StubDiscord.ts"
import { answer, client, grant, invalid } from "./support/answers.ts"
import { bearerToken, bodySecret, botToken, calls } from "./support/calls.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { errorOf, hides, shown } from "./support/outputs.ts"

type Tag = DiscordError.DiscordError["_tag"]

const json: ReadonlyArray<Tag> = [
  "InvalidFormBody",
  "MaximumApplicationCommands",
  "MissingPermissions",
  "UnknownApplicationCommand",
  "UnknownEntitlement",
  "UnknownGuild",
  "UnknownLobby",
  "UserIsBanned"
]

const tags: Readonly<Record<(typeof calls)[number]["credential"], ReadonlyArray<Tag>>> = {
  bearer: [...client, "AccessTokenExpired", "MissingScope", ...json],
  bot: [...client, "InvalidBotToken", "InvalidAccessToken", "MissingScope", "UserIsAtGuildLimit", ...json],
  client: [...grant, "InvalidGrant"],
  none: client
}

const secrets = [bearerToken, botToken, bodySecret, Stub.clientSecret]

const thirtyDays = 2_592_000

const waits = (time: Duration.Duration | undefined) => {
  if (time === undefined) return
  const seconds = Duration.toSeconds(time)
  assert.isTrue(seconds >= 0 && seconds <= thirtyDays, String(seconds))
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const start = Effect.gen(function*() {
  let next: Stub.Answer = {}
  const requests: Array<Stub.Call> = []
  const context = yield* Layer.build(Stub.layer(requests, () => Effect.succeed(next), { middleware: Stub.unlimited }))
  return {
    api: Context.get(context, DiscordClient.DiscordClient),
    requests,
    given: (answer: Stub.Answer) => {
      next = answer
      requests.length = 0
    }
  }
})

const statuses = [
  300,
  301,
  302,
  304,
  307,
  400,
  400,
  400,
  401,
  401,
  401,
  403,
  403,
  404,
  405,
  409,
  429,
  429,
  429,
  500,
  502,
  503,
  520,
  599
] as const

Cases.file("errorBodies", (property) => {
  for (const [credential, cases] of [["bearer", 8000], ["bot", 4000], ["client", 2500], ["none", 1500]] as const) {
    const mine = calls.filter((call) => call.credential === credential)
    property.started(
      `F4 to F11, S26, S33: whatever the error of a call with the credential "${credential}", it is a declared one after one request`,
      cases,
      Effect.map(start, ({ api, given, requests }) => {
        let turn = 0
        return (random, note, saw) =>
          Effect.gen(function*() {
            const call = mine[turn++ % mine.length]
            if (call === undefined) return assert.fail("no calls")
            const sent = answer(
              random,
              random.chance(0.9) ? invalid(random) : Hostile.json(random, 4),
              random.pick(statuses)
            )
            note([call.identifier, sent])
            given(sent)
            const exit = yield* Effect.exit(call.run(api))
            const error = errorOf(exit, tags[credential])
            assert.isTrue(Exit.isFailure(exit))
            if (error === undefined) return
            saw(error._tag)
            assert.strictEqual(requests.length, 1)
            hides(shown(error), secrets)
            if (error._tag === "RateLimited" || error._tag === "CloudflareBlocked") waits(error.retryAfter)
            if ("status" in error) assert.strictEqual(error.status, sent.status)
            // The names of RFC 6749 are read whatever the status (F15), and no body but Discord's has a say in them.
            if (error._tag === "InvalidClient" || error._tag === "InvalidGrant") {
              const text = typeof sent.body === "string" ? new TextEncoder().encode(sent.body) : sent.body
              assert.strictEqual(decode(new TextDecoder().decode(text))._tag, "Some")
            }
          })
      }),
      [
        "DiscordBadRequest",
        "DiscordForbidden",
        "DiscordNotFound",
        "DiscordServerError",
        "UnexpectedStatus",
        "RateLimited",
        "CloudflareBlocked",
        "MalformedResponse",
        ...(credential === "bearer" ? ["AccessTokenExpired", "MissingScope", "InvalidFormBody"] : []),
        ...(credential === "bot"
          ? ["InvalidBotToken", "InvalidAccessToken", "UserIsAtGuildLimit", "InvalidFormBody"]
          : []),
        ...(credential === "client" ? ["InvalidClient", "InvalidGrant"] : [])
      ]
    )
  }
})
