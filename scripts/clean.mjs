// Removes the output of the build.

import { globSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

for (const path of globSync("{packages/*,test,examples}/dist", { cwd: root })) {
  rmSync(join(root, path), { recursive: true })
}
