/** A response that repeats the request: its secrets do not appear in the error (S33). */
import { DiscordClient } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stub from "../support/StubDiscord.ts"
import { bearerToken, bodySecret, botToken, calls } from "./support/calls.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { hides, shown } from "./support/outputs.ts"

const secrets = [bearerToken, botToken, bodySecret, Stub.clientSecret]

const basic = Buffer.from(`${Stub.clientId}:${Stub.clientSecret}`).toString("base64")

Cases.file("reflected", (property) => {
  property.started(
    "S33: whatever a server repeats of the request, in whatever member, the error does not have its secrets",
    4000,
    Effect.gen(function*() {
      let next: (call: Stub.Call) => Stub.Answer = () => ({})
      const context = yield* Layer.build(
        Stub.layer([], (call) => Effect.sync(() => next(call)), { middleware: Stub.unlimited })
      )
      const api = Context.get(context, DiscordClient.DiscordClient)
      let turn = 0
      return (random, note, saw) =>
        Effect.gen(function*() {
          const call = calls[turn++ % calls.length]
          if (call === undefined) return assert.fail("no calls")
          const status = random.pick([400, 401, 403, 404, 409, 429, 500, 503])
          const text = Hostile.letters(random)
          let isRepeated = false
          next = ({ authorization = "", form, text: sent }) => {
            const said = random.oneOf(
              () => `${text} ${authorization}`,
              () => `${text}${sent}`,
              () => `${authorization.split(" ")[1]}${text}`,
              () => `${Array.from(form.values()).join(text)}`,
              () => JSON.stringify({ request: { authorization, body: sent } })
            )
            isRepeated = [...secrets, basic].some((secret) => said.includes(secret))
            return {
              status,
              body: random.oneOf<unknown>(
                () => ({ message: said, code: random.pick([0, 40001, 50035]) }),
                () => ({
                  message: "Invalid Form Body",
                  code: 50035,
                  errors: { a: { _errors: [{ code: "A", message: said }] } }
                }),
                () => ({ error: random.pick(["invalid_grant", "invalid_request", "other"]), error_description: said }),
                () => ({ error: said }),
                () => said
              )
            }
          }
          const error = yield* Effect.flip(call.run(api))
          note([call.identifier, status, error])
          hides(shown(error), [...secrets, basic])
          saw(isRepeated ? "repeated" : "not repeated")
        })
    }),
    ["repeated"]
  )
})
