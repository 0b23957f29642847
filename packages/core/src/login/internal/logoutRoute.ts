/** `POST <basePath>/logout`: ends the session, revokes the token and sends the browser to `defaultReturnTo`. */
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import { DiscordSessions } from "../../session/DiscordSessions.ts"
import { type Session, SessionCookie } from "../SessionCookie.ts"
import type { LoginFailures } from "./loginFailures.ts"
import * as LoginRequest from "./loginRequest.ts"
import * as LoginResponse from "./loginResponse.ts"
import type { LoginSite } from "./loginSite.ts"

/** The options of `DiscordLogin` that this route reads. */
export interface Options {
  readonly revoke?: boolean | ((request: HttpServerRequest) => boolean) | undefined
  readonly forceSignOut?: boolean | undefined
}

/** Logs an error that must not keep the browser signed in. */
const warnOf = (what: string) => <E extends Error, R>(effect: Effect.Effect<void, E, R>) =>
  Effect.catch(effect, (error) => Effect.logWarning(`${what}: ${error.message}`))

export const make = Effect.fnUntraced(function*({ failures, options, site }: {
  readonly options: Options
  readonly site: LoginSite
  readonly failures: LoginFailures
}) {
  const sessions = yield* DiscordSessions
  const cookie = yield* SessionCookie
  const revokes = typeof options.revoke === "function" ? options.revoke : () => options.revoke !== false

  /** The sessions end before the token is revoked: if revoking fails and the token stays, no cookie leads to it. */
  const signOut = Effect.fnUntraced(function*(current: Session, request: HttpServerRequest) {
    yield* warnOf("A session could not be ended: a copy of its cookie still works")(cookie.end(current))
    if (!revokes(request)) return
    yield* warnOf("A user's other sessions could not be ended")(cookie.endAll(current.userId))
    yield* sessions.get(current.userId).pipe(
      Effect.flatMap((session) => session.signOut({ force: options.forceSignOut })),
      Effect.catchTag("NotSignedIn", () => Effect.void),
      warnOf("A token could not be revoked and is still stored")
    )
  })

  return Effect.gen(function*() {
    const request = yield* HttpServerRequest
    if (request.method !== "POST") return LoginResponse.methodNotAllowed("POST")
    if (LoginRequest.isTooLong(request)) return LoginResponse.finish(failures.reject("RequestTooLong"))
    if (!LoginRequest.isSameOrigin(request, site.origin)) {
      return LoginResponse.finish(failures.reject("CrossSiteRequest"))
    }
    yield* cookie.current.pipe(
      Effect.flatMap(Option.match({ onNone: () => Effect.void, onSome: (current) => signOut(current, request) })),
      warnOf("The session of a sign-out could not be read")
    )
    return LoginResponse.finish(cookie.clear(LoginResponse.redirect(site.home)))
  })
})
