/** Token responses decode to tokens with every lifetime, and the codec of the stores keeps them. */
import { AccessToken } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { extendedBotAuthorization, webhookAuthorization } from "../fixtures/oauth2.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const hundredYears = 3_155_760_000
const week = 604_800

const encode = Schema.encodeSync(Schema.fromJsonString(AccessToken.AccessToken))
const decode = Schema.decodeSync(Schema.fromJsonString(AccessToken.AccessToken))

const expiresIn = (random: Random): number | string | null | undefined =>
  random.oneOf<number | string | null | undefined>(
    () => undefined,
    () => null,
    () =>
      random.pick([0, -0, -1, 0.5, 1e-9, 1e21, -1e21, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, NaN]),
    () => (random.next() - 0.2) * 10 ** random.int(14),
    () => random.int(2 ** 31),
    () => String(random.int(2 ** 31)),
    () => ` ${random.int(1000)}\n`,
    () => Hostile.text(random),
    () => Hostile.mutate(random, "604800")
  )

/** The policy of F19, as a second implementation. */
const lifetime = (value: number | string | null | undefined): number => {
  if (value === undefined || value === null) return week
  const seconds = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value)
  return seconds > 0 ? Math.min(seconds, hundredYears) : 0
}

const logged = <A>(effect: Effect.Effect<A>) => {
  const logs: Array<string> = []
  return Effect.map(
    Effect.provide(effect, Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])),
    (value) => [value, logs.join("\n")] as const
  )
}

Cases.file("accessToken", (property) => {
  property.cases(
    "F19: whatever expires_in is, the token expires at a moment that is written and read the same",
    7000,
    (random, note) =>
      Effect.gen(function*() {
        const value = expiresIn(random)
        note(value)
        yield* TestClock.setTime(random.pick([0, 1_800_000_000_000, 1_800_000_000_123, 253_402_300_799_999]))
        const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
        const token = yield* AccessToken.fromResponse({
          access_token: Redacted.make("planted-access-token"),
          token_type: "Bearer",
          ...(value !== undefined && { expires_in: value })
        })
        const millis = token.expires_at.epochMilliseconds
        assert.isTrue(Number.isSafeInteger(millis), String(millis))
        assert.isAtMost(Math.abs(millis - now - lifetime(value) * 1000), 1)
        assert.isTrue(Equal.equals(decode(encode(token)), token))
      }).pipe(Effect.provide(TestClock.layer()))
  )

  property.cases(
    "F18: whatever guild and webhook are, the token is kept, and the log has no value of them",
    4000,
    (random, note, saw) =>
      Effect.gen(function*() {
        const marker = "planted-marker-0123456789"
        const plant = (value: unknown): unknown =>
          typeof value === "string" && random.chance(0.3)
            ? `${marker}${value}`
            : Array.isArray(value)
            ? value.map(plant)
            : typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plant(member)]))
            : value
        const any = (value: unknown): Schema.Json =>
          JSON.parse(
            JSON.stringify(random.oneOf(
              () => value,
              () => plant(Hostile.mutateJson(random, value)),
              () => Hostile.mutateJson(random, plant(value)),
              () => plant(Hostile.json(random, 4))
            )) ?? "null"
          )
        const guild = any(extendedBotAuthorization.guild)
        const webhook = any(webhookAuthorization.webhook)
        note({ guild, webhook })
        const [token, log] = yield* logged(AccessToken.fromResponse({
          access_token: Redacted.make("planted-access-token"),
          token_type: "Bearer",
          guild,
          webhook: Redacted.make(webhook)
        }))
        assert.strictEqual(Redacted.value(token.access_token), "planted-access-token")
        saw(token.guild === undefined ? "no guild" : "guild")
        saw(token.webhook === undefined ? "no webhook" : "webhook")
        hides(log, [marker])
        hides(shown(token.webhook?.token), [marker])
        assert.isTrue(Equal.equals(decode(encode(token)), token))
      }),
    ["guild", "no guild", "webhook", "no webhook"]
  )

  property.values(
    "whatever token can be is written as JSON and read the same, and shows no secret",
    1000,
    Arbitrary.schema(AccessToken.AccessToken),
    (token) =>
      Effect.sync(() => {
        const planted = {
          ...token,
          access_token: Redacted.make(`planted-1-${Redacted.value(token.access_token)}`),
          refresh_token: Redacted.make(`planted-2-${token.refresh_token && Redacted.value(token.refresh_token)}`)
        }
        hides(shown(planted), ["planted-1-", "planted-2-"])
        assert.isTrue(Equal.equals(decode(encode(planted)), planted))
      })
  )
})
