// The lint rules of this repository that oxlint does not have: what the library leaves to Effect, and how modules and
// public members are documented. `.oxlintrc.json` configures where each rule applies.

import { basename } from "node:path"

/** Whether a specifier does not end in a module's name: `effect`, `effect/http`, `@effect/platform-node`. */
const isBarrel = (specifier) =>
  specifier.startsWith(".")
    ? /(^|\/)(index\.ts|\.{1,2}\/?)$/.test(specifier)
    : /^(effect|@effect\/[^/]+|@discord-oauth2\/[^/]+)(\/[a-z][^/]*)*$/.test(specifier)

const onSource = (check) => {
  const visit = (node) => node.source?.type === "Literal" && check(node.source, node.source.value)
  return {
    ImportDeclaration: visit,
    ImportExpression: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    TSImportType: visit
  }
}

const noBarrelImport = {
  create: (context) =>
    onSource((node, specifier) => {
      if (isBarrel(specifier)) {
        context.report({ node, message: `"${specifier}" is a barrel: import the module itself` })
      }
    })
}

const relativeExtension = {
  create: (context) =>
    onSource((node, specifier) => {
      if (specifier.startsWith(".") && !/\.(ts|mjs|json)$/.test(specifier)) {
        context.report({ node, message: `"${specifier}" does not end in the file's own extension` })
      }
    })
}

const noThrow = {
  create: (context) => ({
    ThrowStatement: (node) => context.report({ node, message: "fail with Effect.fail, or die with Effect.die" }),
    TryStatement: (node) => context.report({ node, message: "use Effect.try or Effect.tryPromise" })
  })
}

const noAmbientTime = {
  create: (context) => ({
    NewExpression(node) {
      if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) {
        context.report({ node, message: "take the time from Clock or DateTime" })
      }
    }
  })
}

const fileName = {
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename)
      if (/^(utils?|helpers?|common|types?|misc|shared)\.ts$/i.test(name)) {
        context.report({ node, message: `"${name}" is not the name of a concept` })
      }
    }
  })
}

const barrel = {
  create: (context) => ({
    Program(node) {
      for (const statement of node.body) {
        const named = statement.type === "ExportAllDeclaration" && statement.exported !== null
        const empty = statement.type === "ExportNamedDeclaration" && statement.declaration === null &&
          statement.specifiers.length === 0
        if (!named && !empty) {
          context.report({ node: statement, message: "an index holds only `export * as Name from` lines" })
        }
      }
    }
  })
}

const namesOf = (declaration) =>
  declaration.type === "VariableDeclaration"
    ? declaration.declarations.flatMap(({ id }) => id.type === "Identifier" ? [id.name] : [])
    : declaration.id
    ? [declaration.id.name]
    : []

/** The allowed values of `@category`. */
const categories = new Set(
  ("combinators constants constructors conversions endpoints errors getters guards http images instances layers " +
    "metrics middleware migrations models options predicates references schedules schemas services streams").split(" ")
)

const documented = {
  create(context) {
    const source = context.sourceCode
    const seen = new Set()

    const missing = (comment, again) => {
      const text = comment.value.replace(/^\s*\* ?/gm, "").trim()
      const category = /^@category (.+)$/m.exec(text)?.[1]
      return [
        ...(again || /^[^@\s]/.test(text) ? [] : ["a summary"]),
        ...(category === undefined || categories.has(category)
          ? []
          : ["a @category of the list in scripts/oxlint.mjs"]),
        ...["@category", "@since"].flatMap((tag) => {
          const count = text.match(new RegExp(`^${tag} \\S`, "gm"))?.length ?? 0
          return count === 1 ? [] : [`one ${tag}`]
        })
      ]
    }

    const check = (node, names) => {
      const again = names.length > 0 && names.every((name) => seen.has(name))
      names.forEach((name) => seen.add(name))
      const comment = source.getCommentsBefore(node).at(-1)
      if (comment?.type !== "Block" || !comment.value.startsWith("*")) {
        const overload = again && /^(FunctionDeclaration|TSDeclareFunction)$/.test(node.declaration?.type)
        if (!overload) {
          context.report({ node, message: "a public member needs a JSDoc comment" })
        }
        return
      }
      const needs = missing(comment, again)
      if (needs.length > 0) {
        context.report({ node, message: `the JSDoc comment needs ${needs.join(", ")}` })
      }
    }

    return {
      ExportNamedDeclaration(node) {
        if (node.declaration !== null) {
          check(node, namesOf(node.declaration))
          return
        }
        for (const specifier of node.specifiers) check(specifier, [])
      }
    }
  }
}

const internalSummary = {
  create: (context) => ({
    Program(node) {
      if (!/^\/\*\*(\n \*)? [^@\s]/.test(context.sourceCode.text)) {
        context.report({ node, message: "an internal module begins with a JSDoc comment that says what it is for" })
      }
    }
  })
}

const reviewedDisable = {
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const directive = /^\s*(?:oxlint|eslint)-disable(?:-next-line|-line)?\b(.*)$/s.exec(comment.value)
        if (directive !== null && !/^\s+[a-z][\w/@-]*(?:, [\w/@-]+)* -- \S/.test(directive[1])) {
          context.report({
            node: comment,
            message: "name the rules, then say why: `-disable-next-line rule -- reason`"
          })
        }
        if (/^\s*@ts-(ignore|nocheck)/.test(comment.value)) {
          context.report({ node: comment, message: "use @ts-expect-error with the reason" })
        }
      }
    }
  })
}

export default {
  meta: { name: "house" },
  rules: {
    barrel,
    documented,
    "file-name": fileName,
    "internal-summary": internalSummary,
    "no-ambient-time": noAmbientTime,
    "no-barrel-import": noBarrelImport,
    "no-throw": noThrow,
    "relative-extension": relativeExtension,
    "reviewed-disable": reviewedDisable
  }
}
