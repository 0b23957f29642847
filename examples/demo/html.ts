/** HTML that is already escaped. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value in a template. Text is escaped, HTML is inserted as it is, and `undefined` and `false` insert nothing. */
export type Child = Html | string | number | undefined | false | ReadonlyArray<Child>

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

const render = (child: Child): string =>
  child instanceof Html
    ? child.text
    : typeof child === "object"
    ? child.map(render).join("")
    : child === undefined || child === false
    ? ""
    : String(child).replace(/[&<>"']/g, (character) => entities[character] ?? "")

/** Builds HTML from a template literal. */
export const html = (strings: TemplateStringsArray, ...children: ReadonlyArray<Child>): Html =>
  new Html(String.raw({ raw: strings }, ...children.map(render)))
