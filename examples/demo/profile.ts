import { AccessToken, Connection, Guild, Locale, User } from "@discord-oauth2/core"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Call } from "./calls.ts"
import { type Child, type Html, html } from "./html.ts"
import { document, notice } from "./page.ts"
import type { Site } from "./site.ts"
import * as words from "./words.ts"

/** The data of a signed-in user's page. */
export interface Profile {
  readonly user: User.User
  readonly guilds: ReadonlyArray<Guild.PartialGuild>
  readonly connections: ReadonlyArray<Connection.Connection>
  readonly token: AccessToken.AccessToken
  readonly timeLeft: Duration.Duration
  /** Whether this page needed a refresh, and how often the token was refreshed in all. */
  readonly refreshed: boolean
  readonly refreshes: number
  readonly calls: ReadonlyArray<Call>
}

const section = (options: {
  readonly id: string
  readonly title: string
  readonly count?: number
  readonly body: Child
}): Html =>
  html`<section class="card" id="${options.id}" aria-labelledby="${options.id}-title">
<h2 id="${options.id}-title">${options.title}${
    options.count !== undefined && html` <span class="count">${options.count}</span>`
  }</h2>
${options.body}
</section>`

const listed = <A>(items: ReadonlyArray<A>, empty: string, item: (item: A) => Html): Html =>
  items.length === 0 ? html`<p class="empty">${empty}</p>` : html`<ul class="list" role="list">${items.map(item)}</ul>`

const cover = (site: Site["Service"], user: User.User): Html =>
  Option.match(User.bannerUrl(user, { baseUrl: site.images, size: 1024 }), {
    onSome: (url) => html`<img class="cover" src="${url}" alt="">`,
    onNone: () =>
      // A presentation attribute, because the page's Content Security Policy allows no inline style.
      html`<svg class="cover" aria-hidden="true">
<linearGradient id="shade" x2="1" y2="1"><stop stop-opacity="0"/><stop offset="1" stop-opacity=".3"/></linearGradient>
<rect width="100%" height="100%" fill="${Option.getOrElse(User.accentColorHex(user), () => "#6b7cd9")}"/>
<rect width="100%" height="100%" fill="url(#shade)"/>
</svg>`
  })

const person = (site: Site["Service"], { user }: Profile): Html =>
  html`<section class="card person" aria-labelledby="name">
${cover(site, user)}
<div class="identity">
<img class="avatar" src="${
    User.avatarUrl(user, { baseUrl: site.images, size: 256 })
  }" alt="Your avatar" width="112" height="112">
<div>
<h1 id="name">${User.displayName(user)}</h1>
<p class="handle">@${User.tag(user)}</p>
</div>
</div>
<dl class="facts">
<div><dt>Account created</dt><dd>${words.date(User.createdAt(user))}</dd></div>
${
    user.locale !== undefined &&
    html`<div><dt>Language</dt><dd>${Option.getOrElse(Locale.englishName(user.locale), () => user.locale)}</dd></div>`
  }
<div><dt>User id</dt><dd><code>${user.id}</code></dd></div>
</dl>
</section>`

const shown = 3

const permissions = (guild: Guild.PartialGuild): Html => {
  const all = words.permissions(guild)
  const rest = all.slice(shown)
  return rest.length === 0
    ? html`<p class="words">${all.length === 0 ? "No permissions" : all.join(", ")}</p>`
    : html`<details class="words"><summary>${
      all.slice(0, shown).join(", ")
    }<span> <u>and ${rest.length} more</u></span></summary>
<p>${rest.join(", ")}</p></details>`
}

const guild = (site: Site["Service"]) => (guild: Guild.PartialGuild): Html =>
  html`<li>
${
    Option.match(Guild.iconUrl(guild, { baseUrl: site.images, size: 128 }), {
      onSome: (url) => html`<img class="tile" src="${url}" alt="" width="48" height="48">`,
      onNone: () => html`<span class="tile" aria-hidden="true">${Guild.acronym(guild).slice(0, 3)}</span>`
    })
  }
<div><h3>${guild.name}</h3>${permissions(guild)}</div>
</li>`

const connection = (connection: Connection.Connection): Html => {
  const service = Connection.serviceName(connection)
  const name = connection.name ?? connection.id
  return html`<li>
<span class="tile" aria-hidden="true">${service.slice(0, 1)}</span>
<div><h3>${service}</h3><p class="words">${
    Option.match(Connection.profileUrl(connection), {
      onSome: (url) => html`<a href="${url}" rel="noopener noreferrer">${name}</a>`,
      onNone: () => name
    })
  }${connection.verified && html` <span class="tag">Verified</span>`}</p></div>
</li>`
}

const token = (site: Site["Service"], { refreshes, timeLeft, token }: Profile): Html =>
  html`<dl><dt>Time left</dt><dd id="time-left">${words.duration(timeLeft)}</dd></dl>
<meter max="${Duration.toSeconds(AccessToken.defaultLifetime)}" value="${
    Math.round(Duration.toSeconds(timeLeft))
  }" aria-label="Share of the token's lifetime that is left"></meter>
<dl class="facts">
<div><dt>Granted scopes</dt><dd id="scopes">${
    token.scopes.map((scope) => html`<code class="tag">${scope}</code> `)
  }</dd></div>
<div><dt>Refreshed</dt><dd id="refreshes">${refreshes === 0 ? "not yet" : words.times(refreshes)}</dd></div>
</dl>
${
    site.simulator !== undefined &&
    html`<form method="post" action="/expire"><button class="button">Expire my token</button></form>
<p class="hint">Discord then rejects the token. The next call refreshes it and is sent again automatically.</p>`
  }`

const asked = ({ calls }: Profile): Html =>
  html`<ol class="calls" role="list">${
    calls.map(({ method, path, status }) =>
      html`<li><code>${method} ${path}</code> <span class="status ${
        status < 400 ? "good" : "bad"
      }">${status}</span></li>`
    )
  }</ol>`

/** The page of a signed-in user. */
export const page = (site: Site["Service"], profile: Profile): string =>
  document(site, {
    title: `${User.displayName(profile.user)} · discord-oauth2 demo`,
    action: html`<form method="post" action="/auth/discord/logout"><button class="button">Sign out</button></form>`,
    main: html`${
      profile.refreshed &&
      notice(
        "Your token was refreshed.",
        "Discord rejected the old token. The session refreshed it and repeated the call."
      )
    }
<div class="profile">
<div class="column">
${person(site, profile)}
${section({ id: "token", title: "Access token", body: token(site, profile) })}
${section({ id: "calls", title: "What this page asked Discord", body: asked(profile) })}
</div>
<div class="column">
${
      section({
        id: "guilds",
        title: "Servers",
        count: profile.guilds.length,
        body: listed(profile.guilds, "You are not in any server.", guild(site))
      })
    }
${
      section({
        id: "connections",
        title: "Connections",
        count: profile.connections.length,
        body: listed(profile.connections, "You have no connected accounts.", connection)
      })
    }
</div>
</div>`
  })
