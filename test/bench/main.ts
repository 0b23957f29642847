/**
 * `pnpm bench`: this library's calls beside what an application would use instead, against one server on this machine.
 *
 * Every contender has a process of its own, the server has another. In each round every contender is measured once for
 * each call and concurrency, one after the other, and who begins rotates. Then decoding alone, in the same manner.
 * `BENCH_ROUNDS` (default 5) and `BENCH_SECONDS` (default 0.25, for one measurement) set the length; `--quick` shows
 * within seconds that everything runs, and nothing else; `calls`, `decoding` or `stores` runs that part alone. Stores whose
 * server does not answer are left out, and named.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { cpus } from "node:os"
import { answers, urlOf } from "../support/reachable.ts"
import { contenders, reference } from "./Contender.ts"
import { decoders } from "./decoding/Decoder.ts"
import * as Decoding from "./decoding/Decoding.ts"
import type * as DecodingWorker from "./decoding/worker.ts"
import type * as StoreMeasurement from "./stores/Measurement.ts"
import { stores } from "./stores/Store.ts"
import * as Stores from "./stores/Stores.ts"
import { render, type Sample } from "./Table.ts"
import type { Measurement, Task } from "./worker.ts"
import { descriptions, type Operation, operations } from "./Workload.ts"

const quick = process.argv.includes("--quick")
const rounds = Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 5))
const milliseconds = 1000 * Number(process.env.BENCH_SECONDS ?? (quick ? 0.03 : 0.25))
const warmUp = quick ? 50 : 600
const concurrencies = [1, 32, 256]
const names = Object.keys(contenders)
const parts = ["calls", "decoding", "stores"].filter((part) => process.argv.includes(part))
const runs = (part: string) => parts.length === 0 || parts.includes(part)

const file = (name: string) => new URL(name, import.meta.url)

const receive = async (child: ChildProcess): Promise<unknown> => {
  const controller = new AbortController()
  const { signal } = controller
  const answered = once(child, "message", { signal })
  const ended = once(child, "exit", { signal })
  const [message] = await Promise.race([
    answered,
    ended.then(([code]) => {
      throw new Error(`${child.spawnargs.slice(1).join(" ")} ended with ${code}`)
    })
  ])
  answered.catch(() => {})
  ended.catch(() => {})
  controller.abort()
  return message
}

const children: Array<ChildProcess> = []

const start = async (module: string, ...args: ReadonlyArray<string>) => {
  const child = fork(file(module), args, {
    serialization: "advanced",
    execArgv: [...process.execArgv, "--expose-gc"]
  })
  children.push(child)
  return { child, first: await receive(child) }
}

const measure = async (worker: ChildProcess, name: string, task: Task): Promise<Sample> => {
  worker.send(task)
  const { calls, cpuMicroseconds, seconds, spans } = await receive(worker) as Measurement
  const traced = name.endsWith("traced")
  if (calls === 0) throw new Error(`${name} made no call`)
  if (spans !== undefined && (traced ? spans < calls : spans > 0)) {
    throw new Error(`${name} made ${spans} spans in ${calls} calls`)
  }
  return { cpuPerCall: cpuMicroseconds / calls, callsPerSecond: calls / seconds }
}

const emptySamples = () => new Map(names.map((name) => [name, new Map(concurrencies.map((c) => [c, Array<Sample>()]))]))

const run = async () => {
  const { child: stub, first: origin } = await start("./stub.ts")
  const workers = new Map(
    await Promise.all(
      names.map(async (name) => [name, (await start("./worker.ts", name, String(origin))).child] as const)
    )
  )

  const inTurn = async (first: number, task: Task, keep: (name: string, sample: Sample) => void) => {
    for (let i = 0; i < names.length; i++) {
      const name = names[(first + i) % names.length]
      const worker = name === undefined ? undefined : workers.get(name)
      if (name !== undefined && worker !== undefined) keep(name, await measure(worker, name, task))
    }
  }

  for (const operation of operations) await inTurn(0, { operation, concurrency: 32, milliseconds: warmUp }, () => {})

  const samples = new Map(operations.map((operation) => [operation, emptySamples()]))
  let first = 0
  for (let round = 0; round < rounds; round++) {
    for (const operation of operations) {
      for (const concurrency of concurrencies) {
        await inTurn(first++, { operation, concurrency, milliseconds }, (name, sample) => {
          samples.get(operation)?.get(name)?.get(concurrency)?.push(sample)
        })
      }
    }
  }
  stub.disconnect()
  return samples
}

const decode = async () => {
  const workers = new Map(
    await Promise.all(
      Object.keys(decoders).map(async (name) => [name, (await start("./decoding/worker.ts", name)).child] as const)
    )
  )
  return Decoding.run({
    rounds,
    milliseconds,
    warmUp,
    measure: async (name, task) => {
      const worker = workers.get(name)
      if (worker === undefined) throw new Error(`${name} has no process`)
      worker.send(task)
      const { cpuMicroseconds, decodes } = await receive(worker) as DecodingWorker.Measurement
      return cpuMicroseconds / decodes
    }
  })
}

const storeOptions = {
  rounds,
  milliseconds,
  warmUp,
  fibers: quick ? 1000 : 10_000,
  users: quick ? 200 : 100_000
}

const measureStores = async () => {
  const names: Array<string> = []
  for (const [name, { server }] of Object.entries(stores)) {
    if (server === undefined || await answers(urlOf(server))) names.push(name)
    else console.log(`${name} is left out: nothing answers at ${urlOf(server).host}.`)
  }
  const { child: stub, first: origin } = await start("./stub.ts")
  const workers = new Map<string, ChildProcess>()
  for (const name of names) workers.set(name, (await start("./stores/worker.ts", name, String(origin))).child)
  const samples = await Stores.run({
    ...storeOptions,
    stores: names,
    measure: async (name, task) => {
      const worker = workers.get(name)
      if (worker === undefined) throw new Error(`${name} has no process`)
      worker.send(task)
      return await receive(worker) as StoreMeasurement.Calls | StoreMeasurement.Memory
    }
  })
  stub.disconnect()
  return samples
}

const printStores = (samples: Stores.Samples) => {
  console.log(`
## Stores

${Stores.render(samples, storeOptions)}

- "memory" in absolute figures; the CPU of the others, which is that of this process alone and not the server's, as
  ratios to it. Each of the n calls at a time is another user's.
- A call with the session at hand does not read the store. The refresh reads, takes the lock, reads again, marks, asks,
  writes and gives the lock back.
- Waiting: ${storeOptions.fibers} fibers ask for one refresh, less one that asks alone. Memory: ${storeOptions.users} tokens are stored, and
  then a session of each is held; "outside" is what the files, tables or Redis grow by.`)
}

const printMachine = () => {
  const processors = cpus()
  console.log(`Node ${process.version}, ${processors.length} × ${processors[0]?.model}, ${new Date().toISOString()}`)
}

const print = (samples: ReadonlyMap<Operation, ReturnType<typeof emptySamples>>) => {
  console.log(
    `${rounds} ${rounds === 1 ? "round" : "rounds"} of ${milliseconds} ms, medians; CPU is user + system of the ` +
      `client's process; @n is n calls at a time. ${reference} (request and JSON.parse) in absolute figures, the others ` +
      "as ratios to it: a lower ratio of CPU and a higher one of calls/s is better."
  )
  for (const [operation, ofOperation] of samples) {
    console.log(`\n## ${descriptions[operation]}\n\n${render(ofOperation, reference)}`)
  }
  console.log(`
- The server answers prepared bytes over plain HTTP/1.1 with keep-alive, from another process of the same machine: where
  it is the slower side, calls/s says how fast it is. Every answer is checked by every contender.
- @discord-oauth2/core decodes every answer by its schema and keeps the token fresh; "traced" is with a tracer that
  records, JIT with effect/schema/SchemaJITCompiler/enable. The others hand out what JSON.parse returns.
- @discordjs/core and discord-oauth2 send one request at a time to a route: the first has a REST for each of the n calls
  at a time, as for so many users, and no limit of requests a second; the second has one client, and its agent leads to
  the server.
- arctic has the refresh alone, here its OAuth2Client, which its Discord provider calls with a fixed address; its users
  read the API with fetch.`)
}

const printDecoding = (samples: Decoding.Samples) => {
  console.log(`
## Decoding

${Decoding.render(samples)}

- CPU from the JSON text of a list to values, ${rounds} ${
    rounds === 1 ? "round" : "rounds"
  } of ${milliseconds} ms, medians;
  every decoder begins with JSON.parse, and the ratio is to JSON.parse alone in the same round.
- The schemas of zod and valibot have the same members and refuse what ours refuse. zod compiles its schemas with
  new Function by itself, @discord-oauth2/core where the application imports effect/schema/SchemaJITCompiler/enable.`)
}

try {
  printMachine()
  if (runs("calls")) print(await run())
  if (runs("decoding")) printDecoding(await decode())
  if (runs("stores")) printStores(await measureStores())
} finally {
  for (const child of children) if (child.connected) child.disconnect()
}
