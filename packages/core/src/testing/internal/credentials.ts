/** Finds out who sent the running request. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Credential } from "../../api/DiscordSecurity.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import type { Application } from "../World.ts"
import * as authorizations from "./authorizations.ts"
import * as refusals from "./refusals.ts"
import type { Simulation } from "./simulation.ts"

/** Returns what the access token of the running request was issued with. */
export const current = Effect.fnUntraced(function*(simulation: Simulation) {
  const issued = yield* authorizations.find(simulation.authorizations, Redacted.value(yield* Credential))
  return issued ?? (yield* new DiscordError.AccessTokenExpired({ refreshable: true }))
})

/** Returns the same, and the token's user. */
export const currentUser = Effect.fnUntraced(function*(simulation: Simulation) {
  const issued = yield* current(simulation)
  const user = simulation.world.users.get(issued.userId)
  return user === undefined
    ? yield* new DiscordError.AccessTokenExpired({ refreshable: true })
    : { issued, user }
})

/** Returns the same for a path that names an application. Fails if the token belongs to another application. */
export const currentOf = Effect.fnUntraced(function*(simulation: Simulation, applicationId: string) {
  const issued = yield* current(simulation)
  return issued.clientId === applicationId ? issued : yield* refusals.notYourApplication()
})

export const findBot = (simulation: Simulation, botToken: Redacted.Redacted): Application | undefined =>
  Array.from(simulation.world.applications.values()).find((application) =>
    Redacted.value(application.botToken) === Redacted.value(botToken)
  )

/** Returns the application of the bot that sent the running request. */
export const botApplication = Effect.fnUntraced(function*(simulation: Simulation) {
  return findBot(simulation, yield* Credential) ?? (yield* new DiscordError.InvalidBotToken())
})

/** Checks the access token in a bot's request: it needs to be the user's, the application's, and to have the scope. */
export const joining = Effect.fnUntraced(function*(simulation: Simulation, options: {
  readonly application: Application
  readonly accessToken: Redacted.Redacted
  readonly userId: string
  readonly scope: OAuth2Scope.OAuth2Scope
}): Effect.fn.Return<authorizations.Issued, DiscordError.InvalidAccessToken | DiscordError.MissingScope> {
  const issued = yield* authorizations.find(simulation.authorizations, Redacted.value(options.accessToken))
  if (issued?.userId !== options.userId || issued.clientId !== options.application.clientId) {
    return yield* new DiscordError.InvalidAccessToken({ reason: "rejected" })
  }
  return issued.scopes.includes(options.scope)
    ? issued
    : yield* new DiscordError.MissingScope({ required: [options.scope], granted: issued.scopes })
})
