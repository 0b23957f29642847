/** Where a browser may be sent after a sign-in: a path of the application itself, and nothing else (S16, F33). */

/** A path that is longer would not fit into the cookie that keeps it. */
const maxLength = 1024

const hasForbidden = (value: string) => {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    // Browsers read a backslash as a slash, and leave out tabs and line breaks.
    if (code <= 0x20 || code === 0x7f || code === 0x5c) return true
  }
  return false
}

/** The path as it goes into a `Location` header, or `undefined` where it could lead anywhere else. */
export const check = (value: string, origin: string): string | undefined => {
  if (!value.startsWith("/") || value.startsWith("//") || value.length > maxLength || hasForbidden(value)) {
    return undefined
  }
  if (!URL.canParse(value, origin)) return undefined
  const url = new URL(value, origin)
  const path = `${url.pathname}${url.search}${url.hash}`
  // "/.//evil.example" is of this origin, and the path that it is short for is not.
  return url.origin === origin && !path.startsWith("//") && path.length <= maxLength ? path : undefined
}
