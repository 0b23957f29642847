/** The links of the documentation, and the files that it names, exist. */
import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))
const core = join(root, "packages/core/src")
const subjects = "models|errors|internal|api|limits|oauth2|tokens|session|login|testing"

const pages = globSync(["*.md", "docs/*.md", "packages/*/*.md", ".github/**/*.md"], { cwd: root }).toSorted()
const read = (page: string) => readFileSync(join(root, page), "utf8")

/** The targets of relative links that do not exist. */
const brokenLinks = (page: string, text: string) =>
  Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target)
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .filter((target) => !existsSync(join(root, dirname(page), target.replace(/#.*$/, ""))))

/** `session/RetryPolicy` and the like: modules of core that do not exist. */
const missingModules = (text: string) =>
  Array.from(text.matchAll(new RegExp(`\`((?:${subjects})/[\\w/]+)(?:\\.\\w+)?\``, "g")), ([, module = ""]) => module)
    .filter((module) => !existsSync(join(core, `${module}.ts`)) && !existsSync(join(core, module)))

/** `packages/…`, `test/…`, `scripts/…` and `examples/…`: paths that do not exist. */
const missingPaths = (text: string) =>
  Array.from(text.matchAll(/`((?:packages|test|scripts|examples|docs)\/[\w./-]+)`/g), ([, path = ""]) => path)
    .filter((path) => !existsSync(join(root, path)))

describe("documentation", () => {
  it.each(pages)("%s has no broken link", (page) => {
    assert.deepStrictEqual(brokenLinks(page, read(page)), [])
  })

  it.each(["docs/architecture.md", "CONTRIBUTING.md"])("%s names files that exist", (page) => {
    assert.deepStrictEqual([...missingModules(read(page)), ...missingPaths(read(page))], [])
  })

  it("finds a broken link and a missing file", () => {
    assert.deepStrictEqual(
      brokenLinks("README.md", "[a](docs/none.md), [b](docs/tokens.md#x), [c](https://a.example)"),
      [
        "docs/none.md"
      ]
    )
    assert.deepStrictEqual(missingModules("`session/None`, `session/RetryPolicy`, `api/internal/groups`"), [
      "session/None"
    ])
    assert.deepStrictEqual(missingPaths("`test/none.ts`, `test/docs/links.test.ts`"), ["test/none.ts"])
  })
})
