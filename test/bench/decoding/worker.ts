/** The process of one decoder: it measures itself when it is told to. */
import { strictEqual } from "node:assert"
import { decoders, texts, values, type Workload } from "./Decoder.ts"

/** One measurement to make. */
export interface Task {
  readonly workload: Workload
  readonly milliseconds: number
}

/** What was measured: texts decoded, and the CPU time of this process. */
export interface Measurement {
  readonly decodes: number
  readonly cpuMicroseconds: number
}

const [name = ""] = process.argv.slice(2)

const load = decoders[name]
if (load === undefined) throw new Error(`There is no decoder ${name}`)
const decoder = await load()

const measure = ({ milliseconds, workload }: Task): Measurement => {
  const decode = decoder[workload]
  const text = texts[workload]
  const { length } = values[workload]
  let decodes = 0
  const cpu = process.cpuUsage()
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    strictEqual(decode(text).length, length)
    decodes++
  }
  const { system, user } = process.cpuUsage(cpu)
  return { decodes, cpuMicroseconds: user + system }
}

process.on("message", (task: Task) => {
  process.send?.(measure(task))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
