/** How far the clocks of an application's servers may differ. */

/** In milliseconds. A shared denylist keeps each id this much longer, so that a server whose clock is behind still finds it. */
export const clockSkew = 60_000
