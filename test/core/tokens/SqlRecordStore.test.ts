import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient, Statement } from "effect/sql"
import { inFile } from "../../support/databases.ts"
import { contractIn, open, promises } from "../../support/sqlStoreContract.ts"

describe("SqlRecordStore in a SQLite file", () => {
  contractIn(inFile)
  promises(inFile)
})

describe("SqlRecordStore with options that it rejects", () => {
  const unsupported = SqlClient.make({
    acquirer: Effect.die("no connection is asked for"),
    compiler: Statement.makeCompiler({
      dialect: "mssql",
      placeholder: () => "?",
      onIdentifier: (name) => name,
      onCustom: () => ["", []],
      onRecordUpdate: () => ["", []]
    }),
    driver: "test",
    spanAttributes: []
  })

  it.effect("another database is a DiscordConfigurationError when the layer is built", () =>
    Effect.gen(function*() {
      const client = Layer.provide(Layer.effect(SqlClient.SqlClient, unsupported), Reactivity.layer)
      const error = yield* Effect.flip(Effect.scoped(open({ client, table: "tokens" })))
      assert.instanceOf(error, DiscordError.DiscordConfigurationError)
      assert.include(String(error), "PostgreSQL")
    }))

  it.live("a lease without a length or an end is a DiscordConfigurationError", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* inFile
      for (const lease of ["0 millis", "-1 seconds", "Infinity"] as const) {
        assert.instanceOf(yield* Effect.flip(open(place, { lease })), DiscordError.DiscordConfigurationError)
      }
    })))
})
