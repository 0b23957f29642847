/** No tag of our errors equals a tag of Effect's, so that `Effect.catchTag` never catches both. */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const effect = join(dirname(fileURLToPath(import.meta.resolve("effect/package.json"))), "src")

/** The forms in which a source gives a type its tag. */
const declarations = [
  /\b_tag\??:\s*"(\w+)"/g,
  /\b_tag\s*=\s*"(\w+)"/g,
  /\btag\("(\w+)"\)/g,
  /\bTagged\w*(?:<[^>(]*>)?(?:\([^()]*\))?\(\s*"(\w+)"/g
]

const effectTags = new Set(
  globSync("**/*.ts", { cwd: effect })
    .map((path) => readFileSync(join(effect, path), "utf8"))
    .flatMap((text) => declarations.flatMap((form) => Array.from(text.matchAll(form), ([, tag]) => tag ?? "")))
)

const packages = fileURLToPath(new URL("../../../packages", import.meta.url))

/** The public modules of our packages. */
const modules = globSync("*/src/**/*.ts", { cwd: packages, exclude: ["**/internal/**", "**/index.ts"] })

const tagOf = (u: unknown): ReadonlyArray<string> =>
  typeof u === "function" && u.prototype instanceof Error && "fields" in u
    ? [(u.fields as { readonly _tag: { readonly ast: { readonly literal: string } } })._tag.ast.literal]
    : []

const load = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  import(/* @vite-ignore */ pathToFileURL(join(packages, path)).href)

const ourTags = async () => {
  const exports = await Promise.all(modules.map(load))
  return Array.from(new Set(exports.flatMap((module) => Object.values(module).flatMap(tagOf)))).toSorted()
}

const clashes = (tags: ReadonlyArray<string>) => tags.filter((tag) => effectTags.has(tag))

describe("the tags of our errors", () => {
  it("are found in every package", async () => {
    const tags = await ourTags()
    assert.includeMembers(tags, ["AccessTokenExpired", "UnknownGuild", "Unauthenticated", "SimulatorError"])
    assert.isAtLeast(tags.length, 40)
  })

  it("are none of Effect's", async () => assert.deepStrictEqual(clashes(await ourTags()), []))

  it("would be rejected for a name that Effect has", () =>
    assert.deepStrictEqual(
      clashes([
        "NotFound",
        "Forbidden",
        "BadRequest",
        "TransportError",
        "InvalidArgument",
        "InvalidRequest",
        "ConfigurationError",
        "TimeoutError"
      ]),
      [
        "NotFound",
        "Forbidden",
        "BadRequest",
        "TransportError",
        "InvalidArgument",
        "InvalidRequest",
        "ConfigurationError",
        "TimeoutError"
      ]
    ))
})
