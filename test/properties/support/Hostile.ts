/** Input of an attacker, a broken proxy or a later version of Discord: mostly valid, with one or more mistakes. */
import type { Random } from "./Random.ts"

/** Texts that are known to break parsers. */
const corners = [
  "",
  " ",
  "\u0000",
  "\r\n",
  "\r\nSet-Cookie: a=b",
  "\t",
  "\u001b[31m",
  "\u007f\u0080\u009f",
  "\u2028\u2029",
  "\ufeff",
  "\u202e",
  "\u200b",
  "\ud800",
  "\udc00\ud800",
  "\ufffd",
  "😀",
  "ﬃ",
  "İ",
  "%",
  "%00",
  "%0d%0a",
  "%2e%2e%2f",
  "%252e",
  "%c0%af",
  "%e0%80%af",
  "%ff",
  "%u0041",
  "&",
  "=",
  "＆",
  "＝",
  "？",
  "＃",
  "؛",
  ";",
  "#",
  "?",
  "+",
  "/",
  "//",
  "/\\",
  "\\",
  "\\\\",
  "..",
  "/..",
  "@",
  ":",
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "<script>alert(1)</script>",
  "\"><img src=x>",
  "'; DROP TABLE tokens; --",
  "${7*7}",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "undefined",
  "true",
  "NaN",
  "Infinity",
  "-0",
  "1e999",
  "0x10",
  "[object Object]",
  "{}",
  "[]",
  "\""
] as const

const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "hasOwnProperty",
  "",
  "\u0000",
  "0",
  "length",
  "_tag"
] as const

/** A piece of text. */
export const corner = (random: Random): string => random.pick(corners)

const characters = (random: Random) =>
  String.fromCharCode(...random.times(12, () =>
    random.oneOf(
      () => random.int(0x80),
      () => random.int(0x100),
      () => random.int(0x10000)
    )))

const long = (random: Random) =>
  random.pick(["a", "%", "é", "😀", "%41", "&a=b", "/", "\n", "["]).repeat(random.pick([100, 1000, 9000, 20_000]))

/** Any text. */
export const text = (random: Random): string => {
  const kind = random.int(20)
  if (kind === 0) return long(random)
  if (kind < 6) return characters(random)
  return random.times(4, () => random.oneOf(() => corner(random), () => characters(random), () => letters(random)))
    .join("")
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** Letters, digits, hyphens and underscores. */
export const letters = (random: Random, most = 12): string =>
  random.times(most, () => alphabet[random.int(alphabet.length)]).join("")

const hex = (code: number) => code.toString(16).padStart(2, "0")

const change = (random: Random, value: string): string => {
  const at = random.int(value.length + 1)
  const to = Math.min(value.length, at + random.int(random.pick([2, 8, 64])))
  const before = value.slice(0, at)
  const inside = value.slice(at, to)
  const after = value.slice(to)
  switch (random.int(14)) {
    case 0:
      return before
    case 1:
      return after
    case 2:
      return before + after
    case 3:
      return before + inside.repeat(1 + random.int(4)) + after
    case 4:
      return before + after + inside
    case 5:
      return after + before
    case 6:
      return before + text(random) + after
    case 7:
      return before + Array.from(inside, (char) => `%${hex(char.charCodeAt(0) & 0xff)}`).join("") + after
    case 8:
      return before + inside.toUpperCase() + after
    case 9:
      return before + inside.normalize("NFKD") + corner(random) + after
    case 10:
      // One bit of one character.
      return at < value.length
        ? before + String.fromCharCode(value.charCodeAt(at) ^ (1 << random.int(7))) + value.slice(at + 1)
        : value
    case 11:
      // Two bytes for one, which no decoder may take.
      return before + Array.from(inside, (char) => {
        const code = char.charCodeAt(0) & 0x7f
        return `%${hex(0xc0 | (code >> 6))}%${hex(0x80 | (code & 0x3f))}`
      }).join("") + after
    case 12:
      return value.replaceAll(random.pick(["&", "=", "/", "?", "#", "\"", ":"]), corner(random))
    default:
      return before + corner(random) + after
  }
}

/** A text with one to four changes. */
export const mutate = (random: Random, value: string): string => {
  let result = value
  for (let n = random.int(4); n >= 0; n--) result = change(random, result)
  return result.slice(0, 60_000)
}

/** The text as it is, changed, or another one. */
export const perhaps = (random: Random, value: string): string =>
  random.oneOf(() => value, () => value, () => mutate(random, value), () => text(random))

const number = (random: Random): number =>
  random.pick([
    0,
    -0,
    1,
    -1,
    0.1,
    1e-7,
    1e21,
    -1e21,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    2 ** 31,
    2 ** 32,
    604_800,
    50_035,
    random.next(),
    random.int(100_000)
  ])

const leaf = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => null,
    () => random.chance(0.5),
    () => number(random),
    () => text(random),
    () => letters(random)
  )

const own = (entries: ReadonlyArray<readonly [string, unknown]>): Record<string, unknown> => Object.fromEntries(entries)

/** Any JSON value. */
export const json = (random: Random, depth = 3): unknown =>
  depth === 0 || random.chance(0.4)
    ? leaf(random)
    : random.chance(0.4)
    ? random.times(4, () => json(random, depth - 1))
    : own(random.times(4, () => [
      random.oneOf<string>(() => random.pick(names), () => letters(random), () => text(random)),
      json(random, depth - 1)
    ]))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const replacement = (random: Random, value: unknown): unknown =>
  random.oneOf<unknown>(
    () => leaf(random),
    () => json(random),
    () => typeof value === "string" ? mutate(random, value) : typeof value === "number" ? String(value) : [value],
    () => typeof value === "string" ? Number(value) : value,
    () => null,
    () => ({ ...own([[random.pick(names), value]]) }),
    () => [],
    () => ({})
  )

/** A JSON value with a change somewhere inside. */
export const mutateJson = (random: Random, value: unknown, depth = 8): unknown => {
  if (depth === 0 || random.chance(0.15)) return replacement(random, value)
  if (Array.isArray(value) && value.length > 0) {
    const at = random.int(value.length)
    return random.chance(0.2)
      ? random.oneOf<ReadonlyArray<unknown>>(
        () => value.toSpliced(at, 1),
        () => value.toSpliced(at, 0, json(random)),
        () => [...value, ...value]
      )
      : value.with(at, mutateJson(random, value[at], depth - 1))
  }
  if (!isRecord(value)) return replacement(random, value)
  const entries = Object.entries(value)
  if (entries.length === 0 || random.chance(0.25)) {
    const name = random.oneOf<string>(() => random.pick(names), () => text(random))
    return own([...entries, [name, random.chance(0.3) ? { ...value } : json(random)]])
  }
  const at = random.int(entries.length)
  return random.chance(0.2)
    ? own(entries.toSpliced(at, 1))
    : own(
      entries.map(([name, member], index) =>
        index === at
          ? [random.chance(0.05) ? mutate(random, name) : name, mutateJson(random, member, depth - 1)]
          : [name, member]
      )
    )
}

/** So many lists, or objects, within one another. */
export const nested = (random: Random, depth: number): string =>
  random.oneOf(
    () => "[".repeat(depth) + "]".repeat(depth),
    () => "{\"a\":".repeat(depth) + "1" + "}".repeat(depth),
    () => "[".repeat(depth)
  )

/** The JSON text of a value, or nearly. */
export const jsonText = (random: Random, value: unknown): string => {
  const plain = JSON.stringify(value) ?? "null"
  switch (random.int(16)) {
    case 0:
      return mutate(random, plain)
    case 1:
      return plain.slice(0, random.int(plain.length))
    case 2:
      return `\ufeff${plain}`
    case 3:
      return `${plain}${corner(random)}`
    case 4:
      // The same member twice: the last one counts.
      return plain.startsWith("{\"") ? `{${plain.slice(1, -1)},${plain.slice(1)}` : plain
    case 5:
      return plain.replace(
        /:("[^"]*"|\d+)/,
        `:${random.pick(["1e999", "-1e999", "1e-999", "0", "-0", "\"\"", "\"\\ud800\""])}`
      )
    case 6:
      return `)]}',\n${plain}`
    default:
      return plain
  }
}

const html = (random: Random) =>
  `<!doctype html><html><head><title>${text(random)}</title></head><body>error code: 1015</body></html>`

/** A body that is no JSON. */
export const noJson = (random: Random): string =>
  random.oneOf(() => "", () => "error code: 1015", () => html(random), () => text(random), () => nested(random, 100))

/** Text as bytes, some of which may be no UTF-8. */
export const bytes = (random: Random, value: string): Uint8Array<ArrayBuffer> => {
  const encoded = new TextEncoder().encode(value)
  const result = new Uint8Array(encoded)
  for (let n = random.int(4); n > 0; n--) result[random.int(result.length)] = random.int(256)
  return result
}

/** What may stand in the value of a header. */
export const header = (value: string): string => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "").trim().slice(0, 6000)
