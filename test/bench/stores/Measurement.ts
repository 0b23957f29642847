/** What is asked of the process of one store, and what it answers. */

/** A user's call with the session at hand, with the session read from the store first, or a refresh. */
export const operations = ["held", "read", "refresh"] as const

export type Operation = typeof operations[number]

export const descriptions: Readonly<Record<Operation, string>> = {
  held: "Get Current User, session at hand",
  read: "Get Current User, session by user id",
  refresh: "Refresh of a stored token"
}

export type Task =
  | {
    readonly kind: "calls"
    readonly operation: Operation
    readonly concurrency: number
    readonly milliseconds: number
  }
  /** So many fibers wait for one refresh. */
  | { readonly kind: "coalesce"; readonly fibers: number }
  /** So many users' tokens are stored, and then so many sessions are held. */
  | { readonly kind: "memory"; readonly users: number }

export interface Calls {
  readonly calls: number
  readonly seconds: number
  readonly cpuMicroseconds: number
}

/** Bytes, in all. */
export interface Memory {
  /** What the process grew by, with the tokens stored. */
  readonly stored: number
  /** And with a session of each user held beside. */
  readonly held: number
  /** What the store itself says it takes, where it lies outside the process. */
  readonly outside: number | undefined
}
