/** A page whose tabs share their users' tokens. The tests bundle it and call the functions of `window.tabs`. */
import { AccessTokenStore, DiscordConfig, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { BrowserAccessTokenStore, BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"

declare global {
  interface Window {
    tabs: {
      readonly start: () => Promise<void>
      /** The id of the user that the callback signed in. */
      readonly signedIn: Promise<string | undefined>
      /** Returns the user's name from Discord. */
      readonly name: (userId: string) => Promise<string | null>
      /** Takes the user's lock and holds it until the tab closes. */
      readonly hold: (userId: string) => Promise<void>
    }
  }
}

const layer = Layer.unwrap(Effect.promise(async () => {
  const config: BrowserDiscord.Options = await fetch("config.json").then((response) => response.json())
  return Layer.provideMerge(
    BrowserDiscord.layerWithStore(config),
    BrowserAccessTokenStore.layer({ storage: () => localStorage })
  )
}))

const runtime = ManagedRuntime.make(layer)

window.tabs = {
  start: () =>
    runtime.runPromise(Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.start({ scopes: ["identify"] }))),
  signedIn: runtime.runPromise(Effect.gen(function*() {
    const { complete } = yield* BrowserLogin.BrowserLogin
    return (yield* complete).pipe((session) => session._tag === "Some" ? session.value.userId : undefined)
  })),
  name: (userId) =>
    runtime.runPromise(Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* sessions.get(Snowflake.UserId.make(userId))
      return (yield* session.getCurrentUser()).global_name
    })),
  hold: (userId) =>
    runtime.runPromise(Effect.gen(function*() {
      const { clientId } = yield* DiscordConfig.DiscordConfig
      const store = yield* AccessTokenStore.AccessTokenStore
      const lock = AccessTokenStore.withLock(store, { clientId, userId: Snowflake.UserId.make(userId) })
      yield* Effect.callback<void>((resume) => {
        runtime.runFork(lock(Effect.andThen(Effect.sync(() => resume(Effect.void)), Effect.never)))
      })
    }))
}
