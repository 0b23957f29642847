/** All text forms of a value that a log or a page may contain. */
import { DiscordError } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { inspect } from "node:util"

export const shown = (value: unknown): string =>
  [
    String(value),
    value instanceof Error ? `${value.message} ${value.stack}` : "",
    JSON.stringify(value) ?? "",
    inspect(value, { depth: 10, showHidden: true })
  ].join("\n")

/** Text without control characters and line breaks. */
// oxlint-disable-next-line eslint/no-control-regex -- what no message may have
export const plainText = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/

/** Whether no half of a pair stands alone, which UTF-8 cannot say. */
export const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text)

/** The error of an exit that is no defect: one of the library's own, whose message is one short line. */
export const errorOf = <A, E extends { readonly _tag: string; readonly message: string }>(
  exit: Exit.Exit<A, E>,
  tags: ReadonlyArray<E["_tag"]>
): E | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const found = Exit.findErrorOption(exit)
  if (Option.isNone(found)) assert.fail(`a defect: ${Cause.pretty(exit.cause)}`)
  const error = found.value
  assert.isTrue(DiscordError.isDiscordError(error), `no error of the library: ${String(error)}`)
  assert.include(tags, error._tag)
  assert.isAtMost(error.message.length, 1000)
  assert.match(error.message, plainText)
  return error
}

export const hides = (what: string, secrets: ReadonlyArray<string>) => {
  for (const secret of secrets) if (what.includes(secret)) assert.fail(`${secret} is in ${what.slice(0, 3000)}`)
}
