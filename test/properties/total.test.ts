/** The folder runs at least 100,000 cases. Each file compares the number of its cases with its row of the plan. */
import { assert, it } from "@effect/vitest"
import * as fs from "node:fs"
import { plan, promised, scaled, total } from "./support/plan.ts"

const folder = new URL(".", import.meta.url)

const files = fs.readdirSync(folder).filter((name) => name.endsWith(".test.ts") && name !== "total.test.ts")

it("every file of the plan exists, and uses its row", () => {
  assert.deepStrictEqual(files.map((name) => name.replace(".test.ts", "")).toSorted(), Object.keys(plan).toSorted())
  for (const name of files) {
    const source = fs.readFileSync(new URL(name, folder), "utf8")
    assert.include(source, `Cases.file("${name.replace(".test.ts", "")}", `)
    assert.notMatch(source, /\.(skip|only|todo)\b/)
  }
})

it.skipIf(process.env.TEST_PROPERTY_CASES !== undefined)("the plan has at least 100,000 cases", () => {
  const sum = Object.values(plan).reduce((all, cases) => all + scaled(cases), 0)
  process.stdout.write(`${String(sum).padStart(7)} cases of properties at least, ${total} by the plan\n`)
  assert.isAtLeast(sum, promised)
})
