/** Stops requests while Cloudflare blocks the IP address, and then lets one request at a time check whether the block is over. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { CloudflareBlocked } from "../../errors/DiscordError.ts"
import { monotonicMillis } from "../../internal/monotonicMillis.ts"
import type { Bucket, LimitStore } from "../LimitStore.ts"

export interface CloudflareBlock {
  /** Adopts the pause that another server has stored. */
  readonly read: (now: number) => Effect.Effect<void>
  /** Starts or extends the block if the response is a block, and ends it if another response arrives after the pause. */
  readonly observe: (error: unknown) => Effect.Effect<void>
  /** Sends the request if there is no block, or if it is the one that checks. */
  readonly admit: <A, E>(now: number, send: Effect.Effect<A, E>) => Effect.Effect<A, E | CloudflareBlocked>
}

const bucket: Bucket = { key: "cloudflare", limit: Number.POSITIVE_INFINITY, window: 1 }

const longestPause = Duration.toMillis("1 hour")

/** How long a request is told to wait while another one checks, in milliseconds. */
const checkTime = 1000

const blocked = (status: number, millis: number) =>
  Effect.fail(new CloudflareBlocked({ status, retryAfter: Duration.millis(Math.ceil(millis)) }))

export const make = (store: LimitStore["Service"], firstPause: number): CloudflareBlock => {
  const state = {
    until: 0,
    /** The number of blocks in a row. While it is not 0, one request at a time is sent. */
    blocks: 0,
    status: 429,
    isChecking: false
  }

  const block = Effect.fnUntraced(function*({ retryAfter, status }: CloudflareBlocked) {
    const now = yield* monotonicMillis
    // The responses of requests that were sent before the block are part of it.
    if (state.until > now && !state.isChecking) return
    const told = retryAfter === undefined ? 0 : Duration.toMillis(retryAfter)
    const pause = Math.min(longestPause, told > 0 ? told : firstPause * 2 ** state.blocks)
    state.blocks = Math.min(state.blocks + 1, 16)
    state.status = status
    state.until = now + pause
    yield* store.pause(bucket, pause)
    yield* Effect.logError(
      `Cloudflare blocks this IP address: no request is sent to Discord for ${
        Duration.format(Duration.millis(Math.ceil(pause)))
      }.`
    )
  })

  const endIfOver = Effect.map(monotonicMillis, (now) => {
    // A response during the pause belongs to a request that was sent before the block, and does not show its end.
    if (state.until <= now) state.blocks = 0
  })

  return {
    read: (now) =>
      Effect.map(store.pausedFor([bucket.key]), (millis) => {
        if (millis === 0) return
        state.until = Math.max(state.until, now + millis)
        state.blocks = Math.max(state.blocks, 1)
      }),
    observe: (error) =>
      error instanceof CloudflareBlocked ? block(error) : state.blocks === 0 ? Effect.void : endIfOver,
    admit: (now, send) => {
      if (state.until > now) return blocked(state.status, state.until - now)
      if (state.blocks === 0) return send
      if (state.isChecking) return blocked(state.status, checkTime)
      state.isChecking = true
      return Effect.ensuring(
        send,
        Effect.sync(() => {
          state.isChecking = false
        })
      )
    }
  }
}
