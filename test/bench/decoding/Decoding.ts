/** The table "Decoding": who takes how much CPU from the JSON text of an answer to checked values. */
import { markdown, median, medianRatio } from "../Table.ts"
import { decoders, descriptions, reference, type Workload, workloads } from "./Decoder.ts"
import type { Task } from "./worker.ts"

/** CPU microseconds a decode, one number a round, of each decoder for each text. */
export type Samples = ReadonlyMap<string, Readonly<Record<Workload, ReadonlyArray<number>>>>

export interface Options {
  readonly rounds: number
  /** Of one measurement. */
  readonly milliseconds: number
  /** Of each decoder with each text, before the first round. */
  readonly warmUp: number
  /** CPU microseconds of one decode. */
  readonly measure: (name: string, task: Task) => Promise<number>
}

/** In each round every decoder is measured once with each text, one after the other, and who begins rotates. */
export const run = async ({ measure, milliseconds, rounds, warmUp }: Options): Promise<Samples> => {
  const names = Object.keys(decoders)
  const samples = new Map(
    names.map((name) => [
      name,
      { guilds: Array<number>(), connections: Array<number>(), commandPermissions: Array<number>() }
    ])
  )
  for (const name of names) {
    for (const workload of workloads) await measure(name, { workload, milliseconds: warmUp })
  }
  let first = 0
  for (let round = 0; round < rounds; round++) {
    for (const workload of workloads) {
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        samples.get(name)?.[workload].push(await measure(name, { workload, milliseconds }))
      }
      first = (first + 1) % names.length
    }
  }
  return samples
}

/** One row for each decoder: for each text the median, and the median of the ratios to the reference within a round. */
export const render = (samples: Samples): string => {
  const head = workloads.flatMap((workload) => [`${descriptions[workload]}, µs`, "ratio"])
  const rows = Array.from(samples, ([name, of]) => [
    name,
    ...workloads.flatMap((workload) => [
      median(of[workload]).toFixed(1),
      `${medianRatio(of[workload], samples.get(reference)?.[workload] ?? []).toFixed(2)}×`
    ])
  ])
  return markdown([["", ...head], ...rows])
}
