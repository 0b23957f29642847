/** Where a response type puts its answer: the code in the query, the implicit grant's token in the fragment. */
export type Part = "search" | "hash"

/** Everything that Discord adds to a redirect URI. The rest of the query is the application's. */
const added = ["code", "state", "iss", "error", "error_description", "error_uri", "guild_id", "permissions"]

const parametersOf = (url: URL, part: Part) => new URLSearchParams(url[part].slice(1))

/**
 * The `state` of a callback, `null` where it has none, and `undefined` where the page is no callback. `code` or `error`
 * alone do not make one: applications have parameters of these names too.
 */
export const stateOf = (href: string, part: Part): string | null | undefined => {
  const parameters = parametersOf(new URL(href), part)
  const answers = parameters.has(part === "search" ? "code" : "access_token") || parameters.has("error")
  return answers && (parameters.has("state") || parameters.has("iss")) ? parameters.get("state") : undefined
}

/** The same page without the answer. */
export const clean = (href: string, part: Part): string => {
  const url = new URL(href)
  if (part === "hash") url.hash = ""
  else for (const name of added) url.searchParams.delete(name)
  return url.href
}

/** S16: a path of this origin, whole, or `undefined`. A path of two slashes is another host's for whoever resolves it. */
export const returnUrl = (href: string, path: string): string | undefined => {
  if (!path.startsWith("/") || !URL.canParse(path, href)) return undefined
  const url = new URL(path, href)
  return url.origin === new URL(href).origin && !url.pathname.startsWith("//") ? url.href : undefined
}
