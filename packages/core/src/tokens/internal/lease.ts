/** Holds a lease: a lock with a time limit, which its holder renews and which expires if the holder is gone. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"

/** The operations of a store on one lease, for one holder. */
export interface Operations<E> {
  /** Takes the lease if it is free or has expired. Returns whether it took it. */
  readonly acquire: Effect.Effect<boolean, E>
  /** Extends the lease if it still belongs to the holder. */
  readonly renew: Effect.Effect<unknown, E>
  /** Releases the lease if it still belongs to the holder. */
  readonly release: Effect.Effect<unknown, E>
}

const shortest = 5
const longest = 100

/**
 * Holds the lease until the scope closes.
 *
 * While another holder has it, retries after 5 milliseconds, then after twice the last delay, up to 100 milliseconds.
 * Each delay is reduced by up to a half at random. The release is registered before the first attempt, so a lease that
 * is acquired during an interruption is released too. Failed renewals and releases are ignored: the lease expires, and
 * generations protect the records.
 */
export const hold = <E>(
  { acquire, release, renew }: Operations<E>,
  duration: Duration.Duration
): Effect.Effect<void, E, Scope.Scope> => {
  const take = (wait: number): Effect.Effect<void, E> =>
    Effect.flatMap(acquire, (taken) =>
      taken ? Effect.void : Effect.flatMap(Random.next, (random) =>
        Effect.andThen(
          Effect.sleep(Duration.millis(wait * (0.5 + random / 2))),
          take(Math.min(wait * 2, longest))
        )))
  const renewing = Effect.forever(
    Effect.andThen(Effect.sleep(Duration.divideUnsafe(duration, 3)), Effect.ignore(renew))
  )
  return Effect.andThen(
    Effect.addFinalizer(() => Effect.ignore(release)),
    Effect.andThen(take(shortest), Effect.asVoid(Effect.forkScoped(renewing)))
  )
}
