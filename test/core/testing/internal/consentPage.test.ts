import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parameters, simulator } from "../raw.ts"
import { browse, consent, served, submit } from "../served.ts"

layer(served)("the consent page", (it) => {
  it.effect("F32: names the application, the users and the scopes, all escaped", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      yield* discord.addUser({ username: "eve", global_name: "<img src=x onerror=alert(1)>" })
      const { headers, text } = yield* browse(yield* consent({ scope: "identify guilds" }))
      assert.strictEqual(headers.get("content-type"), "text/html; charset=utf-8")
      assert.include(text, "&lt;Script&gt; &amp; Söhne")
      assert.notInclude(text, "<Script>")
      assert.include(text, "&lt;img src=x onerror=alert(1)&gt;")
      assert.notInclude(text, "<img src=x")
      assert.include(text, "Nelly")
      assert.include(text, "List the guilds of the user.")
      assert.include(text, "Read the user&#39;s account, without the email address.")
      assert.match(text, /<button id="authorize"[^>]*>Authorize<\/button>/)
      assert.match(text, /<button id="cancel"[^>]*>Cancel<\/button>/)
      assert.match(text, /<html lang="en">/)
      assert.notInclude(text, "<script")
    }))

  it.effect("offers the guild of a bot and the channel of a webhook", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const [, guild] = yield* discord.guilds
      const [user] = yield* discord.users
      const bot = yield* consent({ scope: "identify bot", permissions: "8" })
      const page = yield* browse(bot)
      assert.include(page.text, "Café Gemütlich")
      assert.include(page.text, "administrator")
      const added = yield* submit(bot, page, { decision: "approve", user_id: user!.id, place: guild!.id })
      assert.deepInclude(parameters(added.headers.get("location")!), { guild_id: guild!.id, permissions: "8" })
      const webhook = yield* consent({ scope: "webhook.incoming" })
      const channels = yield* browse(webhook)
      assert.include(channels.text, "Café Gemütlich #general")
      const place = `${guild!.id}:${guild!.channels[0]!.id}`
      const made = yield* submit(webhook, channels, { decision: "approve", user_id: user!.id, place })
      assert.property(parameters(made.headers.get("location")!), "code")
      const nowhere = yield* submit(webhook, channels, { decision: "approve", user_id: user!.id, place: "1:2" })
      assert.strictEqual(nowhere.status, 400)
    }))

  it.effect("shows an error for unknown client ids and redirect URIs, and does not redirect", () =>
    Effect.gen(function*() {
      for (
        const bad of [{ client_id: "1<script>" }, { redirect_uri: "https://evil.example/<script>" }, {
          client_id: ""
        }]
      ) {
        const page = yield* browse(yield* consent(bad))
        assert.strictEqual(page.status, 400)
        assert.isNull(page.headers.get("location"))
        assert.include(page.text, "role=\"alert\"")
        assert.notInclude(page.text, "<script>")
      }
    }))

  it.effect("shows a final page after an invitation", () =>
    Effect.gen(function*() {
      assert.include((yield* browse("/oauth2/authorized")).text, "You can close this page")
    }))
})
