/** Measures the memory of the rate limiter in a separate process. */
import { assert, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

it("the rate limiter releases its memory after requests of a million distinct users", async () => {
  const program = fileURLToPath(new URL("limiterMemory.ts", import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program])
  const { after, before, micros, most } = JSON.parse(stdout)
  console.log(
    `A million users through the rate limiter: ${before.toFixed(2)} MiB before, ${most.toFixed(2)} MiB with the last ` +
      `50,000 of them, ${after.toFixed(2)} MiB after; ${micros.toFixed(2)} µs each.`
  )
  assert.isBelow(after - before, 2)
  assert.isBelow(most - before, 40)
})
