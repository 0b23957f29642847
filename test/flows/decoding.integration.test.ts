/** Checks that the benchmark of decoders compares equal work. */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import {
  type Decoder,
  decoders,
  reference,
  texts,
  values,
  type Workload,
  workloads
} from "../bench/decoding/Decoder.ts"
import { render, run } from "../bench/decoding/Decoding.ts"
import { connectionWithIntegration, integration, partialGuild, user } from "../fixtures/user.ts"

const names = Object.keys(decoders)

/** Returns the cells of each row of a Markdown table, without its head. */
const rowsOf = (table: string) =>
  table.split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))

const load = (name: string): Promise<Decoder> => {
  const decoder = decoders[name]
  assert.isDefined(decoder)
  return decoder()
}

/** Values with every member that the three responses can have. */
const full: Readonly<Record<Workload, unknown>> = {
  guilds: partialGuild,
  connections: {
    ...connectionWithIntegration,
    revoked: false,
    integrations: [{ ...integration, guild: { id: "197038439483310086", name: "Discord Testers", icon: null }, user }]
  },
  commandPermissions: values.commandPermissions[0]
}

const strange = [null, true, 7, 0.5, 2 ** 53, "", "text", "01", "18446744073709551616", "2021-13-01T00:00:00Z", [], {}]

/** Returns copies of the value in which one member, at any depth, is removed or replaced. */
const spoilt = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => [...strange, ...spoilt(item)].map((other) => value.with(index, other)))
  }
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const { [name]: _, ...others } = value as Record<string, unknown>
    return [others, ...[...strange, ...spoilt(member)].map((other) => ({ ...others, [name]: other }))]
  })
}

/** valibot accepts a list as an object if every member is optional, as in collectibles. */
const isLenient = (name: string, text: string) => name === "valibot" && text.includes("\"collectibles\":[]")

const outcome = (decode: (text: string) => unknown, text: string): unknown => {
  try {
    return decode(text)
  } catch {
    return "rejected"
  }
}

describe("bench of decoding", () => {
  it("measures 200 guilds, 100 connections and 50 command permissions", () => {
    assert.deepStrictEqual(workloads.map((workload) => values[workload].length), [200, 100, 50])
    assert.deepStrictEqual(workloads.map((workload) => JSON.parse(texts[workload])), workloads.map((w) => values[w]))
  })

  it.each(names)("%s returns the values of the text", async (name) => {
    const decoder = await load(name)
    for (const workload of workloads) assert.deepStrictEqual(decoder[workload](texts[workload]), values[workload])
  })

  it.each(["zod", "valibot"])("%s is as strict as ours, member by member", async (name) => {
    const ours = await load("@discord-oauth2/core")
    const other = await load(name)
    for (const workload of workloads) {
      const candidates = [full[workload], ...spoilt(full[workload])].map((value) => JSON.stringify([value]))
      const outcomes = candidates.map((text) => outcome(ours[workload], text))
      assert.isAbove(outcomes.filter((value) => value === "rejected").length, candidates.length / 4, workload)
      assert.isAbove(outcomes.filter((value) => value !== "rejected").length, 5, workload)
      for (const [index, text] of candidates.entries()) {
        const theirs = outcome(other[workload], text)
        if (isLenient(name, text)) assert.notStrictEqual(theirs, outcomes[index], text)
        else assert.deepStrictEqual(theirs, outcomes[index], text)
      }
    }
  })

  it("measures every decoder with every text once per round, and each round begins with another decoder", async () => {
    const seen: Array<string> = []
    const samples = await run({
      rounds: 2,
      milliseconds: 5,
      warmUp: 1,
      measure: async (name, { milliseconds, workload }) => {
        if (milliseconds === 5) seen.push(`${name} ${workload}`)
        return name === reference ? 10 : 25
      }
    })
    assert.strictEqual(seen.length, 2 * names.length * workloads.length)
    assert.strictEqual(new Set(seen).size, names.length * workloads.length)
    const firsts = seen.filter((_, index) => index % names.length === 0).map((text) => text.replace(/ \w+$/, ""))
    assert.deepStrictEqual(firsts.slice(0, names.length), names)
    assert.deepStrictEqual(
      rowsOf(render(samples)),
      names.map((
        name
      ) => [name, ...workloads.flatMap(() => name === reference ? ["10.0", "1.00×"] : ["25.0", "2.50×"])])
    )
  })

  it("runs in `pnpm bench` and prints a row for each decoder", async () => {
    const main = fileURLToPath(new URL("../bench/main.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [main, "--quick", "decoding"], {
      env: { ...process.env, BENCH_ROUNDS: "1", BENCH_SECONDS: "0.02" }
    })
    assert.include(stdout, `Node ${process.version}`)
    const [, section, ...others] = stdout.split("\n## ")
    assert.strictEqual(section?.split("\n")[0], "Decoding")
    assert.deepStrictEqual(others, [])
    const rows = rowsOf(section ?? "")
    assert.deepStrictEqual(rows.map(([name]) => name), names)
    for (const [, ...figures] of rows) {
      assert.strictEqual(figures.length, 2 * workloads.length)
      for (const [index, figure] of figures.entries()) {
        assert.match(figure, index % 2 === 0 ? /^\d+\.\d$/ : /^\d+\.\d\d×$/)
      }
    }
  })
})
