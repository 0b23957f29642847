/** The steps of a login in a page of a fake tab. */
import { type BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import { FakeTab } from "./fakes.ts"

export const start = Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.start({ scopes: ["identify"] }))
export const complete = Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.complete)
export const current = Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.current)

/** A tab whose user has signed in by a complete login. */
export const signedIn = Effect.fnUntraced(function*(
  tab: FakeTab = new FakeTab(),
  layer?: typeof BrowserDiscord.layer
) {
  yield* start.pipe(tab.page("https://app.example/", layer))
  yield* complete.pipe(tab.page(tab.callback(), layer))
  return tab
})
