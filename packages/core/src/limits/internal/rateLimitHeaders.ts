/** Reads the rate limit headers of a response, and ignores values that Discord does not send. */
import type { Headers } from "effect/http/Headers"

export interface RateLimitHeaders {
  readonly bucket: string
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetAfter: number
}

/** Milliseconds added to the end of a window, so that a request does not arrive just before it. */
const margin = 20

/** The longest window that is believed, in seconds: a day. */
const longestWindow = 86_400

const longestBucket = 128

const numberIn = (text: string | undefined, least: number, most: number) => {
  const value = text === undefined || text === "" ? Number.NaN : Number(text)
  return value >= least && value <= most ? value : undefined
}

/** Returns the headers, or `undefined` if one is missing or invalid. */
export const read = (headers: Headers): RateLimitHeaders | undefined => {
  const limit = numberIn(headers["x-ratelimit-limit"], 1, 1_000_000)
  const remaining = numberIn(headers["x-ratelimit-remaining"], 0, 1_000_000)
  const resetAfter = numberIn(headers["x-ratelimit-reset-after"], 0, longestWindow)
  const bucket = headers["x-ratelimit-bucket"]
  return limit === undefined || remaining === undefined || resetAfter === undefined || bucket === undefined ||
      bucket.length > longestBucket
    ? undefined
    : { bucket, limit, remaining, resetAfter: resetAfter * 1000 + margin }
}
