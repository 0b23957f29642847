// Reads the titles of all tests and compares them with scripts/rules.mjs. Each rule needs a test whose title begins with
// its number, or a reason to have none. Prints a table of the rules; `--write` writes the rules to docs/checklist.md.

import { globSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync } from "oxc-parser"
import { rules } from "./rules.mjs"

/** Tests that are skipped or expected to fail prove nothing. */
const idle = new Set(["skip", "todo", "fails"])

/** Replaces a value that is known only at run time. */
const unknown = "…"

/** Splits `it.effect.each(rows)` into the names `it`, `effect` and `each`, and the calls between them. */
const chainOf = (callee) => {
  const names = []
  const calls = []
  let node = callee
  while (node.type === "MemberExpression" || node.type === "CallExpression") {
    if (node.type === "CallExpression") calls.push(node)
    else if (!node.computed) names.unshift(node.property.name)
    node = node.type === "CallExpression" ? node.callee : node.object
  }
  return node.type === "Identifier" ? { names: [node.name, ...names], calls } : { names: [], calls }
}

const isFunction = (node) => /^(ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node?.type)

const wrappers = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression", "ParenthesizedExpression"])
const unwrap = (node) => wrappers.has(node?.type) ? unwrap(node.expression) : node

/** The path, as keys and indices, from a pattern to the name that it binds. `undefined` when it does not bind the name. */
const pathTo = (pattern, name) => {
  if (pattern?.type === "Identifier") return pattern.name === name ? [] : undefined
  if (pattern?.type === "AssignmentPattern") return pathTo(pattern.left, name)
  const parts = pattern?.type === "ArrayPattern"
    ? pattern.elements.map((element, index) => [index, element])
    : pattern?.type === "ObjectPattern"
    ? pattern.properties.flatMap((each) => each.type === "Property" ? [[each.key.name, each.value]] : [])
    : []
  for (const [key, part] of parts) {
    const path = pathTo(part, name)
    if (path !== undefined) return [key, ...path]
  }
  return undefined
}

/** The tests of a file. A table of rows gives one title a row; unknown parts of a title are replaced by `…`. */
export const testsOf = (path, text) => {
  const { errors, program } = parseSync(path, text)
  if (errors.length > 0) return { errors: errors.map(({ message }) => `${path}: ${message}`), tests: [] }

  const parents = new Map()
  const calls = []
  const declarations = []
  const connect = (node, parent) => {
    parents.set(node, parent)
    if (node.type === "CallExpression") calls.push(node)
    if (node.type === "VariableDeclarator") declarations.push(node)
    for (const [key, value] of Object.entries(node)) {
      if (key === "parent") continue
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === "string") connect(child, node)
      }
    }
  }
  connect(program, undefined)

  const ancestorsOf = (node) => {
    const all = []
    for (let at = parents.get(node); at !== undefined; at = parents.get(at)) all.push(at)
    return all
  }
  const within = (node, outer) => node.start >= outer.start && node.end <= outer.end

  /** The scope of a declaration. */
  const blockOf = (node) => ancestorsOf(node).find(({ type }) => type === "BlockStatement" || type === "Program")

  const declarationOf = (name, at) =>
    declarations.findLast((each) => pathTo(each.id, name) !== undefined && each.init && within(at, blockOf(each)))

  const follow = (nodes, [key, ...rest]) => {
    if (key === undefined) return nodes
    const next = nodes.flatMap(valuesOf).flatMap((node) => {
      if (node.type === "ArrayExpression") return node.elements[key] ?? []
      if (node.type !== "ObjectExpression") return []
      return node.properties.flatMap((each) =>
        each.type === "Property" && (each.key.name ?? each.key.value) === key ? [each.value] : []
      )
    })
    return follow(next, rest)
  }

  /** The elements of a list that are known from the source text. */
  const elementsOf = (list) =>
    valuesOf(list).flatMap((node) => {
      if (node.type === "ArrayExpression") {
        return node.elements.flatMap((each) => each?.type === "SpreadElement" ? elementsOf(each.argument) : each ?? [])
      }
      if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return []
      const { names } = chainOf(node.callee)
      if (names[0] !== "Object") return []
      const object = node.arguments.flatMap(valuesOf).filter(({ type }) => type === "ObjectExpression")
      return object.flatMap(({ properties }) => properties).flatMap(({ key, value }) => {
        const name = { type: "Literal", value: key?.name ?? key?.value, start: key?.start, end: key?.end }
        parents.set(name, node)
        if (names[1] === "keys") return [name]
        const entry = { type: "ArrayExpression", elements: [name, value] }
        parents.set(entry, node)
        return names[1] === "entries" ? [entry] : names[1] === "values" ? [value] : []
      })
    })

  /** The possible values of a parameter: the arguments of its function's calls, or the elements of the iterated list. */
  const argumentsFor = (owner, index) => {
    const parent = parents.get(owner)
    if (parent?.type === "CallExpression" && parent.callee.type === "MemberExpression") {
      return /^(forEach|map|flatMap)$/.test(parent.callee.property.name) ? elementsOf(parent.callee.object) : []
    }
    const name = parent?.type === "VariableDeclarator" ? parent.id.name : owner.id?.name
    if (name === undefined) return []
    const block = blockOf(owner)
    return calls
      .filter(({ callee, ...call }) => callee.type === "Identifier" && callee.name === name && within(call, block))
      .flatMap(({ arguments: all }) => all[index] ?? [])
  }

  /** The possible values of an expression, as nodes. */
  const valuesOf = (expression) => {
    const node = unwrap(expression)
    if (node?.type === "ConditionalExpression") return [node.consequent, node.alternate].flatMap(valuesOf)
    if (node?.type === "MemberExpression" && !node.computed) return follow([node.object], [node.property.name])
    if (node?.type !== "Identifier") return node ? [node] : []
    for (const outer of ancestorsOf(node)) {
      if (outer.type === "ForOfStatement" && outer.left.type === "VariableDeclaration") {
        const path = pathTo(outer.left.declarations[0].id, node.name)
        if (path !== undefined) return follow(elementsOf(outer.right), path).flatMap(valuesOf)
      }
      if (isFunction(outer)) {
        for (const [index, parameter] of outer.params.entries()) {
          const path = pathTo(parameter, node.name)
          if (path !== undefined) return follow(argumentsFor(outer, index), path).flatMap(valuesOf)
        }
      }
    }
    const declared = declarationOf(node.name, node)
    return declared === undefined || declared.init === node
      ? []
      : follow([declared.init], pathTo(declared.id, node.name)).flatMap(valuesOf)
  }

  const textsOf = (expression) => {
    const texts = valuesOf(expression).flatMap((node) => {
      if (node.type === "Literal") return [String(node.value)]
      if (node.type === "BinaryExpression" && node.operator === "+") {
        const rest = textsOf(node.right)
        return textsOf(node.left).map((left) => left + (rest.length === 1 ? rest[0] : unknown))
      }
      if (node.type !== "TemplateLiteral") return [unknown]
      const [first, ...others] = node.quasis.map(({ value }) => value.cooked)
      const begin = first === "" && node.expressions.length > 0 ? textsOf(node.expressions[0]) : [`${first}${unknown}`]
      if (node.expressions.length === 0) return [first]
      return begin.map((each) => others.reduce((all, quasi, i) => all + (i === 0 ? "" : unknown) + quasi, each))
    })
    return texts.length === 0 ? [unknown] : texts
  }

  /** Replaces `%s` or `$name` at the beginning of an `each` title by the values of the rows. */
  const rowsOf = (title, table) => {
    const [placeholder, member] = /^(?:%\w|\$(\w+))/.exec(title) ?? []
    if (placeholder === undefined) return [title]
    const rows = elementsOf(table).flatMap((row) =>
      member !== undefined
        ? follow([row], [member])
        : valuesOf(row).flatMap((node) => node.type === "ArrayExpression" ? node.elements[0] : node)
    )
    return rows.flatMap(textsOf).map((begin) => begin + title.slice(placeholder.length))
  }

  const isIdle = (call) => {
    const { names } = chainOf(call.callee)
    return names.some((name) => idle.has(name)) ||
      call.arguments.some(({ properties = [], type }) =>
        type === "ObjectExpression" && properties.some(({ key, value }) => idle.has(key?.name) && value?.value)
      )
  }

  const isRunner = ({ callee }) => {
    const { names } = chainOf(callee)
    // A local helper named `test` contains a test itself, which is read instead.
    return (names[0] === "it" || names[0] === "test") && declarationOf(names[0], callee) === undefined
  }

  const titlesOf = (call) => {
    const { calls: inner } = chainOf(call.callee)
    const table = inner.find(({ callee }) => callee.property?.name === "each")?.arguments[0]
    const titles = textsOf(call.arguments[0])
    return table === undefined ? titles : titles.flatMap((title) => rowsOf(title, table))
  }

  const tests = calls.filter((call) =>
    isRunner(call) && call.arguments.length > 1 && parents.get(call)?.callee !== call &&
    ![call, ...ancestorsOf(call)].some((each) => each.type === "CallExpression" && isIdle(each))
  ).flatMap(titlesOf)
  return { errors: [], tests: tests.map((title) => ({ title, path })) }
}

const numberOf = (title) => /^[SF]\d+(?!\w)/.exec(title)?.[0]

/** Lists the tests of each rule, and the problems. */
export const compare = (rules, tests) => {
  const known = rules.map(({ number }) => number)
  const numbered = Map.groupBy(tests, ({ title }) => numberOf(title))
  const rows = rules.map((each) => ({ ...each, tests: numbered.get(each.number) ?? [] }))
  const problems = [
    ...known.filter((number, index) => known.indexOf(number) !== index).map((number) => `${number} is listed twice`),
    ...rows.flatMap(({ number, pending, rule, tests }) =>
      pending === undefined && tests.length === 0
        ? [`${number} has no test whose title begins with it: ${rule}`]
        : pending !== undefined && tests.length > 0
        ? [`${number} has both a test and a reason to have none: ${tests[0].path}: ${tests[0].title}`]
        : []
    ),
    ...tests.flatMap(({ path, title }) => {
      const number = numberOf(title)
      return number === undefined || known.includes(number) ? [] : [`${path}: ${number} is not a rule: ${title}`]
    })
  ]
  return { rows, problems }
}

/** Formats a Markdown table as dprint does: each column is as wide as its widest cell. */
const table = (head, rows) => {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)]
}

/** Renders docs/checklist.md. */
export const pageOf = (rules) => {
  const section = (letter) =>
    table(
      ["Number", "Rule", "Source"],
      rules.filter(({ number }) => number.startsWith(letter)).map(({ number, rule, source }) => [number, rule, source])
    )
  return [
    "# Security rules and fault cases",
    "",
    "The security rules (S) that the library follows, and the fault cases (F) that it handles. Each has a test whose title",
    "begins with its number; `npx -y pnpm checklist` lists them. `npx -y pnpm checklist --write` generates this page from",
    "`scripts/rules.mjs`.",
    "",
    "## Security rules",
    "",
    ...section("S"),
    "",
    "## Fault cases",
    "",
    ...section("F"),
    "",
    "## Rules that do not apply yet",
    "",
    ...table(
      ["Number", "Reason"],
      rules.filter(({ pending }) => pending !== undefined).map(({ number, pending }) => [number, pending])
    ),
    ""
  ].join("\n")
}

const cut = (text, length) => text.length > length ? `${text.slice(0, length - 1)}${unknown}` : text

/** Renders the table that the command prints. */
export const reportOf = (rows) => {
  const line = (number, rule, count, first) => `${number.padEnd(4)} ${cut(rule, 60).padEnd(60)} ${count} ${first}`
  return [
    line("", "rule", "tests", "first test"),
    ...rows.filter(({ pending }) => pending === undefined).map(({ number, rule, tests }) =>
      line(
        number,
        rule,
        String(tests.length).padStart(5),
        tests.length === 0 ? "" : `${cut(tests[0].title, 90)} (${tests[0].path})`
      )
    ),
    "",
    "Rules that do not apply yet:",
    ...rows.filter(({ pending }) => pending !== undefined).map(({ number, pending, rule }) =>
      `${number.padEnd(4)} ${cut(rule, 60).padEnd(60)} ${pending}`
    )
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url))
  const page = join(root, "docs/checklist.md")
  if (process.argv.includes("--write")) writeFileSync(page, pageOf(rules))

  const paths = globSync("test/**/*.{ts,tsx}", {
    cwd: root,
    exclude: (path) => path.split(/[\\/]/).includes("node_modules")
  })
  const read = paths.map((path) => path.replaceAll("\\", "/")).toSorted()
    .map((path) => testsOf(path, readFileSync(join(root, path), "utf8")))
  const { problems, rows } = compare(rules, read.flatMap(({ tests }) => tests))
  console.log(reportOf(rows))

  const all = [
    ...read.flatMap(({ errors }) => errors),
    ...problems,
    ...(readFileSync(page, "utf8") === pageOf(rules)
      ? []
      : ["docs/checklist.md differs from scripts/rules.mjs: run `npx -y pnpm checklist --write`"])
  ]
  const proved = rows.filter(({ tests }) => tests.length > 0)
  const count = proved.reduce((sum, { tests }) => sum + tests.length, 0)
  const pending = rows.filter(({ pending }) => pending !== undefined).length
  console.log(`\nchecklist: ${proved.length} rules with ${count} tests, ${pending} that do not apply yet`)
  if (all.length > 0) {
    console.error(`\n${all.join("\n")}`)
    process.exit(1)
  }
}
