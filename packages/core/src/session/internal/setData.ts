/** Replaces the application's own data in a user's record. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as DiscordError from "../../errors/DiscordError.ts"
import { withData } from "../../models/AccessToken.ts"
import type { AccessTokenStore, Key, StoredToken } from "../../tokens/AccessTokenStore.ts"

/** Takes no lock: where a refresh writes another generation in between, the data are written next to its new token. */
export const setData: (
  store: AccessTokenStore["Service"],
  key: Key,
  data: Readonly<Record<string, Schema.Json>> | undefined
) => Effect.Effect<StoredToken, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError> = Effect.fnUntraced(
  function*(store, key, data) {
    const found = yield* store.get(key)
    if (Option.isNone(found)) return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    const { generation, token, ...rest } = found.value
    const written = yield* store.replace(key, generation, { ...rest, token: withData(token, data) })
    return Option.isSome(written) ? written.value : yield* setData(store, key, data)
  }
)
