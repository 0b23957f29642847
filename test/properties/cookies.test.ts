/** Sealed cookies: only a value that was sealed for this name and purpose is opened. */
import { Snowflake } from "@discord-oauth2/core"
import { SessionCookie } from "@discord-oauth2/core/login"
import { assert } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Cookies from "effect/http/Cookies"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as LoginApp from "../support/LoginApp.ts"
import * as Stub from "../support/StubDiscord.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const userId = Snowflake.UserId.make("80351110224678912")
const name = "__Host-discord-session"
const key = (seed: string) => Redacted.make(`${seed}-planted-cookie-key-of-32-bytes-or-more`)

const layerCrypto = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

const flip = (random: Random, value: string) => {
  const at = random.int(value.length)
  return value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ (1 << random.int(7))) + value.slice(at + 1)
}

/** The value as it was sealed, nearly so, or another one. */
const valueLike = (random: Random, mine: string, others: ReadonlyArray<string>): string =>
  random.oneOf(
    () => mine,
    () => flip(random, mine),
    () => flip(random, mine),
    () => mine.slice(0, random.int(mine.length)),
    () => mine.slice(random.int(mine.length)),
    () => `${mine}${random.pick(["=", "==", "A", "AA", "%0a", "%0d%0a", "%00", "%3d", "."])}`,
    () => mine.slice(0, -1) + Hostile.letters(random, 1),
    () => mine.replace(/[A-Za-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    () => `"${mine}"`,
    () => random.any(others) ?? "",
    () => mine.slice(0, mine.length / 2) + (random.any(others) ?? "").slice(mine.length / 2),
    () => Hostile.mutate(random, mine),
    () => Hostile.text(random)
  )

const header = (random: Random, pairs: ReadonlyArray<readonly [string, string]>): string => {
  const noise = (): readonly [string, string] => [
    random.oneOf<string>(
      () => Hostile.corner(random),
      () => Hostile.letters(random),
      () => name.toLowerCase(),
      () => `${name} `
    ),
    Hostile.header(Hostile.text(random)).slice(0, 300)
  ]
  const all = [...random.times(2, noise), ...pairs, ...random.times(2, noise)]
  const joined = all.map(([name, value]) => `${name}=${value}`).join(random.pick(["; ", "; ", ";", ", ", ";;"]))
  return Hostile.header(random.chance(0.9) ? joined : Hostile.mutate(random, joined))
}

Cases.file("cookies", (property) => {
  property.started(
    "S19, F36: whatever the Cookie header, only a session that was sealed under this name and a known key is read",
    8000,
    Effect.gen(function*() {
      const cookieOf = (keys: ReadonlyArray<string>, secure = true) =>
        Effect.provide(SessionCookie.make({ keys: keys.map(key), secure }), layerCrypto)
      const issue = Effect.fnUntraced(function*(cookie: SessionCookie.SessionCookie["Service"], name: string) {
        const response = yield* cookie.issue(HttpServerResponse.empty(), userId)
        return Option.getOrThrow(Cookies.get(response.cookies, name)).value
      })
      const cookie = yield* cookieOf(["a", "b"])
      const mine = yield* issue(cookie, name)
      const old = yield* issue(yield* cookieOf(["b"]), name)
      const foreign = yield* issue(yield* cookieOf(["c"]), name)
      const plain = yield* issue(yield* cookieOf(["a"], false), "discord-session")
      const app = yield* LoginApp.start({ options: { keys: [key("a")] }, middleware: Stub.unlimited })
      yield* app.browser.get("/auth/discord/login")
      const login = app.browser.cookies().split("=")[1] ?? ""
      assert.isNotEmpty(login)
      const issued = [mine, old]
      return (random, note, saw) =>
        Effect.gen(function*() {
          const value = valueLike(random, random.pick([mine, mine, old]), [...issued, foreign, plain, login])
          const sent = header(random, [[name, value], ...random.times(1, () => [name, mine] as const)])
          note(sent)
          const request = HttpServerRequest.fromWeb(new Request("https://app.example/", { headers: { cookie: sent } }))
          const session = yield* Effect.provideService(cookie.current, HttpServerRequest.HttpServerRequest, request)
          const parsed = Cookies.parseHeader(sent)[name]
          assert.strictEqual(
            Option.isSome(session),
            parsed !== undefined && issued.includes(parsed) && sent.length <= 16_384
          )
          saw(Option.isSome(session) ? "read" : "refused")
          if (Option.isSome(session)) assert.strictEqual(session.value.userId, userId)
        })
    }),
    ["read", "refused"]
  )

  property.started(
    "S12, S19: every bit of a sealed session that is turned makes it none",
    4000,
    Effect.gen(function*() {
      const cookie = yield* Effect.provide(SessionCookie.make({ keys: [key("a")] }), layerCrypto)
      const response = yield* cookie.issue(HttpServerResponse.empty(), userId)
      const bytes = Buffer.from(Option.getOrThrow(Cookies.get(response.cookies, name)).value, "base64url")
      let bit = 0
      return () =>
        Effect.gen(function*() {
          const changed = Buffer.from(bytes)
          const at = bit++ % (bytes.length * 8)
          changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7))
          const request = HttpServerRequest.fromWeb(
            new Request("https://app.example/", { headers: { cookie: `${name}=${changed.toString("base64url")}` } })
          )
          const session = yield* Effect.provideService(cookie.current, HttpServerRequest.HttpServerRequest, request)
          assert.isTrue(Option.isNone(session))
        })
    })
  )

  property.started(
    "S2, S12, F26, F35: no code is exchanged unless the login's own cookie comes as it was sealed",
    1500,
    Effect.gen(function*() {
      const app = yield* LoginApp.start({ options: { keys: [LoginApp.key, key("b")] }, middleware: Stub.unlimited })
      const stranger = yield* LoginApp.start({ options: { keys: [key("c")] } })
      yield* LoginApp.signIn(app.browser)
      const session = app.browser.jar.get(name)?.value ?? ""
      assert.isNotEmpty(session)
      const [other] = (yield* app.open().get("/auth/discord/login")).set
      const [foreign] = (yield* stranger.open().get("/auth/discord/login")).set
      if (other === undefined || foreign === undefined) return assert.fail("no cookie")
      return (random, note, saw) =>
        Effect.gen(function*() {
          app.calls.length = 0
          app.logs.length = 0
          const tab = app.open()
          const { location, set } = yield* tab.get("/auth/discord/login")
          const [mine] = set
          if (mine === undefined) return assert.fail("no cookie")
          const value = valueLike(random, mine.value, [other.value, session, foreign.value])
          const under = random.pick([mine.name, mine.name, mine.name, other.name, name])
          const sent = header(random, [[under, value], [other.name, other.value]])
          note(sent)
          const answer = yield* tab.send(LoginApp.consent(location), { headers: { cookie: sent } })
          const cookies = Cookies.parseHeader(sent)
          const isMine = cookies[mine.name] === mine.value
          // F27: who is signed in already goes on.
          const isSignedIn = cookies[name] === session
          assert.strictEqual(app.exchanges().length, isMine ? 1 : 0)
          assert.strictEqual(answer.status, isMine || isSignedIn ? 303 : 400)
          assert.strictEqual(answer.headers.get("cache-control"), "no-store")
          hides(answer.body, ["planted-code", mine.value])
          saw(isMine ? "exchanged" : isSignedIn ? "signed in" : "refused")
        })
    }),
    ["exchanged", "refused", "signed in"]
  )
})
