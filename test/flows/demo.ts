/** Starts the demo in a process, as `pnpm demo` does. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

const { DISCORD_CLIENT_ID: _id, DISCORD_CLIENT_SECRET: _secret, ...environment } = process.env

/** The exit and the output of a process. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

const run = (env: Readonly<Record<string, string>>) => {
  const child: ChildProcess = spawn(process.execPath, ["examples/demo/main.ts"], {
    cwd: root,
    env: { ...environment, PORT: "0", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  let output = ""
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, output }))
  )
  const started = new Promise<ReadonlyArray<string>>((resolve) => {
    const read = (chunk: Buffer) => {
      output += String(chunk)
      const lines = output.split("\n")
      if (lines.length > 2) resolve(lines.slice(0, -1))
    }
    child.stdout?.on("data", read)
    child.stderr?.on("data", read)
  })
  const stop = () => {
    child.kill("SIGINT")
    return ended
  }
  return { started, ended, stop }
}

/** Runs the demo until it exits. */
export const runDemo = (env: Readonly<Record<string, string>>): Effect.Effect<Ended> =>
  Effect.acquireUseRelease(
    Effect.sync(() => run(env)),
    ({ ended }) => Effect.promise(() => ended),
    ({ stop }) => Effect.promise(stop)
  )

/** Starts the demo and stops it with the scope. */
export const startDemo = Effect.fnUntraced(function*(env: Readonly<Record<string, string>> = {}) {
  const { ended, started, stop } = yield* Effect.acquireRelease(
    Effect.sync(() => run(env)),
    ({ stop }) => Effect.promise(stop)
  )
  const lines = yield* Effect.promise(() =>
    Promise.race([started, ended.then(({ output }) => Promise.reject(new Error(`The demo ended: ${output}`)))])
  )
  return { url: lines[0] ?? "", lines, stop: Effect.promise(stop) }
})
