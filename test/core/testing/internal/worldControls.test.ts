import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Populate from "../../../../packages/core/src/testing/internal/populate.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"
import * as WorldControls from "../../../../packages/core/src/testing/internal/worldControls.ts"
import { withToken } from "../context.ts"

/** The methods, and the world that they change. */
const make = () => {
  const world = Worlds.make()
  const application = Populate.populate(world, 0, {})
  const [user] = world.users.values()
  const [guild] = world.guilds.values()
  return { world, application, user: user!, guild: guild!, discord: WorldControls.make(world, application) }
}

describe("users", () => {
  it.effect("updateUser changes what it names, and keeps the rest", () =>
    Effect.gen(function*() {
      const { discord, user } = make()
      const changed = yield* discord.updateUser(user.id, { global_name: "N." })
      assert.deepStrictEqual(changed, { ...user, global_name: "N." })
      assert.deepStrictEqual(yield* discord.users, [changed])
    }))

  it.effect("are named by themselves or by their ids", () =>
    Effect.gen(function*() {
      const { discord, user, world } = make()
      const before = world.connections.get(user.id)?.length ?? 0
      yield* discord.addConnection(user)
      yield* discord.addConnection(user.id)
      assert.lengthOf(world.connections.get(user.id) ?? [], before + 2)
    }))
})

describe("guilds", () => {
  it.effect("have their owner as a member, who is the first user by default", () =>
    Effect.gen(function*() {
      const { discord, user, world } = make()
      const guild = yield* discord.addGuild()
      assert.strictEqual(guild.owner_id, user.id)
      assert.deepStrictEqual(Array.from(world.members.get(guild.id)?.keys() ?? []), [user.id])
    }))

  it.effect("removeMember removes a member; ban removes the member and keeps the ban", () =>
    Effect.gen(function*() {
      const { discord, guild, user, world } = make()
      yield* discord.removeMember(guild, user)
      assert.isFalse(world.members.get(guild.id)?.has(user.id))
      assert.isUndefined(world.bans.get(guild.id))
      yield* discord.addMember(guild, user)
      yield* discord.ban(guild, user)
      assert.isFalse(world.members.get(guild.id)?.has(user.id))
      assert.isTrue(world.bans.get(guild.id)?.has(user.id))
    }))
})

describe("purchases", () => {
  it.effect("belong to the first user and the default application, and start now", () =>
    Effect.gen(function*() {
      const { application, discord, user } = make()
      yield* TestClock.adjust("1 second")
      const entitlement = yield* discord.addEntitlement()
      const subscription = yield* discord.addSubscription()
      assert.deepStrictEqual([entitlement.user_id, subscription.user_id], [user.id, user.id])
      assert.strictEqual(entitlement.application_id, application.clientId)
      assert.deepStrictEqual<ReadonlyArray<string | null>>(
        [entitlement.starts_at, subscription.current_period_start],
        ["1970-01-01T00:00:01.000000+00:00", "1970-01-01T00:00:01.000000+00:00"]
      )
    }))
})

describe("conversations", () => {
  it.effect("a group DM has its owner as a recipient", () =>
    Effect.gen(function*() {
      const { discord } = make()
      const owner = yield* discord.addUser()
      const group = yield* discord.addGroupDm({ owner })
      assert.deepInclude(group, { owner_id: owner.id, recipients: [owner.id] })
      assert.deepStrictEqual(yield* discord.groupDms, [group])
    }))

  it.effect("lobbies has the open ones: an empty lobby closes after five minutes", () =>
    Effect.gen(function*() {
      const { discord, user } = make()
      const [empty, used] = [yield* discord.addLobby(), yield* discord.addLobby()]
      const joined = yield* discord.setLobbyMember(used, user, { flags: 1 })
      assert.deepStrictEqual(yield* discord.lobbies, [empty, joined])
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(yield* discord.lobbies, [joined])
    }))
})

it.effect("the API shows a change at once", () =>
  Effect.gen(function*() {
    const { accessToken, api, discord, user } = yield* withToken(["identify"])
    yield* discord.updateUser(user, { global_name: "N." })
    assert.strictEqual((yield* api.getCurrentUser({ accessToken })).global_name, "N.")
  }).pipe(Effect.provide(DiscordSimulator.layerTest())))
