/** Draws the consent page, and the pages that end an authorization. */
import { escape } from "../../internal/html.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as Permissions from "../../models/Permissions.ts"
import * as User from "../../models/User.ts"
import type { Consent } from "./consent.ts"
import * as consents from "./consent.ts"
import type { Simulation } from "./simulation.ts"

const style = `
:root { color-scheme: dark; --page: #16171d; --card: #23252f; --line: #3a3d4b; --text: #eceef4; --soft: #adb2c4;
  --accent: #4f5fe0; --accent-high: #7080ff; --focus: #ffd166; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; color: var(--text);
  background: radial-gradient(60rem 40rem at 20% -10%, #2c3270 0%, transparent 60%),
    radial-gradient(50rem 40rem at 110% 110%, #4b2a63 0%, transparent 55%), var(--page);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: min(28rem, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  padding: 2rem; box-shadow: 0 1.5rem 4rem rgb(0 0 0 / .45); }
.kicker { margin: 0; color: var(--soft); font-size: .8125rem; letter-spacing: .06em; text-transform: uppercase; }
h1 { margin: .25rem 0 1.25rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2, legend { margin: 0 0 .5rem; padding: 0; font-size: .9375rem; font-weight: 600; }
fieldset, section { margin: 0 0 1.25rem; padding: 0; border: 0; }
.user { display: flex; align-items: center; gap: .75rem; padding: .5rem .75rem; border: 1px solid var(--line);
  border-radius: .625rem; cursor: pointer; }
.user + .user { margin-top: .375rem; }
.user:has(input:checked) { border-color: var(--accent-high); background: rgb(79 95 224 / .18); }
.user img { width: 2.25rem; height: 2.25rem; border-radius: 50%; }
.user small { display: block; color: var(--soft); }
input[type=radio] { accent-color: var(--accent-high); }
ul { margin: 0; padding: 0; list-style: none; }
li { position: relative; padding: .25rem 0 .25rem 1.75rem; color: var(--text); overflow-wrap: anywhere; }
li::before { content: "\\2713"; position: absolute; left: .25rem; color: #6ee7a8; font-weight: 700; }
li code { color: var(--soft); font-size: .8125rem; }
select { width: 100%; padding: .625rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--page);
  color: inherit; font: inherit; }
.actions { display: flex; gap: .75rem; }
button { flex: 1; padding: .75rem 1rem; border: 0; border-radius: .5rem; font: inherit; font-weight: 600; color: #fff;
  background: #454959; cursor: pointer; }
button:hover { background: #525768; }
button.primary { background: var(--accent); }
button.primary:hover { background: var(--accent-high); color: #0d0e12; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.note { margin: 1.25rem 0 0; color: var(--soft); font-size: .8125rem; overflow-wrap: anywhere; }
@media (prefers-reduced-motion: no-preference) { button, .user { transition: background-color .12s, border-color .12s; } }
`

const document = (title: string, nonce: string, body: string): string =>
  `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

const avatar = (user: User.User): string =>
  user.avatar === null
    ? `/embed/avatars/${Number((BigInt(user.id) >> 22n) % 6n)}.png`
    : `/avatars/${user.id}/${encodeURIComponent(user.avatar)}.png`

const userChoice = (user: User.User, checked: boolean): string =>
  `<label class="user"><input type="radio" name="user_id" value="${escape(user.id)}"${checked ? " checked" : ""}>` +
  `<img src="${escape(avatar(user))}" alt=""><span>${escape(User.displayName(user))}` +
  `<small>${escape(User.tag(user))}</small></span></label>`

const scopeLine = (scope: OAuth2Scope.OAuth2Scope): string => {
  const description = OAuth2Scope.isKnown(scope) ? OAuth2Scope.info[scope].description : scope
  return `<li>${escape(description)} <code>${escape(scope)}</code></li>`
}

const placeChoice = (simulation: Simulation, consent: Consent, users: ReadonlyArray<User.User>): string => {
  const bot = consent.scopes.includes("bot")
  if (!bot && !consent.scopes.includes("webhook.incoming")) return ""
  const groups = users.map((user) => {
    const options = consents.eligibleGuilds(simulation, consent, user).flatMap((guild) =>
      bot
        ? [{ value: guild.id, name: guild.name, selected: guild.id === consent.guildId }]
        : guild.channels.map((channel) => ({
          value: `${guild.id}:${channel.id}`,
          name: `${guild.name} #${channel.name}`,
          selected: guild.id === consent.guildId
        }))
    )
    return options.length === 0 ?
      "" :
      `<optgroup label="${escape(User.displayName(user))}">${
        options.map(({ name, selected, value }) =>
          `<option value="${escape(value)}"${selected ? " selected" : ""}>${escape(name)}</option>`
        ).join("")
      }</optgroup>`
  })
  return `<section><h2><label for="place">${bot ? "Add to server" : "Post to channel"}</label></h2>` +
    `<select id="place" name="place">${groups.join("")}</select></section>`
}

const permissionList = (consent: Consent): string => {
  const names = consent.scopes.includes("bot") ? Permissions.toNames(consent.permissions) : []
  return names.length === 0 ?
    "" :
    `<section><h2>With the permissions</h2><ul>${
      names.map((name) => `<li>${escape(name.toLowerCase().replaceAll("_", " "))}</li>`).join("")
    }</ul></section>`
}

export interface Options {
  readonly nonce: string
  readonly csrf: string
  /** The id of the signed-in user. */
  readonly signedIn: string | undefined
}

/** Returns the consent page. Its form is sent to the page's own URL. */
export const question = (simulation: Simulation, consent: Consent, options: Options): string => {
  const users = Array.from(simulation.world.users.values()).filter(({ bot }) => bot !== true)
  const chosen = users.find(({ id }) => id === options.signedIn) ?? users[0]
  const name = consent.application.name
  const target = consent.responseType === "none"
    ? ""
    : `<p class="note">You go on to ${escape(consent.redirectUri)}</p>`
  return document(
    `Authorize ${name}`,
    options.nonce,
    `<p class="kicker">Simulated sign-in</p>
<h1>${escape(name)} wants access to an account</h1>
<form method="post">
<input type="hidden" name="csrf" value="${escape(options.csrf)}">
<fieldset><legend>Sign in as</legend>${users.map((user) => userChoice(user, user === chosen)).join("")}</fieldset>
<section><h2>It will be able to</h2><ul>${consent.scopes.map(scopeLine).join("")}</ul></section>
${placeChoice(simulation, consent, users)}${permissionList(consent)}<div class="actions">
<button id="cancel" name="decision" value="deny">Cancel</button>
<button id="authorize" name="decision" value="approve" class="primary">Authorize</button>
</div>
</form>
${target}`
  )
}

/** Returns an error page. */
export const refusal = (description: string, nonce: string): string =>
  document(
    "Error",
    nonce,
    `<p class="kicker">Simulated sign-in</p>
<h1 id="error">Something is wrong with this request</h1>
<p role="alert">${escape(description)}</p>`
  )

/** Returns the page that ends a bot's invitation. */
export const authorized = (nonce: string): string =>
  document(
    "Authorized",
    nonce,
    `<p class="kicker">Simulated sign-in</p>\n<h1>Authorized</h1>\n<p>You can close this page.</p>`
  )
