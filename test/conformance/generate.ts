/**
 * Generates values that a JSON Schema of an OpenAPI document allows: the same values for the same seed.
 *
 * It reads the part of JSON Schema that Discord's document uses, and prefers values that a decoder may get wrong: the
 * ends of each range, empty strings and lists, every value of an enum, `null` and absence where they are allowed, members
 * that the document does not have.
 */
import type { Document, JsonSchema } from "./JsonSchema.ts"

/** A member that no document has. Discord may add one to any object that does not forbid it. */
export const unknownMember = "not_in_the_document"

export interface Options {
  readonly document: Document
  readonly seed: number
  /** The strings for a member, by its name, where the document allows any string and the documentation does not. */
  readonly texts?: ReadonlyMap<string, ReadonlyArray<string>>
}

const texts = [
  "",
  "Nelly",
  "0",
  "null",
  " spaced  out ",
  "Ünïcödé",
  "日本語",
  "👩‍👩‍👧‍👦",
  "\u0000\u001f\"\\/",
  "a".repeat(300)
]
const keys = ["elo", "de", "en-US", "constructor", "toString", "with space", "日本"]
const snowflakes = ["0", "1", "80351110224678912", "1398765432109876543", "18446744073709551615"]
// The form that Discord sends, and others of RFC 3339; no leap second, which Discord's clocks do not have.
const instants = [
  "2015-04-26T06:26:56.936000+00:00",
  "2021-08-09T12:00:00+00:00",
  "1970-01-01T00:00:00Z",
  "2024-02-29T23:59:59.999Z",
  "2099-12-31T00:00:00.5-05:30"
]
const uris = ["https://example.com", "https://cdn.discordapp.com/attachments/1/2/a%20b.png?ex=1&is=2#3"]
const anything = [null, true, 0, "text", [], [1, "a", null], {}, { deep: { er: 1 } }]

/** The values of an enum that is written as one constant for each value. */
const constants = (schemas: ReadonlyArray<JsonSchema> | undefined): ReadonlyArray<unknown> | undefined =>
  schemas?.every((schema) => "const" in schema) ? schemas.map((schema) => schema.const) : undefined

const both = <A>(join: (a: A, b: A) => A) => (a: A | undefined, b: A | undefined): A | undefined =>
  a === undefined ? b : b === undefined ? a : join(a, b)

const greater = both<number>(Math.max)
const less = both<number>(Math.min)
const common = both<ReadonlyArray<unknown>>((a, b) => a.filter((value) => b.includes(value)))
const joined = both<ReadonlyArray<string>>((a, b) => Array.from(new Set([...a, ...b])))

/** The schema of values that both schemas allow. */
const and = (a: JsonSchema, b: JsonSchema): JsonSchema => {
  const properties = a.properties || b.properties ? { ...a.properties, ...b.properties } : undefined
  const merged = {
    enum: common(a.enum, b.enum),
    required: joined(a.required, b.required),
    minimum: greater(a.minimum, b.minimum),
    maximum: less(a.maximum, b.maximum),
    minLength: greater(a.minLength, b.minLength),
    maxLength: less(a.maxLength, b.maxLength),
    minItems: greater(a.minItems, b.minItems),
    maxItems: less(a.maxItems, b.maxItems),
    properties
  }
  return { ...a, ...b, ...Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) }
}

/** The same schema without `$ref`, `allOf` and `const`. */
const plain = (document: Document, schema: JsonSchema): JsonSchema => {
  const { $ref, allOf, anyOf, const: constant, oneOf, ...own } = schema
  const isClosed = "const" in schema
  const values = isClosed ? [constant] : constants(oneOf ?? anyOf)
  const alternatives = values === undefined ? { ...(anyOf && { anyOf }), ...(oneOf && { oneOf }) } : { enum: values }
  const parts = allOf?.map((part) => plain(document, part)) ?? []
  if ($ref !== undefined) {
    const target = document.components.schemas[$ref.replace("#/components/schemas/", "")]
    if (target === undefined) throw new Error(`There is no ${$ref}`)
    parts.push(plain(document, target))
  }
  return parts.reduce(and, and(own, alternatives))
}

/** Pseudo-random numbers from 0 up to 1 (Mulberry32). */
const random = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Makes a function that returns another value at each call. */
export const generator = ({ document, seed, texts: known }: Options, schema: JsonSchema): () => unknown => {
  const next = random(seed)
  const chance = (probability: number) => next() < probability
  const between = (minimum: number, maximum: number) => minimum + Math.floor(next() * (maximum - minimum + 1))
  const pick = <A>(values: ReadonlyArray<A>): A => {
    const value = values[between(0, values.length - 1)]
    if (value === undefined && values.length === 0) throw new Error("There is nothing to choose from")
    return value as A
  }

  // Alternatives are taken in turn, so that a rare one, deep inside, is generated too.
  const turns = new Map<unknown, number>()
  const inTurn = (alternatives: ReadonlyArray<JsonSchema>): JsonSchema => {
    const turn = turns.get(alternatives) ?? 0
    turns.set(alternatives, turn + 1)
    return alternatives[turn % alternatives.length] ?? {}
  }

  const integer = ({ format, maximum, minimum }: JsonSchema): number => {
    const least = minimum ?? (format === "int32" ? -(2 ** 31) : Number.MIN_SAFE_INTEGER)
    const most = maximum ?? (format === "int32" ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER)
    const chosen = pick([least, most, 0, 1, 64, between(least, most)])
    return Math.min(Math.max(chosen, least), most)
  }

  const text = ({ format, maxLength, minLength = 0, pattern }: JsonSchema, name: string): string => {
    if (format === "snowflake") return pick([...snowflakes, String(BigInt(between(1, 2 ** 52)) << 10n)])
    if (format === "date-time") return pick(instants)
    if (format === "uri") return pick(uris)
    if (pattern !== undefined || (format !== undefined && format !== "nonce")) {
      throw new Error(`There is no text for ${format ?? pattern}`)
    }
    const chosen = pick(known?.get(name) ?? texts).padEnd(minLength, "x")
    return maxLength === undefined ? chosen : Array.from(chosen).slice(0, maxLength).join("")
  }

  const list = ({ items = {}, maxItems = Infinity, minItems = 0, uniqueItems }: JsonSchema, name: string) => {
    const length = between(minItems, Math.min(maxItems, minItems + 4))
    const values = Array.from({ length }, () => value(items, name))
    if (uniqueItems !== true) return values
    const seen = new Map(values.map((value) => [JSON.stringify(value), value]))
    return Array.from(seen.values())
  }

  const object = ({ additionalProperties, properties = {}, required = [] }: JsonSchema) => {
    const usual = pick([0, 0.5, 0.9, 1])
    const members = Object.entries(properties)
      .filter(([name]) => required.includes(name) || chance(usual))
      .map(([name, schema]): readonly [string, unknown] => [name, value(schema, name)])
    if (typeof additionalProperties === "object") {
      for (const key of keys) if (chance(0.2)) members.push([key, value(additionalProperties, key)])
    } else if (additionalProperties !== false && chance(0.2)) members.push([unknownMember, pick(anything)])
    return Object.fromEntries(members)
  }

  const value = (schema: JsonSchema, name: string): unknown => {
    const { anyOf, oneOf, ...own } = plain(document, schema)
    const alternatives = oneOf ?? anyOf
    if (alternatives !== undefined) return value(and(own, inTurn(alternatives)), name)
    const guessed = own.properties === undefined ? undefined : "object"
    const type = pick([own.type ?? guessed].flat())
    if (own.enum !== undefined && type !== "null") return pick(own.enum.filter((value) => value !== null))
    if (type === "null") return null
    if (type === "boolean") return chance(0.5)
    if (type === "integer") return integer(own)
    if (type === "number") return chance(0.5) ? integer({ ...own, format: "int32" }) : next() * 1000
    if (type === "string") return text(own, name)
    if (type === "array") return list(own, name)
    if (type === "object") return object(own)
    throw new Error(`${name} may be of the type ${String(type)}`)
  }

  return () => value(schema, "")
}

/** The value without the members that no document has. */
export const withoutUnknown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUnknown)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => name === unknownMember ? [] : [[name, withoutUnknown(member)]])
  )
}

/** The path of every member of a value, in the form that `members` has for a schema. */
export const memberPaths = (value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap((item) => memberPaths(item).map((path) => `[]${path}`))
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [
    `.${name}`,
    ...memberPaths(member).map((path) => `.${name}${path}`)
  ])
}
