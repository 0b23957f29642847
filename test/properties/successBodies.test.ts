/** Responses of every call: a value, or `MalformedResponse`, which names the expected type and never the received value. */
import { DiscordClient } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stub from "../support/StubDiscord.ts"
import { calls } from "./support/calls.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { errorOf, hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const marker = "planted-marker-0123456789"

/** The marker in texts, not in the names of members: a path names those. */
const plant = (random: Random, value: unknown): unknown =>
  typeof value === "string"
    ? random.chance(0.3) ? random.pick([`${marker}${value}`, `${value}${marker}`, marker]) : value
    : Array.isArray(value)
    ? value.map((item) => plant(random, item))
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plant(random, member)]))
    : value

const start = Effect.gen(function*() {
  let next: Stub.Answer = {}
  const context = yield* Layer.build(Stub.layer([], () => Effect.succeed(next), { middleware: Stub.unlimited }))
  return {
    api: Context.get(context, DiscordClient.DiscordClient),
    given: (answer: Stub.Answer) => void (next = answer)
  }
})

const read = calls.filter(({ answers }) => answers.length > 0)

Cases.file("successBodies", (property) => {
  property.started(
    "F9, S33: whatever the body of an answer, the call gives a value or says where it is malformed, and quotes nothing",
    14_000,
    Effect.map(start, ({ api, given }) => {
      let turn = 0
      return (random, note, saw) =>
        Effect.gen(function*() {
          const call = read[turn++ % read.length]
          if (call === undefined) return assert.fail("no calls")
          const good = random.any(call.answers)
          const value = random.oneOf<unknown>(
            () => good,
            () => Hostile.mutateJson(random, plant(random, good)),
            () => plant(random, Hostile.mutateJson(random, good)),
            () => plant(random, Hostile.mutateJson(random, Hostile.mutateJson(random, good))),
            () => plant(random, Hostile.json(random, 4))
          )
          const text = random.chance(0.05)
            ? `${Hostile.noJson(random)}${marker}`
            : random.chance(0.2)
            ? Hostile.jsonText(random, value)
            : JSON.stringify(value)
          note([call.identifier, text])
          const isText = random.chance(0.95)
          given({ status: call.status, body: isText ? text : Hostile.bytes(random, text) })
          const error = errorOf(yield* Effect.exit(call.run(api)), ["MalformedResponse"])
          saw(error?._tag ?? "value")
          if (error !== undefined) hides(shown(error), [marker])
          if (isText && text === JSON.stringify(good)) assert.isUndefined(error)
        })
    }),
    ["value", "MalformedResponse"]
  )

  property.started(
    "F9: a body that nests however deep is a value or malformed",
    300,
    Effect.map(start, ({ api, given }) => (random, note, saw) =>
      Effect.gen(function*() {
        const call = random.any(read)
        if (call === undefined) return assert.fail("no calls")
        const depth = random.pick([10, 1000, 20_000])
        const good = JSON.stringify(random.any(call.answers))
        const members = Array.from(good.matchAll(/"(\w+)":/g), ([, name]) => name)
        const member = random.any(["options", "metadata", "embeds", "members", ...members]) ?? "options"
        const text = random.oneOf(
          () => Hostile.nested(random, depth),
          () => good.replace(/^(\[?\{)/, `$1"${member}":${Hostile.nested(random, depth)},`),
          () => `${"{\"options\":[".repeat(depth)}${good}${"]}".repeat(depth)}`
        )
        note([call.identifier, text.slice(0, 300)])
        given({ status: call.status, body: text })
        const error = errorOf(yield* Effect.exit(call.run(api)), ["MalformedResponse"])
        saw(error?._tag ?? "value")
      })),
    ["value", "MalformedResponse"]
  )
})
