/** `GET <basePath>/login`: starts a login and sends the browser to Discord's consent page. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { OAuth2Scope } from "../../models/OAuth2Scope.ts"
import type { ConsentOptions } from "../../oauth2/AuthorizationRequest.ts"
import { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import * as LoginCookie from "./loginCookie.ts"
import type { LoginFailures } from "./loginFailures.ts"
import * as LoginRequest from "./loginRequest.ts"
import * as LoginResponse from "./loginResponse.ts"
import * as LoginSite from "./loginSite.ts"

/** The options of `DiscordLogin` that this route reads. */
export interface Options {
  readonly redirectUri: string
  readonly scopes?: ReadonlyArray<OAuth2Scope> | undefined
  readonly consent?: ConsentOptions | ((request: HttpServerRequest) => ConsentOptions) | undefined
  readonly pkce?: boolean | undefined
  readonly loginTimeout?: Duration.Input | undefined
  readonly data?:
    | ((request: HttpServerRequest) => Effect.Effect<Schema.Json | undefined, HttpServerResponse>)
    | undefined
}

export const make = Effect.fnUntraced(function*(
  { cookies, failures, options, site }: {
    readonly options: Options
    readonly site: LoginSite.LoginSite
    readonly cookies: LoginCookie.LoginCookie
    readonly failures: LoginFailures
  }
) {
  const oauth = yield* OAuth2Client
  const consentOf = typeof options.consent === "function" ? options.consent : () => options.consent
  const dataOf = options.data ?? (() => Effect.undefined)

  const start = Effect.fnUntraced(function*(
    request: HttpServerRequest,
    returnTo: string,
    data: Schema.Json | undefined
  ) {
    const carried = yield* LoginCookie.checkData(data)
    const { url, ...login } = yield* oauth.authorize({
      ...consentOf(request),
      scopes: options.scopes ?? ["identify"],
      redirectUri: options.redirectUri,
      pkce: options.pkce,
      expiresIn: options.loginTimeout,
      returnTo
    })
    return yield* cookies.keep(LoginResponse.redirect(url), request, { ...login, ...carried })
  })

  return Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const other = LoginResponse.unlessGet(request)
    if (other !== undefined) return other
    if (LoginRequest.isTooLong(request)) return LoginResponse.finish(failures.reject("RequestTooLong"))
    const returnTo = LoginSite.returnToOf(site, request)
    const data = yield* Effect.result(dataOf(request))
    if (Result.isFailure(data)) return LoginResponse.finish(data.failure)
    return yield* start(request, returnTo, data.success).pipe(
      Effect.catch((error) => failures.fail(error, request, { return_to: returnTo })),
      Effect.map(LoginResponse.finish)
    )
  })
})
