import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts", "scripts/**/*.test.mjs"],
    exclude: ["**/node_modules/**", "**/dist/**", "test/types/**", "test/bench/**"],
    pool: "threads",
    maxWorkers: 2,
    // Only a test that hangs takes so long, however slow or loaded the machine is.
    testTimeout: 600_000,
    hookTimeout: 600_000
  }
})
