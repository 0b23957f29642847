/** Ends a user's authorization: revokes it at Discord, and removes the record. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import type { AccessTokenStore, Key, StoredToken } from "../../tokens/AccessTokenStore.ts"

interface Services {
  readonly store: AccessTokenStore["Service"]
  readonly client: OAuth2Client["Service"]
}

/** Revokes the token of the store, and `held` where the record is gone or cannot be read. */
export const signOut = Effect.fnUntraced(function*(
  { client, store }: Services,
  key: Key,
  held: StoredToken,
  options?: { readonly force?: boolean | undefined }
) {
  const latest = yield* store.get(key).pipe(
    Effect.map(Option.getOrElse(() => held)),
    Effect.catchIf(DiscordError.isOfRecord, () => Effect.succeed(held))
  )
  const revoked = client.revoke(latest.token)
  yield* (options?.force === true ? Effect.ignore(revoked) : revoked)
  yield* store.remove(key)
})
