import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parameters, simulator } from "../raw.ts"
import { browse, consent, csrfOf, served, submit } from "../served.ts"

layer(served)("the pages of the browser", (it) => {
  it.effect("have headers that forbid framing, caching and foreign content", () =>
    Effect.gen(function*() {
      const { headers, text } = yield* browse(yield* consent())
      const policy = headers.get("content-security-policy")!
      const nonce = /style-src 'nonce-([\w-]{43})'/.exec(policy)![1]!
      assert.include(text, `<style nonce="${nonce}">`)
      for (
        const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://127.0.0.1:3000"]
      ) assert.include(policy, part)
      assert.strictEqual(headers.get("x-frame-options"), "DENY")
      assert.strictEqual(headers.get("x-content-type-options"), "nosniff")
      assert.strictEqual(headers.get("referrer-policy"), "no-referrer")
      assert.strictEqual(headers.get("cache-control"), "no-store")
      const [cookie] = headers.getSetCookie()
      assert.match(cookie!, /HttpOnly/)
      assert.match(cookie!, /SameSite=Lax/)
    }))

  it.effect("redirect with access_denied and the state on Cancel", () =>
    Effect.gen(function*() {
      const path = yield* consent()
      const answer = yield* submit(path, yield* browse(path), { decision: "deny" })
      assert.strictEqual(answer.status, 303)
      assert.deepInclude(parameters(answer.headers.get("location")!), { error: "access_denied", state: "s" })
    }))

  it.effect("S21: reject a form without the CSRF token of the page", () =>
    Effect.gen(function*() {
      const path = yield* consent()
      const page = yield* browse(path)
      const [user] = yield* (yield* simulator).users
      const fields = { decision: "approve", user_id: user!.id }
      assert.strictEqual((yield* submit(path, page, fields, "")).status, 403)
      assert.strictEqual((yield* submit(path, page, fields, "simulator_csrf=other")).status, 403)
      const wrong = yield* submit(path, page, { ...fields, csrf: "wrong" })
      assert.strictEqual(wrong.status, 403)
      assert.isNull(wrong.headers.get("location"))
      const second = yield* browse(path, { headers: { cookie: page.cookies } })
      assert.strictEqual(csrfOf(second), csrfOf(page), "a second tab gets the same CSRF token")
    }))

  it.effect("reject an unknown user", () =>
    Effect.gen(function*() {
      const path = yield* consent()
      const answer = yield* submit(path, yield* browse(path), { decision: "approve", user_id: "1" })
      assert.strictEqual(answer.status, 400)
    }))

  it.effect("redirect at once with invalid_scope", () =>
    Effect.gen(function*() {
      const { headers, status } = yield* browse(yield* consent({ scope: "nonsense" }))
      assert.strictEqual(status, 302)
      assert.deepInclude(parameters(headers.get("location")!), { error: "invalid_scope", state: "s" })
    }))

  it.effect("skip the consent page with prompt=none when the same browser has approved before", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      yield* discord.revokeAuthorizations()
      const path = yield* consent({ scope: "connections", prompt: "none" })
      const page = yield* browse(path)
      assert.strictEqual(page.status, 200)
      const [user] = yield* discord.users
      const answer = yield* submit(path, page, { decision: "approve", user_id: user!.id })
      const again = yield* browse(path, { headers: { cookie: answer.cookies } })
      assert.strictEqual(again.status, 302)
      assert.property(parameters(again.headers.get("location")!), "code")
      assert.strictEqual((yield* browse(path)).status, 200, "another browser")
      const more = yield* browse(yield* consent({ scope: "connections email", prompt: "none" }), {
        headers: { cookie: answer.cookies }
      })
      assert.strictEqual(more.status, 200, "more scopes")
    }))
})
