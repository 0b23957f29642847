/** `GET <basePath>/callback`: exchanges the code of a login once, starts a session and sends the browser on. */
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import type { DiscordSession } from "../../session/DiscordSession.ts"
import { DiscordSessions } from "../../session/DiscordSessions.ts"
import { SessionCookie } from "../SessionCookie.ts"
import * as Denylist from "./denylist.ts"
import * as LoginAttempts from "./loginAttempts.ts"
import type * as LoginCookie from "./loginCookie.ts"
import type { LoginFailure, LoginFailures } from "./loginFailures.ts"
import * as LoginMetric from "./loginMetric.ts"
import * as LoginRequest from "./loginRequest.ts"
import * as LoginResponse from "./loginResponse.ts"
import type { LoginSite } from "./loginSite.ts"

/** The option of `DiscordLogin` that this route reads. */
export interface Options {
  readonly onSignedIn?:
    | ((signedIn: {
      readonly session: DiscordSession
      readonly token: AccessToken
      readonly returnTo: string
      readonly data: Schema.Json | undefined
      readonly request: HttpServerRequest
    }) => Effect.Effect<HttpServerResponse | void, HttpServerResponse>)
    | undefined
}

/** The result of one exchange: the session, and the result of `onSignedIn`. */
interface SignedIn {
  readonly session: DiscordSession
  readonly hook: Result.Result<HttpServerResponse | void, HttpServerResponse>
}

/** S33: warns when a tracer records the URLs of callbacks with the code in them. */
const warnOfSpans = Effect.gen(function*() {
  const tracer = yield* Tracer.Tracer
  if (tracer === Tracer.nativeTracer) return
  if (UrlParams.isRedactedName("code", yield* UrlParams.CurrentRedactedNames)) return
  yield* Effect.logWarning(
    "The spans of this HTTP server contain the codes of callbacks: provide DiscordLogin.layer, or Redaction.layer, to the server."
  )
})

/** Exchanges the code, stores the token and runs the hook. */
const makeExchange = Effect.fnUntraced(function*(site: LoginSite, options: Options) {
  const onSignedIn = options.onSignedIn ?? (() => Effect.void)
  const oauth = yield* OAuth2Client
  const sessions = yield* DiscordSessions
  return Effect.fnUntraced(function*(
    login: LoginCookie.Login,
    params: URLSearchParams,
    request: HttpServerRequest
  ) {
    const token = yield* oauth.exchange(login, params)
    const session = yield* sessions.open(token)
    const { data, return_to: returnTo = site.home } = login
    const hook = yield* Effect.result(onSignedIn({ session, token, returnTo, data, request }))
    return { session, hook }
  })
})

export const make = Effect.fnUntraced(function*({ cookies, failures, options, site }: {
  readonly options: Options
  readonly site: LoginSite
  readonly cookies: LoginCookie.LoginCookie
  readonly failures: LoginFailures
}) {
  const sessionCookie = yield* SessionCookie
  const exchange = yield* makeExchange(site, options)
  const attempt = LoginAttempts.make<SignedIn, LoginFailure>(yield* Denylist.orMemory)

  /** F27: after the back button a signed-in user goes on; without a session the callback belongs to no login. */
  const withoutLogin = Effect.fnUntraced(function*(params: URLSearchParams) {
    if (Option.isSome(yield* sessionCookie.current)) return LoginResponse.redirect(site.home)
    return yield* new DiscordError.StateMismatch({ reason: params.has("state") ? "unknown" : "missing" })
  })

  /** Only the first callback of a login gets the response of `onSignedIn`, or the redirect to `returnTo`. */
  const respond = (result: LoginAttempts.Attempt<SignedIn>, returnTo: string) => {
    if (result._tag === "Used") return Effect.succeed(LoginResponse.redirect(site.home))
    const { hook, session } = result.value
    if (Result.isFailure(hook)) return Effect.succeed(hook.failure)
    return result._tag === "First"
      ? Effect.andThen(
        LoginMetric.count("signed_in"),
        sessionCookie.issue(hook.success ?? LoginResponse.redirect(returnTo), session.userId)
      )
      : sessionCookie.issue(LoginResponse.redirect(site.home), session.userId)
  }

  const respondTo = Effect.fnUntraced(function*(request: HttpServerRequest) {
    const params = LoginRequest.searchOf(request)
    const id = yield* cookies.idOf(params.get("state") ?? "")
    const found = yield* cookies.find(request, id)
    if (Option.isNone(found)) {
      return yield* Effect.catch(withoutLogin(params), (error) => failures.fail(error, request))
    }
    const login = found.value
    const response = yield* attempt(id, login.expires_at, exchange(login, params, request)).pipe(
      Effect.flatMap((result) => respond(result, login.return_to ?? site.home)),
      Effect.catch((error) => failures.fail(error, request, login))
    )
    return cookies.forget(response, id)
  })

  return Effect.gen(function*() {
    const request = yield* HttpServerRequest
    const other = LoginResponse.unlessGet(request)
    if (other !== undefined) return other
    if (LoginRequest.isTooLong(request)) {
      const tooLong = new DiscordError.InvalidCallback({ reason: "too-long" })
      return LoginResponse.finish(yield* failures.fail(tooLong, request))
    }
    yield* warnOfSpans
    return LoginResponse.finish(yield* respondTo(request))
  })
})
