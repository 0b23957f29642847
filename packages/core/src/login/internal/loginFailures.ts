/** How a failed login ends: it is counted and logged, and the browser gets a page. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Schema from "effect/Schema"
import type * as DiscordError from "../../errors/DiscordError.ts"
import type { ExchangeFailure } from "../../oauth2/OAuth2Client.ts"
import type { DiscordSessions } from "../../session/DiscordSessions.ts"
import * as LoginMetric from "./loginMetric.ts"
import * as LoginPage from "./loginPage.ts"
import * as LoginSite from "./loginSite.ts"

type Response = HttpServerResponse.HttpServerResponse

export type LoginFailure =
  | DiscordError.CallbackError
  | ExchangeFailure
  | Effect.Error<ReturnType<DiscordSessions["Service"]["open"]>>
  | DiscordError.InvalidCallArgument
  | DiscordError.DenylistError

/** What is known of the login that failed, from its cookie. */
export interface Pending {
  readonly data?: Schema.Json
  readonly return_to?: string
}

export interface LoginFailures {
  /** Ends a login with an error. */
  readonly fail: (error: LoginFailure, request: HttpServerRequest, pending?: Pending) => Effect.Effect<Response>
  /** Returns the page for a request that is rejected before a login has to do with it. */
  readonly reject: (reason: LoginPage.Rejected["_tag"]) => Response
}

/** Discord's `retry_after`, for the browser's own retry. */
const withRetryAfter = (page: Response, error: LoginFailure) =>
  "retryAfter" in error && error.retryAfter !== undefined
    ? HttpServerResponse.setHeader(page, "retry-after", `${Math.ceil(Duration.toSeconds(error.retryAfter))}`)
    : page

export const make = Effect.fnUntraced(function*(
  site: LoginSite.LoginSite,
  onError: (failed: {
    readonly error: LoginFailure
    readonly page: Response
    readonly loginUrl: string
    readonly data: Schema.Json | undefined
    readonly request: HttpServerRequest
  }) => Effect.Effect<Response>
) {
  const page = yield* LoginPage.make
  const failures: LoginFailures = {
    fail: Effect.fnUntraced(function*(error, request, { data, return_to: returnTo = site.home } = {}) {
      const notice = LoginPage.notice(error)
      const loginUrl = LoginSite.loginUrl(site, returnTo)
      yield* LoginMetric.count(error._tag)
      yield* Effect.logWithLevel(notice.status < 500 ? "Debug" : "Warn")(`A sign-in failed: ${error.message}`)
      const made = page({ ...notice, reference: error._tag, actionUrl: loginUrl, homeUrl: site.home })
      return yield* onError({ error, page: withRetryAfter(made, error), loginUrl, data, request })
    }),
    reject: (reason) =>
      page({
        ...LoginPage.notice({ _tag: reason }),
        reference: reason,
        actionUrl: site.loginPath,
        homeUrl: site.home
      })
  }
  return failures
})
