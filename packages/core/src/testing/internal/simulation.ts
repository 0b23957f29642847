/** What the parts of the simulator share. */
import type { Authorizations } from "./authorizations.ts"
import type { Faults } from "./faults.ts"
import type { RateLimiter } from "./rateLimit.ts"
import type { World } from "./world.ts"

/** The state of one simulator. */
export interface Simulation {
  readonly world: World
  readonly authorizations: Authorizations
  readonly faults: Faults
  readonly limiter: RateLimiter
  readonly issuer: string
  readonly guildLimit: number
  readonly missingScope: 401 | 403
}
