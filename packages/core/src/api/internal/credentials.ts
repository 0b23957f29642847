/** The credentials of the current call, from its arguments to its `Authorization` header. */
import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"

/** A user's access token, a bot's token, the application's id and secret, or nothing. */
export type Credentials =
  | { readonly _tag: "Bearer"; readonly token: Redacted.Redacted; readonly refreshable: boolean }
  | { readonly _tag: "Bot"; readonly token: Redacted.Redacted }
  | { readonly _tag: "Client" }
  | { readonly _tag: "None" }

export const client: Credentials = { _tag: "Client" }

export const none: Credentials = { _tag: "None" }

export const CurrentCredentials = Context.Reference<Credentials>(
  "@discord-oauth2/core/api/internal/CurrentCredentials",
  { defaultValue: () => none }
)
