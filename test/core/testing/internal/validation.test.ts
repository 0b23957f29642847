import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { withToken } from "../context.ts"
import { send } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("invalid requests", () => {
  const form = (path: string, scope: string) =>
    Effect.gen(function*() {
      const { bearer } = yield* withToken([scope])
      const { json, status } = yield* send("GET", path, bearer)
      assert.strictEqual(status, 400)
      assert.deepInclude(json, { code: 50035, message: "Invalid Form Body" })
      return (json as { errors: Record<string, { _errors: ReadonlyArray<{ code: string }> }> }).errors
    })

  it.effect("get an error that names the query parameter (WIRE: reference.mdx)", () =>
    Effect.gen(function*() {
      for (const limit of ["0", "201", "x", "1.5"]) {
        const errors = yield* form(`/api/v10/users/@me/guilds?limit=${limit}`, "guilds")
        assert.hasAllKeys(errors, ["limit"])
        assert.lengthOf(errors.limit!._errors, 1)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("get an error that names a path parameter that is not a snowflake", () =>
    Effect.gen(function*() {
      assert.hasAllKeys(yield* form("/api/v10/users/@me/guilds/x/member", "guilds.members.read"), ["guild_id"])
    }).pipe(Effect.provide(fresh)))

  const put = (body: string, contentType?: string) =>
    Effect.gen(function*() {
      const { discord, user } = yield* withToken(["identify"])
      const [guild] = yield* discord.guilds
      return yield* send("PUT", `/api/v10/guilds/${guild!.id}/members/${user.id}`, {
        headers: { authorization: `Bot ${Redacted.value(discord.application.botToken)}` },
        body,
        ...(contentType !== undefined && { contentType })
      })
    })

  it.effect("get BASE_TYPE_REQUIRED for a missing member, as Discord documents", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* put("{}")).json, {
        code: 50035,
        errors: { access_token: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] } },
        message: "Invalid Form Body"
      })
    }).pipe(Effect.provide(fresh)))

  it.effect("get code 50109 for invalid JSON, and 50035 for another content type", () =>
    Effect.gen(function*() {
      const broken = yield* put("{")
      assert.deepStrictEqual([broken.status, broken.json], [
        400,
        { message: "The request body contains invalid JSON.", code: 50109 }
      ])
      const xml = yield* put("<a/>", "application/xml")
      assert.strictEqual(xml.status, 400)
      assert.propertyVal(xml.json, "code", 50035)
    }).pipe(Effect.provide(fresh)))

  it.effect("get 401 without a token before the parameters are validated", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* send("GET", "/api/v10/users/@me/guilds?limit=0")).status, 401)
    }).pipe(Effect.provide(fresh)))
})
