/** What the measurements say, as Markdown: the reference in absolute figures, everybody else in ratios to it. */

/** One contender in one round. */
export interface Sample {
  readonly cpuPerCall: number
  readonly callsPerSecond: number
}

/** The rounds of each contender at each concurrency. */
export type Samples = ReadonlyMap<string, ReadonlyMap<number, ReadonlyArray<Sample>>>

export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The ratio within each round, where both met the same machine, and then the median of the rounds. */
export const medianRatio = (numbers: ReadonlyArray<number>, references: ReadonlyArray<number>): number =>
  median(numbers.map((number, round) => number / (references[round] ?? Number.NaN)))

const cells = (row: ReadonlyArray<string>, widths: ReadonlyArray<number>) =>
  `| ${row.map((cell, i) => i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)).join(" | ")} |`

export const markdown = ([head = [], ...rows]: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)))
  const rule = `| ${widths.map((width, i) => i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`).join(" | ")} |`
  return [cells(head, widths), rule, ...rows.map((row) => cells(row, widths))].join("\n")
}

const figures = ["cpuPerCall", "callsPerSecond"] as const

/** One row for each contender. */
export const render = (samples: Samples, reference: string): string => {
  const concurrencies = [...(samples.get(reference)?.keys() ?? [])]
  const of = (name: string, concurrency: number, figure: typeof figures[number]) =>
    (samples.get(name)?.get(concurrency) ?? []).map((sample) => sample[figure])
  const columns = figures.flatMap((figure) => concurrencies.map((concurrency) => ({ figure, concurrency })))
  const head = columns.map(({ concurrency, figure }) =>
    figure === "cpuPerCall" ? `CPU µs/call @${concurrency}` : `calls/s @${concurrency}`
  )
  const rows = [...samples.keys()].map((name) => [
    name,
    ...columns.map(({ concurrency, figure }) => {
      const numbers = of(name, concurrency, figure)
      return name === reference
        ? median(numbers).toFixed(0)
        : `${medianRatio(numbers, of(reference, concurrency, figure)).toFixed(2)}×`
    })
  ])
  return markdown([["", ...head], ...rows])
}
