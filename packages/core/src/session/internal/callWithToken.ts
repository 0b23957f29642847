/** One call with the current token of a session, and its repetitions by the application's `RetryPolicy`. */
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import { CurrentUserId } from "../../api/RequestMiddleware.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import type { StoredToken } from "../../tokens/AccessTokenStore.ts"
import type { TokenFailure } from "../DiscordSession.ts"
import * as RetryPolicy from "../RetryPolicy.ts"
import * as CurrentToken from "./currentToken.ts"

export interface Options {
  /** The scope that the call needs, and `null` where every token may make it. */
  readonly scope: OAuth2Scope.OAuth2Scope | null
  /** Whether the call may be sent again after it may have arrived. */
  readonly idempotent: boolean
}

/** A call that failed, as opposed to one that was not made because there is no usable token. */
class FailedCall<E> {
  readonly error: E
  readonly stored: StoredToken
  constructor(error: E, stored: StoredToken) {
    this.error = error
    this.stored = stored
  }
}

type Attempt<A, E> = Effect.Effect<A, CurrentToken.Failure | FailedCall<E>>

/** Calls once with a usable token. */
const attempt = <A, E>(
  self: CurrentToken.CurrentToken,
  scope: OAuth2Scope.OAuth2Scope | null,
  call: (token: AccessToken) => Effect.Effect<A, E>
): Attempt<A, E | DiscordError.MissingScope> =>
  Effect.flatMap(CurrentToken.usable(self), (stored): Attempt<A, E | DiscordError.MissingScope> => {
    const granted = stored.token.scopes
    return scope === null || granted.includes(scope)
      ? call(stored.token).pipe(
        Effect.provideService(CurrentUserId, self.key.userId),
        Effect.mapError((error) => new FailedCall(error, stored))
      )
      : Effect.fail(new FailedCall(new DiscordError.MissingScope({ required: [scope], granted }), stored))
  })

/** What the policy has done so far about one call. */
interface Progress {
  /** The token of the last attempt. */
  readonly stored: StoredToken
  readonly hasRefreshed: boolean
}

/** Handles a failed call; where there was no usable token, that error remains. */
const catchFailedCall = <A, E>(
  attempt: Attempt<A, E>,
  handle: (failed: FailedCall<E>) => Effect.Effect<A, E | TokenFailure>
) =>
  Effect.catch(
    attempt,
    (error): Effect.Effect<A, E | TokenFailure> => error instanceof FailedCall ? handle(error) : Effect.fail(error)
  )

/** Repeats an attempt that failed, as long as the policy has a step for its error. */
const retry = Effect.fnUntraced(function*<A, E>(
  self: CurrentToken.CurrentToken,
  first: FailedCall<E>,
  attempt: Attempt<A, E>,
  idempotent: boolean
): Effect.fn.Return<A, E | TokenFailure> {
  const policy = yield* RetryPolicy.RetryPolicy
  const progress = yield* Ref.make<Progress>({ stored: first.stored, hasRefreshed: false })
  const refresh = Effect.flatMap(
    Ref.updateAndGet(progress, ({ stored }) => ({ stored, hasRefreshed: true })),
    ({ stored }) => CurrentToken.refreshFrom(self, stored)
  )
  const step = yield* Schedule.toStepWithMetadata(RetryPolicy.withinDeadline(policy({ refresh, idempotent })))

  const giveUp = ({ error, stored }: FailedCall<E>) =>
    Effect.flatMap(
      Ref.get(progress),
      ({ hasRefreshed }): Effect.Effect<never, E | DiscordError.InvalidAccessToken> =>
        hasRefreshed && error instanceof DiscordError.AccessTokenExpired && error.refreshable
          ? CurrentToken.reject(self, stored)
          : Effect.fail(error)
    )

  const again = (failed: FailedCall<E>): Effect.Effect<A, E | TokenFailure> =>
    Ref.update(progress, ({ hasRefreshed }) => ({ stored: failed.stored, hasRefreshed })).pipe(
      Effect.andThen(step(failed.error)),
      Pull.matchEffect({
        onSuccess: (metadata) =>
          catchFailedCall(Effect.provideService(attempt, Schedule.CurrentMetadata, metadata), again),
        onFailure: (cause): Effect.Effect<A, E | TokenFailure> => Effect.failCause(cause),
        onDone: () => giveUp(failed)
      })
    )
  return yield* again(first)
})

/**
 * Calls with a usable token, and repeats the call as `RetryPolicy` says.
 *
 * The policy decides about failed calls alone: where there is no usable token, the call ends. Where a refreshed token is
 * refused too, the call fails with `InvalidAccessToken` (F23 in docs/checklist.md).
 */
export const callWithToken = <A, E>(
  self: CurrentToken.CurrentToken,
  { idempotent, scope }: Options,
  call: (token: AccessToken) => Effect.Effect<A, E>
): Effect.Effect<A, E | TokenFailure | DiscordError.MissingScope> => {
  const once = attempt(self, scope, call)
  // Most calls succeed: the policy is made only for those that do not.
  return catchFailedCall(once, (failed) => retry(self, failed, once, idempotent))
}
