/** Records of discord4py: each dictionary becomes a token of the store, or an error with a path. */
import { AccessTokenStore, Discord4py, RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stub from "../support/StubDiscord.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const marker = "planted-marker-0123456789"

const good = {
  access_token: `${marker}-access`,
  token_type: "Bearer",
  expires_at: "2026-06-10T21:20:00.123456+00:00",
  scopes: ["identify", "guilds"],
  refresh_token: `${marker}-refresh`,
  id_token: `${marker}.id`,
  webhook_url: `https://discord.com/api/webhooks/223704706495545344/${marker}`,
  plan: "gold",
  preferences: { theme: "dark", seen: [1, 2, { a: null }] }
}

const known: ReadonlySet<string> = new Set([
  "access_token",
  "token_type",
  "expires_at",
  "scopes",
  "refresh_token",
  "id_token",
  "webhook_url"
])

const cyclic = () => {
  const self: Record<string, unknown> = { ...good }
  self.self = self
  return self
}

/** What database drivers give, and what no JSON has. */
const foreign = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => ({
      ...good,
      expires_at: random.pick([new Date(0), new Date(Number.NaN), new Date(8.64e15), 1.5e9, -1, 1e15, NaN])
    }),
    () => ({
      ...good,
      extra: random.pick<unknown>([
        undefined,
        1n,
        Symbol("a"),
        () => marker,
        new Map(),
        new Date(0),
        NaN,
        Infinity
      ])
    }),
    () => Object.assign(Object.create(null), good),
    () => new Proxy(good, {}),
    () => [good],
    () => Object.freeze({ ...good }),
    () =>
      random.pick<unknown>([undefined, null, 0, 1n, "", Symbol("a"), () => good, new Error(marker), good.access_token])
  )

const record = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => good,
    () => Hostile.mutateJson(random, good),
    () => Hostile.mutateJson(random, good),
    () => JSON.parse(JSON.stringify({ ...good, extra: Hostile.json(random, 4) })),
    () => JSON.parse(`{"__proto__":{"isAdmin":true},${JSON.stringify(good).slice(1)}`),
    () => Hostile.jsonText(random, good),
    () => Hostile.jsonText(random, Hostile.mutateJson(random, good)),
    () => foreign(random),
    () => Hostile.json(random, 4)
  )

const id = (random: Random, real: string): string => random.chance(0.85) ? real : Hostile.perhaps(random, real)

const start = Effect.map(
  Layer.build(Layer.provideMerge(AccessTokenStore.layer, RecordStore.layerMemory)),
  (context) => ({ context, store: Context.get(context, AccessTokenStore.AccessTokenStore) })
)

Cases.file("discord4py", (property) => {
  property.started(
    "S33: whatever the rows, each has an outcome in its place, no stored token is replaced, and no value is told",
    6000,
    Effect.map(start, ({ context, store }) => (random, note, saw) =>
      Effect.gen(function*() {
        yield* store.removeAll({})
        const clientId = Snowflake.ApplicationId.make(Stub.clientId)
        const there = { clientId, userId: Snowflake.UserId.make("1") }
        yield* store.put(there, Stub.token({ access: "already-there" }))
        const rows: ReadonlyArray<Discord4py.Row> = [
          { clientId, userId: id(random, "2"), record: record(random) },
          ...random.times(2, () => ({
            clientId: id(random, Stub.clientId),
            userId: id(random, random.pick(["1", "2", "3"])),
            record: record(random)
          }))
        ]
        note(rows)
        const outcomes = yield* Effect.provideContext(Discord4py.importTokens(rows), context)
        assert.deepStrictEqual(outcomes.map(({ index }) => index), rows.map((_, index) => index))
        for (const outcome of outcomes) {
          saw(outcome._tag)
          const row = rows[outcome.index]?.record
          if (outcome._tag === "NotDecodable") {
            hides(shown(outcome), [marker])
            continue
          }
          const stored = Option.getOrThrow(yield* store.get(outcome.key))
          if (outcome._tag === "AlreadyThere") continue
          hides(shown(stored.token.access_token), [marker])
          assert.isTrue(Number.isFinite(stored.token.expires_at.epochMilliseconds))
          const json: unknown = typeof row === "string" ? JSON.parse(row.replace(/^\ufeff/, "")) : row
          if (typeof json !== "object" || json === null) return assert.fail("no record, and a token")
          const members = new Map(Object.entries(json))
          assert.strictEqual(Redacted.value(stored.token.access_token), members.get("access_token"))
          // The data are the other members, to the last, and lend nothing to anyone.
          const rest = Object.fromEntries(Array.from(members).filter(([name]) => !known.has(name)))
          assert.strictEqual(JSON.stringify(stored.token.data ?? {}), JSON.stringify(rest))
          if (stored.token.data !== undefined) {
            assert.strictEqual(Object.getPrototypeOf(stored.token.data), Object.prototype)
          }
        }
        const kept = Option.getOrThrow(yield* store.get(there))
        assert.strictEqual(Redacted.value(kept.token.access_token), "already-there")
      })),
    ["Imported", "AlreadyThere", "NotDecodable"]
  )

  property.started(
    "a record that is part of itself is no defect",
    10,
    Effect.map(start, ({ context }) => () =>
      Effect.gen(function*() {
        const row = { clientId: Stub.clientId, userId: "2", record: cyclic() }
        const [outcome] = yield* Effect.provideContext(Discord4py.importTokens([row]), context)
        assert.strictEqual(outcome?._tag, "NotDecodable")
      }))
  )
})
