/** Escapes text for HTML. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

/** Returns the text for the body of an element or for a quoted attribute. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "")
