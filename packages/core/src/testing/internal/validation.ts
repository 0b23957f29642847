/** Turns a schema's error into Discord's nested form errors. */
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as DiscordError from "../../errors/DiscordError.ts"

const required = "This field is required"

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => issue._tag === "MissingKey" ? required : SchemaIssue.defaultLeafHook(issue)
})

interface Leaf {
  readonly code: string
  readonly message: string
}

/** Builds Discord's `errors`: an object for each key of the path, and `_errors` at its end. */
class Errors {
  readonly children = new Map<string, Errors>()
  readonly leaves: Array<Leaf> = []

  at(path: ReadonlyArray<PropertyKey>): Errors {
    const [key, ...rest] = path
    if (key === undefined) return this
    const child = this.children.get(String(key)) ?? new Errors()
    this.children.set(String(key), child)
    return child.at(rest)
  }

  toObject(): Readonly<Record<string, unknown>> {
    return {
      ...Object.fromEntries(Array.from(this.children, ([key, child]) => [key, child.toObject()])),
      ...(this.leaves.length > 0 && { _errors: this.leaves })
    }
  }
}

const codeOf = (message: string): string =>
  message === required
    ? "BASE_TYPE_REQUIRED"
    : /length|characters|at most|at least|between|less than|greater than|properties/.test(message)
    ? "BASE_TYPE_BAD_LENGTH"
    : "BASE_TYPE_INVALID"

/** Responds with 400, code 50035 and nested errors, as Discord's reference page has them. */
export const invalidFormBody = (
  leaves: ReadonlyArray<{
    readonly path: ReadonlyArray<PropertyKey>
    readonly message: string
    readonly code?: string
  }>
): DiscordError.DiscordBadRequest => {
  const errors = new Errors()
  for (const { code, message, path } of leaves) {
    errors.at(path).leaves.push({ code: code ?? codeOf(message), message })
  }
  return new DiscordError.DiscordBadRequest({
    status: 400,
    code: 50035,
    message: "Invalid Form Body",
    errors: errors.toObject()
  })
}

export const fromSchemaError = (error: Schema.SchemaError): DiscordError.DiscordBadRequest => {
  const issues = format(error.issue).issues.map(({ message, path }) => ({
    message,
    path: (path ?? []).map((segment) => typeof segment === "object" ? segment.key : segment)
  }))
  return issues.some(({ message }) => message === "Expected a valid JSON body")
    ? new DiscordError.DiscordBadRequest({
      status: 400,
      code: 50109,
      message: "The request body contains invalid JSON."
    })
    : invalidFormBody(issues)
}
