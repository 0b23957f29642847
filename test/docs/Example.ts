import { relative } from "node:path"

/** An example as the documentation shows it. */
export interface Example {
  /** The file it is in, from the root of the repository. */
  readonly file: string
  /** The line of its first line of code. */
  readonly line: number
  readonly title: string
  readonly code: string
}

/** The allowed languages of a code block. Under another name, TypeScript would not be tested. */
export const languages = ["bash", "diff", "html", "json", "jsonc", "sh", "sql", "text", "ts", "yaml"]

/** A code block of Markdown, or of a comment without its margin. */
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

/** The code blocks of a Markdown file, or of the comments of a TypeScript file. */
export const readFences = (path: string, text: string): ReadonlyArray<Fence> =>
  path.endsWith(".md")
    ? fencesOf(text, 1)
    : Array.from(text.matchAll(/^ *\/\*\*$[^]*?\*\/$/gm)).flatMap((comment) =>
      fencesOf(
        comment[0].replace(/^ *(?:\/\*\*|\* ?)/gm, ""),
        text.slice(0, comment.index).split("\n").length
      )
    )

/** The TypeScript examples of a file, each with its title. */
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

/** Globals of browsers. An example that uses one cannot be loaded in Node. */
export const touchesBrowser = ({ code, file }: Example) =>
  file.includes("platform-browser") && /\b(document|localStorage|location|navigator|sessionStorage|window)\b/.test(code)

/** Whether an example is a program, which runs in its own process until it is stopped. */
export const isProgram = ({ code }: Example) => /\brunMain\b/.test(code)
