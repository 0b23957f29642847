import {
  type BindingPattern,
  type BindingRestElement,
  type Directive,
  parseSync,
  type Statement,
  Visitor
} from "oxc-parser"

/** An example as a module that checks the documented values. */
export interface Module {
  readonly text: string
  /** The documented values that cannot be checked. */
  readonly problems: ReadonlyArray<string>
}

/** The names that a pattern binds. */
const bound = (node: BindingPattern | BindingRestElement | null): ReadonlyArray<string> => {
  switch (node?.type) {
    case "Identifier":
      return [node.name]
    case "ObjectPattern":
      return node.properties.flatMap((property) => bound(property.type === "Property" ? property.value : property))
    case "ArrayPattern":
      return node.elements.flatMap(bound)
    case "AssignmentPattern":
      return bound(node.left)
    case "RestElement":
      return bound(node.argument)
    case undefined:
      return []
  }
}

/** The names that a statement declares. */
const declared = (node: Directive | Statement): ReadonlyArray<string> => {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => bound(id))
    case "ClassDeclaration":
    case "FunctionDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return bound(node.id)
    default:
      return []
  }
}

/** The modules of Effect that a documented value may use without an import in the example. */
const valueModules = ["DateTime", "Duration", "Exit", "Option", "Redacted", "Result"]

/**
 * Turns an example into a module. Top-level statements are awaited, so that the module fails when one of them fails. The
 * value of a statement is checked when a comment `// => value` follows on its last line or the next. Declarations are
 * exported, because the module itself does not use them. Line numbers do not change.
 */
export const toModule = (code: string): Module => {
  const { comments, errors, program } = parseSync("example.ts", code)
  if (errors.length > 0) return { text: code, problems: errors.map(({ message }) => message) }
  const problems: Array<string> = []
  const edits: Array<{ readonly at: number; readonly text: string }> = []
  const values = comments.filter(({ type, value }) => type === "Line" && /^ *=>/.test(value))
  const claimed = new Set<number>()
  const names = new Set<string>()

  const valueAfter = (end: number) => {
    const comment = values.find(({ start }) => start >= end && /^[ \t]*\n?[ \t]*$/.test(code.slice(end, start)))
    if (comment === undefined || claimed.has(comment.start)) return undefined
    claimed.add(comment.start)
    const value = comment.value.replace(/^ *=>/, "").trim()
    if (parseSync("value.ts", `(${value})`).errors.length > 0) problems.push(`"${value}" is not an expression`)
    for (const name of valueModules) if (value.includes(`${name}.`)) names.add(name)
    return value
  }

  const top = new Set(program.body.map(({ start }) => start))
  new Visitor({
    ExpressionStatement({ end, expression, start }) {
      const value = valueAfter(end)
      if (value !== undefined) {
        edits.push(
          { at: expression.start, text: `check_(${top.has(start) ? "await " : ""}(` },
          { at: expression.end, text: `), ${value})` }
        )
      } else if (top.has(start)) {
        edits.push({ at: expression.start, text: "await (" }, { at: expression.end, text: ")" })
      }
    },
    VariableDeclaration(node) {
      const [name, ...others] = declared(node)
      if (name === undefined || others.length > 0) return
      const value = valueAfter(node.end)
      if (value !== undefined) edits.push({ at: node.end, text: `; check_(${name}, ${value})` })
    }
  }).visit(program)
  for (const { start, value } of values) {
    if (!claimed.has(start)) problems.push(`"//${value}" belongs to no statement that ends there`)
  }

  let text = code
  for (const { at, text: inserted } of edits.toSorted((a, b) => b.at - a.at)) {
    text = text.slice(0, at) + inserted + text.slice(at)
  }
  for (const node of program.body) {
    if (node.type !== "ImportDeclaration") continue
    for (const { local } of node.specifiers) names.delete(local.name)
  }
  const types = program.body.filter(({ type }) => type.startsWith("TS")).flatMap(declared)
  const locals = program.body.filter(({ type }) => !type.startsWith("TS")).flatMap(declared)
  return {
    problems,
    text: [
      text,
      ...(claimed.size > 0 ? ["import { check as check_ } from \"../../docs/check.ts\""] : []),
      ...(names.size > 0 ? [`import { ${[...names].join(", ")} } from "effect"`] : []),
      `export { ${[...locals, ...types.map((name) => `type ${name}`)].join(", ")} }`,
      ""
    ].join("\n")
  }
}
