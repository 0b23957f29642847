/** Sends the requests of the grants to the token endpoint, and checks what every grant checks. */
import * as Effect from "effect/Effect"
import type { Methods } from "../../api/DiscordClient.ts"
import type { DiscordConfig } from "../../api/DiscordConfig.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessTokenResponse } from "../../models/AccessToken.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"

/** How a grant calls Discord. */
export interface Caller {
  readonly api: Methods
  readonly config: DiscordConfig["Service"]
}

/**
 * The `client_id` in the form of a public client. A confidential client authenticates in the header, and never in both
 * (rule S23 of docs/checklist.md).
 */
export const publicClient = ({ clientId, clientSecret }: DiscordConfig["Service"]) =>
  clientSecret === undefined ? { client_id: clientId } : {}

const isArgument = (error: unknown) => error instanceof DiscordError.InvalidCallArgument

// oxlint-disable-next-line typescript/consistent-type-assertions -- the caller has excluded `InvalidCallArgument`
const withoutArgument = <E>(error: E) => error as Exclude<E, DiscordError.InvalidCallArgument>

/** Turns `InvalidCallArgument` into a defect: a grant builds its request itself, so an invalid one is our mistake. */
export const dieOnArgument = <A, E, R>(
  self: Effect.Effect<A, E | DiscordError.InvalidCallArgument, R>
): Effect.Effect<A, Exclude<E, DiscordError.InvalidCallArgument>, R> =>
  Effect.catch(self, (error) => isArgument(error) ? Effect.die(error) : Effect.fail(withoutArgument(error)))

/** Fails with `MalformedResponse` unless the token type is Bearer, in any case (S27). */
const checkType = (response: AccessTokenResponse) =>
  response.token_type.toLowerCase() === "bearer"
    ? Effect.succeed(response)
    : Effect.fail(
      new DiscordError.MalformedResponse({ status: 200, issue: "Expected \"Bearer\" at [\"token_type\"]" })
    )

/** Sends one token request, once. */
export const requestToken = ({ api, config }: Caller, grant: Parameters<Methods["exchangeToken"]>[0]) =>
  api.exchangeToken({ ...grant, ...publicClient(config), responseMode: "decoded-only" }).pipe(
    dieOnArgument,
    Effect.flatMap(checkType)
  )

/** Fails with `InvalidScope`, before a request, if Discord is known to refuse one of the scopes with the grant. */
export const checkScopes = (
  scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>,
  request: OAuth2Scope.ScopeRequest
) => {
  const rejected = OAuth2Scope.rejected(scopes, request)
  return rejected.length === 0
    ? Effect.void
    : Effect.fail(
      new DiscordError.InvalidScope({
        description: `Discord does not allow ${rejected.join(", ")} with the grant ${request.grant}${
          request.pkce ? " and PKCE" : request.team === true ? " of a team's application" : ""
        }`
      })
    )
}

/** The description of an error of Discord, in the fields of the error that replaces it. */
export const describedAs = ({ description }: { readonly description?: string | undefined }) =>
  description === undefined ? {} : { description }
