/** Compares an operation of our OpenAPI document with Discord's. */
import { DiscordOperation } from "@discord-oauth2/core/api"
import { type Call, json, statuses } from "./declaration.ts"
import * as expected from "./deviations.ts"
import { everyScope } from "./discord.ts"
import type { Operation } from "./JsonSchema.ts"

type Issues = ReadonlyArray<string>

/** The scope that each call needs, or `null` where it needs none. */
export const requiredScopes: Readonly<Record<string, string | null>> = DiscordOperation.requiredScopes

/** Whether Discord accepts a user's access token for an operation. */
export const takesToken = ({ security }: Operation): boolean =>
  security?.some(({ OAuth2 }) => OAuth2 !== undefined) === true

const same = (what: string, ours: unknown, theirs: unknown): Issues =>
  JSON.stringify(ours) === JSON.stringify(theirs)
    ? []
    : [`${what}: ${JSON.stringify(ours)} is not ${JSON.stringify(theirs)}`]

/** Whether both have the same parameters in the same order, each in the same place and equally required. */
export const parameterIssues = ({ identifier, ours, theirs }: Call): Issues => {
  const shape = ({ parameters }: Operation) =>
    (parameters ?? []).map(({ in: where, name, required }) => `${where} ${name}${required === true ? "" : "?"}`)
  const left = expected.undeclaredParameters[identifier] ?? []
  return [
    ...same("parameters", shape(ours), shape(theirs).filter((parameter) => !left.includes(parameter))),
    ...left.filter((parameter) => !shape(theirs).includes(parameter)).map((parameter) => `${parameter}: not Discord's`)
  ]
}

/** Whether both have a body of the same content types, equally required. */
export const bodyIssues = ({ identifier, ours, theirs }: Call): Issues => {
  const kinds = ({ requestBody }: Operation) => Object.keys(requestBody?.content ?? {})
  return [
    ...same("content types", [...kinds(ours), ...expected.otherBodies[identifier] ?? []], kinds(theirs)),
    ...same("required", ours.requestBody?.required, theirs.requestBody?.required)
  ]
}

/** Whether both have the same statuses of success, with a body for the same ones. */
export const successIssues = ({ ours, theirs }: Call): Issues => {
  const shape = (operation: Operation) =>
    statuses(operation).map((status) => [status, json(operation.responses[status]) !== undefined])
  return same("successes", shape(ours), shape(theirs))
}

/** The scopes that a call must have in `requiredScopes`, by Discord's document and the named deviations from it. */
const scopesOf = (identifier: string): readonly [required: string | null, documented: ReadonlyArray<string>] => {
  const required = requiredScopes[identifier] ?? null
  if (identifier in expected.documentedScopes) return [expected.documentedScopes[identifier] ?? null, []]
  if (expected.withoutScope.includes(identifier)) return [null, []]
  return [required, required === null ? everyScope : [required]]
}

/** Whether the call sends the credentials that Discord asks for, and needs the scope that Discord names. */
export const securityIssues = ({ identifier, ours, theirs }: Call): Issues => {
  const schemes = (ours.security ?? []).flatMap((requirement) => Object.keys(requirement))
  if (!takesToken(theirs)) {
    // A scope in `requiredScopes` is that of the access token in the body.
    const open = identifier === "getPublicKeys"
    return [
      ...same("credentials", schemes, open ? [] : ["BotToken"]),
      ...same("Discord's credentials", theirs.security, open ? [{}, { BotToken: [] }] : [{ BotToken: [] }])
    ]
  }
  const [required, documented] = scopesOf(identifier)
  return [
    ...same("credentials", schemes, ["OAuth2"]),
    ...same("required scope", requiredScopes[identifier], required),
    ...same("Discord's scopes", theirs.security?.flatMap(({ OAuth2 }) => OAuth2 ?? []).sort(), documented)
  ]
}

/** Every difference between an operation of ours and Discord's, bodies' schemas excepted. */
export const operationIssues = (call: Call): Issues => [
  ...parameterIssues(call),
  ...bodyIssues(call),
  ...successIssues(call),
  ...securityIssues(call)
]
