/** Callbacks: every input is either the expected callback, or fails with a declared error. */
import type { DiscordError, PendingAuthorization } from "@discord-oauth2/core"
import { AuthorizationResponse } from "@discord-oauth2/core/oauth2"
import { assert } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { implicitFragment } from "../fixtures/oauth2.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { errorOf, hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const issuer = "https://discord.com"
const state = "planted-state-5X0v9dYwq2"
const verifier = "planted-verifier-Vh4b1kQmZs"
const marker = "planted-marker-0123456789"

const pending: PendingAuthorization.PendingAuthorization = {
  response_type: "code",
  state: Redacted.make(state),
  code_verifier: Redacted.make(verifier),
  redirect_uri: "https://app.example/auth/discord/callback",
  scopes: ["identify"],
  expires_at: DateTime.makeUnsafe("2100-01-01T00:00:00Z")
}

const tags = ["AuthorizationDenied", "InvalidCallback", "IssuerMismatch", "StateMismatch"] as const

const names = [
  "code",
  "state",
  "iss",
  "error",
  "error_description",
  "access_token",
  "token_type",
  "expires_in",
  "scope",
  "guild_id",
  "permissions",
  "STATE",
  "state[]",
  "ｓtate"
] as const

const good = (random: Random, implicit: boolean): ReadonlyArray<readonly [string, string]> => [
  ...(implicit
    ? Array.from(new URLSearchParams(implicitFragment)).filter(([name]) => name !== "state" && name !== "access_token")
    : []),
  [implicit ? "access_token" : "code", `${marker}${Hostile.letters(random)}`],
  ["state", state],
  ["iss", issuer]
]

/** The expected parameters, with one or more changes. */
const parameters = (random: Random, implicit: boolean): ReadonlyArray<readonly [string, string]> => {
  let all = good(random, implicit)
  for (let n = random.int(4); n > 0; n--) {
    const at = random.int(all.length)
    const value = () => `${Hostile.text(random)}${marker}${Hostile.text(random)}`
    all = random.oneOf<ReadonlyArray<readonly [string, string]>>(
      () => all.toSpliced(at, 1),
      () => all.toSpliced(at, 0, [random.pick(names), value()]),
      () => all.toSpliced(at, 0, ...all.slice(at, at + 1)),
      () => [...all, [
        random.pick(["error", "error_description"]),
        random.pick(["access_denied", "server_error", value()])
      ]],
      () => all.map(([name, text], index) => index === at ? [name, Hostile.mutate(random, text)] : [name, text]),
      () => all.map(([name, text], index) => index === at ? [Hostile.mutate(random, name), text] : [name, text]),
      () => all.map(([name, text], index) => index === at ? [name, value()] : [name, text]),
      () => all.toReversed()
    )
  }
  return all
}

/** Half of the values are encoded, the others are raw. */
const query = (random: Random, all: ReadonlyArray<readonly [string, string]>): string => {
  const proper = random.chance(0.6)
  const joined = all.map(([name, value]) =>
    proper ? new URLSearchParams([[name, value]]).toString() : `${name}=${value}`
  ).join("&")
  return random.chance(0.7) ? joined : Hostile.mutate(random, joined)
}

const url = (random: Random, implicit: boolean): string => {
  const base = random.pick([
    "https://app.example/auth/discord/callback",
    "/auth/discord/callback",
    "",
    "http://[::1]:8080/callback",
    "com.example.app:/callback"
  ])
  const whole = `${base}${implicit ? "#" : "?"}${query(random, parameters(random, implicit))}`
  return random.chance(0.8) ? whole : Hostile.mutate(random, whole)
}

/** The same rules as a simple second implementation: everything that may be accepted. */
const isAwaited = (params: URLSearchParams, secret: "code" | "access_token") => {
  const one = (name: string) => params.getAll(name).length === 1 ? params.get(name) : null
  return one("state") === state && one("iss") === issuer && (one(secret) ?? "") !== "" && !params.has("error")
}

const hidden = (error: DiscordError.CallbackError | undefined) => {
  if (error === undefined) return
  hides(shown(error), [state, verifier])
  // What the authorization server says is shown, after `state` has matched; nothing else of a callback is.
  if (error._tag !== "AuthorizationDenied") hides(shown(error), [marker])
}

Cases.file("callbacks", (property) => {
  for (
    const [kind, read] of [
      ["text", (value: string) => value],
      ["a URL", (value: string) => URL.canParse(value) ? new URL(value) : new URL("https://app.example/")],
      ["parameters", (value: string) => new URLSearchParams(value.slice(value.indexOf("?") + 1))]
    ] as const
  ) {
    property.cases(
      `S5, S7, S8, F26 to F32: whatever the callback as ${kind}, it is the awaited one or refused`,
      4000,
      (random, note, saw) =>
        Effect.gen(function*() {
          const callback = read(url(random, false))
          note(callback)
          const exit = yield* Effect.exit(AuthorizationResponse.parse(callback, pending, { issuer }))
          const error = errorOf(exit, tags)
          saw(error?._tag ?? "accepted")
          hidden(error)
          if (!Exit.isSuccess(exit)) return
          hides(shown(exit.value.code), [marker])
          const params = callback instanceof URLSearchParams
            ? callback
            : new URL(callback, "http://localhost").searchParams
          assert.isTrue(isAwaited(params, "code"))
          assert.strictEqual(Redacted.value(exit.value.code), params.get("code"))
        }),
      ["accepted", ...tags]
    )

    property.cases(
      `S36, F38: whatever the fragment as ${kind}, it is the awaited one or refused`,
      3000,
      (random, note, saw) =>
        Effect.gen(function*() {
          const callback = read(url(random, true).replace("#", kind === "parameters" ? "?" : "#"))
          note(callback)
          const exit = yield* Effect.exit(
            AuthorizationResponse.parseImplicit(callback, { ...pending, response_type: "token" }, { issuer })
          )
          const error = errorOf(exit, tags)
          saw(error?._tag ?? "accepted")
          hidden(error)
          if (!Exit.isSuccess(exit)) return
          const token = Redacted.value(exit.value.access_token)
          hides(shown(exit.value.access_token), [marker])
          const params = callback instanceof URLSearchParams
            ? callback
            : new URLSearchParams(new URL(callback, "http://localhost").hash.slice(1))
          assert.isTrue(isAwaited(params, "access_token"))
          assert.strictEqual(token, params.get("access_token"))
        }),
      ["accepted", ...tags]
    )
  }

  property.cases(
    "F32: what a refusal of the authorization server says is short and has no control characters",
    2000,
    (random, note) =>
      Effect.gen(function*() {
        const params = new URLSearchParams({
          state,
          iss: issuer,
          error: random.oneOf(() => "access_denied", () => Hostile.text(random)),
          error_description: Hostile.text(random)
        })
        note(params)
        const exit = yield* Effect.exit(AuthorizationResponse.parse(params, pending, { issuer }))
        const error = errorOf(exit, tags)
        assert.strictEqual(error?._tag, params.toString().length > 8192 ? "InvalidCallback" : "AuthorizationDenied")
        if (error?._tag !== "AuthorizationDenied") return
        assert.isAtMost(error.error.length, 200)
        assert.isAtMost(error.description?.length ?? 0, 200)
      })
  )

  property.cases(
    "S4: no state but the one that was made is accepted, however near",
    2000,
    (random, note) =>
      Effect.gen(function*() {
        const other = Hostile.mutate(random, state)
        note(other)
        const params = new URLSearchParams({ state: other, iss: issuer, code: marker })
        const exit = yield* Effect.exit(AuthorizationResponse.parse(params, pending, { issuer }))
        hidden(errorOf(exit, tags))
        assert.strictEqual(Exit.isSuccess(exit), other === state)
      })
  )
})
