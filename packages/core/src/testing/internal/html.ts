const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

/** Text for the body of an element or a quoted attribute. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "")
