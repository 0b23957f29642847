// Reads every import of packages/*/src, type imports too, and fails on a cycle, on an import that points up a level, and
// on one that leaves its package by a way that is not declared.

import { globSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { join, posix } from "node:path"
import { fileURLToPath } from "node:url"
import { parseSync, Visitor } from "oxc-parser"

/** The modules of packages/core/src by level; an internal one stands where the module stands that it serves. */
export const levels = [
  {
    name: "values",
    modules: [
      "Snowflake",
      "Timestamp",
      "OAuth2Scope",
      "Permissions",
      "Cdn",
      "Locale",
      "internal/boundedText",
      "internal/flags",
      "internal/localizations",
      "internal/nameIn",
      "internal/openEnum",
      "internal/segment",
      "internal/unknownType"
    ]
  },
  {
    name: "models",
    modules: [
      "User",
      "Guild",
      "GuildMember",
      "Connection",
      "Integration",
      "RoleConnection",
      "Application",
      "ApplicationCommand",
      "Attachment",
      "Channel",
      "CommandOption",
      "CommandPermissions",
      "Embed",
      "Entitlement",
      "Subscription",
      "Lobby",
      "Message",
      "NewCommandOption",
      "Poll",
      "PublicKeys",
      "internal/commandText",
      "RoleConnectionMetadata",
      "Webhook",
      "AuthorizationInfo",
      "UserInfo"
    ]
  },
  {
    name: "protocol",
    modules: [
      "AccessToken",
      "DiscordError",
      "JsonError",
      "WireError",
      "PendingAuthorization",
      "Pkce",
      "AuthorizationRequest",
      "AuthorizationResponse",
      "IdToken"
    ]
  },
  {
    name: "declaration and transport",
    modules: [
      "DiscordEndpoint",
      "internal/api/query",
      "internal/api/oauth2",
      "internal/api/users",
      "internal/api/guilds",
      "internal/api/applications",
      "internal/api/applicationCommands",
      "internal/api/monetization",
      "internal/api/lobbies",
      "DiscordHttpApi",
      "DiscordApi",
      "DiscordConfig",
      "Deadline",
      "RequestGuard",
      "RequestLimitStore",
      "RedisRequestLimitStore",
      "RateLimit",
      "InvalidRequestLimit",
      "RequestLimits",
      "RequestTelemetry",
      "Redaction",
      "internal/transport",
      "internal/credentials",
      "internal/endpoints"
    ]
  },
  {
    name: "tokens",
    modules: [
      "OAuth2Client",
      "RecordStore",
      "KeyValueRecordStore",
      "SqlRecordStore",
      "RedisRecordStore",
      "AccessTokenStore",
      "Discord4py",
      "RefreshEvent",
      "RefreshPolicy",
      "TokenRefresh",
      "internal/lease",
      "internal/recordSealing",
      "internal/sealingKey",
      "internal/refreshUnderLock",
      "internal/sqlFailure",
      "internal/sqlStatements",
      "internal/sqlTables",
      "internal/tokenRecord"
    ]
  },
  { name: "use", modules: ["DiscordSession", "DiscordSessions", "SharedReads", "Discord", "DiscordApplications"] },
  {
    name: "server",
    modules: [
      "DiscordLogin",
      "SessionCookie",
      "CurrentUser",
      "SpentIds",
      "RedisSpentIds",
      "SqlSpentIds",
      "internal/loginAttempts",
      "internal/loginCookie",
      "internal/loginPage",
      "internal/loginRequest",
      "internal/returnTo",
      "internal/sealedCookie",
      "index"
    ]
  },
  {
    name: "testing",
    modules: [
      "testing/index",
      "testing/DiscordSimulator",
      "testing/Fault",
      "testing/SimulatorError",
      "testing/World",
      "testing/internal/answers",
      "testing/internal/applications",
      "testing/internal/channels",
      "testing/internal/commands",
      "testing/internal/consent",
      "testing/internal/consentPage",
      "testing/internal/credentials",
      "testing/internal/exchange",
      "testing/internal/faults",
      "testing/internal/grants",
      "testing/internal/handlersApplications",
      "testing/internal/handlersCommands",
      "testing/internal/handlersGuilds",
      "testing/internal/handlersLobbies",
      "testing/internal/handlersMonetization",
      "testing/internal/handlersOAuth2",
      "testing/internal/handlersUsers",
      "testing/internal/html",
      "testing/internal/images",
      "testing/internal/json",
      "testing/internal/lobbies",
      "testing/internal/middleware",
      "testing/internal/monetization",
      "testing/internal/pages",
      "testing/internal/paging",
      "testing/internal/populate",
      "testing/internal/publicKey",
      "testing/internal/rateLimit",
      "testing/internal/refusals",
      "testing/internal/server",
      "testing/internal/simulation",
      "testing/internal/validation",
      "testing/internal/visibleUser",
      "testing/internal/world"
    ]
  }
]

/** Which modules a file imports, whatever the form: `import`, `import type`, `export from`, `import()` in code or type. */
export const importsOf = (path, text) => {
  const { errors, program } = parseSync(path, text)
  if (errors.length > 0) return { errors: errors.map(({ message }) => `${path}: ${message}`), specifiers: [] }
  const specifiers = new Set()
  const visit = ({ source }) => {
    if (source?.type === "Literal") specifiers.add(source.value)
  }
  new Visitor({
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit
  }).visit(program)
  return { errors: [], specifiers: [...specifiers] }
}

/** Every cycle that a depth-first walk meets, each as the list of its files. */
export const cyclesOf = (graph) => {
  const cycles = []
  const done = new Set()
  const walk = (file, path) => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file])
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return cycles
}

/** What is wrong with the imports of one package: `files` maps each path under its `src` to its text. */
export const problemsOf = ({ name, files, declared, builtins = false, table }) => {
  const problems = []
  const graph = new Map()
  const levelOf = (file) => table?.findIndex(({ modules }) => modules.includes(file.replace(/\.ts$/, "")))
  const label = (file) => `${file} (level ${levelOf(file)}, ${table[levelOf(file)].name})`

  for (const [file, text] of Object.entries(files)) {
    const { errors, specifiers } = importsOf(file, text)
    problems.push(...errors)
    if (table !== undefined && levelOf(file) === -1) {
      problems.push(`${file} has no level: add it to the table in scripts/levels.mjs`)
    }
    const targets = []
    for (const specifier of specifiers) {
      if (specifier.startsWith(".")) {
        const target = posix.join(posix.dirname(file), specifier)
        if (!(target in files)) {
          problems.push(`${file} imports ${specifier}, which is no file of this package's src`)
          continue
        }
        targets.push(target)
        if (table !== undefined && levelOf(file) !== -1 && levelOf(target) > levelOf(file)) {
          problems.push(`${label(file)} imports up to ${label(target)}`)
        }
      } else if (isBuiltin(specifier)) {
        if (!builtins) problems.push(`${file} imports ${specifier}: this package runs where Node is not`)
      } else if (!declared.includes(specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"))) {
        problems.push(`${file} imports ${specifier}, which its package.json does not declare`)
      } else if (/\/(internal|src|dist)(\/|$)/.test(specifier)) {
        problems.push(`${file} imports ${specifier}, which is internal to another package`)
      }
    }
    graph.set(file, targets)
  }

  return [...problems, ...cyclesOf(graph).map((cycle) => `cycle: ${cycle.join(" → ")}`)]
    .map((problem) => `${name}: ${problem}`)
}

const readPackage = (folder) => {
  const src = join(folder, "src")
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  const paths = globSync("**/*.ts", { cwd: src }).map((path) => path.replaceAll("\\", "/")).toSorted()
  return {
    files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(src, path), "utf8")])),
    declared: Object.keys({ ...dependencies, ...peerDependencies })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packages = fileURLToPath(new URL("../packages", import.meta.url))
  const core = readPackage(join(packages, "core"))
  const node = readPackage(join(packages, "platform-node"))
  const browser = readPackage(join(packages, "platform-browser"))
  const problems = [
    ...problemsOf({ name: "core", ...core, declared: ["effect"], table: levels }),
    ...problemsOf({ name: "platform-node", ...node, builtins: true }),
    ...problemsOf({ name: "platform-browser", ...browser })
  ]
  if (problems.length > 0) {
    console.error(problems.join("\n"))
    process.exit(1)
  }
  const count = [core, node, browser].reduce((sum, { files }) => sum + Object.keys(files).length, 0)
  console.log(`levels: ${count} modules, no cycle, no import that points up`)
}
