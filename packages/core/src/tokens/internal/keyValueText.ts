/** The text of a record in a `KeyValueStore`: its generation, a checksum, and its value. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { StoredRecord } from "../RecordStore.ts"

/** A text that is no record: half a write, or another program's. */
export const unreadable = "unreadable"

/** What a key holds. */
export type Found = StoredRecord | typeof unreadable | undefined

/** FNV-1a. It detects texts that were written in part, not texts that were forged. */
const checksum = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** Returns the text of a record: `<generation> <checksum>`, a line break, and the value. */
export const encode = ({ generation, value }: StoredRecord): string =>
  `${generation} ${checksum(`${generation} ${value}`)}\n${value}`

const header = /^([1-9][0-9]{0,15}) ([0-9a-z]{1,7})\n/

/** The first release's store in browsers wrote the generation into the value. */
const decodeFirst = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ generation: Schema.Int.check(Schema.isGreaterThan(0)) }))
)

/** Returns the record of a text, or `undefined` when there is no text. */
export const decode = (text: string | undefined): Found => {
  if (text === undefined) return undefined
  if (text.startsWith("{")) {
    return Option.getOrElse(
      Option.map(decodeFirst(text), ({ generation }) => ({ generation, value: text })),
      () => unreadable
    )
  }
  const [start, generation, sum] = header.exec(text) ?? []
  if (start === undefined) return unreadable
  const value = text.slice(start.length)
  return checksum(`${generation} ${value}`) === sum ? { generation: Number(generation), value } : unreadable
}
