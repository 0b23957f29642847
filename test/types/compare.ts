/**
 * Compares the encoded types of this library's models with the types of discord-api-types. Each difference is a
 * sentence, as a string literal type. A test that lists all differences fails when one appears and when one disappears.
 */

/** Replaces enums with their values and makes arrays and members readonly. */
type Values<T> = T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer Value extends number}` ? Value : never)
  : T extends ReadonlyArray<infer Item> ? ReadonlyArray<Values<Exclude<Item, undefined>>>
  : T extends object ? { readonly [K in keyof T]: Values<T[K]> }
  : T

/**
 * Widens literals to `string` and `number`, because the library's enums are open, also in requests. Removes `null`,
 * which Discord's OpenAPI document allows for each optional member of a body and discord-api-types only for a few.
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

/** Sentences about what `Theirs` allows Discord to send and `Ours` does not accept. */
type Refused<Ours, Theirs> = Theirs extends unknown ?
    | {
      [K in Names<Theirs> & keyof Ours]: Only<Values<Theirs>, K> extends Only<Ours, K> ? never
        : `${K} allows more than ours`
    }[Names<Theirs> & keyof Ours]
    | `${Exclude<Required<Ours> & string, Names<Theirs>>} is missing in theirs`
  : never

/** `true` if a member of the union `Theirs` accepts the member `K` of `Ours`, otherwise `never`. */
type Takes<Ours, Theirs, K extends keyof Ours> = Theirs extends unknown
  ? K extends keyof Theirs ? Only<Primitives<Ours>, K> extends Only<Primitives<Theirs>, K> ? true : never : never
  : never

/** Sentences about what Discord sends: `Theirs` must be assignable to `Ours`. */
export type Received<Ours, Theirs> =
  | Refused<Ours, Theirs>
  | `${Exclude<Names<Theirs>, Names<Ours>>} is not read`
  | `${Exclude<Names<Ours>, Names<Theirs> | Required<Ours>>} is only in ours`

/** Sentences about what this library sends: `Ours` must be assignable to `Theirs`. */
export type Sent<Ours, Theirs> =
  | {
    [K in Names<Ours> & Names<Theirs>]: [Takes<Ours, Theirs, K>] extends [never] ? `${K} allows more than theirs`
      : never
  }[Names<Ours> & Names<Theirs>]
  | `${Exclude<Names<Theirs>, Names<Ours>>} cannot be sent`
  | `${Exclude<Names<Ours>, Names<Theirs>>} is only in ours`
