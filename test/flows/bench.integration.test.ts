/** Checks the report of `pnpm bench`. */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { contenders, reference } from "../bench/Contender.ts"
import { median, render, type Sample } from "../bench/Table.ts"
import { descriptions } from "../bench/Workload.ts"

const names = Object.keys(contenders)

/** Returns the cells of each row of a Markdown table, without its head. */
const rowsOf = (table: string) =>
  table.split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))

const rounds = (...samples: ReadonlyArray<readonly [cpuPerCall: number, callsPerSecond: number]>) =>
  new Map<number, ReadonlyArray<Sample>>([
    [1, samples.map(([cpuPerCall, callsPerSecond]) => ({ cpuPerCall, callsPerSecond }))]
  ])

describe("bench", () => {
  it("takes the median of the rounds, which is the mean of the middle two if their number is even", () => {
    assert.strictEqual(median([30, 1, 2]), 2)
    assert.strictEqual(median([9, 1, 4, 2]), 3)
    assert.isNaN(median([]))
  })

  it("shows absolute figures for the reference and ratios within each round for the others", () => {
    const samples = new Map([
      ["reference", rounds([10, 1000], [20, 500], [40, 100])],
      ["other", rounds([20, 500], [60, 250], [40, 100])]
    ])
    assert.deepStrictEqual(rowsOf(render(samples, "reference")), [
      ["reference", "20", "500"],
      ["other", "2.00×", "0.50×"]
    ])
  })

  it(
    "runs each contender against the server and prints a row for it under each call",
    async () => {
      const main = fileURLToPath(new URL("../bench/main.ts", import.meta.url))
      const { stdout } = await promisify(execFile)(process.execPath, [main, "--quick", "calls"], {
        env: { ...process.env, BENCH_ROUNDS: "1", BENCH_SECONDS: "0.02" }
      })
      assert.include(stdout, `Node ${process.version}`)
      const [, ...sections] = stdout.split("\n## ")
      assert.deepStrictEqual(sections.map((section) => section.split("\n")[0]), Object.values(descriptions))
      for (const section of sections) {
        const rows = rowsOf(section)
        assert.deepStrictEqual(rows.map(([name]) => name), names)
        for (const [name, ...figures] of rows) {
          assert.strictEqual(figures.length, 6)
          for (const figure of figures) assert.match(figure, name === reference ? /^\d+$/ : /^\d+\.\d\d×$/)
        }
      }
    }
  )
})
