import { User } from "@discord-oauth2/core"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { simulator } from "../raw.ts"
import { browse, origin, served } from "../served.ts"

layer(served)("the CDN", (it) => {
  it.effect("draws avatars and icons", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const base = yield* origin
      const [user] = yield* discord.users
      const [guild] = yield* discord.guilds
      const avatar = new URL(User.avatarUrl(user!, { baseUrl: base })).pathname
      const other = User.defaultAvatarUrl(user!, { baseUrl: base })
      for (const path of [avatar, new URL(other).pathname, `/icons/${guild!.id}/abc.png?size=64`]) {
        const image = yield* browse(path)
        assert.strictEqual(image.status, 200, path)
        assert.strictEqual(image.headers.get("content-type"), "image/svg+xml")
        assert.isTrue(image.text.startsWith("<svg "))
        assert.include(image.headers.get("content-security-policy"), "sandbox")
      }
      assert.include((yield* browse(avatar)).text, ">N</text>")
      assert.strictEqual((yield* browse("/avatars/1")).status, 404)
      assert.strictEqual((yield* browse("/avatars/1/a.png", { method: "POST" })).status, 404)
    }))
})
