import { AccessTokenStoreError } from "@discord-oauth2/core/DiscordError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * Runs an effect while it holds a Web Lock. The release is in place before the request, so that whoever is interrupted
 * at whatever moment gives the lock back.
 */
export const withWebLock = (locks: Pick<LockManager, "request">, name: string, timeout: Duration.Duration) => {
  const failure = (cause: unknown) => new AccessTokenStoreError({ operation: "withLock", cause })
  return <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | AccessTokenStoreError, R> =>
    Effect.suspend(() => {
      let release = () => {}
      const granted = Effect.callback<void, AccessTokenStoreError>((resume, signal) => {
        locks.request(name, { signal }, () =>
          // Granted in the very moment in which nobody waits any more.
          signal.aborted ? undefined : new Promise<void>((resolve) => {
            release = resolve
            resume(Effect.void)
          })).catch((cause) => resume(Effect.fail(failure(cause))))
      })
      const waited = Effect.timeoutOrElse(granted, {
        duration: timeout,
        orElse: () => Effect.fail(failure(new Error(`another tab held the lock for ${Duration.format(timeout)}`)))
      })
      return Effect.ensuring(Effect.andThen(waited, effect), Effect.sync(() => release()))
    })
}
