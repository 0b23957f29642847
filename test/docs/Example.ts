import { relative } from "node:path"
import { parseSync, Visitor } from "oxc-parser"

/** An example as the documentation shows it. */
export interface Example {
  /** The file it is in, from the root of the repository. */
  readonly file: string
  /** The line of its first line of code. */
  readonly line: number
  readonly title: string
  readonly code: string
}

/** An example as a module that checks the values it shows. */
export interface Module {
  readonly text: string
  /** What the documentation says in a way that cannot be checked. */
  readonly problems: ReadonlyArray<string>
}

/** What a fence may be labelled with; TypeScript under another name would escape the tests. */
export const languages = ["bash", "diff", "html", "json", "jsonc", "sh", "sql", "text", "ts", "yaml"]

/** A fenced block of Markdown, or of a comment whose margin is cut off. */
interface Fence {
  readonly language: string
  readonly line: number
  readonly title: string
  readonly code: string
}

const titleOf = (line: string) => /^\*\*Example\*\* \((.+)\)$|^#+ (.+)$/.exec(line)?.slice(1).find(Boolean)

const fencesOf = (text: string, firstLine: number): ReadonlyArray<Fence> => {
  const lines = text.split("\n")
  const fences: Array<Fence> = []
  let title = ""
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ""
    title = titleOf(line) ?? title
    const [, margin = "", language] = /^( *)```(.*)$/.exec(line) ?? []
    if (language === undefined) continue
    const start = index + 1
    do index++
    while (index < lines.length && lines[index]?.trim() !== "```")
    const code = lines.slice(start, index).map((line) => line.startsWith(margin) ? line.slice(margin.length) : line)
    fences.push({ language, line: firstLine + start, title, code: code.join("\n") })
  }
  return fences
}

/** Every fenced block of a Markdown file, or of the comments of a TypeScript file. */
export const readFences = (path: string, text: string): ReadonlyArray<Fence> =>
  path.endsWith(".md")
    ? fencesOf(text, 1)
    : Array.from(text.matchAll(/^ *\/\*\*$[^]*?\*\/$/gm)).flatMap((comment) =>
      fencesOf(
        comment[0].replace(/^ *(?:\/\*\*|\* ?)/gm, ""),
        text.slice(0, comment.index).split("\n").length
      )
    )

/** The TypeScript examples of a file, each under a title of its own. */
export const readExamples = (root: string, path: string, text: string): ReadonlyArray<Example> => {
  const counts = new Map<string, number>()
  return readFences(path, text).filter(({ language }) => language === "ts").map(({ code, line, title }) => {
    const count = (counts.get(title) ?? 0) + 1
    counts.set(title, count)
    return { file: relative(root, path), line, code, title: count === 1 ? title : `${title} (${count})` }
  })
}

/** The name of the module that an example is written to. */
export const moduleName = ({ file, line }: Example) =>
  `${file.replace(/(\/src)?\//g, "-").replace(/\.\w+$/, "")}-${line}.ts`

/** The names that a declaration of the top level declares. */
const declared = (node: { readonly type: string }): ReadonlyArray<string> => {
  switch (node.type) {
    case "VariableDeclaration":
      return "declarations" in node && Array.isArray(node.declarations)
        ? node.declarations.flatMap(({ id }) => declared(id))
        : []
    case "ObjectPattern":
      return "properties" in node && Array.isArray(node.properties)
        ? node.properties.flatMap((property) => declared(property.value ?? property.argument))
        : []
    case "ArrayPattern":
      return "elements" in node && Array.isArray(node.elements) ? node.elements.flatMap(declared) : []
    case "Identifier":
      return "name" in node && typeof node.name === "string" ? [node.name] : []
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
      return "id" in node ? declared(Object(node.id)) : []
    default:
      return []
  }
}

/** The modules of Effect that a value may name though the example has no other use for them. */
const valueModules = ["DateTime", "Duration", "Exit", "Option", "Redacted", "Result"]

/**
 * Makes an example a module. A statement of the top level is awaited, so that its failure is the example's; one whose
 * value is shown by a comment `// => value`, on its last line or the next, is checked, wherever it stands. What the
 * example declares is exported, since nobody uses it here. Lines stay where they are.
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
          { at: expression.start, text: `;check_(${top.has(start) ? "await " : ""}(` },
          { at: expression.end, text: `), ${value})` }
        )
      } else if (top.has(start)) {
        edits.push({ at: expression.start, text: ";await (" }, { at: expression.end, text: ")" })
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
      ...(text.includes(";check_(") || text.includes("; check_(")
        ? ["import { check as check_ } from \"../../docs/check.ts\""]
        : []),
      ...(names.size > 0 ? [`import { ${[...names].join(", ")} } from "effect"`] : []),
      `export { ${[...locals, ...types.map((name) => `type ${name}`)].join(", ")} }`,
      ""
    ].join("\n")
  }
}

/** Names that only a browser has: an example that says one of them cannot be loaded elsewhere. */
export const touchesBrowser = ({ code, file }: Example) =>
  file.includes("platform-browser") && /\b(document|localStorage|location|navigator|sessionStorage|window)\b/.test(code)

/** A program runs until it is ended, in a process of its own. */
export const isProgram = ({ code }: Example) => /\brunMain\b/.test(code)
