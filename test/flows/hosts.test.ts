/**
 * Runs the same requests against the login routes on two hosts: a handler of `Request` and `Response`, which is what
 * Workers, Hono, Next, Deno and Bun call, and Node's HTTP server. The responses must be equal.
 */
import { DiscordLogin } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { NodeDiscord } from "@discord-oauth2/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as Browser from "../support/Browser.ts"
import * as NodeApp from "../support/NodeApp.ts"

type Answer = Effect.Success<ReturnType<Browser.Browser["get"]>>

/** Returns the observable parts of a response without values that differ in each run. */
const told = ({ body, headers, location, set, status }: Answer) => ({
  status,
  location: location?.replace(/^https?:\/\/[^/]+/, "").replace(/\?.*/, "?…") ?? null,
  set: set.map(({ attributes, name }) =>
    `${name.replace(/^(discord-login)-.*/, "$1")} ${Math.round(Number(attributes.get("max-age")) / 60)} minutes ${
      attributes.get("samesite")
    } ${attributes.has("httponly")}`
  ),
  cache: headers.get("cache-control"),
  referrer: headers.get("referrer-policy"),
  page: /<code>(\w+)<\/code>/.exec(body)?.[1] ?? body
})

const script = Effect.fnUntraced(function*(
  open: () => Browser.Browser,
  authorize: DiscordSimulator.DiscordSimulator["Service"]["authorize"]
) {
  const browser = open()
  const story: Array<readonly [string, ReturnType<typeof told>]> = []
  const note = (what: string, answer: Effect.Effect<Answer>) =>
    Effect.tap(answer, (answer) => Effect.sync(() => void story.push([what, told(answer)])))
  const begin = Effect.map(browser.get("/auth/discord/login?returnTo=/me"), ({ location }) => location ?? "")

  yield* note("nobody", browser.get("/me"))
  yield* note("prefetch", browser.get("/auth/discord/login", { "sec-purpose": "prefetch" }))
  yield* note("HEAD", browser.send("/auth/discord/login", { method: "HEAD" }))
  const denied = yield* authorize(yield* begin, { decision: "deny" })
  yield* note("denial", browser.get(denied))
  const { location } = yield* note("login", browser.get("/auth/discord/login?returnTo=/me"))
  const callback = yield* authorize(location ?? "")
  yield* note("HEAD of the callback", browser.send(callback, { method: "HEAD" }))
  yield* note("prefetched callback", browser.get(callback, { purpose: "prefetch" }))
  yield* note("callback of another browser", open().get(callback))
  yield* note("callback", browser.get(callback))
  yield* note("callback once more", browser.get(callback))
  yield* note("signed in", browser.get("/me"))
  yield* note("too long", browser.get(`/auth/discord/callback?x=${"x".repeat(9000)}`))
  yield* note("sign-out by GET", browser.get("/auth/discord/logout"))
  yield* note("sign-out by another site", browser.post("/auth/discord/logout", { "sec-fetch-site": "cross-site" }))
  const cookie = browser.cookies()
  yield* note("sign-out", browser.post("/auth/discord/logout"))
  yield* note("signed out", browser.get("/me"))
  yield* note("the cookie's copy", browser.get("/me", { cookie }))
  return story
})

/** Starts a simulated Discord and returns the application's configuration for it. */
const simulate = Effect.fnUntraced(function*(redirectUri: string) {
  const { listening, origin } = yield* NodeApp.listen
  const simulated = yield* Layer.build(
    Layer.fresh(DiscordSimulator.layer({ application: { redirectUris: [redirectUri] } }))
  )
  const simulator = yield* Effect.provide(DiscordSimulator.DiscordSimulator, simulated)
  yield* Layer.build(
    HttpRouter.serve(DiscordSimulator.routes, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provide(Layer.succeedContext(simulated)),
      Layer.provide(Layer.succeedContext(listening))
    )
  )
  const [user] = yield* simulator.users
  return { authorize: simulator.authorize, config: simulator.config(origin), userId: user?.id ?? "" }
})

const onNode = Effect.gen(function*() {
  const place = yield* NodeApp.listen
  const { authorize, config, userId } = yield* simulate(place.redirectUri)
  const { open } = yield* NodeApp.serve(place, config)
  return { story: yield* script(open, authorize), userId }
})

const onFetch = Effect.gen(function*() {
  const origin = "http://127.0.0.1:4000"
  const redirectUri = `${origin}/auth/discord/callback`
  const { authorize, config, userId } = yield* simulate(redirectUri)
  const { dispose, handler } = HttpRouter.toWebHandler(
    Layer.merge(DiscordLogin.routes, NodeApp.Me).pipe(
      Layer.provideMerge(DiscordLogin.layer({ redirectUri, keys: NodeApp.keys })),
      Layer.provideMerge(NodeDiscord.layer(config))
    ),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() => Effect.promise(dispose))
  return { story: yield* script(() => Browser.make((request) => handler(request), origin), authorize), userId }
})

const answers = (story: Effect.Success<ReturnType<typeof script>>) =>
  Object.fromEntries(story.map(([what, { location, page, status }]) => [what, `${status} ${location ?? page}`]))

describe("the login routes", () => {
  it.live("have equal responses as a handler of Request and Response and on Node's HTTP server", () =>
    Effect.gen(function*() {
      const fetched = yield* onFetch
      const served = yield* onNode
      assert.deepStrictEqual(served.story, fetched.story)
      assert.deepStrictEqual(answers(served.story), {
        nobody: "200 nobody",
        prefetch: "204 ",
        HEAD: "405 ",
        denial: "200 AuthorizationDenied",
        login: "303 /oauth2/authorize?…",
        "HEAD of the callback": "405 ",
        "prefetched callback": "204 ",
        "callback of another browser": "400 StateMismatch",
        callback: "303 /me",
        "callback once more": "303 /",
        "signed in": `200 ${served.userId}`,
        "too long": "400 InvalidCallback",
        "sign-out by GET": "405 ",
        "sign-out by another site": "403 CrossSiteRequest",
        "sign-out": "303 /",
        "signed out": "200 nobody",
        "the cookie's copy": "200 nobody"
      })
      for (const [what, { cache, referrer }] of served.story) {
        if (["nobody", "signed in", "signed out", "the cookie's copy"].includes(what)) continue
        assert.deepStrictEqual([cache, referrer], ["no-store", "no-referrer"], what)
      }
    }))
})
