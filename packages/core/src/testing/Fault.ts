/**
 * Faults that a test can cause: error responses, malformed bodies, delays and dropped connections.
 *
 * **Example** (A refresh whose response is lost)
 *
 * ```ts
 * import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const discord = yield* DiscordSimulator.DiscordSimulator
 *   yield* discord.fail(Fault.DropAfter({ match: { grantType: "refresh_token" } }))
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type { requiredScopes } from "../api/DiscordOperation.ts"

/**
 * The identifier of an endpoint, as the declaration has it.
 *
 * @category models
 * @since 0.1.0
 */
export type Endpoint = "exchangeToken" | "revokeToken" | keyof typeof requiredScopes

/**
 * Selects the requests that a fault applies to. Without members it selects all.
 *
 * @category models
 * @since 0.1.0
 */
export interface Match {
  readonly endpoint?: Endpoint | undefined
  readonly grantType?: "authorization_code" | "refresh_token" | "client_credentials" | undefined
}

/**
 * Selects the requests that a fault applies to, and counts them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Aim {
  /** @default every request */
  readonly match?: Match | undefined

  /** @default 1 */
  readonly times?: number | undefined
}

/**
 * A fault.
 *
 * **Details**
 *
 * `Status`, `RateLimit`, `CloudflareBlock`, `UnknownStatus`, `Refuse401` and `DropBefore` keep the request from being
 * executed. With `Html`, `CutJson`, `JsonArray`, `DropAfter` and `Delay` the simulator executes the request: a refresh token
 * is used, and with all of them but `Delay` the client does not get the new one.
 *
 * - `Status`: responds with a status and a body, by default Discord's `{"message":"500: …","code":0}`.
 * - `RateLimit`: responds with 429 and Discord's body and headers. `retryAfter` is one second by default.
 * - `Html`: responds with an HTML page, by default with status 200.
 * - `CutJson`: sends the first half of the response.
 * - `JsonArray`: responds with `[]`.
 * - `UnknownStatus`: responds with an undocumented status, by default 418.
 * - `CloudflareBlock`: responds with 429 and the text `error code: 1015`, or with 403 and an HTML page.
 * - `DropBefore`: refuses the connection.
 * - `DropAfter`: breaks the connection before the response.
 * - `Delay`: delays the response.
 * - `Refuse401`: rejects the access token with 401, even if it is fresh.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | Aim & {
    readonly _tag: "Status"
    readonly status: number
    /** A string is sent as it is, anything else as JSON. */
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>> | undefined
  }
  | Aim & {
    readonly _tag: "RateLimit"
    readonly retryAfter?: Duration.Input | undefined
    readonly global?: boolean | undefined
    readonly scope?: "user" | "shared" | "global" | undefined
  }
  | Aim & { readonly _tag: "Html"; readonly status?: number | undefined }
  | Aim & { readonly _tag: "CutJson" }
  | Aim & { readonly _tag: "JsonArray" }
  | Aim & { readonly _tag: "UnknownStatus"; readonly status?: number | undefined }
  | Aim & {
    readonly _tag: "CloudflareBlock"
    readonly status?: 403 | 429 | undefined
    readonly retryAfter?: Duration.Input | undefined
  }
  | Aim & { readonly _tag: "DropBefore" }
  | Aim & { readonly _tag: "DropAfter" }
  | Aim & { readonly _tag: "Delay"; readonly duration: Duration.Input }
  | Aim & { readonly _tag: "Refuse401" }

const constructors = Data.taggedEnum<Fault>()

type Of<Tag extends Fault["_tag"]> = Omit<Extract<Fault, { readonly _tag: Tag }>, "_tag">

/**
 * Responds with a status and a body.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Status = (options: Of<"Status">): Fault => constructors.Status(options)

/**
 * Responds with 429, and Discord's body and headers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const RateLimit = (options: Of<"RateLimit"> = {}): Fault => constructors.RateLimit(options)

/**
 * Responds with an HTML page.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Html = (options: Of<"Html"> = {}): Fault => constructors.Html(options)

/**
 * Sends the first half of the response.
 *
 * @category constructors
 * @since 0.1.0
 */
export const CutJson = (options: Of<"CutJson"> = {}): Fault => constructors.CutJson(options)

/**
 * Responds with `[]`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const JsonArray = (options: Of<"JsonArray"> = {}): Fault => constructors.JsonArray(options)

/**
 * Responds with an undocumented status.
 *
 * @category constructors
 * @since 0.1.0
 */
export const UnknownStatus = (options: Of<"UnknownStatus"> = {}): Fault => constructors.UnknownStatus(options)

/**
 * Responds as Cloudflare does to a blocked IP address.
 *
 * @category constructors
 * @since 0.1.0
 */
export const CloudflareBlock = (options: Of<"CloudflareBlock"> = {}): Fault => constructors.CloudflareBlock(options)

/**
 * Refuses the connection.
 *
 * @category constructors
 * @since 0.1.0
 */
export const DropBefore = (options: Of<"DropBefore"> = {}): Fault => constructors.DropBefore(options)

/**
 * Executes the request, then breaks the connection.
 *
 * @category constructors
 * @since 0.1.0
 */
export const DropAfter = (options: Of<"DropAfter"> = {}): Fault => constructors.DropAfter(options)

/**
 * Executes the request, and delays the response.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Delay = (options: Of<"Delay">): Fault => constructors.Delay(options)

/**
 * Rejects a fresh access token with 401.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Refuse401 = (options: Of<"Refuse401"> = {}): Fault => constructors.Refuse401(options)
