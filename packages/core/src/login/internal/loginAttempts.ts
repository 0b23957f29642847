/** Uses each login once: only its first callback does the work, and callbacks that arrive meanwhile share the result. */
import type * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DenylistError } from "../../errors/DiscordError.ts"
import type { Denylist } from "../Denylist.ts"

/**
 * The result of one callback (S3, F28 in docs/checklist.md): it was the first of its login, it arrived while the first
 * was at work, or the login had been used before.
 */
export type Attempt<A> =
  | { readonly _tag: "First" | "Joined"; readonly value: A }
  | { readonly _tag: "Used" }

const used: Attempt<never> = { _tag: "Used" }

export const make = <A, E>(denylist: Denylist["Service"]) => {
  const running = new Map<string, Deferred.Deferred<Option.Option<A>, E | DenylistError>>()

  const await_ = (outcome: Deferred.Deferred<Option.Option<A>, E | DenylistError>, tag: "First" | "Joined") =>
    Effect.map(
      Deferred.await(outcome),
      Option.match({ onNone: (): Attempt<A> => used, onSome: (value): Attempt<A> => ({ _tag: tag, value }) })
    )

  /** The work runs in a fiber of its own: a code is exchanged to the end even if the browser disconnects. */
  return <R>(
    id: string,
    expiresAt: DateTime.Utc,
    work: Effect.Effect<A, E, R>
  ): Effect.Effect<Attempt<A>, E | DenylistError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const known = running.get(id)
        if (known !== undefined) return restore(await_(known, "Joined"))
        const outcome = Deferred.makeUnsafe<Option.Option<A>, E | DenylistError>()
        running.set(id, outcome)
        const once = Effect.flatMap(
          denylist.add(`login:${id}`, expiresAt),
          (first): Effect.Effect<Option.Option<A>, E, R> => first ? Effect.asSome(work) : Effect.succeedNone
        )
        return Effect.andThen(
          Effect.forkDetach(Effect.onExit(once, (exit) => {
            running.delete(id)
            return Deferred.done(outcome, exit)
          })),
          restore(await_(outcome, "First"))
        )
      })
    )
}
