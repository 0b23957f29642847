/**
 * Decoding: the JSON text of an answer on one side, checked values on the other. What is decoded, and by whom.
 */
import { commandPermissions } from "../../fixtures/commandPermissions.ts"
import { partialGuild } from "../../fixtures/user.ts"
import * as UserFixtures from "../../fixtures/user.ts"

export const workloads = ["guilds", "connections", "commandPermissions"] as const

export type Workload = typeof workloads[number]

/** The heads of the columns. */
export const descriptions: Readonly<Record<Workload, string>> = {
  guilds: "200 guilds",
  connections: "100 connections",
  commandPermissions: "50 command permissions"
}

/** What each answer holds: guilds with and without pictures, connections with and without an integration. */
export const values: Readonly<Record<Workload, ReadonlyArray<object>>> = {
  guilds: Array.from({ length: 200 }, (_, index) => ({
    ...partialGuild,
    id: String(80351110224678912n + BigInt(index)),
    name: `${partialGuild.name} ${index}`,
    icon: index % 3 === 0 ? null : partialGuild.icon,
    banner: index % 2 === 0 ? null : partialGuild.banner,
    owner: index === 0,
    features: partialGuild.features.slice(index % 4)
  })),
  connections: Array.from({ length: 100 }, (_, index) => ({
    ...(index % 4 === 0 ? UserFixtures.connectionWithIntegration : UserFixtures.connection),
    id: String(76561197960287930n + BigInt(index))
  })),
  commandPermissions: Array.from({ length: 50 }, (_, index) => ({
    ...commandPermissions,
    id: String(968903417034842112n + BigInt(index))
  }))
}

export const texts: Readonly<Record<Workload, string>> = {
  guilds: JSON.stringify(values.guilds),
  connections: JSON.stringify(values.connections),
  commandPermissions: JSON.stringify(values.commandPermissions)
}

/** The value of a text; it throws unless the text is what it should be. */
export type Decoder = Readonly<Record<Workload, (text: string) => ReadonlyArray<unknown>>>

/** A decoder that checks what `JSON.parse` made of the text. */
export const afterParse = (check: Readonly<Record<Workload, (json: unknown) => ReadonlyArray<unknown>>>): Decoder => ({
  guilds: (text) => check.guilds(JSON.parse(text)),
  connections: (text) => check.connections(JSON.parse(text)),
  commandPermissions: (text) => check.commandPermissions(JSON.parse(text))
})

const parse = (text: string): ReadonlyArray<unknown> => JSON.parse(text)

/** The rows of the table in their order, the reference first. Each is loaded by its own process alone. */
export const decoders: Readonly<Record<string, () => Promise<Decoder>>> = {
  "JSON.parse": async () => ({ guilds: parse, connections: parse, commandPermissions: parse }),
  "@discord-oauth2/core": async () => (await import("./ours.ts")).decoder,
  "@discord-oauth2/core, JIT": async () => {
    await import("effect/schema/SchemaJITCompiler/enable")
    return (await import("./ours.ts")).decoder
  },
  "zod": async () => (await import("./zod.ts")).decoder,
  "valibot": async () => (await import("./valibot.ts")).decoder
}

/** The decoder that the others are compared with. */
export const reference = "JSON.parse"
