/** Remembers the tokens that Discord rejected although they were fresh, so that their users' calls stop for a minute. */
import * as Sweeper from "../../internal/sweeper.ts"
import type { StoredToken } from "../../tokens/AccessTokenStore.ts"

/** In milliseconds. */
const lifetime = 60_000

export interface RejectedTokens {
  /** Whether this token of the user was rejected less than a minute ago. A token of another generation was not. */
  readonly has: (id: string, token: StoredToken, now: number) => boolean
  readonly add: (id: string, token: StoredToken, now: number) => void
}

/** Creates an empty memory. `id` names the user and the application, `now` is in milliseconds. */
export const make = (): RejectedTokens => {
  const rejected = new Map<string, { readonly generation: number; readonly until: number }>()
  const sweeper = Sweeper.make({
    size: () => rejected.size,
    sweep: (now) => {
      for (const [id, { until }] of rejected) if (until <= now) rejected.delete(id)
    }
  })
  return {
    has: (id, { generation }, now) => {
      const entry = rejected.get(id)
      return entry !== undefined && entry.generation === generation && entry.until > now
    },
    add: (id, { generation }, now) => {
      sweeper.ifDoubled(now)
      rejected.set(id, { generation, until: now + lifetime })
    }
  }
}
