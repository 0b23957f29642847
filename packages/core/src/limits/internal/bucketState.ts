/** Counts the requests of one bucket in its windows, and computes how long the next request has to wait. */

/** The number of requests that a window allows, and the length of a window in milliseconds. */
export interface Limit {
  readonly limit: number
  readonly window: number
}

/** The state of a bucket. All times are on the monotonic clock, in milliseconds. */
export interface BucketState {
  limit: number
  window: number
  /** The requests that are taken in the current window and in the windows after it. */
  taken: number
  /** When the current window ends. */
  resetAt: number
  pausedUntil: number
}

export const make = ({ limit, window }: Limit, now: number): BucketState => ({
  limit: Math.max(1, limit),
  window: Math.max(1, window),
  taken: 0,
  resetAt: now + window,
  pausedUntil: 0
})

/** Whether requests are counted. A bucket without a limit only pauses. */
export const isLimited = ({ limit }: Limit): boolean => Number.isFinite(limit)

/** Ends the windows that are over at `now`. */
export const advance = (self: BucketState, now: number): void => {
  if (now < self.resetAt) return
  const passed = 1 + Math.floor((now - self.resetAt) / self.window)
  self.taken = Math.max(0, self.taken - passed * self.limit)
  // A window starts with its first request. One that requests already wait for starts when the window before it ends.
  self.resetAt = self.taken === 0 ? now + self.window : self.resetAt + passed * self.window
}

/** Replaces the limit, which Discord may have changed, and ends the windows that are over. */
export const update = (self: BucketState, { limit, window }: Limit, now: number): void => {
  self.limit = Math.max(1, limit)
  self.window = Math.max(1, window)
  advance(self, now)
}

/** How long the next request has to wait. */
export const waitFor = (self: BucketState, now: number): number => {
  const full = Math.floor(self.taken / self.limit)
  const turn = full === 0 ? 0 : self.resetAt - now + (full - 1) * self.window
  return Math.max(0, turn, self.pausedUntil - now)
}

/** Gives one request back that is not sent. */
export const release = (self: BucketState, now: number): void => {
  advance(self, now)
  self.taken = Math.max(0, self.taken - 1)
}

/** Adopts what Discord reports, where it leaves fewer requests than are counted here. */
export const observe = (
  self: BucketState,
  { limit, remaining, resetAfter }: { readonly limit: number; readonly remaining: number; readonly resetAfter: number },
  now: number
): void => {
  self.taken = Math.max(self.taken, limit - remaining)
  self.resetAt = now + resetAfter
  // A request of the next window may have expected this window to end earlier.
  if (remaining === 0) self.pausedUntil = Math.max(self.pausedUntil, self.resetAt)
}

/** Pauses the bucket, unless a longer pause is set. */
export const pause = (self: BucketState, millis: number, now: number): void => {
  self.pausedUntil = Math.max(self.pausedUntil, now + millis)
  if (!isLimited(self)) return
  // The window ends with the pause, however many requests are counted here.
  self.taken = Math.max(self.taken, self.limit)
  self.resetAt = self.pausedUntil
}

/** Whether the bucket is paused by nothing and its windows are over, so that it can be forgotten. */
export const isExpired = (self: BucketState, now: number): boolean =>
  self.pausedUntil <= now &&
  (!isLimited(self) ||
    self.resetAt + Math.floor(Math.max(0, self.taken - 1) / self.limit) * self.window <= now)
