import { describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { inFile, inMysql, inPostgresql, type Place, recordsOf } from "../../support/databases.ts"
import { describeServer } from "../../support/servers.ts"
import { plainAndSealed } from "../../support/storeContract.ts"

const contractIn = (place: Effect.Effect<Place, unknown, Scope.Scope>) => () => {
  plainAndSealed({
    layer: () => Layer.unwrap(Effect.map(place, (place) => recordsOf(place))),
    sharing: Effect.map(place, (place) => recordsOf(place))
  })
}

describe("a SQLite file", contractIn(inFile))
await describeServer("PostgreSQL", "PostgreSQL", contractIn(inPostgresql))
await describeServer("MySQL", "MySQL", contractIn(inMysql))
