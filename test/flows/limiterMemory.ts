/** Sends requests of a million distinct users through the rate limiter, and prints the memory before and after. */
import * as RequestMiddleware from "@discord-oauth2/core/api/RequestMiddleware"
import * as Limits from "@discord-oauth2/core/limits/Limits"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"

const windowMillis = 200

const answer = Effect.succeed({
  status: 200,
  headers: Headers.fromInput({
    "x-ratelimit-limit": "5",
    "x-ratelimit-remaining": "4",
    "x-ratelimit-reset-after": String(windowMillis / 1000),
    "x-ratelimit-bucket": "abcd1234"
  }),
  error: undefined
})

const mebibytes = Effect.sync(() => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
})

const program = Effect.gen(function*() {
  const middleware = yield* RequestMiddleware.RequestMiddleware
  const ask = (user: number) =>
    middleware({
      endpoint: "getCurrentUser",
      clientId: "157730590492196864",
      subject: `user:${80351110224678912n + BigInt(user)}`,
      majorParameters: ""
    }, answer)
  const pass = Effect.fnUntraced(function*(from: number, users: number) {
    for (let user = from; user < from + users; user++) yield* ask(user)
    yield* Effect.sleep(windowMillis)
  })
  // The next request after ten seconds removes expired buckets.
  const sweep = Effect.andThen(Effect.sleep("10 seconds"), ask(0))
  yield* pass(0, 20_000)
  yield* sweep
  const before = yield* mebibytes
  const start = performance.now()
  yield* pass(20_000, 1_000_000)
  const micros = performance.now() - start - windowMillis
  const most = yield* mebibytes
  yield* sweep
  const after = yield* mebibytes
  return { before, most, after, micros: micros / 1000 }
})

process.stdout.write(JSON.stringify(await Effect.runPromise(Effect.provide(program, Limits.layerMemory()))))
