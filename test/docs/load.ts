// Loads the modules of the examples one after the other, in a separate process. Their declarations must exist, and their
// statements must succeed.

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const [folder = "", ...names] = process.argv.slice(2)

const outcomes: Record<string, string | null> = {}
let current = ""

const describe = (error: unknown) => error instanceof Error ? error.stack ?? error.message : String(error)

process.on("unhandledRejection", (error) => {
  outcomes[current] ??= describe(error)
})

const tooLong = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error("it does not end within 5 minutes")), 300_000)
    signal.addEventListener("abort", () => clearTimeout(timer))
  })

for (const name of names) {
  current = name
  const ended = new AbortController()
  try {
    await Promise.race([import(pathToFileURL(join(folder, name)).href), tooLong(ended.signal)])
    await new Promise((resolve) => setImmediate(resolve))
    outcomes[name] ??= null
  } catch (error) {
    outcomes[name] = describe(error)
  }
  ended.abort()
}

writeFileSync(join(folder, "outcomes.json"), JSON.stringify(outcomes))
process.exit()
