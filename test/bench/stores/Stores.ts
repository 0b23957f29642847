/** The tables "Stores": what a store costs a call, how fast tokens refresh, what waiting costs, and what a user takes. */
import { markdown, median, medianRatio } from "../Table.ts"
import { type Calls, descriptions, type Memory, type Operation, operations, type Task } from "./Measurement.ts"

export interface Options {
  /** Those that can be measured here, the reference first. */
  readonly stores: ReadonlyArray<string>
  readonly rounds: number
  /** Of one measurement. */
  readonly milliseconds: number
  /** Of each store with each operation, before the first round. */
  readonly warmUp: number
  /** Fibers that wait for one refresh. */
  readonly fibers: number
  /** Tokens that are stored for the last table. */
  readonly users: number
  readonly measure: (store: string, task: Task) => Promise<Calls | Memory>
}

interface Of {
  readonly rounds: Map<string, Array<Calls>>
  readonly alone: Array<number>
  readonly together: Array<number>
  memory?: Memory
}

export type Samples = ReadonlyMap<string, Of>

const concurrencies = [1, 32]
const columns = operations.flatMap((operation) => concurrencies.map((concurrency) => ({ operation, concurrency })))
const column = (operation: Operation, concurrency: number) => `${operation} ${concurrency}`

const isCalls = (answer: Calls | Memory): answer is Calls => "calls" in answer

/** In each round every store is measured once in each way, one after the other, and who begins rotates. */
export const run = async (options: Options): Promise<Samples> => {
  const { fibers, measure, milliseconds, rounds, stores, users, warmUp } = options
  const samples = new Map<string, Of>(stores.map((name) => [name, { rounds: new Map(), alone: [], together: [] }]))
  const calls = async (name: string, task: Task) => {
    const answer = await measure(name, task)
    if (!isCalls(answer) || answer.calls === 0) throw new Error(`${name} made no call`)
    return answer
  }
  for (const name of stores) {
    for (const operation of operations) {
      await calls(name, { kind: "calls", operation, concurrency: 32, milliseconds: warmUp })
    }
    await calls(name, { kind: "coalesce", fibers })
  }
  let first = 0
  for (let round = 0; round < rounds; round++) {
    for (const { concurrency, operation } of columns) {
      for (const name of [...stores.slice(first), ...stores.slice(0, first)]) {
        const taken = samples.get(name)?.rounds
        const measured = taken?.get(column(operation, concurrency)) ?? []
        taken?.set(column(operation, concurrency), measured)
        measured.push(await calls(name, { kind: "calls", operation, concurrency, milliseconds }))
      }
      first = (first + 1) % stores.length
    }
    for (const name of stores) {
      const of = samples.get(name)
      of?.alone.push((await calls(name, { kind: "coalesce", fibers: 1 })).cpuMicroseconds)
      of?.together.push((await calls(name, { kind: "coalesce", fibers })).cpuMicroseconds)
    }
  }
  for (const [name, of] of samples) {
    const answer = await measure(name, { kind: "memory", users })
    if (!isCalls(answer)) of.memory = answer
  }
  return samples
}

const bytes = (sum: number | undefined, users: number) => sum === undefined ? "–" : Math.max(0, sum / users).toFixed(0)

export const render = (samples: Samples, { fibers, users }: Pick<Options, "fibers" | "users">): string => {
  const [reference] = samples.keys()
  const of = (name: string, operation: Operation, concurrency: number) =>
    samples.get(name)?.rounds.get(column(operation, concurrency)) ?? []
  const cpu = (name: string, operation: Operation, concurrency: number) =>
    of(name, operation, concurrency).map(({ calls, cpuMicroseconds }) => cpuMicroseconds / calls)
  const perSecond = (name: string, operation: Operation, concurrency: number) =>
    median(of(name, operation, concurrency).map(({ calls, seconds }) => calls / seconds)).toFixed(0)

  const costs = operations.map((operation) => {
    const rows = [...samples.keys()].map((name) => [
      name,
      ...concurrencies.map((concurrency) =>
        name === reference
          ? median(cpu(name, operation, concurrency)).toFixed(0)
          : `${
            medianRatio(cpu(name, operation, concurrency), cpu(reference ?? "", operation, concurrency)).toFixed(2)
          }×`
      ),
      ...concurrencies.map((concurrency) => perSecond(name, operation, concurrency))
    ])
    const head = [
      ...concurrencies.map((concurrency) => `CPU µs/call @${concurrency}`),
      ...concurrencies.map((concurrency) => `calls/s @${concurrency}`)
    ]
    return `### ${descriptions[operation]}\n\n${markdown([["", ...head], ...rows])}`
  })

  const sizes = Array.from(samples, ([name, { alone, memory, together }]) => [
    name,
    ((median(together) - median(alone)) / (fibers - 1)).toFixed(2),
    bytes(memory?.stored, users),
    bytes(memory && memory.held - memory.stored, users),
    bytes(memory?.outside, users)
  ])
  const rest = markdown([
    [
      "",
      "CPU µs per waiting fiber",
      "bytes/stored token, process",
      "bytes/held session, process",
      "bytes/stored token, outside"
    ],
    ...sizes
  ])
  return `${costs.join("\n\n")}\n\n### Waiting, and memory\n\n${rest}`
}
