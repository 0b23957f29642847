import type { Faults } from "./faults.ts"
import type { Grants } from "./grants.ts"
import type { RateLimiter } from "./rateLimit.ts"
import type { World } from "./world.ts"

/** The parts that handlers, middleware and pages work on. */
export interface Simulation {
  readonly world: World
  readonly grants: Grants
  readonly faults: Faults
  readonly limiter: RateLimiter
  readonly issuer: string
  readonly guildLimit: number
  readonly missingScope: 401 | 403
}
