/**
 * Runs many cases of a property, each from a seed of its own.
 *
 * `TEST_PROPERTY_SEED=7` runs the cases of another seed; `TEST_PROPERTY_SEED=7:123`, which a failure prints, runs case 123
 * alone. `TEST_PROPERTY_CASES` is how many cases the whole folder runs.
 */
import { assert, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { inspect } from "node:util"
import { type File, plan, scaled } from "./plan.ts"
import * as Random from "./Random.ts"

const [seed = "1", only] = (process.env.TEST_PROPERTY_SEED ?? "1").split(":")

/** A case that takes longer hangs, in milliseconds. No machine is too slow for it. */
const tooLong = 300_000

/** What a case is made of, for the message of its failure. */
export type Note = (value: unknown) => void

const shown = (value: unknown) => inspect(value, { depth: 6, maxStringLength: 2000, maxArrayLength: 50 })

/** The properties of one file, and the test that counts their cases. */
export const file = (name: File, define: (property: Property) => void) => {
  let ran = 0
  let wanted = 0

  const report = (title: string, cases: number, seen: ReadonlyMap<string, number> = new Map()) => {
    ran += cases
    const outcomes = Array.from(seen, ([outcome, times]) => `${outcome} ${times}`).toSorted().join(", ")
    process.stdout.write(
      `${String(cases).padStart(7)} cases, seed ${seed}: ${name}: ${title}${outcomes && ` (${outcomes})`}\n`
    )
  }

  const property = (
    title: string,
    cases: number,
    start: Effect.Effect<Case, unknown, Scope.Scope>,
    outcomes: ReadonlyArray<string> = []
  ) => {
    wanted += cases
    const count = scaled(cases)
    it.effect(title, () =>
      Effect.gen(function*() {
        const run = yield* start
        const seen = new Map<string, number>()
        const saw = (outcome: string) => void seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
        const first = only === undefined ? 0 : Number(only)
        const end = only === undefined ? count : first + 1
        let at = first
        let since = performance.now()
        let notes: Array<unknown> = []
        const place = () => `TEST_PROPERTY_SEED=${seed}:${at} ${name}: ${title}\n${shown(notes)}`
        const hangs = () => new Error(`a case hangs: ${place()}`)
        const watch = Effect.callback<never, Error>((resume) => {
          const timer = setInterval(() => {
            if (performance.now() - since > tooLong) resume(Effect.fail(hangs()))
          }, 1000)
          return Effect.sync(() => clearInterval(timer))
        })
        const all = Effect.gen(function*() {
          for (; at < end; at++) {
            since = performance.now()
            notes = []
            const random = Random.make(Random.hash(`${seed} ${title} ${at}`))
            const exit = yield* Effect.exit(Effect.suspend(() => run(random, (value) => void notes.push(value), saw)))
            if (Exit.isFailure(exit)) return yield* Effect.die(new Error(`${place()}\n${Cause.pretty(exit.cause)}`))
            if (performance.now() - since > tooLong) return yield* Effect.die(hangs())
          }
        })
        yield* Effect.raceFirst(all, watch)
        report(title, at - first, seen)
        // An outcome that never occurs is not tested.
        if (only === undefined && count >= cases) assert.includeMembers(Array.from(seen.keys()), [...outcomes])
      }), { timeout: 600_000 + count * 20 })
  }

  define({
    cases: (title, cases, run, outcomes) => property(title, cases, Effect.succeed(run), outcomes),
    started: property,
    values: (title, cases, arbitrary, check) => {
      wanted += cases
      const runs = scaled(cases)
      it.effect(title, () =>
        Effect.gen(function*() {
          const result = yield* Arbitrary.checkEffect(
            arbitrary,
            (value) => Effect.as(Effect.suspend(() => check(value)), true),
            { runs, seed: `${seed} ${title}`, size: 20 }
          )
          const failure = Arbitrary.formatCheckFailure(result)
          if (failure !== undefined) {
            return yield* Effect.die(new Error(`TEST_PROPERTY_SEED=${seed} ${name}: ${title}\n${failure}`))
          }
          report(title, "runs" in result ? result.runs : 0)
        }), { timeout: 600_000 + runs * 20 })
    }
  })

  it.skipIf(only !== undefined)(`${name}: no case is missing`, () => {
    assert.isAtLeast(wanted, plan[name])
    assert.isAtLeast(ran, scaled(plan[name]))
  })
}

/** Counts what a case came to. */
export type Saw = (outcome: string) => void

/** One case: it fails or dies where the property does not hold. */
export type Case = (random: Random.Random, note: Note, saw: Saw) => Effect.Effect<void, unknown>

export interface Property {
  /** `outcomes` are those that must be met at least once. */
  readonly cases: (title: string, cases: number, run: Case, outcomes?: ReadonlyArray<string>) => void
  /** The same, with something that is started once for all cases. */
  readonly started: (
    title: string,
    cases: number,
    start: Effect.Effect<Case, unknown, Scope.Scope>,
    outcomes?: ReadonlyArray<string>
  ) => void
  /** Values that a schema generates, made smaller where one fails. */
  readonly values: <A>(
    title: string,
    cases: number,
    arbitrary: Arbitrary.Arbitrary<A>,
    check: (value: A) => Effect.Effect<void, unknown>
  ) => void
}
