// Checks every import of packages/*/src, type imports too. Rejects cycles, imports of a later subject, imports of another
// subject's internal/, folders that are not in the list of subjects, and imports of another package that package.json
// does not declare or that are internal to that package.

import { globSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync, Visitor } from "oxc-parser"

/**
 * The subjects of packages/core/src, lowest first. A module imports only its own subject and those before it in the list.
 * "." is src itself, with the modules that an application starts with.
 */
export const subjects = [
  "models",
  "errors",
  "internal",
  "api",
  "limits",
  "oauth2",
  "tokens",
  "session",
  "login",
  ".",
  "testing"
]

/** The modules that a file imports, by `import`, `import type`, `export from` or `import()`, in code or in types. */
export const importsOf = (path, text) => {
  const { errors, program } = parseSync(path, text)
  if (errors.length > 0) return { errors: errors.map(({ message }) => `${path}: ${message}`), specifiers: [] }
  const specifiers = new Set()
  const visit = ({ source }) => {
    if (source?.type === "Literal") specifiers.add(source.value)
  }
  new Visitor({
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit
  }).visit(program)
  return { errors: [], specifiers: [...specifiers] }
}

/** The cycles that a depth-first search finds, each as a list of files. */
export const cyclesOf = (graph) => {
  const cycles = []
  const done = new Set()
  const walk = (file, path) => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file])
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return cycles
}

/** Lists the problems of one package's imports. `files` maps each path under its `src` to its text. */
export const problemsOf = ({ name, files, declared, builtins = false, order }) => {
  const problems = []
  const graph = new Map()
  const subjectOf = (file) => file.includes("/") ? file.slice(0, file.indexOf("/")) : "."
  const isInternalOf = (file, subject) => file.startsWith(`${subject}/internal/`)
  const pointsUp = (file, target) =>
    order !== undefined && order.indexOf(subjectOf(target)) > order.indexOf(subjectOf(file))

  for (const folder of new Set(Object.keys(files).map(subjectOf))) {
    if (order !== undefined && !order.includes(folder)) {
      problems.push(`${folder}/ is not a subject: add it to the list in scripts/levels.mjs`)
    }
  }

  for (const [file, text] of Object.entries(files)) {
    const { errors, specifiers } = importsOf(file, text)
    problems.push(...errors)
    const targets = []
    for (const specifier of specifiers) {
      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier)
        if (!(target in files)) {
          problems.push(`${file} imports ${specifier}, which is not a file of this package's src`)
          continue
        }
        targets.push(target)
        if (subjectOf(target) !== subjectOf(file) && isInternalOf(target, subjectOf(target))) {
          problems.push(`${file} imports ${target}, which is internal to another subject`)
        }
        if (pointsUp(file, target)) problems.push(`${file} imports ${target}: ${subjectOf(target)} is above it`)
      } else if (isBuiltin(specifier)) {
        if (!builtins) problems.push(`${file} imports ${specifier}: this package must run without Node`)
      } else if (!declared.includes(specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"))) {
        problems.push(`${file} imports ${specifier}, which its package.json does not declare`)
      } else if (/\/(internal|src|dist)(\/|$)/.test(specifier)) {
        problems.push(`${file} imports ${specifier}, which is internal to another package`)
      }
    }
    graph.set(file, targets)
  }

  return [...problems, ...cyclesOf(graph).map((cycle) => `cycle: ${cycle.join(" → ")}`)]
    .map((problem) => `${name}: ${problem}`)
}

/** Reads the sources of a package by path, and the dependencies that it declares. */
export const readPackage = (folder) => {
  const src = join(folder, "src")
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const paths = globSync("**/*.ts", { cwd: src }).map((path) => path.replaceAll("\\", "/")).toSorted()
  return {
    files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(src, path), "utf8")])),
    declared: Object.keys({ ...dependencies, ...peerDependencies })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packages = fileURLToPath(new URL("../packages", import.meta.url))
  const core = readPackage(join(packages, "core"))
  const node = readPackage(join(packages, "platform-node"))
  const browser = readPackage(join(packages, "platform-browser"))
  const problems = [
    ...problemsOf({ name: "core", ...core, declared: ["effect"], order: subjects }),
    ...problemsOf({ name: "platform-node", ...node, builtins: true }),
    ...problemsOf({ name: "platform-browser", ...browser })
  ]
  if (problems.length > 0) {
    console.error(problems.join("\n"))
    process.exit(1)
  }
  const count = [core, node, browser].reduce((sum, { files }) => sum + Object.keys(files).length, 0)
  console.log(`levels: ${count} modules, no cycle, no import that points up`)
}
