// `pnpm test` runs the checks of this repository, most informative first, and then the tests.
// `pnpm test:stress` runs the stress tests, and `pnpm test:all` runs both. The first step that fails ends the run with its
// exit code. The last line of the output counts the tests of all steps.

import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const folder = mkdtempSync(join(tmpdir(), "discord-oauth2-test-"))
const report = (name) => join(folder, `${name}.json`)
const vitest = (name, options) =>
  `vitest run --reporter=default --reporter=json --outputFile.json=${report(name)} ${options}`

/** The steps of each argument. */
const parts = {
  test: [
    ...["check", "levels", "checklist", "lint", "test:types", "test:packages"].map((name) => ({
      name,
      command: scripts[name]
    })),
    { name: "test", command: vitest("test", "--exclude \"**/*.stress.test.ts\"") }
  ],
  // Stress tests start many processes and measure memory, so the files run one at a time.
  stress: [{ name: "stress", command: vitest("stress", "--no-file-parallelism .stress.test.ts") }]
}

const names = process.argv.slice(2)
const steps = (names.length === 0 ? ["test"] : names).flatMap((name) => parts[name])

/** Runs the steps until one fails, and returns the exit code. */
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

const countsOf = ({ name }) => {
  try {
    const { numFailedTests, numPassedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report(name), "utf8")
    )
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

const readCounts = () => {
  const counts = steps.map(countsOf)
  const sum = (kind) => counts.reduce((all, count) => all + count[kind], 0)
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") }
}

const status = runSteps()
const { failed, passed, skipped } = readCounts()
rmSync(folder, { recursive: true })

// A failed step or a test file that cannot be loaded counts as a failure even when no test failed.
const failures = status === 0 ? failed : Math.max(failed, 1)
console.log(`\n${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
process.exitCode = status
