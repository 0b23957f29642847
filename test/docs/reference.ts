/** Generates the reference tables of the documentation from the declaration. */
import { DiscordHttpApi, DiscordOperation, DiscordSecurity } from "@discord-oauth2/core/api"
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Option from "effect/Option"
import * as SchemaAST from "effect/SchemaAST"

interface Row {
  readonly group: string
  readonly call: string
  readonly title: string
  readonly url: string
  readonly route: string
  readonly credential: string
  readonly scope: string
  readonly errors: ReadonlyArray<string>
}

const groupTitles: Readonly<Record<string, string>> = {
  oauth2: "OAuth2",
  users: "Users",
  guilds: "Guilds and group DMs",
  applications: "Applications",
  applicationCommands: "Application commands",
  monetization: "Entitlements and subscriptions",
  lobbies: "Lobbies"
}

/** The errors of every call, which the page lists once above the tables. */
const everyCall = new Set([
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "RateLimited",
  "DiscordServerError"
])

const rows = (): ReadonlyArray<Row> => {
  const all: Array<Row> = []
  HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, group, mergedAnnotations, middleware }) => {
      const middlewares: ReadonlySet<unknown> = middleware
      const annotation = <I, S>(key: Context.Key<I, S>) => Option.getOrThrow(Context.getOption(mergedAnnotations, key))
      const scope = mergedAnnotations.mapUnsafe.get(DiscordOperation.RequiredScope.key)
      const tags = Array.from(errors.values()).flat().map(({ ast }) => SchemaAST.resolveDescription(ast))
      all.push({
        group: group.identifier,
        call: endpoint.identifier,
        title: annotation(OpenApi.Summary),
        url: annotation(OpenApi.ExternalDocs).url,
        route: `${endpoint.method} ${endpoint.path.replace(/:(\w+)/g, "{$1}")}`,
        credential: middlewares.has(DiscordSecurity.BearerToken)
          ? "user"
          : middlewares.has(DiscordSecurity.BotToken)
          ? "bot"
          : middlewares.has(DiscordSecurity.ClientAuthentication)
          ? "application"
          : "none",
        scope: typeof scope === "string" ? `\`${scope}\`` : scope === null ? "any" : "",
        errors: Array.from(new Set(tags)).filter((tag) => tag !== undefined && !everyCall.has(tag)).map((tag) =>
          `\`${tag}\``
        )
      })
    }
  })
  return all
}

const table = (group: string, all: ReadonlyArray<Row>) =>
  `## ${groupTitles[group] ?? group}

| Call | Discord's page | Route | Token | Scope | Own errors |
| --- | --- | --- | --- | --- | --- |
${
    all.filter((row) => row.group === group).map((row) =>
      `| \`${row.call}\` | [${row.title}](${row.url}) | \`${row.route}\` | ${row.credential} | ${row.scope} | ${
        row.errors.join(", ")
      } |`
    ).join("\n")
  }
`

/** The page, before it is formatted. */
export const reference = (): string => {
  const all = rows()
  return `# Every call

Made from the declaration by \`npx -y pnpm reference\`; a test fails where it is out of date.

- A call whose token is the user's is a method of \`DiscordSession\`, which keeps the token fresh, and of \`DiscordClient\`,
  which takes \`accessToken\`. One whose token is the bot's takes \`botToken\`.
- Beside its own errors each call may fail with \`DiscordBadRequest\`, \`DiscordForbidden\`, \`DiscordNotFound\`, \`RateLimited\`,
  \`DiscordServerError\`, \`UnexpectedStatus\`, \`CloudflareBlocked\`, \`DiscordTransportError\` and \`MalformedResponse\`, and with
  \`InvalidCallArgument\` where it takes arguments. A session adds what keeps a token from being fresh: \`TokenFailure\`.
- \`responseMode: "response-only"\` hands out the response of any call instead of its value, and
  \`"decoded-and-response"\` both.

${Array.from(new Set(all.map(({ group }) => group)), (group) => table(group, all)).join("\n")}`
}
