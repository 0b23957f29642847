/** The types of requests, as handlers get them. */
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type { Arguments } from "../../api/DiscordClient.ts"
import type { Endpoints } from "../../api/DiscordHttpApi.ts"

/** The arguments of a call: the members of its path, query and body. */
export type Request<Identifier extends string> = Arguments<
  Extract<Extract<Endpoints, HttpApiEndpoint.ConstraintRequest>, { readonly identifier: Identifier }>
>
