// Removes everything the build writes.

import { globSync, rmSync } from "node:fs"

const root = new URL("..", import.meta.url).pathname

for (const path of globSync(["packages/*/dist", "packages/*/*.tsbuildinfo", "*.tsbuildinfo"], { cwd: root })) {
  rmSync(`${root}${path}`, { recursive: true })
}
