/** Recognizes the callback of a login in the URL of a page, and removes it from that URL. */

/** The part of the URL that contains the response: the query for a code, the fragment for an implicit grant. */
export type Part = "search" | "hash"

/** The parameters that Discord adds to a redirect URI. All others belong to the application. */
const added = ["code", "state", "iss", "error", "error_description", "error_uri", "guild_id", "permissions"]

const parametersOf = (url: URL, part: Part) => new URLSearchParams(url[part].slice(1))

/**
 * Returns the `state` of a callback, `null` for a callback without a `state`, and `undefined` if the page is not a
 * callback. `code` or `error` alone do not make a callback: applications use parameters with these names too.
 */
export const stateOf = (href: string, part: Part): string | null | undefined => {
  const parameters = parametersOf(new URL(href), part)
  const responds = parameters.has(part === "search" ? "code" : "access_token") || parameters.has("error")
  return responds && (parameters.has("state") || parameters.has("iss")) ? parameters.get("state") : undefined
}

/** Returns the URL of the page without the response. */
export const clean = (href: string, part: Part): string => {
  const url = new URL(href)
  if (part === "hash") url.hash = ""
  else for (const name of added) url.searchParams.delete(name)
  return url.href
}

/**
 * S16 in docs/checklist.md: returns the whole URL of a path of this origin, and `undefined` for anything else. A path that
 * begins with two slashes is a URL of another host.
 */
export const returnUrl = (href: string, path: string): string | undefined => {
  if (!path.startsWith("/") || !URL.canParse(path, href)) return undefined
  const url = new URL(path, href)
  return url.origin === new URL(href).origin && !url.pathname.startsWith("//") ? url.href : undefined
}
