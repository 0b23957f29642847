import { OAuth2Scope } from "@discord-oauth2/core"
import { type Child, type Html, html } from "./html.ts"
import type { Site } from "./site.ts"

/** The document around every page. */
export const document = (site: Site["Service"], { title, action, main }: {
  readonly title: string
  readonly action?: Child
  readonly main: Child
}): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<header class="bar">
<a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28">discord-oauth2 <span>demo</span></a>
<span class="where">${site.simulator !== undefined ? "Simulated Discord" : "Discord"}</span>
${action}
</header>
<main>
${main}
</main>
<footer>
<p>${
    site.simulator !== undefined
      ? "Everything here runs on this machine: Discord, its consent page and its images are simulated."
      : "This page shows what Discord tells this application about you. Signing out revokes its permission."
  }</p>
</footer>
</body>
</html>
`.text

/** A message above the page about what has just happened. */
export const notice = (title: string, text: string): Html =>
  html`<div class="notice" role="status"><p><strong>${title}</strong> ${text}</p></div>`

const notices = {
  cancelled: notice("You cancelled.", "Nothing was shared with this application. You can sign in whenever you like."),
  ended: notice("Your session has ended.", "Discord no longer accepts the token. Please sign in again.")
}

/** The page for visitors who are not signed in, with the scopes that the application requests. */
export const landing = (site: Site["Service"], options: {
  readonly scopes: ReadonlyArray<OAuth2Scope.Known>
  readonly notice?: keyof typeof notices | undefined
}): string =>
  document(site, {
    title: "Sign in · discord-oauth2 demo",
    main: html`${options.notice !== undefined && notices[options.notice]}
<section class="landing card">
<img src="/icon.svg" alt="" width="72" height="72">
<h1>See what an application sees</h1>
<p class="lead">Sign in, look at your profile, servers and connections, and watch how an expired token is refreshed.</p>
<a class="button primary" href="/auth/discord/login">Sign in with Discord</a>
<h2>What this application asks for</h2>
<ul class="asked" role="list">${
      options.scopes.map((scope) => html`<li><code>${scope}</code> ${OAuth2Scope.info[scope].description}</li>`)
    }</ul>
</section>`
  })

/** The page that shows an error. */
export const problem = (site: Site["Service"], options: { readonly title: string; readonly text: string }): string =>
  document(site, {
    title: `${options.title} · discord-oauth2 demo`,
    main: html`<section class="landing card">
<h1>${options.title}</h1>
<p class="lead">${options.text}</p>
<a class="button primary" href="/">Back to the start</a>
</section>`
  })
