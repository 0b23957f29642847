/** Takes a Web Lock for as long as a scope is open. */
import { AccessTokenStoreError } from "@discord-oauth2/core/errors/DiscordError"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Takes the lock until the scope closes. The finalizer is added before the lock is requested, so that an interrupted
 * caller always releases it.
 */
export const takeWebLock = (
  locks: Pick<LockManager, "request">,
  name: string
): Effect.Effect<void, AccessTokenStoreError, Scope.Scope> =>
  Effect.suspend(() => {
    let release = () => {}
    const granted = Effect.callback<void, AccessTokenStoreError>((resume, signal) => {
      locks.request(name, { signal }, () =>
        // The browser may grant the lock just after the caller was interrupted.
        signal.aborted ? undefined : new Promise<void>((resolve) => {
          release = resolve
          resume(Effect.void)
        })).catch((cause) => resume(Effect.fail(new AccessTokenStoreError({ operation: "lock", cause }))))
    })
    return Effect.andThen(Effect.addFinalizer(() => Effect.sync(() => release())), granted)
  })
