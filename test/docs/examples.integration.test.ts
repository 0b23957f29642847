import { assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile, fork } from "node:child_process"
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Example, isProgram, languages, moduleName, readExamples, readFences, touchesBrowser } from "./Example.ts"
import { toModule } from "./ExampleModule.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = join(root, "test/dist/docs")
const run = promisify(execFile)

const read = (path: string) => readFileSync(join(root, path), "utf8")

const files = globSync(["packages/*/src/**/*.ts", "packages/*/*.md", "README.md", "docs/*.md"], { cwd: root })
  .toSorted()
const examples = files.flatMap((file) => readExamples(root, join(root, file), read(file)))
const firstProgram = examples.find(({ file }) => file === "README.md")!

/** Wrong examples, which the test must reject. */
const wrong = {
  type: { file: "wrong/type.md", line: 1, title: "", code: "const text: string = 1" },
  unused: { file: "wrong/unused.md", line: 1, title: "", code: "import { Effect } from \"effect\"" },
  value: { file: "wrong/value.md", line: 1, title: "", code: "[1 + 1]\n// => [3]" },
  inside: {
    file: "wrong/inside.md",
    line: 1,
    title: "",
    code: [
      "import { Effect } from \"effect\"",
      "Effect.runPromise(Effect.gen(function*() {",
      "  yield* Effect.succeed(1) // => 2",
      "}))"
    ].join("\n")
  },
  network: { file: "wrong/network.md", line: 1, title: "", code: "await fetch(\"http://127.0.0.1:9\")" },
  failure: {
    file: "wrong/failure.md",
    line: 1,
    title: "",
    code: "import { Effect } from \"effect\"\nEffect.runPromise(Effect.fail(\"no\"))"
  }
} satisfies Record<string, Example>

const diagnostics = new Map<string, Array<string>>()
let outcomes: Readonly<Record<string, string | null>> = {}

const typeCheck = async () => {
  const { stdout } = await run(join(root, "node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], {
    cwd: folder
  })
    .catch((error: { readonly stdout: string }) => error)
  for (const line of stdout.split("\n")) {
    const [, file, issue] = /^([^(\s]+)(\(\d+,\d+\): error .*)$/.exec(line) ?? []
    if (file !== undefined && issue !== undefined) {
      diagnostics.set(file, [...diagnostics.get(file) ?? [], issue])
    } else if (line.startsWith("error")) {
      diagnostics.set("", [...diagnostics.get("") ?? [], line])
    }
  }
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const load = async (names: ReadonlyArray<string>) => {
  await run(process.execPath, ["--import", beside("offline.ts"), beside("load.ts"), folder, ...names], { cwd: folder })
  outcomes = JSON.parse(readFileSync(join(folder, "outcomes.json"), "utf8"))
}

/** The environment variables of the programs in the documentation. */
const environment = {
  COOKIE_KEY: "0123456789abcdef0123456789abcdef",
  DISCORD_CLIENT_ID: "157730590492196864",
  DISCORD_CLIENT_SECRET: "937it3ow87i4ery69876wqire",
  REDIRECT_URI: "http://localhost:3000/auth/discord/callback"
}

/** Runs a program until it has answered these requests, and ends it; its server gets a free port. */
const ask = async (example: Example, paths: ReadonlyArray<string>) => {
  const program = fork(join(folder, moduleName(example)), {
    cwd: folder,
    env: { ...process.env, ...environment },
    execArgv: ["--import", beside("freePort.ts")],
    stdio: ["ignore", "pipe", "pipe", "ipc"]
  })
  const output: Array<string> = []
  for (const stream of [program.stdout, program.stderr]) stream?.on("data", (data) => output.push(String(data)))
  try {
    const port = await new Promise((resolve, reject) => {
      program.on("message", resolve)
      program.on("exit", (code) => reject(new Error(`it ended with ${code}:\n${output.join("")}`)))
    })
    return await Promise.all(
      paths.map((path) =>
        fetch(`http://127.0.0.1:${String(port)}${path}`, { redirect: "manual", signal: AbortSignal.timeout(300_000) })
      )
    )
  } finally {
    program.kill("SIGKILL")
  }
}

const isLoaded = (example: Example) => !touchesBrowser(example) && !isProgram(example)

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const all = [...examples, ...Object.values(wrong)]
  for (const example of all) writeFileSync(join(folder, moduleName(example)), toModule(example.code).text)
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../../tsconfig.base.json",
      include: ["."],
      compilerOptions: {
        rootDir: "../..",
        noEmit: true,
        composite: false,
        incremental: false,
        declarationMap: false,
        sourceMap: false,
        lib: ["ES2023", "DOM"],
        types: ["node"]
      }
    })
  )
  await Promise.all([typeCheck(), load(all.filter(isLoaded).map(moduleName))])
}, 180_000)

describe("every example of the documentation compiles and runs", () => {
  for (const example of examples) {
    it(`${example.file}: ${example.title}`, async () => {
      const name = moduleName(example)
      assert.include(read(example.file).split("\n")[example.line - 1], example.code.split("\n")[0])
      assert.deepStrictEqual(toModule(example.code).problems, [])
      assert.deepStrictEqual(diagnostics.get(name) ?? [], [], `${example.file}:${example.line}`)
      if (isLoaded(example)) assert.strictEqual(outcomes[name], null, `${example.file}:${example.line}`)
      if (isProgram(example)) assert.isBelow((await ask(example, ["/"]))[0]?.status ?? 500, 400)
    })
  }

  it("the compiler reports no other error", () => {
    const known = new Set([...examples, ...Object.values(wrong)].map(moduleName))
    assert.deepStrictEqual(Array.from(diagnostics).filter(([file]) => !known.has(file)), [])
  })

  it("a wrong type, an unused import, a wrong value and a failure are reported", () => {
    assert.match(diagnostics.get(moduleName(wrong.type))?.join() ?? "", /not assignable/)
    assert.match(diagnostics.get(moduleName(wrong.unused))?.join() ?? "", /never read/)
    assert.match(outcomes[moduleName(wrong.value)] ?? "", /AssertionError/)
    assert.match(outcomes[moduleName(wrong.inside)] ?? "", /AssertionError/)
    assert.match(outcomes[moduleName(wrong.failure)] ?? "", /no/)
    assert.match(outcomes[moduleName(wrong.network)] ?? "", /fetch failed/)
  })
})

describe("the code blocks of the documentation", () => {
  it("all name their language; the name of TypeScript is ts", () => {
    for (const file of files) {
      for (const { language, line } of readFences(file, read(file))) {
        assert.include(languages, language, `${file}:${line - 1}`)
      }
    }
  })

  const modules = files.filter((file) => file.endsWith(".ts") && !/internal|index\.ts$/.test(file))

  it.each(modules)("%s has an example", (file) => {
    assert.isAbove(examples.filter((example) => example.file === file).length, 0)
  })

  it("a value without a statement is rejected", () => {
    assert.deepStrictEqual(toModule("f(\n  1 // => 1\n)").problems, [
      "\"// => 1\" belongs to no statement that ends there"
    ])
    assert.deepStrictEqual(toModule("1 // => one of them").problems, ["\"one of them\" is not an expression"])
  })
})

describe("README", () => {
  it("the first program has at most 25 lines", () => {
    assert.isAtMost(firstProgram.code.split("\n").length, 25)
  })

  it("the first program sends the browser to Discord", async () => {
    const [login] = await ask(firstProgram, ["/auth/discord/login"])
    assert.strictEqual(login?.status, 303)
    assert.match(login?.headers.get("location") ?? "", /^https:\/\/discord\.com\/oauth2\/authorize\?/)
  })
})
