/** An application in a process of its own, which runs its parent's commands and reports what came of them. */
import { UserId } from "@discord-oauth2/core/models/Snowflake"
import { DiscordSessions } from "@discord-oauth2/core/session/DiscordSessions"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as NodeDiscord from "@discord-oauth2/platform-node/NodeDiscord"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { flushCompileCache } from "node:module"
import { type Place, records } from "./Place.ts"

export interface Settings {
  readonly name: string
  readonly place: Place
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Starts fibers that each ask for one of the users. */
export interface Command {
  readonly users: ReadonlyArray<string>
  readonly fibers: number
  /** @default "unbounded" */
  readonly concurrency?: number
}

export interface Report {
  /** How many fibers got the user that they asked for. */
  readonly answers: number
  /** How many fibers failed, by error. */
  readonly errors: Readonly<Record<string, number>>
  /** When token responses arrived and when writes of tokens were acknowledged: `process.hrtime` as text. */
  readonly arrivals: ReadonlyArray<string>
  readonly writes: ReadonlyArray<string>
}

/** No machine is too slow for it: the tests are not about these timeouts. In milliseconds. */
const patience = 1_200_000

const settings: Settings = JSON.parse(process.argv[2] ?? "{}")

let arrivals: Array<string> = []
let writes: Array<string> = []
const stamp = (times: () => Array<string>) => Effect.sync(() => void times().push(String(process.hrtime.bigint())))

const store = Layer.effect(
  AccessTokenStore.AccessTokenStore,
  Effect.map(AccessTokenStore.AccessTokenStore, (store) => ({
    ...store,
    replace: (...args: Parameters<typeof store.replace>) =>
      args[2].sentAt === undefined
        ? Effect.tap(store.replace(...args), stamp(() => writes))
        : store.replace(...args)
  }))
).pipe(Layer.provide(AccessTokenStore.layer), Layer.provide(records(settings.place)))

const httpClient = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.tap(({ request }) => request.url.endsWith("/oauth2/token") ? stamp(() => arrivals) : Effect.void)
  )
).pipe(
  // 10,000 new connections at the same time would be too many for any listener.
  Layer.provide(NodeHttpClient.layerUndiciOptions({ connections: 64, connect: { timeout: patience } }))
)

const runtime = ManagedRuntime.make(NodeDiscord.layer({
  clientId: settings.clientId,
  clientSecret: Redacted.make(settings.clientSecret),
  apiUrl: settings.apiUrl,
  userAgent: settings.name,
  timeout: patience,
  bodyTimeout: patience,
  refresh: { lockTimeout: patience },
  httpClient,
  store
}))

const nameOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}: ${error.message}${error.cause === undefined ? "" : ` (${nameOf(error.cause)})`}`
    : String(error)

const execute = ({ concurrency, fibers, users }: Command) =>
  Effect.gen(function*() {
    const sessions = yield* DiscordSessions
    const errors: Record<string, number> = {}
    let answers = 0
    const ask = Effect.fnUntraced(function*(index: number) {
      const id = UserId.make(users[index % users.length] ?? "")
      const session = yield* sessions.get(id)
      const user = yield* session.getCurrentUser()
      if (user.id === id) answers += 1
      else return yield* Effect.fail("the response is another user")
    }, (effect) =>
      Effect.catchCause(effect, (cause) =>
        Effect.sync(() => {
          const name = cause.reasons.map((reason) =>
            reason._tag === "Fail" ? nameOf(reason.error) : reason._tag === "Die" ? nameOf(reason.defect) : reason._tag
          ).join(", ")
          errors[name] = (errors[name] ?? 0) + 1
        })))
    yield* Effect.forEach(Array.from({ length: fibers }, (_, index) => index), ask, {
      concurrency: concurrency ?? "unbounded",
      discard: true
    })
    return { answers, errors }
  })

process.on("message", (command: Command) => {
  arrivals = []
  writes = []
  void runtime.runPromise(execute(command)).then((result) => {
    const report: Report = { ...result, arrivals, writes }
    process.send?.(report, () => flushCompileCache())
  })
})
process.once("disconnect", () => process.exit())

await runtime.context()
process.send?.("ready")
