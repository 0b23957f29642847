/** A lock that ends by itself where its holder has vanished: taken for a time, and taken again before that is over. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"

/** The operations of a store for a lease. Each call of `hold` has its own holder. */
export interface Operations<E> {
  /** Takes what is free, or past its time; tells whether it did. */
  readonly acquire: Effect.Effect<boolean, E>
  /** Takes it anew where it is still the holder's. */
  readonly renew: Effect.Effect<unknown, E>
  /** Gives back what is still the holder's. */
  readonly release: Effect.Effect<unknown, E>
}

const shortest = 5
const longest = 100

/**
 * Holds the lease until the scope closes.
 *
 * A waiting caller tries again after 5 milliseconds, then after twice as long each time up to 100, with a jitter of half. The release
 * is in place before the lease is asked for: an answer that nobody waits for any more is given back too. A renewal or a
 * release that fails is left to the time: what is written meanwhile is guarded by its generation.
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
