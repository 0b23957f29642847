/** Runs `pnpm demo` in a real Chromium with the simulated Discord. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import type { Locator, Page } from "playwright-core"
import { Chromium, executablePath, isSkipped, makeTab } from "../support/Chromium.ts"
import { startDemo } from "./demo.ts"

class Demo extends Context.Service<Demo, Effect.Success<ReturnType<typeof startDemo>>>()("test/flows/Demo") {
  static readonly layer = Layer.effect(Demo, startDemo())
}

const texts = (locator: Locator) => locator.allInnerTexts()

/** A tab with the actions of a visitor. */
const makeVisitor = Effect.gen(function*() {
  const { url } = yield* Demo
  const tab = yield* makeTab()
  const { page } = tab
  const act = <A>(run: (page: Page) => Promise<A>) => Effect.promise(() => run(page))
  const press = (name: string) => act((page) => page.getByRole("button", { name, exact: true }).click())
  const signInLink = page.getByRole("link", { name: "Sign in with Discord" })
  const toConsent = act(async (page) => {
    await page.goto(url)
    await signInLink.click()
    await page.getByRole("button", { name: "Authorize" }).waitFor()
  })
  const heading = act((page) => page.getByRole("heading", { level: 1 }).innerText())
  const signIn = Effect.andThen(toConsent, press("Authorize"))
  /** Returns the section with the heading. */
  const region = (name: string | RegExp) => page.getByRole("region", { name })
  return { ...tab, home: `${url}/`, act, press, toConsent, signIn, signInLink, heading, region }
})

const timeLeft = /^(7 days|6 days, 23 hours, 59 minutes( and \d\d? seconds?)?)$/

const suite = () =>
  layer(Layer.merge(Demo.layer, Chromium.layer), { excludeTestServices: true, timeout: 600_000 })(
    "the demo, in Chromium",
    (it) => {
      it.effect("shows a visitor the scopes that it will request", () =>
        Effect.gen(function*() {
          const { act, complaints, heading, home, page, signInLink } = yield* makeVisitor
          yield* act((page) => page.goto(home))
          assert.strictEqual(yield* heading, "See what an application sees")
          assert.isTrue(yield* act(() => signInLink.isVisible()))
          assert.deepStrictEqual(
            yield* act(() => texts(page.locator(".asked code"))),
            ["identify", "guilds", "connections"]
          )
          assert.deepStrictEqual(complaints, [])
        }))

      it.effect("shows the signed-in user with avatar, servers, connections and the token's lifetime", () =>
        Effect.gen(function*() {
          const { act, complaints, heading, page, region, signIn } = yield* makeVisitor
          yield* signIn
          assert.strictEqual(yield* heading, "Nelly Ferris")
          assert.isTrue(yield* act((page) => page.getByText("@nelly", { exact: true }).isVisible()))
          const avatar = page.getByRole("img", { name: "Your avatar" })
          assert.isAbove(yield* act(() => avatar.evaluate((image: HTMLImageElement) => image.naturalWidth)), 0)
          assert.strictEqual(yield* act((page) => page.locator(".cover rect").first().getAttribute("fill")), "#7c5cbf")

          const servers = region(/^Servers/)
          assert.deepStrictEqual(yield* act(() => texts(servers.getByRole("heading", { level: 3 }))), [
            "Discord Testers",
            "Café Gemütlich",
            "The Pottery Collective",
            "Effect Days",
            "Books <3"
          ])
          const icons = servers.locator("img")
          const widths = yield* act(() =>
            icons.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth))
          )
          assert.strictEqual(widths.length, 2)
          for (const width of widths) assert.isAbove(width, 0)

          const connections = region(/^Connections/)
          assert.deepStrictEqual(
            yield* act(() =>
              connections.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href")))
            ),
            [
              "https://github.com/nelly",
              "https://steamcommunity.com/profiles/76561197960287930",
              "https://bsky.app/profile/nelly.example.com"
            ]
          )
          assert.include(yield* act(() => texts(connections.getByRole("listitem"))), "E\nEpic Games\n\nnelly plays")

          const token = region("Access token")
          assert.match(yield* act((page) => page.locator("#time-left").innerText()), timeLeft)
          assert.deepStrictEqual(
            yield* act(() => texts(token.locator("#scopes code"))),
            ["identify", "guilds", "connections"]
          )
          assert.strictEqual(yield* act((page) => page.locator("#refreshes").innerText()), "not yet")
          assert.deepStrictEqual(complaints, [])
        }))

      it.effect("shows the user's permissions in a server as words, and all of them on request", () =>
        Effect.gen(function*() {
          const { act, region, signIn } = yield* makeVisitor
          yield* signIn
          const server = (name: string) => region(/^Servers/).getByRole("listitem").filter({ hasText: name })
          assert.include(yield* act(() => server("Discord Testers").innerText()), "Owner")
          assert.include(yield* act(() => server("Effect Days").innerText()), "Administrator")
          assert.include(yield* act(() => server("Books <3").innerText()), "View channel, Send messages")
          const pottery = server("The Pottery Collective")
          assert.include(
            yield* act(() => pottery.innerText()),
            "Kick members, Manage channels, Manage server and 4 more"
          )
          yield* act(() => pottery.getByText("and 4 more").click())
          assert.include(
            yield* act(() => pottery.innerText()),
            "Manage server\n\nView channel, Send messages, Manage events, Moderate members"
          )
        }))

      it.effect("S17: removes the code and the state from the URL and the referrer", () =>
        Effect.gen(function*() {
          const { act, home, requests, signIn } = yield* makeVisitor
          yield* signIn
          assert.isTrue(requests.some(({ searchParams }) => searchParams.has("code")))
          assert.strictEqual(yield* act(async (page) => page.url()), home)
          assert.strictEqual(yield* act((page) => page.evaluate(() => document.referrer)), "")
          // The history does not contain the callback either.
          yield* act((page) => page.goBack())
          assert.isFalse(new URL(yield* act(async (page) => page.url())).searchParams.has("code"))
        }))

      it.effect("sends requests only to this machine, also for images", () =>
        Effect.gen(function*() {
          const { press, requests, signIn } = yield* makeVisitor
          yield* signIn
          yield* press("Expire my token")
          assert.isAbove(requests.length, 5)
          assert.deepStrictEqual([...new Set(requests.map(({ hostname }) => hostname))], ["127.0.0.1"])
        }))

      it.effect("shows the start page with a message after Cancel", () =>
        Effect.gen(function*() {
          const { act, complaints, context, home, page, press, signInLink, toConsent } = yield* makeVisitor
          yield* toConsent
          yield* press("Cancel")
          assert.strictEqual(yield* act(async (page) => page.url()), `${home}?cancelled`)
          assert.include(yield* act((page) => page.getByRole("status").innerText()), "You cancelled.")
          assert.isTrue(yield* act(() => signInLink.isVisible()))
          const cookies = yield* act(() => context.cookies(home))
          assert.isUndefined(cookies.find(({ name }) => name === "discord-session"))
          yield* act(() => page.goto(home))
          assert.strictEqual(yield* act((page) => page.getByRole("status").count()), 0)
          assert.deepStrictEqual(complaints, [])
        }))

      it.effect("refreshes an expired token once for all calls and shows the refresh", () =>
        Effect.gen(function*() {
          const { act, heading, page, press, region, signIn } = yield* makeVisitor
          const calls = () => texts(region("What this page asked Discord").getByRole("listitem"))
          const fine = ["GET /users/@me 200", "GET /users/@me/connections 200", "GET /users/@me/guilds 200"]
          const oneLine = (lines: ReadonlyArray<string>) => lines.map((line) => line.replace(/\s+/g, " ").trim())
          yield* signIn
          assert.deepStrictEqual(oneLine(yield* act(calls)).sort(), fine)

          yield* press("Expire my token")
          assert.include(yield* act((page) => page.getByRole("status").innerText()), "Your token was refreshed.")
          assert.strictEqual(yield* heading, "Nelly Ferris")
          assert.strictEqual(yield* act((page) => page.locator("#refreshes").innerText()), "once")
          assert.match(yield* act((page) => page.locator("#time-left").innerText()), timeLeft)
          const answers = oneLine(yield* act(calls))
          assert.deepStrictEqual(
            answers.sort(),
            [...fine, ...fine.map((call) => call.replace("200", "401")), "POST /oauth2/token 200"].sort()
          )

          yield* press("Expire my token")
          assert.strictEqual(yield* act((page) => page.locator("#refreshes").innerText()), "twice")

          yield* act(() => page.reload())
          assert.strictEqual(yield* act((page) => page.getByRole("status").count()), 0)
          assert.strictEqual(yield* act((page) => page.locator("#refreshes").innerText()), "twice")
          assert.deepStrictEqual(oneLine(yield* act(calls)).sort(), fine)
        }))

      it.effect("a sign-out ends the session: no profile in the history, and the next sign-in needs Discord", () =>
        Effect.gen(function*() {
          const { act, complaints, heading, home, press, signIn } = yield* makeVisitor
          const seesNoProfile = Effect.gen(function*() {
            assert.strictEqual(
              yield* act((page) => page.getByRole("link", { name: "Sign in with Discord" }).count()),
              1
            )
            assert.strictEqual(yield* act((page) => page.getByText("Nelly").count()), 0)
          })
          /** `prompt=none` skips the consent page if the user has authorized this application. */
          const withoutPrompt = act(async (page) => {
            await page.goto(`${home}auth/discord/login`)
            await page.goto(`${page.url().replace(/&prompt=\w+/, "")}&prompt=none`)
          })
          yield* signIn
          yield* withoutPrompt
          assert.strictEqual(yield* act(async (page) => page.url()), home)
          const seenBefore = `${home}?before`
          yield* act((page) => page.goto(seenBefore))
          assert.strictEqual(yield* heading, "Nelly Ferris")
          yield* act((page) => page.goto(home))
          yield* press("Sign out")
          assert.strictEqual(yield* act(async (page) => page.url()), home)
          yield* seesNoProfile
          const back = Effect.andThen(act((page) => page.goBack()), act(async (page) => page.url()))
          while ((yield* back) !== seenBefore) yield* seesNoProfile
          yield* seesNoProfile
          yield* act((page) => page.reload())
          yield* seesNoProfile

          yield* withoutPrompt
          assert.isTrue(yield* act((page) => page.getByRole("button", { name: "Authorize" }).isVisible()))
          assert.deepStrictEqual(complaints, [])
        }))

      it.effect("F35: rejects a callback of a login that this browser did not start, and offers to start again", () =>
        Effect.gen(function*() {
          const { act, heading, home } = yield* makeVisitor
          const response = yield* act((page) => page.goto(`${home}auth/discord/callback?code=stolen&state=foreign`))
          assert.strictEqual(response?.status(), 400)
          assert.strictEqual(yield* heading, "This sign-in is no longer valid")
          assert.isTrue(yield* act((page) => page.getByRole("link", { name: "Sign in again" }).isVisible()))
        }))

      it.effect("fits the screen of a phone in every state, light and dark", () =>
        Effect.gen(function*() {
          const { act, home, press, signIn, toConsent } = yield* makeVisitor
          yield* act((page) => page.setViewportSize({ width: 360, height: 740 }))
          const fits = Effect.gen(function*() {
            const backgrounds: Array<string> = []
            for (const colorScheme of ["light", "dark"] as const) {
              yield* act((page) => page.emulateMedia({ colorScheme }))
              const { background, excess } = yield* act((page) =>
                page.evaluate(() => ({
                  background: getComputedStyle(document.body).backgroundColor,
                  excess: document.documentElement.scrollWidth - innerWidth
                }))
              )
              backgrounds.push(background)
              assert.isAtMost(excess, 0)
            }
            assert.notStrictEqual(backgrounds[0], backgrounds[1])
          })
          yield* act((page) => page.goto(home))
          yield* fits
          yield* toConsent
          yield* press("Cancel")
          yield* fits
          yield* signIn
          yield* press("Expire my token")
          yield* fits
        }))

      it.effect("can be used with only the keyboard", () =>
        Effect.gen(function*() {
          const { act, heading, home } = yield* makeVisitor
          yield* act((page) => page.goto(home))
          const outline = yield* act(async (page) => {
            await page.keyboard.press("Tab")
            await page.keyboard.press("Tab")
            return page.evaluate(() => ({
              text: document.activeElement?.textContent,
              style: getComputedStyle(document.activeElement ?? document.body).outlineStyle
            }))
          })
          assert.deepStrictEqual(outline, { text: "Sign in with Discord", style: "solid" })
          yield* act(async (page) => {
            await page.keyboard.press("Enter")
            await page.getByRole("button", { name: "Authorize" }).focus()
            await page.keyboard.press("Enter")
            await page.getByRole("heading", { name: "Nelly Ferris" }).waitFor()
          })
          assert.strictEqual(yield* heading, "Nelly Ferris")
        }))
    }
  )

describe.skipIf(isSkipped)("demo", () => {
  it(`has a Chromium at ${executablePath} (set CHROMIUM_PATH for another)`, () => {
    assert.isTrue(existsSync(executablePath))
  })

  suite()
})
