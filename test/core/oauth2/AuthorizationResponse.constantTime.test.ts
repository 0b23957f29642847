import { DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { beforeEach, vi } from "vitest"
import { assertError } from "../../support/assertError.ts"
import * as Stub from "../../support/StubDiscord.ts"

vi.mock("effect/crypto/Mac", async (original) => {
  const real = await original<typeof Mac>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

const compare = vi.mocked(Mac.timingSafeEqual)
const redirectUri = "https://app.example/auth/callback"

const compared = () => compare.mock.calls.map((pair) => pair.map((bytes) => new TextDecoder().decode(bytes)))

beforeEach(() => {
  compare.mockClear()
})

it.effect("S4: compares the state with Mac.timingSafeEqual, whose result decides", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorize({ scopes: ["identify"], redirectUri })
    const state = Redacted.value(login.state)
    const callback = (value: string) => `${redirectUri}?code=a&iss=https://discord.com&state=${value}`

    // A state that differs in its last character is compared like one that differs in its first.
    for (const wrong of [`${state.slice(0, -1)}!`, `!${state.slice(1)}`]) {
      assert.strictEqual((yield* Effect.flip(oauth.exchange(login, callback(wrong))))._tag, "StateMismatch")
      assert.deepStrictEqual(compared(), [[wrong, state]])
      compare.mockClear()
    }

    compare.mockReturnValueOnce(false)
    assertError(
      yield* Effect.flip(oauth.exchange(login, callback(state))),
      new DiscordError.StateMismatch({ reason: "different" })
    )
    assert.deepStrictEqual(calls, [])

    compare.mockReturnValueOnce(true)
    yield* oauth.exchange(login, callback("anything"))
    assert.lengthOf(calls, 1)
  }).pipe(
    Effect.provide(
      Stub.layer(calls, () => Effect.succeed({ body: { access_token: "a", token_type: "Bearer", scope: "identify" } }))
    )
  )
})

it.effect("S4: compares the state of an implicit grant with Mac.timingSafeEqual", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
    yield* Effect.flip(oauth.acceptImplicit(login, `${redirectUri}#access_token=a&token_type=Bearer&state=wrong`))
    assert.deepStrictEqual(compared(), [["wrong", Redacted.value(login.state)]])
  }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({})))))
