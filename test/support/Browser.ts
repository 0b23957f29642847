/** Simulates a browser: keeps cookies, applies their prefixes and lifetimes, and does not follow redirects. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export interface SetCookie {
  readonly name: string
  readonly value: string
  readonly attributes: ReadonlyMap<string, string>
}

export type Handle = (request: Request, context: Context.Context<never>) => Promise<Response>

export const parseSetCookie = (header: string): SetCookie => {
  const [pair = "", ...rest] = header.split("; ")
  const index = pair.indexOf("=")
  return {
    name: pair.slice(0, index),
    value: pair.slice(index + 1),
    attributes: new Map(rest.map((attribute) => {
      const [name = "", value = ""] = attribute.split("=")
      return [name.toLowerCase(), value]
    }))
  }
}

/** Returns whether a browser accepts the cookie (RFC 6265bis section 4.1.3). */
const isAcceptable = ({ attributes, name }: SetCookie, secure: boolean) =>
  (!attributes.has("secure") || secure) &&
  (!name.startsWith("__Host-") ||
    (attributes.has("secure") && attributes.get("path") === "/" && !attributes.has("domain")))

export const make = (handle: Handle, origin = "https://app.example") => {
  const jar = new Map<string, { readonly value: string; readonly until: number }>()

  const send = (path: string, init: RequestInit = {}) =>
    Effect.gen(function*() {
      const clock = yield* Clock.Clock
      const now = yield* Clock.currentTimeMillis
      const headers = new Headers(init.headers)
      for (const [name, { until }] of jar) if (until <= now) jar.delete(name)
      if (!headers.has("cookie") && jar.size > 0) {
        headers.set("cookie", Array.from(jar, ([name, { value }]) => `${name}=${value}`).join("; "))
      }
      const url = new URL(path, origin)
      const response = yield* Effect.promise(() =>
        handle(new Request(url, { ...init, headers, redirect: "manual" }), Context.make(Clock.Clock, clock))
      )
      const set = response.headers.getSetCookie().map(parseSetCookie)
      for (const cookie of set) {
        if (!isAcceptable(cookie, url.protocol === "https:")) continue
        const maxAge = cookie.attributes.get("max-age")
        const until = maxAge === undefined ? Number.POSITIVE_INFINITY : now + Number(maxAge) * 1000
        if (until <= now) jar.delete(cookie.name)
        else jar.set(cookie.name, { value: cookie.value, until })
      }
      const location = response.headers.get("location")
      return { status: response.status, headers: response.headers, location, set, body: yield* text(response) }
    })

  const text = (response: Response) => Effect.promise(() => response.text())

  return {
    jar,
    origin,
    get: (path: string, headers?: Record<string, string>) => send(path, headers === undefined ? {} : { headers }),
    post: (path: string, headers: Record<string, string> = { "sec-fetch-site": "same-origin", origin }) =>
      send(path, { method: "POST", headers }),
    send,
    cookieNames: () => Array.from(jar.keys()).toSorted(),
    /** The `Cookie` header of a request at the current time. */
    cookies: () => Array.from(jar, ([name, { value }]) => `${name}=${value}`).join("; ")
  }
}

export type Browser = ReturnType<typeof make>
