/**
 * Who is measured. Each contender lives in a process of its own, so that neither the schema compiler, which is
 * process-wide, nor what V8 learnt from another's calls reaches it.
 */
import type { Operation } from "./Workload.ts"

export interface Contender {
  /** Makes one call after the other in each of `concurrency` lanes until `deadline`, and counts the calls. */
  readonly run: (operation: Operation, concurrency: number, deadline: number) => Promise<number>

  /** How many spans the tracer has seen, where there is one. */
  readonly spans?: () => number
}

/** A call is told its lane, which stands for one signed-in user. It rejects unless the data came. */
export type Calls = Readonly<Record<Operation, (lane: number) => Promise<void>>>

/** A contender whose calls are promises. */
export const fromCalls = (calls: Calls): Contender => ({
  run: async (operation, concurrency, deadline) => {
    const call = calls[operation]
    let count = 0
    const drive = async (lane: number) => {
      while (performance.now() < deadline) {
        await call(lane)
        count++
      }
    }
    await Promise.all(Array.from({ length: concurrency }, (_, lane) => drive(lane)))
    return count
  }
})

/**
 * The rows of the tables in their order, the reference first. A contender is loaded by its process alone: what it
 * imports changes globals (npm's undici takes the place of Node's own dispatcher).
 */
export const contenders: Readonly<Record<string, (origin: string) => Promise<Contender>>> = {
  "undici": async (origin) => (await import("./contenders/undici.ts")).make(origin),
  "fetch": async (origin) => (await import("./contenders/fetch.ts")).make(origin),
  "@discord-oauth2/core, traced": async (origin) => (await import("./contenders/ours.ts")).make(origin, true),
  "@discord-oauth2/core": async (origin) => (await import("./contenders/ours.ts")).make(origin, false),
  "@discord-oauth2/core, JIT, traced": async (origin) => {
    await import("effect/schema/SchemaJITCompiler/enable")
    return (await import("./contenders/ours.ts")).make(origin, true)
  },
  "@discord-oauth2/core, JIT": async (origin) => {
    await import("effect/schema/SchemaJITCompiler/enable")
    return (await import("./contenders/ours.ts")).make(origin, false)
  },
  "@discordjs/core": async (origin) => (await import("./contenders/discordjs.ts")).make(origin),
  "discord-oauth2": async (origin) => (await import("./contenders/discord-oauth2.ts")).make(origin),
  "arctic": async (origin) => (await import("./contenders/arctic.ts")).make(origin),
  "oauth4webapi": async (origin) => (await import("./contenders/oauth4webapi.ts")).make(origin)
}

/** The contender that the others are compared with. */
export const reference = "undici"
