/** The three routes together: every request of a browser, a proxy or an attacker gets a defined response. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as LoginApp from "../support/LoginApp.ts"
import * as Stub from "../support/StubDiscord.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const marker = "planted-marker-0123456789"
const origin = "https://app.example"

const secrets = [
  "planted-access-token",
  "planted-refresh-token",
  "planted-cookie-key",
  Stub.clientSecret,
  Buffer.from(`${Stub.clientId}:${Stub.clientSecret}`).toString("base64")
]

/** What a page of ours calls the error: a defect has no page. */
const reference = /Reference: <code>[A-Za-z]+<\/code>/

const planted = (random: Random) => `${Hostile.text(random)}${marker}${Hostile.text(random)}`

const requestHeaders = (random: Random): Headers => {
  const headers = new Headers()
  const add = (name: string, value: string) => headers.append(name, Hostile.header(value))
  const value = (...likely: readonly [string, ...ReadonlyArray<string>]) =>
    random.chance(0.6) ? random.pick(likely) : planted(random)
  for (let n = random.int(5); n > 0; n--) {
    random.oneOf(
      () => add("sec-purpose", value("prefetch", "prefetch;prerender", "PREFETCH")),
      () => add("purpose", value("prefetch", "preview")),
      () => add("x-moz", value("prefetch")),
      () => add("sec-fetch-site", value("same-origin", "cross-site", "none", "same-site")),
      () => add("origin", value(origin, "null", "https://evil.example", `${origin}.evil.example`)),
      () => add("host", value("app.example", "evil.example")),
      () => add("x-forwarded-host", value("evil.example")),
      () => add("x-forwarded-proto", value("http", "https")),
      () => add("x-forwarded-for", value("127.0.0.1")),
      () => add("forwarded", value("host=evil.example")),
      () => add("x-http-method-override", value("POST")),
      () => add("x-original-url", value("/auth/discord/logout")),
      () => add("accept", value("application/json")),
      () => add("content-type", value("application/x-www-form-urlencoded")),
      () => add("referer", value("https://evil.example/")),
      () => add("authorization", value("Bearer x")),
      () => add("cookie", value("a=b", "__Host-discord-session=x", `a=${"b".repeat(17_000)}`)),
      () => add(`x-${Hostile.letters(random)}`, planted(random))
    )
  }
  return headers
}

const parameterNames = ["code", "state", "iss", "error", "error_description", "scope", "guild_id"] as const

/** The query of the consent page's answer, changed, or any. */
const callbackQuery = (random: Random, good: URLSearchParams): string => {
  let all: ReadonlyArray<readonly [string, string]> = Array.from(good)
  if (random.chance(0.1)) all = []
  // What the consent page sends where the user cancels, or where the site is set up wrong.
  if (random.chance(0.1)) {
    const error = random.pick(["access_denied", "invalid_scope", "server_error"])
    all = [["error", error], ["error_description", planted(random)], ...all.filter(([name]) => name !== "code")]
  }
  for (let n = random.int(4); n > 0; n--) {
    const at = random.int(all.length)
    all = random.oneOf<ReadonlyArray<readonly [string, string]>>(
      () => all.toSpliced(at, 1),
      () => [...all, [random.pick(parameterNames), planted(random)]],
      () => [...all, ["error", random.pick(["access_denied", "server_error", "invalid_scope", planted(random)])]],
      () =>
        all.map(([name, text], index) =>
          index === at ? [name, `${Hostile.mutate(random, text)}${marker}`] : [name, text]
        ),
      () => all.map(([name, text], index) => index === at ? [Hostile.mutate(random, name), text] : [name, text]),
      () => [...all, ...all.slice(at, at + 1)]
    )
  }
  const query = all.map(([name, value]) =>
    random.chance(0.8) ? new URLSearchParams([[name, value]]).toString() : `${name}=${value}`
  ).join("&")
  return random.chance(0.9) ? query : Hostile.mutate(random, query)
}

/** Where a browser that is told to go to `location` would be. */
const ownPath = (location: string) => {
  assert.match(location, /^\/(?![/\\])/)
  // oxlint-disable-next-line eslint/no-control-regex -- what no Location may have
  assert.notMatch(location, /[\u0000-\u0020\\\u007f]/)
  assert.strictEqual(new URL(location, origin).origin, origin)
}

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO", "PROPFIND"] as const

const unknownMethods: ReadonlySet<string> = new Set(["FOO", "PROPFIND"])

const everything = Layer.succeed(References.MinimumLogLevel, "All")

Cases.file("login", (property) => {
  property.started(
    "S1 to S8, S16 to S18, S21, S33, F26 to F36: whatever the request, the answer is one of ours and echoes nothing",
    5000,
    Effect.gen(function*() {
      const app = yield* LoginApp.start({ extra: everything, middleware: Stub.unlimited })
      return (random, note, saw) =>
        Effect.gen(function*() {
          app.calls.length = 0
          app.logs.length = 0
          const browser = app.open()
          const route = random.pick(["login", "callback", "callback", "callback", "logout"])
          const started = random.chance(0.7) ? (yield* browser.get("/auth/discord/login")).location : null
          const page = started === null ? new URLSearchParams() : new URL(started).searchParams
          const good = new URLSearchParams({
            code: `planted-code-${marker}`,
            state: page.get("state") ?? marker,
            iss: "https://discord.com"
          })
          const query = route === "callback" ? callbackQuery(random, good) : planted(random)
          const method = random.chance(0.7) ? route === "logout" ? "POST" : "GET" : random.pick(methods)
          const headers = requestHeaders(random)
          const path = `/auth/discord/${route}${
            random.chance(0.85) ? "?" : random.pick(["", "#", "/", ";", "%3f"])
          }${query}`
          note({ method, path, headers: Array.from(headers) })
          if (!URL.canParse(path, origin)) return saw("no URL")
          const url = new URL(path, origin)
          const answer = yield* browser.send(path, { method, headers })
          // The router knows no other methods: to them there is nothing here.
          const isRoute = url.pathname === `/auth/discord/${route}` && !unknownMethods.has(method)

          assert.include([200, 204, 303, 400, 403, 404, 405, 500, 502, 503], answer.status)
          if (answer.status === 404) assert.isFalse(isRoute)
          if (isRoute) {
            assert.strictEqual(answer.headers.get("cache-control"), "no-store")
            assert.strictEqual(answer.headers.get("referrer-policy"), "no-referrer")
          }
          if (answer.status >= 500) assert.match(answer.body, reference)
          saw(`${route} ${answer.status}`)

          const params = url.searchParams
          const isAwaited = started !== null && !headers.has("cookie") && url.pathname === "/auth/discord/callback" &&
            params.getAll("state").length === 1 && params.get("state") === page.get("state") && method === "GET"
          const exchanges = app.exchanges()
          assert.isAtMost(exchanges.length, isAwaited ? 1 : 0)
          if (exchanges.length > 0) {
            assert.strictEqual(params.get("iss"), "https://discord.com")
            assert.isFalse(params.has("error"))
            assert.deepStrictEqual(exchanges.map(({ form }) => form.get("code")), params.getAll("code"))
          }

          if (answer.location !== null) {
            if (answer.location.startsWith("https://discord.com/oauth2/authorize?")) assert.strictEqual(route, "login")
            else ownPath(answer.location)
          }
          const sent = Array.from(answer.headers, ([name, value]) => `${name}: ${value}`).join("\n")
          hides(answer.body, [marker, "planted-code", ...secrets])
          hides(sent, [marker, "planted-code", ...secrets])
          // Of a callback whose `state` has matched, the error is logged, sanitised.
          const isDenied = isAwaited && params.has("error")
          for (const log of app.logs) {
            assert.isAtMost(log.length, 1000)
            assert.notMatch(log, /[\r\n]/)
            hides(log, [...(isDenied ? [] : [marker]), ...secrets])
          }
        })
    }),
    [
      "login 303",
      "login 204",
      "login 400",
      "login 405",
      "callback 200",
      "callback 204",
      "callback 303",
      "callback 400",
      "callback 405",
      "callback 500",
      "logout 303",
      "logout 403",
      "logout 405"
    ]
  )

  property.started(
    "S16, F33: whatever returnTo is, the browser ends on a path of the application, and there again",
    1500,
    Effect.gen(function*() {
      const app = yield* LoginApp.start({ middleware: Stub.unlimited })
      const end = Effect.fnUntraced(function*(returnTo: string) {
        const browser = app.open()
        const { location, status } = yield* browser.get(`/auth/discord/login?${new URLSearchParams({ returnTo })}`)
        if (status !== 303) return undefined
        const back = yield* browser.get(LoginApp.consent(location))
        assert.strictEqual(back.status, 303)
        return back.location ?? assert.fail("no location")
      })
      return (random, note, saw) =>
        Effect.gen(function*() {
          const prefix = random.pick([
            "/",
            "/",
            "/",
            "//",
            "/\\",
            "\\/",
            "https:",
            `${origin}`,
            `${origin}@`,
            "/.",
            "/..",
            "/%2f",
            ""
          ])
          const returnTo = random.oneOf(
            () => `${prefix}${Hostile.text(random)}`,
            () => Hostile.mutate(random, "/settings/profile?tab=guilds&next=/home#top"),
            () => Hostile.mutate(random, "//evil.example/a"),
            () =>
              `/${
                random.times(5, () => random.pick([".", "..", "/", "//", "%2e", "\\", "\t", "a", "?", "#", "@", ":"]))
                  .join("")
              }evil.example`,
            () =>
              `/auth${random.pick(["/", "//", "/./", "/x/../", "%2f"])}discord${
                random.pick(["/logout", "/callback", "", "x"])
              }`
          )
          note(returnTo)
          const first = yield* end(returnTo)
          if (first === undefined) return saw("too long")
          note(first)
          ownPath(first)
          assert.notMatch(new URL(first, origin).pathname, /^\/auth\/discord(\/|$)/)
          saw(first === "/" ? "home" : "path")
          if (first !== "/" && random.chance(0.3)) assert.strictEqual(yield* end(first), first)
        })
    }),
    ["home", "path"]
  )
})
