/** HTML that is safe as it stands. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, HTML and lists of it go in as they are, `undefined` and `false` as nothing. */
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

/** A template literal of HTML. */
export const html = (strings: TemplateStringsArray, ...children: ReadonlyArray<Child>): Html =>
  new Html(String.raw({ raw: strings }, ...children.map(render)))
