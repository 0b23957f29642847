/** The table of refreshes: which of them run, who waits for them, and which outcomes are kept for a while. */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Sweeper from "../../internal/sweeper.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import { type Key, keyToString, type StoredToken } from "../AccessTokenStore.ts"
import { isSameToken } from "./isSameToken.ts"
import { type Failure, isTemporary } from "./refreshFailure.ts"

/** One refresh of one user's token, and its outcome. Only the table changes it. */
export interface Run {
  readonly key: Key
  /** The token that the callers want to have replaced. */
  readonly refused: AccessToken
  readonly outcome: Deferred.Deferred<StoredToken, Failure>
  /** How many callers wait for the outcome. */
  callers: number
  /** `undefined` while the refresh runs; afterwards the time until which its outcome is kept. */
  keptUntil: number | undefined
}

/** The table. All times are monotonic milliseconds. */
export interface RefreshRuns {
  /** Returns whether there is a refresh of this token, or an outcome that is kept. */
  readonly has: (key: Key, refused: AccessToken, now: number) => boolean

  /** Joins the refresh of this token, or adds one: then `isNew`, and the caller has to start it. */
  readonly join: (key: Key, refused: AccessToken, now: number) => { readonly run: Run; readonly isNew: boolean }

  /**
   * Ends a refresh. A temporary failure is kept for `cooldown`: callers get it without another request. A new token that
   * has expired already (F19) is kept for `cooldown` too: it is used, and not refreshed at once.
   */
  readonly end: (run: Run, exit: Exit.Exit<StoredToken, Failure>, now: number, wallClock: number) => void

  /** Returns all refreshes that run, and those whose outcome is kept. */
  readonly all: () => ReadonlyArray<Run>
}

/** Makes an empty table. */
export const make = (cooldown: Duration.Duration): RefreshRuns => {
  /** By key: a user can have several, each for another refused token. */
  const runs = new Map<string, ReadonlyArray<Run>>()

  const add = (run: Run) => {
    const id = keyToString(run.key)
    runs.set(id, [...runs.get(id) ?? [], run])
  }
  const remove = (run: Run) => {
    const id = keyToString(run.key)
    const rest = runs.get(id)?.filter((other) => other !== run) ?? []
    if (rest.length === 0) runs.delete(id)
    else runs.set(id, rest)
  }

  const isOver = ({ keptUntil }: Run, now: number) => keptUntil !== undefined && keptUntil <= now
  const find = (key: Key, refused: AccessToken, now: number) => {
    const run = runs.get(keyToString(key))?.find((run) => isSameToken(run.refused, refused))
    if (run === undefined || !isOver(run, now)) return run
    remove(run)
    return undefined
  }

  // An outcome that nobody asks for again would stay for ever.
  const sweeper = Sweeper.make({
    size: () => runs.size,
    sweep: (now) => {
      for (const run of Array.from(runs.values()).flat()) if (isOver(run, now)) remove(run)
    }
  })

  return {
    has: (key, refused, now) => find(key, refused, now) !== undefined,
    join: (key, refused, now) => {
      const known = find(key, refused, now)
      if (known !== undefined) {
        if (known.keptUntil === undefined) known.callers += 1
        return { run: known, isNew: false }
      }
      sweeper.ifDoubled(now)
      const run: Run = { key, refused, outcome: Deferred.makeUnsafe(), callers: 1, keptUntil: undefined }
      add(run)
      return { run, isNew: true }
    },
    end: (run, exit, now, wallClock) => {
      const keptUntil = now + Duration.toMillis(cooldown)
      if (Option.exists(Exit.findErrorOption(exit), isTemporary)) run.keptUntil = keptUntil
      else remove(run)
      if (Exit.isSuccess(exit) && exit.value.token.expires_at.epochMilliseconds <= wallClock) {
        const outcome = Deferred.makeUnsafe<StoredToken, Failure>()
        Deferred.doneUnsafe(outcome, exit)
        add({ key: run.key, refused: exit.value.token, outcome, callers: 1, keptUntil })
      }
    },
    all: () => Array.from(runs.values()).flat()
  }
}
