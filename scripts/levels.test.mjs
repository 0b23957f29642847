import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { problemsOf, readPackage, subjects } from "./levels.mjs"

const order = ["values", "models", "."]
const core = (files) => problemsOf({ name: "core", declared: ["effect"], order, files })

describe("levels", () => {
  it("accepts imports of the same subject and of lower ones", () => {
    assert.deepStrictEqual(
      core({
        "values/A.ts": `import * as Effect from "effect/Effect"`,
        "values/B.ts": `import * as A from "./A.ts"`,
        "models/C.ts": `import { d } from "./internal/d.ts"`,
        "models/internal/d.ts": `import type { B } from "../../values/B.ts"`,
        "index.ts": `export * as C from "./models/C.ts"`
      }),
      []
    )
  })

  const up = ["core: values/A.ts imports models/C.ts: models is above it"]
  for (
    const code of [
      `import * as C from "../models/C.ts"`,
      `import type * as C from "../models/C.ts"`,
      `import { type C } from "../models/C.ts"`,
      `export * as C from "../models/C.ts"`,
      `export { c } from "../models/C.ts"`,
      `export const c = () => import("../models/C.ts")`,
      `export type C = typeof import("../models/C.ts")`,
      `export type C = import("../models/C.ts").C`
    ]
  ) {
    it(`rejects an import that points up: ${code}`, () =>
      assert.deepStrictEqual(core({ "values/A.ts": code, "models/C.ts": "" }), up))
  }

  it("rejects an import of src itself by a subject", () => {
    assert.deepStrictEqual(core({ "values/A.ts": `import * as Door from "../Door.ts"`, "Door.ts": "" }), [
      "core: values/A.ts imports Door.ts: . is above it"
    ])
  })

  it("rejects an import of an internal module of another subject", () => {
    const files = { "values/internal/a.ts": "", "models/C.ts": `import { a } from "../values/internal/a.ts"` }
    assert.deepStrictEqual(core(files), [
      "core: models/C.ts imports values/internal/a.ts, which is internal to another subject"
    ])
  })

  it("rejects a folder that is not a subject", () => {
    assert.deepStrictEqual(core({ "helpers/New.ts": "" }), [
      "core: helpers/ is not a subject: add it to the list in scripts/levels.mjs"
    ])
  })

  it("rejects a cycle, also of type imports", () => {
    assert.deepStrictEqual(
      core({ "values/A.ts": `import * as B from "./B.ts"`, "values/B.ts": `import type * as A from "./A.ts"` }),
      ["core: cycle: values/A.ts → values/B.ts → values/A.ts"]
    )
  })

  it("rejects undeclared packages, internal modules of other packages, and modules of Node", () => {
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

  it("accepts modules of Node in a package for Node", () => {
    const files = { "A.ts": `import * as Fs from "node:fs"` }
    assert.deepStrictEqual(problemsOf({ name: "platform-node", declared: [], builtins: true, files }), [])
  })

  describe("with the files of packages/core/src", () => {
    const { files } = readPackage(fileURLToPath(new URL("../packages/core", import.meta.url)))
    const problemsWith = (path, code) =>
      problemsOf({
        name: "core",
        declared: ["effect"],
        order: subjects,
        files: { ...files, ...(path !== undefined && { [path]: `${files[path]}\n${code}` }) }
      })

    it("finds no problem", () => assert.deepStrictEqual(problemsWith(), []))

    it("rejects an import that points up", () => {
      assert.include(
        problemsWith("models/Guild.ts", `import type * as Up from "../session/DiscordSession.ts"`),
        "core: models/Guild.ts imports session/DiscordSession.ts: session is above it"
      )
    })

    it("rejects an import of another subject's internal/", () => {
      assert.deepStrictEqual(
        problemsWith("session/RetryPolicy.ts", `import { endpoints as all } from "../api/internal/endpoints.ts"`),
        ["core: session/RetryPolicy.ts imports api/internal/endpoints.ts, which is internal to another subject"]
      )
    })

    it("rejects an import that closes a cycle", () => {
      const cycle = problemsWith("api/Deadline.ts", `import type { layer } from "./DiscordClient.ts"`).join("\n")
      assert.match(cycle, /^core: cycle: .*api\/Deadline\.ts → api\/DiscordClient\.ts/m)
    })
  })
})
