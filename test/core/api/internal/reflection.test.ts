import { assert, describe, it } from "vitest"
import { reflected } from "../../../../packages/core/src/api/internal/reflection.ts"

const operationOf = (name: string) =>
  reflected.find(({ operation }) => operation.identifier === name)?.operation ?? assert.fail(`no ${name}`)

describe("reflected", () => {
  it("has each endpoint once", () => {
    const identifiers = reflected.map(({ operation }) => operation.identifier)
    assert.strictEqual(new Set(identifiers).size, identifiers.length)
  })

  it("reads the names of the parameters from the path", () => {
    assert.deepStrictEqual(Array.from(operationOf("addGuildMember").pathParameters), ["guild_id", "user_id"])
    assert.deepStrictEqual(Array.from(operationOf("getCurrentUser").pathParameters), [])
  })

  it("reads the credential and the scope from the middleware and the annotation", () => {
    const of = (name: string) => {
      const { credential, scope } = operationOf(name)
      return [credential, scope]
    }
    assert.deepStrictEqual(of("getCurrentUserGuilds"), ["bearer", "guilds"])
    assert.deepStrictEqual(of("getCurrentAuthorizationInformation"), ["bearer", null])
    assert.deepStrictEqual(of("addGuildMember"), ["bot", "guilds.join"])
    assert.deepStrictEqual(of("getPublicKeys"), ["none", null])
  })

  it("has at least one success of each endpoint", () => {
    for (const { operation, successes } of reflected) assert.isAbove(successes.size, 0, operation.identifier)
  })
})
