/** Learns the bucket and the limit of each endpoint from responses, and says which buckets a request counts for. */
import type { Call, Reply } from "../../api/RequestMiddleware.ts"
import { CloudflareBlocked } from "../../errors/DiscordError.ts"
import type { Bucket, Observation } from "../LimitStore.ts"
import type { Limit } from "./bucketState.ts"
import * as RateLimitHeaders from "./rateLimitHeaders.ts"

/** The buckets of one request. */
export interface RequestBuckets {
  /** All requests of the user, the bot, or the application. */
  readonly all: Bucket
  /** All requests to the resource, of all users. */
  readonly shared: Bucket
  /** The requests of the user to the route and its resource. */
  readonly own: Bucket
  /** The name of Discord's bucket that `own` is counted for, or "" if it is not known. */
  readonly name: string
  readonly each: ReadonlyArray<Bucket>
}

/** What a response reports, and the bucket that it reports it for. */
export interface Learned {
  readonly bucket: Bucket
  readonly observation: Observation
}

export interface Routes {
  /** Whether the limits of the endpoint are known. */
  readonly isKnown: (endpoint: string) => boolean
  readonly bucketsOf: (call: Call) => RequestBuckets
  /** Learns from the response to a request, which was counted in these buckets. */
  readonly learn: (call: Call, buckets: RequestBuckets, response: Reply) => Learned | undefined
}

interface Route extends Limit {
  /** Discord's name of the bucket, or "" for an endpoint without rate limit headers. */
  readonly bucket: string
}

const unlimited: Route = { limit: Number.POSITIVE_INFINITY, window: 1, bucket: "" }

const toBuckets = (
  { clientId, endpoint, majorParameters, subject }: Call,
  { bucket, limit, window }: Route,
  global: Limit
): RequestBuckets => {
  const isBot = subject.startsWith("bot:")
  const all: Bucket = { ...(isBot ? global : unlimited), key: `${clientId} ${subject}` }
  const shared: Bucket = { ...unlimited, key: `${clientId} shared ${endpoint} ${majorParameters}` }
  const own: Bucket = {
    key: `${clientId} ${subject} ${bucket === "" ? endpoint : bucket} ${majorParameters}`,
    limit,
    window
  }
  return { all, shared, own, name: bucket, each: [all, shared, own] }
}

/** Whether a response without rate limit headers comes from Discord's API, and so shows that the endpoint has none. */
const isFromApi = ({ error, status }: Reply) => status < 500 && status !== 429 && !(error instanceof CloudflareBlocked)

export const make = ({ global, tokenEndpoint }: { readonly global: Limit; readonly tokenEndpoint: Limit }): Routes => {
  /** By endpoint. There are as many as the declaration has. */
  const routes = new Map<string, Route>()

  const bucketsOf = (call: Call): RequestBuckets => {
    if (call.subject !== "client") return toBuckets(call, routes.get(call.endpoint) ?? unlimited, global)
    const all: Bucket = { ...tokenEndpoint, key: `${call.clientId} token endpoint` }
    return { all, shared: all, own: all, name: "", each: [all] }
  }

  return {
    isKnown: (endpoint) => routes.has(endpoint),
    bucketsOf,
    learn: (call, buckets, response) => {
      const known = routes.get(call.endpoint)
      const headers = RateLimitHeaders.read(response.headers)
      if (headers === undefined) {
        if (known === undefined && isFromApi(response)) routes.set(call.endpoint, unlimited)
        return undefined
      }
      const { bucket, limit, remaining, resetAfter } = headers
      // The first request of a window shows how long the window is. Every other shows how long it is at least.
      const isFirst = remaining === limit - 1
      const window = isFirst || known?.bucket !== bucket ? resetAfter : Math.max(resetAfter, known.window)
      if (known?.bucket !== bucket || known.limit !== limit || known.window !== window) {
        routes.set(call.endpoint, { bucket, limit, window })
      }
      // The request may have been counted before another response named the bucket.
      const own = buckets.name === bucket ? { ...buckets.own, limit, window } : bucketsOf(call).own
      return { bucket: own, observation: headers }
    }
  }
}
