import { DiscordClient, type DiscordSession } from "@discord-oauth2/core"
import { DiscordOperation } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Stub from "../support/StubDiscord.ts"
import { reference } from "./reference.ts"

/** Cells may be padded to one width. */
const cells = (markdown: string) =>
  markdown.split("\n").map((line) =>
    line.startsWith("|") ? line.split("|").map((cell) => cell.trim().replace(/^-+$/, "---")).join("|") : line.trim()
  ).filter((line) => line !== "")

const page = readFileSync(new URL("../../docs/reference.md", import.meta.url), "utf8")

describe("docs/reference.md", () => {
  it("matches the declaration; `npx -y pnpm reference` regenerates it", () => {
    assert.deepStrictEqual(cells(page), cells(reference()))
  })

  it.effect("has a row for every call of the client, with a link to Discord's documentation", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const rows = cells(page).filter((line) => line.startsWith("|`"))
      assert.deepStrictEqual(
        rows.map((line) => line.split("`")[1] ?? "").toSorted(),
        Object.keys(api).toSorted()
      )
      for (const row of rows) assert.match(row, /\]\(https:\/\/discord\.com\/developers\/docs\/[^)]+\)/)
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({})))))

  it("names the scope of every call that needs one", () => {
    const scopes: Readonly<Record<string, string | null>> = DiscordOperation.requiredScopes
    for (const [call, scope] of Object.entries(scopes)) {
      const row = cells(page).find((line) => line.startsWith(`|\`${call}\`|`))
      assert.include(row, scope === null ? "|any|" : `|\`${scope}\`|`)
    }
  })

  it("names the error tags that are specific to a call", () => {
    const tags: ReadonlyArray<DiscordSession.TokenFailure["_tag"] | "UserIsAtGuildLimit" | "InvalidGrant"> = [
      "UserIsAtGuildLimit",
      "InvalidGrant",
      "AccessTokenExpired"
    ]
    for (const tag of tags) assert.include(page, `\`${tag}\``)
  })
})
