/**
 * What is on the wire by our models, compared with the types of discord-api-types: each difference is a sentence, so that
 * a test that has them all fails when one comes and when one goes.
 */

/** The values of an enum, in lists that may not be written to. */
type Values<T> = T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer Value extends number}` ? Value : never)
  : T extends ReadonlyArray<infer Item> ? ReadonlyArray<Values<Exclude<Item, undefined>>>
  : T extends object ? { readonly [K in keyof T]: Values<T[K]> }
  : T

/**
 * Any text where there is text and any number where there is one: our enums are open, in what is sent too. Without null,
 * which Discord's document has for each optional member of a body, and discord-api-types for a few.
 */
type Primitives<T> = T extends string ? string
  : T extends number ? number
  : T extends null ? never
  : T extends ReadonlyArray<infer Item> ? ReadonlyArray<Primitives<Exclude<Item, undefined>>>
  : T extends object ? { readonly [K in keyof T]: Primitives<T[K]> }
  : T

type Only<T, K> = { [Name in keyof T as Name extends K ? Name : never]: T[Name] }

type Names<T> = T extends unknown ? keyof T & string : never

type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]

/** What Discord may send by `Theirs` and `Ours` does not take. */
type Refused<Ours, Theirs> = Theirs extends unknown ?
    | {
      [K in Names<Theirs> & keyof Ours]: Only<Values<Theirs>, K> extends Only<Ours, K> ? never
        : `${K} is more than we take`
    }[Names<Theirs> & keyof Ours]
    | `${Exclude<Required<Ours> & string, Names<Theirs>>} is missing in theirs`
  : never

/** Whether one of theirs takes the member. */
type Takes<Ours, Theirs, K extends keyof Ours> = Theirs extends unknown
  ? K extends keyof Theirs ? Only<Primitives<Ours>, K> extends Only<Primitives<Theirs>, K> ? true : never : never
  : never

/** Sentences about what Discord sends: `Theirs` must fit into `Ours`. */
export type Received<Ours, Theirs> =
  | Refused<Ours, Theirs>
  | `${Exclude<Names<Theirs>, Names<Ours>>} is not read`
  | `${Exclude<Names<Ours>, Names<Theirs> | Required<Ours>>} is ours alone`

/** Sentences about what we send: `Ours` must fit into `Theirs`. */
export type Sent<Ours, Theirs> =
  | {
    [K in Names<Ours> & Names<Theirs>]: [Takes<Ours, Theirs, K>] extends [never] ? `${K} is more than they take` : never
  }[Names<Ours> & Names<Theirs>]
  | `${Exclude<Names<Theirs>, Names<Ours>>} cannot be sent`
  | `${Exclude<Names<Ours>, Names<Theirs>>} is ours alone`
