// Packs each package as for publishing, and checks the tarball: publint checks its manifest, attw resolves its types, and
// Node imports each of its modules from a folder that contains nothing else of this repository.

import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const packages = ["core", "platform-node", "platform-browser"].map((name) => join(root, "packages", name))
const consumer = mkdtempSync(join(tmpdir(), "discord-oauth2-packages-"))

const run = (command, args, cwd) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "inherit"]
  })

/** Removes the output of sources that no longer exist, which would be packed too. */
const removeOrphans = (folder) => {
  for (const path of globSync("dist/**/*.{js,d.ts,js.map,d.ts.map}", { cwd: folder })) {
    const source = path.replace(/^dist/, "src").replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts")
    if (!existsSync(join(folder, source))) rmSync(join(folder, path))
  }
}

const entrypointsOf = (folder) =>
  globSync("**/*.ts", { cwd: join(folder, "src"), exclude: ["**/internal/**"] })
    .map((path) => path.replaceAll("\\", "/").replace(/\.ts$/, ""))
    .map((path) => path === "index" ? "." : `./${path.replace(/\/index$/, "")}`)
    .toSorted()

/** Keeps only the entry points with a problem of attw's report. */
const wrong = (report) =>
  report.split(/\n\*{5,}\n/).filter((block) => /^(?!\(ignored\))[^:\n]*: (?!🟢)(?!\(ignored\))./mu.test(block)).join(
    "\n"
  )

const failures = []
const attempt = (label, action) => {
  try {
    return action()
  } catch (error) {
    failures.push(`${label}:\n${label.startsWith("attw") ? wrong(error.stdout) : error.stdout || error.message}`)
  }
}

try {
  for (const folder of packages) {
    const { name, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    const entrypoints = entrypointsOf(folder)
    removeOrphans(folder)

    const { filename: tarball } = JSON.parse(run("pnpm", ["pack", "--json", "--pack-destination", consumer], folder))
    attempt(`publint ${name}`, () => run("publint", ["run", tarball, "--strict"], root))
    attempt(
      `attw ${name}`,
      () => run("attw", [tarball, "--profile", "esm-only", "--format", "ascii", "--entrypoints", ...entrypoints], root)
    )

    const installed = join(consumer, "node_modules", name)
    mkdirSync(installed, { recursive: true })
    run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"], consumer)
    for (const peer of Object.keys(peerDependencies)) {
      const link = join(consumer, "node_modules", peer)
      mkdirSync(join(link, ".."), { recursive: true })
      if (!existsSync(link)) symlinkSync(join(folder, "node_modules", peer), link, "dir")
    }
    const internal = globSync("**/internal/*.ts", { cwd: join(folder, "src") })
      .map((path) => `${name}/${path.replaceAll("\\", "/").replace(/\.ts$/, "")}`)
    const open = entrypoints.map((entrypoint) => name + entrypoint.slice(1))
    writeFileSync(
      join(consumer, "import.mjs"),
      `for (const specifier of ${JSON.stringify(open)}) await import(specifier)
for (const specifier of ${JSON.stringify(internal)}) {
  const error = await import(specifier).then(() => undefined, (error) => error)
  if (error?.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw new Error(specifier + " is internal, but can be imported")
}
`
    )
    attempt(`import ${name}`, () => run(process.execPath, ["import.mjs"], consumer))
    console.log(`${name}: packed, ${entrypoints.length} entry points`)
  }
} finally {
  rmSync(consumer, { recursive: true })
}

if (failures.length > 0) {
  console.error(failures.join("\n\n"))
  process.exit(1)
}
