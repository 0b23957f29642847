import { AccessToken, AccessTokenStore, Discord4py, DiscordError, RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Stub from "../../support/StubDiscord.ts"

const clientId = Snowflake.ApplicationId.make(Stub.clientId)
const userId = Snowflake.UserId.make(Stub.userId)
const key = { clientId, userId }

const record = {
  access_token: "planted-access",
  token_type: "Bearer",
  expires_at: "2018-06-10T21:20:00+00:00",
  scopes: ["guilds", "identify"],
  refresh_token: "planted-refresh"
}

const row = (change: object = {}) => ({ clientId, userId, record: { ...record, ...change } })

const decodeExit = Schema.decodeUnknownExit(Discord4py.AccessTokenRecord)
const decode = (change: object = {}) => Schema.decodeUnknownSync(Discord4py.AccessTokenRecord)({ ...record, ...change })

const refuses = (change: object) => Exit.isFailure(decodeExit({ ...record, ...change }))

describe("AccessTokenRecord", () => {
  it("decodes to a token with the same secrets, expiry and scopes", () => {
    assert.deepStrictEqual(Schema.encodeSync(AccessToken.AccessToken)(decode()), {
      access_token: "planted-access",
      refresh_token: "planted-refresh",
      expires_at: "2018-06-10T21:20:00.000Z",
      scopes: ["guilds", "identify"]
    })
  })

  const expiries: ReadonlyArray<readonly [written: string | number | Date, instant: string]> = [
    ["2018-06-10T21:20:00+00:00", "2018-06-10T21:20:00.000Z"],
    ["2018-06-10T21:20:00.123456+00:00", "2018-06-10T21:20:00.123Z"],
    ["2018-06-10T21:20:00.999999+00:00", "2018-06-10T21:20:00.999Z"],
    ["2018-06-10T21:20:00.5+00:00", "2018-06-10T21:20:00.500Z"],
    ["2018-06-10T21:20:00Z", "2018-06-10T21:20:00.000Z"],
    ["2018-06-10T21:20:00+05:30", "2018-06-10T15:50:00.000Z"],
    ["2018-06-10T21:20:00.123456-08:00", "2018-06-11T05:20:00.123Z"],
    ["2018-06-10T21:20:00", "2018-06-10T21:20:00.000Z"],
    ["2018-06-10T21:20:00.123456", "2018-06-10T21:20:00.123Z"],
    ["2018-06-10 21:20:00+00:00", "2018-06-10T21:20:00.000Z"],
    ["2018-06-10 21:20:00.123456+00:00", "2018-06-10T21:20:00.123Z"],
    ["2018-06-10 21:20:00", "2018-06-10T21:20:00.000Z"],
    ["2018-06-10 21:20:00.123456+00", "2018-06-10T21:20:00.123Z"],
    ["2018-06-10 21:20:00+02", "2018-06-10T19:20:00.000Z"],
    ["2018-06-10 21:20:00 +0200", "2018-06-10T19:20:00.000Z"],
    ["2020-02-29T00:00:00+00:00", "2020-02-29T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59.999Z"],
    ["0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00.000Z"],
    [1_528_665_600, "2018-06-10T21:20:00.000Z"],
    [1_528_665_600.123456, "2018-06-10T21:20:00.123Z"],
    [0, "1970-01-01T00:00:00.000Z"],
    [new Date("2018-06-10T21:20:00.123Z"), "2018-06-10T21:20:00.123Z"]
  ]

  for (const [written, instant] of expiries) {
    it(`decodes expires_at ${JSON.stringify(written)} to ${instant}`, () => {
      assert.strictEqual(DateTime.formatIso(decode({ expires_at: written }).expires_at), instant)
    })
  }

  const noExpiries: ReadonlyArray<unknown> = [
    "",
    "infinity",
    "2018-06-10",
    "2018-02-30T00:00:00+00:00",
    "2018-02-29 00:00:00",
    "2018-06-10T24:00:00+00:00",
    "2018-06-10T21:20:00+99:00",
    "2018-06-10T21:20:00 planted",
    "1528665600",
    1_528_665_600_000,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    new Date(Number.NaN),
    true,
    null,
    undefined,
    {}
  ]

  for (const written of noExpiries) {
    it(`rejects expires_at ${written instanceof Date ? "if it is an invalid Date" : String(JSON.stringify(written))}`, () => {
      assert.isTrue(refuses({ expires_at: written }))
    })
  }

  it("decodes the output of datetime.isoformat() to the same instant", () => {
    for (const offset of [-720, -90, 0, 345, 840]) {
      for (const time of [0, 951_782_400_123, 1_528_665_600_999, 4_102_444_799_001]) {
        const local = new Date(time + offset * 60_000).toISOString().slice(0, -1)
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
          String(part).padStart(2, "0")
        )
        const written = `${local}456${offset < 0 ? "-" : "+"}${hours}:${minutes}`
        assert.strictEqual(decode({ expires_at: written }).expires_at.epochMilliseconds, time, written)
      }
    }
  })

  it("removes the empty scope that discord4py writes for no scopes, and repeated scopes", () => {
    assert.deepStrictEqual(decode({ scopes: [""] }).scopes, [])
    assert.deepStrictEqual(decode({ scopes: [] }).scopes, [])
    assert.deepStrictEqual(decode({ scopes: ["new.scope", "identify", "identify"] }).scopes, ["new.scope", "identify"])
    assert.isTrue(refuses({ scopes: "identify" }))
    assert.isTrue(refuses({ scopes: [1] }))
  })

  it("has no refresh token if it is absent, None or empty", () => {
    for (const refresh_token of [null, ""]) assert.isFalse(AccessToken.isRefreshable(decode({ refresh_token })))
    const { refresh_token: _, ...without } = record
    assert.isFalse(AccessToken.isRefreshable(Schema.decodeUnknownSync(Discord4py.AccessTokenRecord)(without)))
  })

  it("accepts the token type Bearer in any case, and rejects any other", () => {
    for (const token_type of ["Bearer", "bearer", "BEARER", null]) {
      assert.isUndefined(decode({ token_type }).data)
    }
    for (const token_type of ["MAC", "", "Bearer ", 1]) assert.isTrue(refuses({ token_type }))
  })

  it("decodes the URL of a webhook to a webhook with its id and token", () => {
    const url = "https://discord.com/api/v10/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44f"
    const { webhook } = Schema.encodeSync(AccessToken.AccessToken)(decode({ webhook_url: url }))
    assert.deepStrictEqual(webhook, {
      id: "223704706495545344",
      type: 1,
      channel_id: null,
      name: null,
      avatar: null,
      application_id: null,
      token: "3d89bb7572e0fb30d8128367b3b1b44f",
      url
    })
    assert.isUndefined(decode({ webhook_url: null }).webhook)
    for (
      const other of ["https://discordapp.com/api/webhooks/1/a-_Z", "https://canary.discord.com/api/v9/webhooks/1/a"]
    ) {
      assert.strictEqual(decode({ webhook_url: other }).webhook?.id, "1")
    }
  })

  it("rejects a webhook URL that is not a URL of Discord", () => {
    for (
      const webhook_url of [
        "",
        "https://evil.example/api/webhooks/1/a",
        "https://discord.com.evil.example/api/webhooks/1/a",
        "https://evildiscord.com/api/webhooks/1/a",
        "http://discord.com/api/webhooks/1/a",
        "https://discord.com/api/webhooks/1",
        "https://discord.com/api/webhooks/99999999999999999999/a",
        "https://discord.com/api/webhooks/1/a?b",
        1
      ]
    ) {
      assert.isTrue(refuses({ webhook_url }), String(webhook_url))
    }
  })

  it("puts all other members into `data`, except the id_token, which is a secret", () => {
    const token = decode({ plan: "gold", visits: [1, null, { deep: true }], id_token: "planted-id" })
    assert.deepStrictEqual(token.data, { plan: "gold", visits: [1, null, { deep: true }] })
    assert.strictEqual(token.id_token && Redacted.value(token.id_token), "planted-id")
    assert.isTrue(refuses({ plan: undefined }))
    assert.isTrue(refuses({ plan: 1n }))
  })

  it("S33: decodes to a token that shows no secret", () => {
    const token = decode({ id_token: "planted-id", webhook_url: "https://discord.com/api/webhooks/1/planted" })
    for (const shown of [String(token), JSON.stringify(token), Inspectable.toStringUnknown(token)]) {
      assert.notInclude(shown, "planted")
    }
  })

  it("cannot be encoded", () => {
    assert.isTrue(Exit.isFailure(Schema.encodeExit(Discord4py.AccessTokenRecord)(decode())))
  })
})

/** A store over memory whose records can be seen, and that can be made to fail. */
const inStore = <A, E>(
  use: (store: AccessTokenStore.AccessTokenStore["Service"]) => Effect.Effect<A, E, AccessTokenStore.AccessTokenStore>
) =>
  Effect.provide(
    Effect.flatMap(AccessTokenStore.AccessTokenStore, use),
    AccessTokenStore.layerMemory
  )

const accessOf = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))

const rowsOf = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => ({ ...row({ access_token: `access-${index}` }), userId: String(index + 1) })
  )

const tags = (outcomes: ReadonlyArray<Discord4py.Outcome>) => outcomes.map(({ _tag }) => _tag)

describe("importTokens and importStream", () => {
  it.effect("return the outcome of each row, in order", () =>
    inStore(Effect.fnUntraced(function*(store) {
      const other = { clientId: Snowflake.ApplicationId.make("2"), userId }
      const outcomes = yield* Discord4py.importTokens([
        row(),
        row({ expires_at: "soon" }),
        { ...row(), userId: "nelly" },
        { ...row(), clientId: other.clientId },
        { ...row(), userId: "3", record: JSON.stringify(record) },
        { ...row(), userId: "4", record: "{\"access_token\": planted" },
        row({ access_token: "second" })
      ])
      assert.deepStrictEqual(outcomes, [
        Discord4py.Imported({ index: 0, key }),
        Discord4py.NotDecodable({ index: 1, path: ["record", "expires_at"] }),
        Discord4py.NotDecodable({ index: 2, path: ["userId"] }),
        Discord4py.Imported({ index: 3, key: other }),
        Discord4py.Imported({ index: 4, key: { clientId, userId: Snowflake.UserId.make("3") } }),
        Discord4py.NotDecodable({ index: 5, path: ["record"] }),
        Discord4py.AlreadyThere({ index: 6, key })
      ])
      assert.strictEqual(accessOf(yield* store.get(key)), "planted-access")
      assert.strictEqual(yield* store.count({}), 3)
    })))

  it.effect("name the invalid member in `path`, even a scope or a member of `data`", () =>
    inStore(Effect.fnUntraced(function*() {
      const outcomes = yield* Discord4py.importTokens([
        row({ scopes: ["identify", null] }),
        row({ webhook_url: "planted" }),
        row({ plan: { until: 1n } }),
        row({ access_token: "" }),
        { ...row(), record: null }
      ])
      assert.deepStrictEqual(outcomes.filter(Discord4py.is("NotDecodable")).map(({ path }) => path.join(".")), [
        "record.scopes.1",
        "record.webhook_url",
        "record.plan",
        "record.access_token",
        "record"
      ])
    })))

  it.effect("do not replace the token of a user who has signed in", () =>
    inStore(Effect.fnUntraced(function*(store) {
      const { generation } = yield* store.put(key, Stub.token())
      const outcomes = yield* Discord4py.importTokens([row()])
      assert.deepStrictEqual(outcomes, [Discord4py.AlreadyThere({ index: 0, key })])
      const stored = yield* store.get(key)
      assert.strictEqual(accessOf(stored), "access-0")
      assert.strictEqual(Option.getOrThrow(stored).generation, generation)
    })))

  it.effect("do not replace the token of a user who signs in while the import waits for the lock", () =>
    inStore(Effect.fnUntraced(function*(store) {
      const held = yield* Deferred.make<void>()
      const holder = yield* Effect.forkChild(
        AccessTokenStore.withLock(store, key)(Effect.andThen(Deferred.succeed(held, undefined), Effect.never))
      )
      yield* Deferred.await(held)
      const fiber = yield* Effect.forkChild(Discord4py.importTokens([row()]))
      yield* Effect.yieldNow
      yield* store.put(key, Stub.token())
      yield* Fiber.interrupt(holder)
      assert.deepStrictEqual(tags(yield* Fiber.join(fiber)), ["AlreadyThere"])
      assert.strictEqual(accessOf(yield* store.get(key)), "access-0")
    })))

  it.effect("F43: do not replace a record that cannot be read", () =>
    Effect.gen(function*() {
      const records = yield* RecordStore.RecordStore
      yield* records.put(key, "planted")
      assert.deepStrictEqual(tags(yield* Discord4py.importTokens([row()])), ["AlreadyThere"])
      assert.strictEqual(Option.getOrThrow(yield* records.get(key)).value, "planted")
    }).pipe(Effect.provide(Layer.provideMerge(AccessTokenStore.layer, RecordStore.layerMemory))))

  it.effect("can run again after an interruption, and import only the other rows", () =>
    inStore(Effect.fnUntraced(function*(store) {
      const rows = rowsOf(20)
      const reached = yield* Deferred.make<void>()
      const slow = AccessTokenStore.AccessTokenStore.of({
        ...store,
        put: (key, token) =>
          key.userId === "11"
            ? Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
            : store.put(key, token)
      })
      const first = yield* Effect.forkChild(
        Effect.provideService(
          Discord4py.importTokens(rows, { concurrency: 1 }),
          AccessTokenStore.AccessTokenStore,
          slow
        )
      )
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(first)
      assert.strictEqual(yield* store.count({}), 10)
      const second = yield* Discord4py.importTokens(rows)
      assert.deepStrictEqual(tags(second), [
        ...Array.from({ length: 10 }, () => "AlreadyThere" as const),
        ...Array.from({ length: 10 }, () => "Imported" as const)
      ])
      assert.deepStrictEqual(
        tags(yield* Discord4py.importTokens(rows)),
        Array.from(rows, () => "AlreadyThere" as const)
      )
    })))

  it.effect("F39: fail with the error of the store, and can run again", () =>
    inStore(Effect.fnUntraced(function*(store) {
      const failing = AccessTokenStore.AccessTokenStore.of({
        ...store,
        put: (key, token) =>
          key.userId === "3"
            ? Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "put", reason: "full" }))
            : store.put(key, token)
      })
      const error = yield* Effect.flip(
        Effect.provideService(
          Discord4py.importTokens(rowsOf(5), { concurrency: 1 }),
          AccessTokenStore.AccessTokenStore,
          failing
        )
      )
      assert.strictEqual(error.reason, "full")
      assert.deepStrictEqual(tags(yield* Discord4py.importTokens(rowsOf(5))), [
        "AlreadyThere",
        "AlreadyThere",
        "Imported",
        "Imported",
        "Imported"
      ])
    })))

  it.effect("read a stream of rows on demand, and skip no row", () =>
    inStore(Effect.fnUntraced(function*(store) {
      let read = 0
      const rows = Stream.fromIterable(rowsOf(1000)).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => read++))
      )
      yield* Discord4py.importStream(rows, { concurrency: 2 }).pipe(Stream.take(10), Stream.runDrain)
      assert.isBelow(read, 50)
      const outcomes = yield* Stream.runCollect(Discord4py.importStream(rows))
      assert.deepStrictEqual(outcomes.map(({ index }) => index), Array.from({ length: 1000 }, (_, index) => index))
      assert.strictEqual(yield* store.count({ clientId }), 1000)
    })))

  it.effect("import one of two rows of the same user that run at the same time", () =>
    inStore(Effect.fnUntraced(function*() {
      const outcomes = yield* Discord4py.importTokens(Array.from({ length: 20 }, () => row()), { concurrency: 20 })
      assert.strictEqual(outcomes.filter(Discord4py.is("Imported")).length, 1)
      assert.strictEqual(outcomes.filter(Discord4py.is("AlreadyThere")).length, 19)
    })))

  it.effect("store a token that can be read from the text of its record", () =>
    inStore(Effect.fnUntraced(function*(store) {
      yield* Discord4py.importTokens([row({ plan: "gold" })])
      const { token } = Option.getOrThrow(yield* store.get(key))
      assert.deepStrictEqual(
        Schema.encodeSync(AccessToken.AccessToken)(token),
        Schema.encodeSync(AccessToken.AccessToken)(decode({ plan: "gold" }))
      )
    })))
})

/** What stands in a row and must stand in no report: wherever a text may be, it is this one at times. */
const secret = "planted-secret"

const Hostile: Schema.Codec<Schema.Json> = Schema.Json

/** Any JSON, with the members of a record set to any JSON at times. */
const HostileRecord = Schema.StructWithRest(
  Schema.Struct({
    access_token: Schema.optionalKey(Schema.Union([Schema.Literal(secret), Hostile])),
    token_type: Schema.optionalKey(Schema.Union([Schema.Literals(["Bearer", secret]), Hostile])),
    expires_at: Schema.optionalKey(
      Schema.Union([Schema.Literals([record.expires_at, secret]), Schema.Number, Hostile])
    ),
    scopes: Schema.optionalKey(Schema.Union([Schema.Array(Schema.Literals(["identify", secret])), Hostile])),
    refresh_token: Schema.optionalKey(Schema.Union([Schema.Literal(secret), Hostile])),
    webhook_url: Schema.optionalKey(
      Schema.Union([Schema.Literals([secret, `https://discord.com/api/webhooks/1/${secret}`]), Hostile])
    )
  }),
  [Schema.Record(Schema.String, Hostile)]
)

describe("malicious rows", () => {
  it.effect.prop(
    "have an outcome that shows no secret, and cause no defect",
    [Schema.Array(Schema.Union([HostileRecord, Hostile]))],
    ([records]) =>
      inStore(Effect.fnUntraced(function*() {
        const rows = [...records, secret, JSON.stringify({ access_token: secret }), { ...record, expires_at: secret }]
          .map((record) => ({ clientId, userId, record }))
        const exit = yield* Effect.exit(Discord4py.importTokens(rows))
        assert.isTrue(Exit.isSuccess(exit))
        assert.notInclude(JSON.stringify(exit), secret)
        for (const { record } of rows) {
          const decoded = decodeExit(record)
          if (Exit.isSuccess(decoded)) continue
          for (const reason of decoded.cause.reasons) {
            assert.strictEqual(reason._tag, "Fail")
            assert.notInclude(`${String(reason)} ${Inspectable.toStringUnknown(reason)}`, secret)
          }
        }
      }))
  )

  it("do not change a prototype with a member called __proto__ or constructor", () => {
    const json = `{"__proto__": {"refresh_token": "x", "polluted": true}, "constructor": 1, ${
      JSON.stringify(record).slice(1)
    }`
    const token = Schema.decodeUnknownSync(Schema.fromJsonString(Discord4py.AccessTokenRecord))(json)
    assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), "planted-refresh")
    assert.isUndefined(Object.getOwnPropertyDescriptor(Object.prototype, "polluted"))
    const back = Schema.encodeSync(Schema.fromJsonString(AccessToken.AccessToken))(token)
    assert.deepStrictEqual(
      Schema.decodeUnknownSync(Schema.fromJsonString(AccessToken.AccessToken))(back).expires_at,
      token.expires_at
    )
  })

  it.effect("make only their own row fail if the record is nested too deeply", () =>
    inStore(Effect.fnUntraced(function*() {
      const plan: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)
      const outcomes = yield* Discord4py.importTokens([row({ plan }), row()])
      assert.deepStrictEqual(outcomes, [
        Discord4py.NotDecodable({ index: 0, path: ["record"] }),
        Discord4py.Imported({ index: 1, key })
      ])
    })))
})
