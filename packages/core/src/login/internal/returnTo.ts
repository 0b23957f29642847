/** Checks the path that a browser goes to after a sign-in: a path of the application, and nothing else (S16, F33). */

/** A longer path would not fit into the cookie of the login. */
const maxLength = 1024

const hasForbidden = (value: string) => {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    // Browsers read a backslash as a slash, and skip tabs and line breaks.
    if (code <= 0x20 || code === 0x7f || code === 0x5c) return true
  }
  return false
}

/** Returns the path for a `Location` header, or `undefined` if it could lead to another origin. */
export const check = (value: string, origin: string): string | undefined => {
  if (!value.startsWith("/") || value.startsWith("//") || value.length > maxLength || hasForbidden(value)) {
    return undefined
  }
  if (!URL.canParse(value, origin)) return undefined
  const url = new URL(value, origin)
  const path = `${url.pathname}${url.search}${url.hash}`
  // "/.//evil.example" has this origin, but its normalized path "//evil.example" leads to another one.
  return url.origin === origin && !path.startsWith("//") && path.length <= maxLength ? path : undefined
}
