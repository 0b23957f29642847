/** The bodies that we declare, compared with the schemas of Discord's OpenAPI document. */
import { Integration, Lobby } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { acceptIssues, unknownValues } from "./acceptIssues.ts"
import { declaration, type Pair, pairsOf } from "./declaration.ts"
import * as expected from "./deviations.ts"
import { discord } from "./discord.ts"
import type { Part } from "./JsonSchema.ts"

const { requests, responses } = pairsOf(declaration, discord)

/** The issues that no reason explains, and the reasons that explain nothing. */
const unexplained = (found: ReadonlyArray<string>, reasons: ReadonlyArray<readonly [RegExp, string]>) => [
  ...found.filter((issue) => !reasons.some(([where]) => where.test(issue))),
  ...reasons.filter(([where]) => !found.some((issue) => where.test(issue))).map(([where]) => where.source)
]

const accepts = ({ name, ours, theirs }: Pair) => acceptIssues(ours, theirs, name)
const isAccepted = ({ name, ours, theirs }: Pair) => acceptIssues(theirs, ours, name)
const named = (pairs: ReadonlyArray<Pair>, suffix: string) =>
  pairs.map((pair) => ({ ...pair, name: `${pair.name} ${suffix} ` }))

describe("the declared bodies and Discord's", () => {
  it("are compared, each of them", () => {
    assert.strictEqual(responses.length, 42)
    assert.strictEqual(requests.length, 15)
  })

  it("accept every response that Discord may send, and only requests that Discord accepts, but for a list", () => {
    const found = [...responses.flatMap(accepts), ...named(requests, "sends").flatMap(isAccepted)]
    assert.deepStrictEqual(unexplained(found, expected.deviations), [])
  })

  it("accept every request that Discord accepts, but for a list", () => {
    assert.deepStrictEqual(unexplained(named(requests, "takes").flatMap(accepts), expected.narrower), [])
  })

  it("accept more responses than Discord's document allows only for a named reason", () => {
    assert.deepStrictEqual(unexplained(responses.flatMap(isAccepted), expected.wider), [])
  })

  it("name every value that Discord documents for an open enum", () => {
    assert.deepStrictEqual(responses.flatMap(({ name, ours, theirs }) => unknownValues(ours, theirs, name)), [])
  })
})

describe("the models that no declared operation has, and Discord's", () => {
  const ours = (schema: Schema.Constraint): Part => {
    const { definitions, schema: root } = Schema.toJsonSchemaDocument(schema)
    const text = JSON.stringify({ paths: {}, components: { schemas: definitions }, root })
    const { root: part, ...document } = JSON.parse(text.replaceAll("#/$defs/", "#/components/schemas/"))
    return { document, schema: part }
  }
  const theirs = (name: string): Part => ({ document: discord, schema: { $ref: `#/components/schemas/${name}` } })

  it("accept the application of a guild's integration", () => {
    const application = ours(Integration.IntegrationApplication)
    assert.deepStrictEqual(acceptIssues(application, theirs("IntegrationApplicationResponse"), ""), [])
  })

  it.each([
    "DiscordIntegrationResponse",
    "ExternalConnectionIntegrationResponse",
    "GuildSubscriptionIntegrationResponse"
  ])(
    "accept a guild's integration, as in %s",
    (name) => {
      const issues = acceptIssues(ours(Integration.Integration), theirs(name), "")
      // The id of an integration with another service is that service's.
      assert.deepStrictEqual(issues.filter((issue) => issue !== ".id: an id is not any string"), [])
    }
  )

  it("accept a member of a lobby", () => {
    assert.deepStrictEqual(acceptIssues(ours(Lobby.LobbyMember), theirs("LobbyMemberResponse"), ""), [])
  })
})
