/**
 * A single-page application without a server of its own. It signs the user in with PKCE, shows their name and servers,
 * keeps them signed in after a reload, and signs them out.
 *
 * To run it: switch on "Public Client" for your application in the Developer Portal (OAuth2), register the URL of this
 * page as a redirect URI, write the client id into config.json, bundle main.ts, and upload the folder to any static host:
 *
 *   npx esbuild main.ts --bundle --minify --format=esm --outfile=main.js
 *
 * With `apiUrl`, `authorizeUrl` and `issuer` in config.json it uses a simulator in place of Discord.
 */
import { type DiscordSession, User } from "@discord-oauth2/core"
import { BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

const Settings = Schema.Struct({
  clientId: Schema.String,
  apiUrl: Schema.optionalKey(Schema.String),
  authorizeUrl: Schema.optionalKey(Schema.String),
  issuer: Schema.optionalKey(Schema.String)
})

const element = (id: string) => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`index.html has no #${id}`)
  return found
}

const show = (section: "waiting" | "signed-out" | "signed-in") =>
  Effect.sync(() => {
    for (const id of ["waiting", "signed-out", "signed-in"]) element(id).hidden = id !== section
  })

const notice = (text: string) =>
  Effect.sync(() => {
    element("notice").textContent = text
    element("notice").hidden = text === ""
  })

const click = (id: string) =>
  Effect.callback<void>((resume) => {
    element(id).addEventListener("click", () => resume(notice("")), { once: true })
  })

/** Shows the user and their servers until they sign out. */
const signedIn = Effect.fn(function*(session: DiscordSession.DiscordSession) {
  const user = yield* session.getCurrentUser()
  const guilds = yield* Stream.runCollect(session.currentUserGuilds())
  element("name").textContent = User.displayName(user)
  element("count").textContent = guilds.length === 1 ? "one server" : `${guilds.length} servers`
  element("guilds").replaceChildren(...guilds.map((guild) => {
    const item = document.createElement("li")
    item.textContent = guild.name
    return item
  }))
  yield* show("signed-in")
  yield* click("sign-out")
  yield* session.signOut()
})

const page = Effect.gen(function*() {
  const login = yield* BrowserLogin.BrowserLogin

  yield* Effect.gen(function*() {
    const completed = yield* login.complete
    const session = Option.isSome(completed) ? completed : yield* login.current
    if (Option.isSome(session)) yield* signedIn(session.value)
  }).pipe(Effect.catch((error) => notice(error.message)))

  while (true) {
    yield* show("signed-out")
    yield* click("sign-in")
    yield* show("waiting")
    yield* Effect.catch(login.start({ scopes: ["identify", "guilds"] }), (error) => notice(error.message))
    // The browser leaves the page now, unless the login could not start. The back button may restore the page as it was.
  }
})

const layer = Layer.unwrap(Effect.gen(function*() {
  const settings = yield* Effect.promise(() => fetch("config.json").then((response) => response.json()))
  return BrowserDiscord.layerSessionStorage(yield* Schema.decodeUnknownEffect(Settings)(settings))
}))

Effect.runFork(
  page.pipe(
    Effect.provide(layer),
    Effect.tapCause((cause) =>
      Effect.andThen(notice("Something went wrong. Please reload the page."), Effect.logError(cause))
    )
  )
)
