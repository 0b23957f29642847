/** Finds what a test names. Naming something that does not exist is a mistake of the test, so it is a defect. */
import * as Effect from "effect/Effect"
import { SimulatorError } from "../SimulatorError.ts"

/**
 * Something by itself or by its id.
 */
export type Ref<Id extends string> = Id | { readonly id: Id }

/** Returns the id of something that is named by itself or by its id. */
export const idOf = <Id extends string>(self: Ref<Id>): Id => typeof self === "string" ? self : self.id

/** Returns the value with an id, or the first value where there is no id. */
export const found = <A>(map: ReadonlyMap<string, A>, kind: string, id: string | undefined): Effect.Effect<A> => {
  const value = id === undefined ? map.values().next().value : map.get(id)
  return value === undefined
    ? Effect.die(new SimulatorError({ description: `There is no ${kind} ${id ?? "at all"} in the simulator.` }))
    : Effect.succeed(value)
}
