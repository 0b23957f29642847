/** Starts processes in which many fibers need users' tokens at the same time. */
import { AccessTokenStore, Snowflake } from "@discord-oauth2/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Place, records } from "./Place.ts"
import type { Report, Settings } from "./worker.ts"
import { bundleWorker, startWorker } from "./Workers.ts"

export const processes = 8
/** Of each process. */
export const fibers = Number(process.env.TEST_REFRESH_FIBERS ?? 500)

/** How many tokens are refreshed at the same time. Every process asks for each of them. */
export const tokens = Math.floor(fibers * 0.8)

/**
 * How long an operation of the store and the lock of a process may last, in milliseconds. A slow machine needs minutes for
 * thousands of callers, and these tests are not about the store's timeout.
 */
export const patience = 1_200_000

/** The place, with a timeout and a lease that no machine is too slow for. */
export const patient = (place: Place): Place => ({ ...place, timeout: patience, lease: patience })

/** Ids of users that no other test uses. */
export const usersOf = (count: number, first = 80351110224000000n): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => String(first + BigInt(index)))

export const keyOf = (clientId: string, user: string): AccessTokenStore.Key => ({
  clientId: Snowflake.ApplicationId.make(clientId),
  userId: Snowflake.UserId.make(user)
})

/** The store that another process would have over the same records. */
export const storeAt = (place: Place) => Layer.provideMerge(AccessTokenStore.layer, records(place))

/** Stores a pair; `past` says whether the store considers it expired. */
export const seed = Effect.fnUntraced(function*(
  key: AccessTokenStore.Key,
  { access, refresh }: { readonly access: string; readonly refresh: string },
  past: boolean
) {
  const store = yield* AccessTokenStore.AccessTokenStore
  const now = yield* DateTime.now
  return yield* store.put(key, {
    access_token: Redacted.make(access),
    refresh_token: Redacted.make(refresh),
    expires_at: DateTime.add(now, past ? { minutes: -1 } : { days: 7 }),
    scopes: ["identify"]
  })
})

/** The user's stored pair as text, or `undefined` when the store has none. */
export const pairAt = Effect.fnUntraced(function*(key: AccessTokenStore.Key) {
  const store = yield* AccessTokenStore.AccessTokenStore
  const found = yield* store.get(key)
  if (found._tag === "None") return undefined
  const { sentAt, token } = found.value
  return {
    access: Redacted.value(token.access_token),
    refresh: token.refresh_token === undefined ? "" : Redacted.value(token.refresh_token),
    isSent: sentAt !== undefined
  }
})

/** Adds up what the processes report. */
export const add = (reports: ReadonlyArray<Report>) => {
  const errors: Record<string, number> = {}
  for (const report of reports) {
    for (const [name, count] of Object.entries(report.errors)) errors[name] = (errors[name] ?? 0) + count
  }
  return { answers: reports.reduce((sum, { answers }) => sum + answers, 0), errors }
}

/** Starts the processes. Each call of the result makes all their fibers ask at once, and waits for the last of them. */
export const startProcesses = Effect.fnUntraced(function*(settings: Omit<Settings, "name">) {
  const bundle = yield* bundleWorker
  const workers = yield* Effect.forEach(
    Array.from({ length: processes }, (_, index) => index),
    (index) => startWorker(bundle, { ...settings, name: `process ${index}` }),
    { concurrency: 2 }
  )
  return (users: ReadonlyArray<string>) =>
    Effect.map(
      Effect.promise(() => Promise.all(workers.map(({ run }) => run({ users, fibers })))),
      add
    )
})
