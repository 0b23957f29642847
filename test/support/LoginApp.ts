/** An application with the three routes and two pages, with a stub of Discord. */
import { AccessTokenStore, Denylist, DiscordError, DiscordLogin } from "@discord-oauth2/core"
import type { DiscordSessions } from "@discord-oauth2/core"
import type { RequestMiddleware } from "@discord-oauth2/core/api"
import type { SessionCookie } from "@discord-oauth2/core/login"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Browser from "./Browser.ts"
import * as Stub from "./StubDiscord.ts"

export const redirectUri = "https://app.example/auth/discord/callback"
export const key = Redacted.make("planted-cookie-key-of-more-than-32-bytes")

export const options: DiscordLogin.Options = { redirectUri, keys: [key] }

/** Responds like Discord to valid requests. */
export const discord: Stub.Handler = ({ path }) =>
  Effect.succeed(
    path === "/oauth2/token"
      ? {
        body: {
          access_token: "planted-access-token",
          token_type: "Bearer",
          expires_in: 604_800,
          refresh_token: "planted-refresh-token",
          scope: "identify"
        }
      }
      : path === "/oauth2/@me"
      ? { body: Stub.authorization(["identify"]) }
      : { status: 200, body: {} }
  )

/** Responds with the id of the signed-in user. */
const Me = HttpRouter.add(
  "GET",
  "/me",
  Effect.map(
    Effect.orDie(DiscordLogin.currentSession),
    (session) =>
      HttpServerResponse.text(Option.match(session, { onNone: () => "nobody", onSome: ({ userId }) => userId }))
  )
)

/** A store of tokens for several servers. */
export const sharedStore = Effect.map(
  Effect.provide(AccessTokenStore.AccessTokenStore, AccessTokenStore.layerMemory),
  (store) => Layer.succeed(AccessTokenStore.AccessTokenStore, store)
)

/** Responds with the ids of the users whose tokens are stored. */
const Stored = HttpRouter.add(
  "GET",
  "/stored",
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    const keys = yield* Effect.orDie(store.list({}, { limit: 10 }))
    return HttpServerResponse.text(keys.map(({ userId }) => userId).join())
  })
)

/** A denylist whose operations a test can make fail. */
export const breakableDenylist = () => {
  const memory = Denylist.makeMemory()
  let down: DiscordError.DenylistError["operation"] | undefined
  const unless = <A>(
    operation: DiscordError.DenylistError["operation"],
    effect: Effect.Effect<A, DiscordError.DenylistError>
  ) =>
    Effect.suspend(() =>
      down === operation ? Effect.fail(new DiscordError.DenylistError({ operation, cause: new Error("down") })) : effect
    )
  return {
    setDown: (operation: DiscordError.DenylistError["operation"] | undefined) => {
      down = operation
    },
    layer: Layer.succeed(Denylist.Denylist, {
      add: (id, until) => unless("add", memory.add(id, until)),
      addedAt: (id) => unless("addedAt", memory.addedAt(id))
    })
  }
}

export const layerDenylistDown = Layer.suspend(() => {
  const { layer, setDown } = breakableDenylist()
  setDown("add")
  return layer
})

const layerAead = Aead.layerWebCrypto.pipe(Layer.provide(SecureRandom.layerWebCrypto))

/** Runs an effect whenever a cookie has been opened. */
const layerOpened = (onOpened: Effect.Effect<unknown>) =>
  Layer.effect(
    Aead.Aead,
    Effect.map(Aead.Aead, (aead) => ({
      ...aead,
      decrypt: (...args: Parameters<Aead.Aead["Service"]["decrypt"]>) => Effect.tap(aead.decrypt(...args), onOpened)
    }))
  ).pipe(Layer.provide(layerAead))

export interface App {
  readonly calls: Array<Stub.Call>
  readonly logs: Array<string>
  readonly browser: Browser.Browser
  /** Another browser at the same application. */
  readonly open: () => Browser.Browser
  /** Calls of the token endpoint. */
  readonly exchanges: () => ReadonlyArray<Stub.Call>
}

export const start = (settings?: {
  readonly options?: Partial<DiscordLogin.Options>
  readonly discord?: Stub.Handler
  readonly extra?: Layer.Layer<never> | Layer.Layer<Denylist.Denylist>
  readonly origin?: string
  readonly onOpened?: Effect.Effect<unknown>
  readonly store?: Layer.Layer<AccessTokenStore.AccessTokenStore>
  /** Additional routes of the application. */
  readonly routes?: Layer.Layer<
    never,
    never,
    | HttpRouter.HttpRouter
    | SessionCookie.SessionCookie
    | DiscordSessions.DiscordSessions
    | Layer.Success<typeof HttpServer.layerServices>
  >
  /** Whether Effect's own logger of requests is on. */
  readonly logger?: boolean
  /** Tracer and loggers in place of the application's. */
  readonly observed?: Layer.Layer<never>
  /** Additional services of the server. */
  readonly outer?: Layer.Layer<never>
  readonly middleware?: Layer.Layer<RequestMiddleware.RequestMiddleware> | undefined
}) =>
  Effect.gen(function*() {
    const calls: Array<Stub.Call> = []
    const logs: Array<string> = []
    const logger = settings?.observed ?? Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])
    const { dispose, handler } = HttpRouter.toWebHandler(
      Layer.mergeAll(DiscordLogin.routes, Me, Stored, settings?.routes ?? Layer.empty).pipe(
        Layer.provideMerge(DiscordLogin.layer({ ...options, ...settings?.options })),
        Layer.provideMerge(
          Stub.layer(
            calls,
            settings?.discord ?? discord,
            { middleware: settings?.middleware, ...(settings?.store !== undefined && { store: settings.store }) }
          )
        ),
        Layer.provideMerge(
          Layer.mergeAll(Kdf.layerWebCrypto, layerOpened(settings?.onOpened ?? Effect.void), HttpServer.layerServices)
        ),
        Layer.provideMerge(Layer.merge(logger, settings?.extra ?? Layer.empty)),
        Layer.merge(settings?.outer ?? Layer.empty)
      ),
      { disableLogger: settings?.logger !== true }
    )
    yield* Effect.addFinalizer(() => Effect.promise(dispose))
    const open = () => Browser.make(handler, settings?.origin)
    const app: App = {
      calls,
      logs,
      browser: open(),
      open,
      exchanges: () => calls.filter(({ path }) => path === "/oauth2/token")
    }
    return app
  })

/** Returns the path of the callback that the consent page redirects to. */
export const consent = (location: string | null, parameters: Record<string, string | undefined> = {}) => {
  const page = new URL(location ?? "")
  const callback = new URL(page.searchParams.get("redirect_uri") ?? "")
  const all: Record<string, string | undefined> = {
    code: "planted-code",
    state: page.searchParams.get("state") ?? "",
    iss: "https://discord.com",
    ...parameters
  }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) callback.searchParams.set(name, value)
  return `${callback.pathname}${callback.search}`
}

/** Signs the browser in and returns the response of the callback. */
export const signIn = (browser: Browser.Browser, path = "/auth/discord/login") =>
  Effect.flatMap(browser.get(path), ({ location }) => browser.get(consent(location)))
