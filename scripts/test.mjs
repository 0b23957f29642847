// `pnpm test`: every check of this repository in the order in which its failure says most, and then the tests. The
// first that fails ends the run with its exit code; the last line printed counts the tests.

import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const folder = mkdtempSync(join(tmpdir(), "discord-oauth2-test-"))
const vitest = (report) => `vitest run --reporter=default --reporter=json --outputFile.json=${join(folder, report)}`
const reports = ["tests.json", "processes.json"]

const steps = [
  ...["check", "levels", "checklist", "lint", "test:types", "test:packages"].map((name) => ({
    name,
    command: scripts[name]
  })),
  { name: "test", command: `${vitest(reports[0])} --exclude "test/processes/**"` },
  // These start many processes each, and measure: they run alone, one file after the other.
  { name: "processes", command: `${vitest(reports[1])} --no-file-parallelism test/processes` }
]

/** Runs the steps up to the first that fails, and gives that one's exit code. */
const runSteps = () => {
  for (const { name, command } of steps) {
    const start = performance.now()
    console.log(`\n── ${name}: ${command}`)
    const { status } = spawnSync(command, { cwd: root, shell: true, stdio: ["ignore", "inherit", "inherit"] })
    console.log(
      `── ${name}: ${status === 0 ? "done" : "failed"} in ${((performance.now() - start) / 1000).toFixed(1)} s`
    )
    if (status !== 0) return status ?? 1
  }
  return 0
}

const countsOf = (report) => {
  try {
    const { numFailedTests, numPassedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(join(folder, report), "utf8")
    )
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

const readCounts = () => {
  const counts = reports.map(countsOf)
  const sum = (kind) => counts.reduce((all, count) => all + count[kind], 0)
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") }
}

const status = runSteps()
const { failed, passed, skipped } = readCounts()
rmSync(folder, { recursive: true })

// A step, or a test file that could not be loaded, is a failure too, though no test is.
const failures = status === 0 ? failed : Math.max(failed, 1)
console.log(`\n${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exitCode = status
