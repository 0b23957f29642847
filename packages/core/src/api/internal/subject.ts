/** Names whose rate limit Discord counts a request against, as `RequestMiddleware.Call` describes. */
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import type { Credentials } from "./credentials.ts"

/** A hash tells one token from another without showing it. */
const hash = (token: Redacted.Redacted) => (Hash.string(Redacted.value(token)) >>> 0).toString(36)

export const toSubject = (credentials: Credentials, userId: string | undefined) => {
  switch (credentials._tag) {
    case "Bearer":
      return userId === undefined ? `token:${hash(credentials.token)}` : `user:${userId}`
    case "Bot":
      return `bot:${hash(credentials.token)}`
    case "Client":
      return "client"
    case "None":
      return "address"
  }
}
