import { RuleTester } from "oxlint/plugins-dev"
import { describe, it } from "vitest"
import plugin from "./oxlint.mjs"

RuleTester.describe = describe
RuleTester.it = it

const tester = new RuleTester({ languageOptions: { parserOptions: { lang: "ts" } } })
const file = (code, filename) => ({ code, filename })
const invalid = (message) => (code) => ({ code, errors: [{ message }] })

tester.run("no-throw", plugin.rules["no-throw"], {
  valid: ["Effect.fail(new Nope())", "Effect.try({ try: parse, catch: (cause) => new Nope({ cause }) })"],
  invalid: [
    { code: "throw new Error()", errors: 1 },
    { code: "try { parse() } catch { fall() }", errors: 1 },
    { code: "try { parse() } finally { close() }", errors: 1 }
  ]
})

tester.run("no-ambient-time", plugin.rules["no-ambient-time"], {
  valid: ["new Date(milliseconds)", "new DateTime()"],
  invalid: [{ code: "new Date()", errors: 1 }, { code: "new Date", errors: 1 }]
})

tester.run("no-barrel-import", plugin.rules["no-barrel-import"], {
  valid: [
    `import * as Effect from "effect/Effect"`,
    `import * as HttpClient from "effect/http/HttpClient"`,
    `import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"`,
    `import * as AccessToken from "@discord-oauth2/core/models/AccessToken"`,
    `import * as Http from "node:http"`,
    `export * as User from "./User.ts"`,
    `import { flags } from "./internal/index-of.ts"`
  ],
  invalid: [
    `import { Effect } from "effect"`,
    `import type { Effect } from "effect"`,
    `import { HttpClient } from "effect/http"`,
    `import { HttpApi } from "effect/http-api"`,
    `import { NodeHttpClient } from "@effect/platform-node"`,
    `import { AccessToken } from "@discord-oauth2/core"`,
    `import { DiscordSimulator } from "@discord-oauth2/core/testing"`,
    `import { User } from "./index.ts"`,
    `import { User } from ".."`,
    `export * from "effect"`,
    `export { Effect } from "effect"`,
    `const late = import("effect")`,
    `type Late = typeof import("effect")`
  ].map((code) => ({ code, errors: 1 }))
})

tester.run("relative-extension", plugin.rules["relative-extension"], {
  valid: [
    `import { User } from "./User.ts"`,
    `import names from "./names.json"`,
    `import * as Effect from "effect/Effect"`
  ],
  invalid: [`import { User } from "./User"`, `import { User } from "./User.js"`, `export * as User from "../User"`]
    .map((code) => ({ code, errors: 1 }))
})

tester.run("file-name", plugin.rules["file-name"], {
  valid: [file("", "AccessToken.ts"), file("", "openEnum.ts")],
  invalid: ["utils.ts", "Util.ts", "helpers.ts", "common.ts", "types.ts"].map((name) => ({
    ...file("", name),
    errors: 1
  }))
})

tester.run("barrel", plugin.rules.barrel, {
  valid: [`export * as User from "./User.ts"`, "export {}"],
  invalid: [`export * from "./User.ts"`, "export const x = 1", `import "./User.ts"`, `export { x } from "./User.ts"`]
    .map((code) => ({ code, errors: 1 }))
})

const doc = "/**\n * What it is.\n *\n * @category models\n * @since 0.1.0\n */\n"

tester.run("documented", plugin.rules.documented, {
  valid: [
    `${doc}export const x = 1`,
    `${doc}export class X {}`,
    `${doc}export interface X {}`,
    "const hidden = 1",
    `${doc}export const X = 1\n/**\n * @category models\n * @since 0.1.0\n */\nexport type X = number`,
    `${doc}export function f(a: string): string\nexport function f(a: number): number\nexport function f(a: unknown) { return a }`,
    `export {\n${doc}  delete_ as delete\n}`
  ],
  invalid: [
    ...[
      "export const x = 1",
      "// no\nexport const x = 1",
      "/* no */\nexport const x = 1",
      "export { delete_ as delete }"
    ]
      .map(invalid("a public member needs a JSDoc comment")),
    ...["/**\n * @category models\n * @since 0.1.0\n */\nexport const x = 1"]
      .map(invalid("the JSDoc comment needs a summary")),
    ...["/**\n * What it is.\n * @since 0.1.0\n */\nexport const x = 1"]
      .map(invalid("the JSDoc comment needs one @category")),
    ...["/**\n * What it is.\n * @category things\n * @since 0.1.0\n */\nexport const x = 1"]
      .map(invalid("the JSDoc comment needs a @category of the list in scripts/oxlint.mjs")),
    ...["/** What it is. */\nexport const x = 1"]
      .map(invalid("the JSDoc comment needs one @category, one @since"))
  ]
})

tester.run("internal-summary", plugin.rules["internal-summary"], {
  valid: [
    "/** Cuts one page out of a list. */\nexport const page = 1",
    "/** Cuts one page out of a list. */\nimport * as Effect from \"effect/Effect\"",
    "/**\n * Cuts one page out of a list.\n *\n * Pages are sorted.\n */\nexport const page = 1"
  ],
  invalid: [
    "export const page = 1",
    "// Cuts one page out of a list.\nexport const page = 1",
    "/** @since 0.1.0 */\nexport const page = 1",
    "/**\n *\n * Cuts one page out of a list.\n */\nexport const page = 1",
    "import * as Effect from \"effect/Effect\"\n/** Cuts one page out of a list. */\nexport const page = 1"
  ].map((code) => ({ code, errors: 1 }))
})

tester.run("reviewed-disable", plugin.rules["reviewed-disable"], {
  valid: [
    "// oxlint-disable-next-line eslint/no-console -- the command prints\nf()",
    "// oxlint-disable-next-line a/b, c/d -- both are checked above\nf()",
    "// @ts-expect-error the scope is missing\nf()"
  ],
  invalid: [
    "// oxlint-disable-next-line\nf()",
    "// oxlint-disable-next-line eslint/no-console\nf()",
    "/* eslint-disable */\nf()",
    "// @ts-ignore\nf()",
    "// @ts-nocheck\nf()"
  ].map((code) => ({ code, errors: 1 }))
})
