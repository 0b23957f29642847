/** The process of one contender: it measures itself when it is told to. */
import { contenders } from "./Contender.ts"
import type { Operation } from "./Workload.ts"

/** One measurement to make. */
export interface Task {
  readonly operation: Operation
  readonly concurrency: number
  readonly milliseconds: number
}

/** What was measured: calls that brought their data, wall-clock time and the CPU time of this process. */
export interface Measurement {
  readonly calls: number
  readonly seconds: number
  readonly cpuMicroseconds: number
  readonly spans: number | undefined
}

const [name = "", origin = ""] = process.argv.slice(2)

const load = contenders[name]
if (load === undefined) throw new Error(`There is no contender ${name}`)
const contender = await load(origin)

const measure = async ({ concurrency, milliseconds, operation }: Task): Promise<Measurement> => {
  const spans = contender.spans?.()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const calls = await contender.run(operation, concurrency, start + milliseconds)
  const seconds = (performance.now() - start) / 1000
  const { system, user } = process.cpuUsage(cpu)
  return {
    calls,
    seconds,
    cpuMicroseconds: user + system,
    spans: spans === undefined ? undefined : (contender.spans?.() ?? 0) - spans
  }
}

// What rejects ends the process with its stack, and the run with it.
process.on("message", async (task: Task) => {
  process.send?.(await measure(task))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
