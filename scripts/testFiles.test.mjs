// Each public module of packages/*/src, and each internal one of more than 40 lines, has a test file of its name in the
// mirrored place: session/DiscordSession.ts is tested by test/core/session/DiscordSession.test.ts.

import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

const filesOf = (pattern) => globSync(pattern, { cwd: root }).map((path) => path.replaceAll("\\", "/")).toSorted()

/** Modules without a test file of their own, or folders of them, and the tests that prove them instead. */
const exceptions = [
  ["packages/core/src/api/DiscordSecurity.ts", "declarations without code: the simulator's middleware implements them"],
  [
    "packages/core/src/api/internal/groups/",
    "declarations without code: test/conformance compares them with Discord's"
  ],
  ["packages/core/src/limits/internal/redisScripts.ts", "Lua: the contract of limit stores runs it in Redis"],
  ["packages/core/src/tokens/internal/redisScripts.ts", "Lua: the contract of record stores runs it in Redis"],
  ["packages/core/src/tokens/internal/sqlStatements.ts", "SQL: the contract of record stores runs it in each database"],
  [
    "packages/core/src/testing/internal/answers.ts",
    "bodies: the tests of the simulator's faults and grants compare them"
  ],
  [
    "packages/core/src/testing/internal/applications.ts",
    "bodies: test/conformance compares them with Discord's schemas"
  ]
]

const linesOf = (path) => readFileSync(join(root, path), "utf8").split("\n").length

const needsTest = (path) => basename(path) !== "index.ts" && (!path.includes("/internal/") || linesOf(path) > 40)

/** Both `B.test.ts` and `B.<subject>.test.ts` test `B.ts`. */
const tests = new Set(filesOf("test/**/*.test.ts").map((path) => path.replace(/\.[^/]*$/, "")))

const hasTest = (path) => tests.has(path.replace(/^packages\/([^/]+)\/src\//, "test/$1/").replace(/\.ts$/, ""))

const modules = filesOf("packages/*/src/**/*.ts").filter(needsTest)

describe("test files", () => {
  it("exist for each module that is no exception", () => {
    assert.isAbove(modules.length, 100)
    const missing = modules.filter((path) => !hasTest(path) && !exceptions.some(([start]) => path.startsWith(start)))
    assert.deepStrictEqual(missing, [])
  })

  it("are missing for each exception", () => {
    const outdated = exceptions.filter(([start]) => {
      const named = modules.filter((path) => path.startsWith(start))
      return named.length === 0 || named.some(hasTest)
    })
    assert.deepStrictEqual(outdated, [])
  })
})
