import { assert, describe, it } from "@effect/vitest"
import * as Lobbies from "../../../../packages/core/src/testing/internal/lobbies.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"

const applicationId = Worlds.applicationId("1")

const make = () => {
  const world = Worlds.make()
  return { world, user: Worlds.addUser(world), other: Worlds.addUser(world) }
}

describe("an empty lobby", () => {
  it("is closed after five minutes by default", () => {
    const { world } = make()
    const lobby = Lobbies.add(world, 1000, { applicationId })
    assert.deepStrictEqual(Lobbies.open(world, 300_999), [lobby])
    assert.deepStrictEqual(Lobbies.open(world, 301_000), [])
  })

  it("is closed after its own idle timeout", () => {
    const { world } = make()
    Lobbies.add(world, 0, { applicationId, idleSeconds: 10 })
    assert.lengthOf(Lobbies.open(world, 9999), 1)
    assert.lengthOf(Lobbies.open(world, 10_000), 0)
  })

  it("stays open while it has a member, and counts from when the last one leaves", () => {
    const { other, user, world } = make()
    const lobby = Lobbies.add(world, 0, { applicationId })
    const both = Lobbies.setMember(world, Lobbies.setMember(world, lobby, user.id, {}), other.id, {})
    assert.lengthOf(Lobbies.open(world, 1_000_000), 1)
    const one = Lobbies.removeMember(world, 1_000_000, both, user.id)
    assert.isUndefined(one.emptySince)
    const none = Lobbies.removeMember(world, 2_000_000, one, other.id)
    assert.strictEqual(Lobbies.removeMember(world, 2_200_000, none, other.id).emptySince, 2_000_000)
    assert.lengthOf(Lobbies.open(world, 2_299_999), 1)
    assert.lengthOf(Lobbies.open(world, 2_300_000), 0)
  })
})

describe("a member", () => {
  it("is added once, and a change keeps what it does not name", () => {
    const { user, world } = make()
    const lobby = Lobbies.add(world, 0, { applicationId })
    const joined = Lobbies.setMember(world, lobby, user.id, { metadata: { level: "7" } })
    const changed = Lobbies.setMember(world, joined, user.id, { flags: 1 })
    assert.deepStrictEqual(changed.members, [{ id: user.id, metadata: { level: "7" }, flags: 1 }])
  })
})

describe("a message", () => {
  it("is stored in the lobby, and has the additional name of its author", () => {
    const { user, world } = make()
    const lobby = Lobbies.setMember(world, Lobbies.add(world, 0, { applicationId }), user.id, {
      additional_name: "Captain"
    })
    const message = Lobbies.addMessage(world, lobby, user, { content: "hi", flags: 0, metadata: undefined })
    assert.deepInclude(message, { content: "hi", lobby_id: lobby.id, lobby_member: { additional_name: "Captain" } })
    assert.notProperty(message, "metadata")
    assert.deepStrictEqual(world.lobbies.get(lobby.id)?.messages, [message])
  })
})

it("withSecret finds a lobby of its own application only", () => {
  const { world } = make()
  const lobby = Lobbies.add(world, 0, { applicationId, secret: "hush" })
  const all = Lobbies.open(world, 0)
  assert.strictEqual(Lobbies.withSecret(all, applicationId, "hush"), lobby)
  assert.isUndefined(Lobbies.withSecret(all, applicationId, "louder"))
  assert.isUndefined(Lobbies.withSecret(all, Worlds.applicationId("2"), "hush"))
})

it("toModel has the linked channel, and not the secret", () => {
  const { user, world } = make()
  const guild = Worlds.addGuild(world, { owner_id: user.id })
  const linkedChannel = guild.channels[0]!.id
  const model = Lobbies.toModel(world, Lobbies.add(world, 0, { applicationId, secret: "hush", linkedChannel }))
  assert.strictEqual(model.linked_channel?.id, linkedChannel)
  assert.notInclude(JSON.stringify(model), "hush")
})
