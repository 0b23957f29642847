import { assert, describe, it } from "vitest"
import { levels, problemsOf } from "./levels.mjs"

const table = [{ name: "values", modules: ["A", "B"] }, { name: "models", modules: ["C", "internal/d"] }]
const core = (files) => problemsOf({ name: "core", declared: ["effect"], table, files })

describe("levels", () => {
  it("gives each module one level", () => {
    const modules = levels.flatMap(({ modules }) => modules)
    assert.deepStrictEqual(modules.filter((module, index) => modules.indexOf(module) !== index), [])
  })

  it("accepts imports of the same level and of lower ones", () => {
    assert.deepStrictEqual(
      core({
        "A.ts": `import * as Effect from "effect/Effect"`,
        "B.ts": `import * as A from "./A.ts"`,
        "C.ts": `import { d } from "./internal/d.ts"`,
        "internal/d.ts": `import type { B } from "../B.ts"`
      }),
      []
    )
  })

  const up = ["core: A.ts (level 0, values) imports up to C.ts (level 1, models)"]
  for (
    const code of [
      `import * as C from "./C.ts"`,
      `import type * as C from "./C.ts"`,
      `import { type C } from "./C.ts"`,
      `export * as C from "./C.ts"`,
      `export { c } from "./C.ts"`,
      `export const c = () => import("./C.ts")`,
      `export type C = typeof import("./C.ts")`,
      `export type C = import("./C.ts").C`
    ]
  ) {
    it(`refuses an import that points up: ${code}`, () =>
      assert.deepStrictEqual(core({ "A.ts": code, "C.ts": "" }), up))
  }

  it("refuses a cycle, through type imports too", () => {
    assert.deepStrictEqual(
      core({ "A.ts": `import * as B from "./B.ts"`, "B.ts": `import type * as A from "./A.ts"`, "C.ts": "" }),
      ["core: cycle: A.ts → B.ts → A.ts"]
    )
  })

  it("asks for a level for a file that is not in the table", () => {
    assert.deepStrictEqual(core({ "New.ts": "" }), [
      "core: New.ts has no level: add it to the table in scripts/levels.mjs"
    ])
  })

  it("refuses what the package does not declare, what is internal elsewhere, and what is Node's", () => {
    const refused = (code) =>
      assert.lengthOf(problemsOf({ name: "p", declared: ["@discord-oauth2/core"], files: { "A.ts": code } }), 1)
    refused(`import * as Redis from "redis"`)
    refused(`import * as Other from "@discord-oauth2/platform-node/Other"`)
    refused(`import * as Transport from "@discord-oauth2/core/internal/transport"`)
    refused(`import * as Fs from "node:fs"`)
    refused(`import * as Fs from "fs"`)
    refused(`import * as Core from "../../core/src/AccessToken.ts"`)
    refused(`import * as Gone from "./Gone.ts"`)
    refused("import {")
  })

  it("allows Node's modules where Node is", () => {
    const files = { "A.ts": `import * as Fs from "node:fs"` }
    assert.deepStrictEqual(problemsOf({ name: "platform-node", declared: [], builtins: true, files }), [])
  })
})
