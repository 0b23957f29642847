/** A declaration that is wrong on purpose, in each way that the comparisons must report. */
import { assert, describe, it } from "@effect/vitest"
import { acceptIssues } from "./acceptIssues.ts"
import { type Call, callsOf, declaration, operationsOf, type Pair, pairsOf } from "./declaration.ts"
import * as expected from "./deviations.ts"
import { discord } from "./discord.ts"
import type { Document, JsonSchema, Operation, Part } from "./JsonSchema.ts"
import { members, retypeEach, withoutEach, withoutOpen } from "./members.ts"
import { operationIssues } from "./operationIssues.ts"

const callNamed = (identifier: string): Call => {
  const call = callsOf(declaration, discord).find((call) => call.identifier === identifier)
  assert.isDefined(call)
  return call
}

describe("an operation that differs from Discord's is reported:", () => {
  it.each<readonly [difference: string, identifier: string, change: (ours: Operation) => Operation, issue: string]>([
    ["a missing parameter", "getCurrentUserGuilds", (ours) => ({
      ...ours,
      parameters: ours.parameters?.slice(1) ?? []
    }), "parameters"],
    ["a parameter in another place", "getLobbyMessages", (ours) => ({
      ...ours,
      parameters: ours.parameters?.map((parameter) => ({ ...parameter, in: "header" })) ?? []
    }), "parameters"],
    ["an optional parameter that is required", "getLobbyMessages", (ours) => ({
      ...ours,
      parameters: ours.parameters?.map((parameter) => ({ ...parameter, required: true })) ?? []
    }), "parameters"],
    ["no body", "createOrJoinLobby", ({ requestBody: _, ...ours }) => ours, "content types"],
    ["a body of another content type", "createOrJoinLobby", (ours) => ({
      ...ours,
      requestBody: { required: true, content: { "text/plain": { schema: {} } } }
    }), "content types"],
    ["an optional body", "createOrJoinLobby", (ours) => ({
      ...ours,
      requestBody: { ...ours.requestBody, content: ours.requestBody?.content ?? {}, required: false }
    }), "required"],
    ["another status", "leaveLobby", (ours) => ({ ...ours, responses: { 200: {} } }), "successes"],
    ["no response body", "getCurrentUser", (ours) => ({ ...ours, responses: { 200: {} } }), "successes"],
    ["other credentials", "getCurrentUser", (ours) => ({ ...ours, security: [{ BotToken: [] }] }), "credentials"],
    ["a token where a bot is asked for", "addGuildMember", (ours) => ({
      ...ours,
      security: [{ OAuth2: [] }]
    }), "credentials"]
  ])("%s", (_, identifier, change, issue) => {
    const call = callNamed(identifier)
    assert.deepStrictEqual(operationIssues(call), [])
    const issues = operationIssues({ ...call, ours: change(call.ours) })
    assert.isTrue(issues[0]?.startsWith(`${issue}: `), issues[0])
  })

  it("another scope", () => {
    const call = callNamed("getCurrentUserGuilds")
    const issues = operationIssues({ ...call, identifier: "getCurrentUserConnections" })
    assert.isTrue(issues.some((issue) => issue.startsWith("Discord's scopes: ")))
  })

  it.each<readonly [difference: string, path: string, method: string]>([
    ["another path", "/users/@me/guild", "get"],
    ["another method", "/users/@me/guilds", "patch"]
  ])("%s", (_, path, method) => {
    const { "/users/@me/guilds": guilds, ...paths } = declaration.paths
    const ours = guilds?.get
    assert.isDefined(ours)
    const wrong: Document = { ...declaration, paths: { ...paths, [path]: { [method]: ours } } }
    const unknown = operationsOf(wrong, discord).filter(({ theirs }) => theirs === undefined)
    assert.includeMembers(unknown.map(({ identifier }) => identifier), ["getCurrentUserGuilds"])
    assert.notInclude(callsOf(wrong, discord).map(({ identifier }) => identifier), "getCurrentUserGuilds")
  })
})

/** Each pair of schemas once: twelve operations, for example, respond with a command. */
const pairs = ((): ReadonlyArray<Pair> => {
  const { requests, responses } = pairsOf(declaration, discord)
  const all = [...responses, ...requests].toReversed()
  return Array.from(
    new Map(all.map((pair) => [JSON.stringify([pair.ours.schema, pair.theirs.schema]), pair])).values()
  )
})()

describe.each(pairs)("of the body of $name", (pair) => {
  const before: Part = { ...pair.ours, schema: withoutOpen(pair.ours.schema) }
  const known = acceptIssues(before, pair.theirs, pair.name)
  const added = (schema: JsonSchema) =>
    acceptIssues({ ...before, schema }, pair.theirs, pair.name).filter((issue) => !known.includes(issue))
  const paths = members(pair.theirs).filter((path) => !expected.free.test(`${pair.name}${path}`))

  it("each member is missed when the model loses it", () => {
    const less = withoutEach(before.schema)
    for (const path of paths) {
      const changed = less.filter(([other]) => other === path)
      assert.isAbove(changed.length, 0, `${pair.name}${path}`)
      for (const [, schema] of changed) {
        assert.deepStrictEqual(added(schema), [`${pair.name}${path}: not known`])
      }
    }
  })

  it("each member is missed when the model gives it another type", () => {
    const retyped = retypeEach(before.schema, { type: "null" })
    for (const path of paths) {
      // The types of this member differ already, for a reason that `deviations.ts` names.
      if (known.some((issue) => issue.startsWith(`${pair.name}${path}: not `))) continue
      for (const [, schema] of retyped.filter(([other]) => other === path)) {
        const issues = added(schema)
        assert.isTrue(issues.some((issue) => issue.startsWith(`${pair.name}${path}`)), `${pair.name}${path}`)
      }
    }
  })
})
