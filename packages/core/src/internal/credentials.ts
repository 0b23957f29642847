import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"

/** What the running call proves itself with. */
export type Credentials =
  | { readonly _tag: "None" }
  | { readonly _tag: "Bearer"; readonly token: Redacted.Redacted; readonly refreshable: boolean }
  | { readonly _tag: "Bot"; readonly token: Redacted.Redacted }

export const none: Credentials = { _tag: "None" }

export const CurrentCredentials = Context.Reference<Credentials>(
  "@discord-oauth2/core/internal/CurrentCredentials",
  { defaultValue: () => none }
)
