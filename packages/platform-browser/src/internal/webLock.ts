import { AccessTokenStoreError } from "@discord-oauth2/core/errors/DiscordError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Takes a Web Lock until the scope closes. The release is in place before the request, so that whoever is interrupted
 * at whatever moment gives the lock back.
 */
export const takeWebLock = (
  locks: Pick<LockManager, "request">,
  name: string
): Effect.Effect<void, AccessTokenStoreError, Scope.Scope> =>
  Effect.suspend(() => {
    let release = () => {}
    const granted = Effect.callback<void, AccessTokenStoreError>((resume, signal) => {
      locks.request(name, { signal }, () =>
        // Granted in the very moment in which nobody waits any more.
        signal.aborted ? undefined : new Promise<void>((resolve) => {
          release = resolve
          resume(Effect.void)
        })).catch((cause) => resume(Effect.fail(new AccessTokenStoreError({ operation: "lock", cause }))))
    })
    return Effect.andThen(Effect.addFinalizer(() => Effect.sync(() => release())), granted)
  })
