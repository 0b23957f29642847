import { AccessTokenStore } from "@discord-oauth2/core"
import { NodeAccessTokenStore } from "@discord-oauth2/platform-node"
import { assert, describe } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { build } from "../support/databases.ts"
import { withFile } from "../support/sqliteFile.ts"
import { access, nelly, wholeToken } from "../support/storeContract.ts"

describe("NodeAccessTokenStore.layerSqlite", () => {
  withFile(
    "keeps tokens over a restart",
    Effect.fnUntraced(function*(filename) {
      const layer = NodeAccessTokenStore.layerSqlite({ filename })
      const store = Effect.map(build(layer), (context) => Context.get(context, AccessTokenStore.AccessTokenStore))
      yield* Effect.scoped(Effect.flatMap(store, (store) => store.put(nelly, wholeToken)))
      const stored = yield* Effect.scoped(Effect.flatMap(store, (store) => store.get(nelly)))
      assert.strictEqual(access(stored), "planted-access")
    })
  )
})
