/** Starts applications in processes of their own, and kills them. */
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { type ChildProcess, fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Command, Report, Settings } from "./worker.ts"

export interface Worker {
  readonly name: string
  readonly child: ChildProcess
  readonly run: (command: Command) => Promise<Report>
  /** Sends the command without waiting for the report. */
  readonly send: (command: Command) => void
  readonly report: () => Promise<Report>
  readonly kill: () => Promise<void>
}

/** A directory that is removed when the scope closes. */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "discord-oauth2-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

/** The worker bundled into few files, because many are started. */
export const bundleWorker = Effect.gen(function*() {
  const directory = yield* temporaryDirectory
  yield* Effect.promise(() =>
    build({
      entryPoints: [resolve(import.meta.dirname, "worker.ts")],
      outdir: directory,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node22",
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"
      },
      logLevel: "silent"
    })
  )
  return { entry: join(directory, "worker.mjs"), cache: join(directory, "cache") }
})

export type Bundle = Effect.Success<typeof bundleWorker>

const spawn = async ({ cache, entry }: Bundle, settings: Settings): Promise<Worker> => {
  const child = fork(entry, [JSON.stringify(settings)], {
    execArgv: [],
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "inherit", "inherit", "ipc"]
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const message = () =>
    new Promise<unknown>((resolve, reject) => {
      const onExit = (code: number | null, signal: NodeJS.Signals | null) => {
        child.off("message", onMessage)
        reject(new Error(`${settings.name} has ended: ${code ?? signal}`))
      }
      const onMessage = (value: unknown) => {
        child.off("exit", onExit)
        resolve(value)
      }
      child.once("message", onMessage).once("exit", onExit)
    })
  const report = () => message() as Promise<Report>
  const send = (command: Command) => void child.send(command, () => {})
  await message()
  return {
    name: settings.name,
    child,
    send,
    report,
    run: (command) => {
      const reported = report()
      send(command)
      return reported
    },
    kill: () => {
      child.kill("SIGKILL")
      return ended
    }
  }
}

/** Starts a worker, and kills it when the scope closes. */
export const startWorker = (bundle: Bundle, settings: Settings) =>
  Effect.acquireRelease(Effect.promise(() => spawn(bundle, settings)), ({ kill }) => Effect.promise(kill))
