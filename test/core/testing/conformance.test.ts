/**
 * What the simulator answers, held against Discord's own OpenAPI document, where it is at hand: `DISCORD_OPENAPI`, or
 * `../shared/discord-openapi.json` beside the repository.
 */
import { DiscordEndpoint, DiscordHttpApi } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Redacted from "effect/Redacted"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { send, simulator } from "./raw.ts"

const named = process.env.DISCORD_OPENAPI
const path = named ?? fileURLToPath(new URL("../../../../shared/discord-openapi.json", import.meta.url))
const isThere = existsSync(path)

interface Operation {
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Ajv takes a document as one schema with many parts; a part is found by its pointer. */
const compile = () => {
  const document = JSON.parse(readFileSync(path, "utf8")) as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("snowflake", /^\d{1,20}$/)
  ajv.addSchema({ $id: "discord", ...document })
  const pointer = (...parts: ReadonlyArray<string>) =>
    parts.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent).join("/")
  return {
    document,
    validate: (parts: ReadonlyArray<string>, value: unknown) => {
      const validate = ajv.getSchema(`discord#/${pointer(...parts)}`)
      if (validate === undefined) throw new Error(`the document has no ${parts.join(" ")}`)
      return validate(value) === true ?
        [] :
        (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    }
  }
}

const gets: Array<{ readonly identifier: string; readonly path: string }> = []
HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path } }) => {
    if (method === "GET") gets.push({ identifier, path })
  }
})

/** A world with something behind every endpoint. */
const prepare = Effect.gen(function*() {
  const discord = yield* simulator
  const scopes = Object.values(DiscordEndpoint.requiredScopes).filter((scope) => scope !== null)
  const { access_token } = yield* discord.issueToken({ scopes: [...new Set([...scopes, "email"])] })
  const headers = { authorization: `Bearer ${Redacted.value(access_token)}` }
  const [guild] = yield* discord.guilds
  const values: Readonly<Record<string, string>> = {
    application_id: discord.application.clientId,
    guild_id: guild!.id,
    command_id: "7"
  }
  const fill = (path: string) => path.replace(/:(\w+)/g, (_, name: string) => values[name]!)
  const put = (path: string, body: unknown) =>
    send("PUT", `/api/v10${fill(path)}`, { headers, body: JSON.stringify(body) })
  yield* put("/users/@me/applications/:application_id/role-connection", {
    platform_name: "Chess",
    platform_username: "nelly",
    metadata: { elo: "1500" }
  })
  yield* put("/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions", {
    permissions: [{ id: guild!.id, type: 1, permission: false }]
  })
  return { get: (path: string) => send("GET", `/api/v10${fill(path)}`, { headers }) }
})

describe("conformance with Discord's OpenAPI document", () => {
  it("the document that CI names is there", () => {
    if (process.env.CI === "true" && named !== undefined) assert.isTrue(isThere, named)
    assert.isAbove(gets.length, 7)
  })

  describe.skipIf(!isThere)("each GET", () => {
    const discord = isThere ? compile() : undefined

    it.effect.each(gets)(
      "$identifier answers what the document says, with its headers",
      ({ path }) =>
        Effect.gen(function*() {
          const { get } = yield* prepare
          const template = path.replace(/:(\w+)/g, "{$1}")
          const answer = yield* get(path)
          assert.strictEqual(answer.status, 200, answer.text)
          assert.deepStrictEqual(
            discord!.validate(
              ["paths", template, "get", "responses", "200", "content", "application/json", "schema"],
              answer.json
            ),
            []
          )
          const declared = Object.keys(discord!.document.paths[template]!.get!.responses["200"]!.headers ?? {})
          assert.includeMembers(Object.keys(answer.headers), declared.map((name) => name.toLowerCase()))
          assert.isAbove(declared.length, 3)
        }).pipe(Effect.provide(DiscordSimulator.layerTest()))
    )

    it.effect("the role connection and the lists are fit when there is nothing, too", () =>
      Effect.gen(function*() {
        const world = yield* simulator
        const nobody = yield* world.addUser()
        const { access_token } = yield* world.issueToken({
          userId: nobody.id,
          scopes: ["identify", "guilds", "connections", "role_connections.write"]
        })
        const headers = { authorization: `Bearer ${Redacted.value(access_token)}` }
        for (
          const template of [
            "/users/@me",
            "/users/@me/guilds",
            "/users/@me/connections",
            "/users/@me/applications/{application_id}/role-connection"
          ]
        ) {
          const answer = yield* send(
            "GET",
            `/api/v10${template.replace("{application_id}", world.application.clientId)}`,
            { headers }
          )
          assert.deepStrictEqual(
            discord!.validate(
              ["paths", template, "get", "responses", "200", "content", "application/json", "schema"],
              answer.json
            ),
            []
          )
        }
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it.effect("errors are Discord's, beside the nested ones", () =>
      Effect.gen(function*() {
        const { get } = yield* prepare
        // Of the nested errors the document says that their codes are integers; Discord's pages, and Discord, have text.
        const { errors, ...refused } = (yield* get("/users/@me/guilds?limit=0")).json as Record<string, unknown>
        assert.isObject(errors)
        const unknown = (yield* get("/nonsense")).json
        for (const error of [refused, unknown]) {
          assert.deepStrictEqual(discord!.validate(["components", "schemas", "ErrorResponse"], error), [])
        }
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it.effect("a rate limit is Discord's", () =>
      Effect.gen(function*() {
        const { get } = yield* prepare
        yield* (yield* simulator).fail(Fault.RateLimit({ retryAfter: "1.5 seconds" }))
        const limited = yield* get("/users/@me")
        assert.strictEqual(limited.status, 429)
        // The page on rate limits says that `code` is there for some limits alone; the document wants it always.
        const body = { code: 0, ...limited.json as object }
        assert.deepStrictEqual(discord!.validate(["components", "schemas", "RatelimitedResponse"], body), [])
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))
  })
})
