import { Permissions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"

const make = () => {
  const world = Worlds.make()
  const owner = Worlds.addUser(world)
  const guild = Worlds.addGuild(world, { owner_id: owner.id })
  return { world, owner, guild }
}

describe("a world", () => {
  it("makes ids that grow, and that are the same in each world", () => {
    const ids = (world: Worlds.World) => Array.from({ length: 3 }, () => BigInt(world.nextId()))
    const [first, second, third] = ids(Worlds.make())
    assert.isTrue(first! < second! && second! < third!)
    assert.deepStrictEqual(ids(Worlds.make()), [first, second, third])
  })

  it("numbers its users and guilds by default", () => {
    const { guild, owner, world } = make()
    assert.deepInclude(owner, { username: "user1", email: "user1@example.com" })
    assert.strictEqual(Worlds.addUser(world, { username: "nelly" }).email, "nelly@example.com")
    assert.strictEqual(Worlds.addUser(world).username, "user3")
    assert.strictEqual(guild.name, "Guild 1")
  })

  it("replaces a user of the same id", () => {
    const { owner, world } = make()
    Worlds.addUser(world, { ...owner, username: "nelly" })
    assert.deepStrictEqual(Array.from(world.users.values(), ({ username }) => username), ["nelly"])
  })

  it("keeps all connections of a user, named after the user", () => {
    const { owner, world } = make()
    const connections = [Worlds.addConnection(world, owner.id), Worlds.addConnection(world, owner.id)]
    assert.deepStrictEqual(world.connections.get(owner.id), connections)
    assert.strictEqual(connections[0]?.name, "user1")
  })

  it("makes an inner map once", () => {
    const maps = new Map<string, Map<string, number>>()
    const inner = Worlds.within(maps, "a")
    assert.strictEqual(Worlds.within(maps, "a"), inner)
    assert.notStrictEqual(Worlds.within(maps, "b"), inner)
  })
})

describe("a user's guilds", () => {
  it("are those with the user as a member", () => {
    const { guild, owner, world } = make()
    assert.deepStrictEqual(Worlds.guildsOf(world, owner.id), [])
    Worlds.addMember(world, 0, guild.id, owner)
    assert.deepStrictEqual(Worlds.guildsOf(world, owner.id), [guild])
  })

  it("give the owner all permissions, a member its own, and others the defaults", () => {
    const { guild, owner, world } = make()
    const user = Worlds.addUser(world)
    const permissions = Permissions.fromNames(["MANAGE_GUILD"])
    const member = Worlds.addMember(world, 0, guild.id, user, { permissions })
    assert.isTrue(Permissions.has(Worlds.permissionsOf(guild, owner.id, undefined), "ADMINISTRATOR"))
    assert.strictEqual(Worlds.permissionsOf(guild, user.id, member), permissions)
    assert.isFalse(Permissions.has(Worlds.permissionsOf(guild, user.id, undefined), "MANAGE_GUILD"))
  })

  it("have counts on request only", () => {
    const { guild, owner, world } = make()
    for (const user of [owner, Worlds.addUser(world), Worlds.addUser(world)]) {
      Worlds.addMember(world, 0, guild.id, user)
    }
    assert.deepInclude(Worlds.toPartialGuild(world, guild, owner.id, true), {
      owner: true,
      approximate_member_count: 3,
      approximate_presence_count: 2
    })
    assert.notProperty(Worlds.toPartialGuild(world, guild, owner.id, false), "approximate_member_count")
  })
})
