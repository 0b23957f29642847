/** Tests with a SQLite file of their own, which is removed afterwards. */
import { NodeSqliteClient } from "@discord-oauth2/platform-node"
import { it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { SqlClient } from "effect/sql"
import { join } from "node:path"
import { build, folder } from "./databases.ts"

/** Runs a test in real time with the path of a file that does not exist yet. */
export const withFile = (name: string, body: (filename: string) => Effect.Effect<void, unknown, Scope.Scope>) => {
  it.live(name, () => Effect.scoped(Effect.flatMap(folder, (path) => body(join(path, "tokens.db")))))
}

/** Another client of the file, as another process has it. */
export const client = (filename: string) =>
  Effect.map(build(NodeSqliteClient.layer({ filename })), (context) => Context.get(context, SqlClient.SqlClient))
