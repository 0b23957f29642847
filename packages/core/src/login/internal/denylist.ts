/** The denylist of a login: the one that is provided, or one of its own. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Denylist from "../Denylist.ts"

/** Returns the provided `Denylist`, or a new one in memory if none is provided. */
export const orMemory: Effect.Effect<Denylist.Denylist["Service"]> = Effect.map(
  Effect.serviceOption(Denylist.Denylist),
  Option.getOrElse(Denylist.makeMemory)
)
