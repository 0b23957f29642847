/**
 * What can go wrong on purpose: the answers and the silences that an application has to survive.
 *
 * **Example** (A refresh whose answer never arrives)
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
import type { requiredScopes } from "../api/DiscordSecurity.ts"

/**
 * The identifier of an endpoint in the declaration.
 *
 * @category models
 * @since 0.1.0
 */
export type Endpoint = "exchangeToken" | "revokeToken" | keyof typeof requiredScopes

/**
 * Which requests a fault is for; without members, every one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Match {
  readonly endpoint?: Endpoint | undefined
  readonly grantType?: "authorization_code" | "refresh_token" | "client_credentials" | undefined
}

/**
 * Which requests a fault is for, and how many of them.
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
 * A fault that waits for its request.
 *
 * **Details**
 *
 * Not carried out is the request that meets `Status`, `RateLimit`, `CloudflareBlock`, `UnknownStatus`, `Refuse401` or
 * `DropBefore`. The request that meets `Html`, `CutJson`, `JsonArray`, `DropAfter` or `Delay` is carried out: a refresh
 * token is spent, and the client does not learn the new one.
 *
 * - `Status`: a status with a body, by default Discord's `{"message":"500: …","code":0}`.
 * - `RateLimit`: 429 with Discord's body and headers, for `retryAfter`, by default one second.
 * - `Html`: an HTML page in the place of the answer, by default with status 200.
 * - `CutJson`: the first half of the answer.
 * - `JsonArray`: `[]` in the place of the answer.
 * - `UnknownStatus`: a status that nobody documents, by default 418.
 * - `CloudflareBlock`: 429 and the text `error code: 1015`, or with status 403 an HTML page.
 * - `DropBefore`: the connection is refused.
 * - `DropAfter`: the request is carried out, and the connection breaks before the answer.
 * - `Delay`: the request is carried out, and the answer takes its time.
 * - `Refuse401`: the access token is refused, however fresh it is.
 *
 * @category models
 * @since 0.1.0
 */
export type Fault =
  | Aim & {
    readonly _tag: "Status"
    readonly status: number
    /** Text as it is, anything else as JSON. */
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
 * A status with a body.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Status = (options: Of<"Status">): Fault => constructors.Status(options)

/**
 * 429 with Discord's body and headers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const RateLimit = (options: Of<"RateLimit"> = {}): Fault => constructors.RateLimit(options)

/**
 * An HTML page in the place of the answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Html = (options: Of<"Html"> = {}): Fault => constructors.Html(options)

/**
 * The first half of the answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const CutJson = (options: Of<"CutJson"> = {}): Fault => constructors.CutJson(options)

/**
 * `[]` in the place of the answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const JsonArray = (options: Of<"JsonArray"> = {}): Fault => constructors.JsonArray(options)

/**
 * A status that nobody documents.
 *
 * @category constructors
 * @since 0.1.0
 */
export const UnknownStatus = (options: Of<"UnknownStatus"> = {}): Fault => constructors.UnknownStatus(options)

/**
 * The answer of Cloudflare to an address that is blocked.
 *
 * @category constructors
 * @since 0.1.0
 */
export const CloudflareBlock = (options: Of<"CloudflareBlock"> = {}): Fault => constructors.CloudflareBlock(options)

/**
 * A refused connection.
 *
 * @category constructors
 * @since 0.1.0
 */
export const DropBefore = (options: Of<"DropBefore"> = {}): Fault => constructors.DropBefore(options)

/**
 * A connection that breaks after the request was carried out.
 *
 * @category constructors
 * @since 0.1.0
 */
export const DropAfter = (options: Of<"DropAfter"> = {}): Fault => constructors.DropAfter(options)

/**
 * A slow answer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Delay = (options: Of<"Delay">): Fault => constructors.Delay(options)

/**
 * A fresh access token that is refused.
 *
 * @category constructors
 * @since 0.1.0
 */
export const Refuse401 = (options: Of<"Refuse401"> = {}): Fault => constructors.Refuse401(options)
