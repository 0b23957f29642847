/** The page of a failed sign-in. All its words are fixed: it contains no text from the callback or from Discord. */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { CallbackError, DiscordError } from "../../errors/DiscordError.ts"
import { escape } from "../../internal/html.ts"

/** A request that is rejected before a login or a session is read. */
export interface Rejected {
  readonly _tag: "CrossSiteRequest" | "RequestTooLong"
}

export interface Notice {
  readonly status: number
  readonly title: string
  readonly text: string
  readonly action: string
}

const makeNotice = (status: number, title: string, text: string, action = "Sign in again"): Notice => ({
  status,
  title,
  text,
  action
})

const cancelled = makeNotice(
  200,
  "You are not signed in",
  "You cancelled on Discord's page. Nothing was shared and nothing has changed."
)

const stale = makeNotice(
  400,
  "This sign-in is no longer valid",
  "It was started in another browser, was already used, or took too long. Nothing was shared. Please sign in again. " +
    "If this page comes back, allow cookies for this site."
)

const malformed = makeNotice(
  400,
  "This link cannot be used",
  "The link that brought you here is incomplete or was changed. Nothing was shared."
)

const misconfigured = makeNotice(
  500,
  "Signing in does not work right now",
  "Discord rejects the settings of this site. This is not your fault. Only the people who run the site can fix it: " +
    "please send them the reference below.",
  "Try again"
)

const unavailable = makeNotice(
  503,
  "Discord cannot be reached",
  "Discord, or the connection to it, has a temporary problem. Wait a minute, then sign in again."
)

const storeUnavailable = makeNotice(
  503,
  "Signing in does not work right now",
  "This site has a temporary problem. You are not signed in. Wait a minute, then sign in again."
)

const unexpected = makeNotice(
  502,
  "Discord sent an unexpected response",
  "The sign-in could not be finished. Nothing was stored. If this happens again, please send the people who run this " +
    "site the reference below."
)

const crossSite = makeNotice(
  403,
  "This request came from another site",
  "Nothing was done. To sign out, use the button on this site."
)

const denied = (error: string): Notice =>
  error === "access_denied" ? cancelled : error === "server_error" || error === "temporarily_unavailable"
    ? unavailable
    : misconfigured

/** Returns the words for the user and the status for machines. */
export const notice = (error: DiscordError | CallbackError | Rejected): Notice => {
  switch (error._tag) {
    case "AuthorizationDenied":
      return denied(error.error)
    case "StateMismatch":
    case "InvalidAuthorizationCode":
      return stale
    case "InvalidCallback":
    case "IssuerMismatch":
    case "RequestTooLong":
      return malformed
    case "CrossSiteRequest":
      return crossSite
    case "InvalidClient":
    case "InvalidScope":
    case "InvalidOAuth2Request":
    case "InvalidCallArgument":
    case "UnsupportedGrantType":
    case "MissingScope":
    case "DiscordConfigurationError":
      return misconfigured
    case "DiscordTransportError":
    case "DiscordServerError":
    case "RateLimited":
    case "InvalidRequestLimit":
    case "CloudflareBlocked":
      return unavailable
    case "AccessTokenStoreError":
    case "DenylistError":
      return storeUnavailable
    case "DiscordBadRequest":
      // The response of Discord's token endpoint during an outage.
      return error.code === 0 ? unavailable : unexpected
    default:
      return unexpected
  }
}

const style = `:root{color-scheme:light dark;--back:#f2f3f5;--card:#fff;--text:#1e1f22;--soft:#4e5058;--line:#d9dbe0;` +
  `--link:#4752c4}@media(prefers-color-scheme:dark){:root{--back:#1e1f22;--card:#2b2d31;--text:#f2f3f5;--soft:#c4c9ce;` +
  `--line:#3f4147;--link:#b4bcff}}*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;` +
  `padding:1.5rem;background:var(--back);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}` +
  `main{width:100%;max-width:28rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}` +
  `h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.3;text-wrap:balance}p{margin:0 0 1.5rem;color:var(--soft)}` +
  `nav{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center}a{color:var(--link)}` +
  `a.main{padding:.625rem 1.25rem;border-radius:.5rem;background:#4752c4;color:#fff;font-weight:600;text-decoration:none}` +
  `a.main:hover{background:#3c45a5}a:focus-visible{outline:3px solid var(--link);outline-offset:3px}` +
  `small{display:block;margin-top:1.5rem;color:var(--soft)}code{font-family:ui-monospace,monospace}`

/** Creates pages. Their content security policy allows the style sheet of the page and nothing else. */
export const make = Effect.gen(function*() {
  const digest = yield* Digest.Digest
  const hash = Base64.encode(yield* digest.digest(Digest.sha256, new TextEncoder().encode(style)))
  const headers = {
    "content-security-policy":
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff"
  }
  return (page: Notice & { readonly reference: string; readonly actionUrl: string; readonly homeUrl: string }) =>
    HttpServerResponse.text(
      `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(page.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(page.title)}</h1>
<p>${escape(page.text)}</p>
<nav aria-label="What to do next">
<a class="main" href="${escape(page.actionUrl)}">${escape(page.action)}</a>
<a href="${escape(page.homeUrl)}">Go to the start page</a>
</nav>
<small>Reference: <code>${escape(page.reference)}</code></small>
</main>
</body>
</html>
`,
      { status: page.status, headers, contentType: "text/html; charset=utf-8" }
    )
})
