import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Credential } from "../../api/DiscordSecurity.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import type { Application } from "../World.ts"
import type { Issued } from "./grants.ts"
import * as refusals from "./refusals.ts"
import type { Simulation } from "./simulation.ts"

/** What the access token of the running request stands for. */
export const current = Effect.fnUntraced(function*(simulation: Simulation) {
  const issued = yield* simulation.grants.find(Redacted.value(yield* Credential))
  return issued ?? (yield* new DiscordError.AccessTokenExpired({ refreshable: true }))
})

/** The same with the user. */
export const currentUser = Effect.fnUntraced(function*(simulation: Simulation) {
  const issued = yield* current(simulation)
  const user = simulation.world.users.get(issued.userId)
  return user === undefined
    ? yield* new DiscordError.AccessTokenExpired({ refreshable: true })
    : { issued, user }
})

/** The same for a path of an application: a token reaches its own application's alone. */
export const currentOf = Effect.fnUntraced(function*(simulation: Simulation, applicationId: string) {
  const issued = yield* current(simulation)
  return issued.clientId === applicationId ? issued : yield* refusals.notYourApplication()
})

export const findBot = (simulation: Simulation, botToken: Redacted.Redacted): Application | undefined =>
  Array.from(simulation.world.applications.values()).find((application) =>
    Redacted.value(application.botToken) === Redacted.value(botToken)
  )

/** The application whose bot's token the running request came with. */
export const botApplication = Effect.fnUntraced(function*(simulation: Simulation) {
  return findBot(simulation, yield* Credential) ?? (yield* new DiscordError.InvalidBotToken())
})

/** The access token in the body of a request of a bot, of this user, for the bot's application and with this scope. */
export const joining = Effect.fnUntraced(function*(simulation: Simulation, options: {
  readonly application: Application
  readonly accessToken: Redacted.Redacted
  readonly userId: string
  readonly scope: OAuth2Scope.OAuth2Scope
}): Effect.fn.Return<Issued, DiscordError.InvalidAccessToken | DiscordError.MissingScope> {
  const issued = yield* simulation.grants.find(Redacted.value(options.accessToken))
  if (issued?.userId !== options.userId || issued.clientId !== options.application.clientId) {
    return yield* new DiscordError.InvalidAccessToken({ reason: "rejected" })
  }
  return issued.scopes.includes(options.scope)
    ? issued
    : yield* new DiscordError.MissingScope({ required: [options.scope], granted: issued.scopes })
})
