/** Where the application is reached and where its login routes are: `redirectUri` and `basePath`, checked. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { DiscordConfigurationError } from "../../errors/DiscordError.ts"
import { isSecure } from "../../internal/secureUrl.ts"
import type { OAuth2Scope } from "../../models/OAuth2Scope.ts"
import * as LoginRequest from "./loginRequest.ts"
import * as ReturnTo from "./returnTo.ts"

export interface LoginSite {
  /** The origin of the application, as browsers see it. */
  readonly origin: string
  /** Whether browsers reach the application over HTTPS. */
  readonly secure: boolean
  /** The path of the three routes on this server. */
  readonly basePath: `/${string}`
  /** The path of the three routes in the browser: `basePath` after the prefix that a proxy may add. */
  readonly publicPath: string
  /** The path of the login route in the browser. */
  readonly loginPath: string
  /** The path that the browser goes to unless a login names another one. */
  readonly home: string
}

const configurationError = (description: string) => new DiscordConfigurationError({ description })

/** Fails with `DiscordConfigurationError` if the options cannot work or are not safe. */
export const make = Effect.fnUntraced(function*(options: {
  readonly redirectUri: string
  readonly basePath?: `/${string}` | undefined
  readonly scopes?: ReadonlyArray<OAuth2Scope> | undefined
  readonly defaultReturnTo?: string | undefined
}): Effect.fn.Return<LoginSite, DiscordConfigurationError> {
  const basePath = options.basePath ?? "/auth/discord"
  const url = URL.canParse(options.redirectUri) ? new URL(options.redirectUri) : undefined
  if (url === undefined || !isSecure(url)) {
    return yield* configurationError(
      "redirectUri must be an https: URL. An http: URL is accepted for loopback hosts only, such as localhost."
    )
  }
  if (basePath.endsWith("/") || !url.pathname.endsWith(`${basePath}/callback`)) {
    return yield* configurationError(
      `redirectUri must end with "${basePath}/callback". Set basePath to the path before "/callback", without a slash at its end.`
    )
  }
  if (options.scopes?.includes("identify") === false) {
    return yield* configurationError(
      "scopes must include \"identify\": without it the login cannot tell who the user is."
    )
  }
  const home = ReturnTo.check(options.defaultReturnTo ?? "/", url.origin)
  if (home === undefined) {
    return yield* configurationError("defaultReturnTo must be a path of the application, such as \"/home\".")
  }
  const publicPath = url.pathname.slice(0, -"/callback".length)
  return {
    origin: url.origin,
    secure: url.protocol === "https:",
    basePath,
    publicPath,
    loginPath: `${publicPath}/login`,
    home
  }
})

/**
 * S16: returns the request's `returnTo` if it is one path of this origin, and `home` otherwise. The login routes
 * themselves are no targets: a login must not end with another login or a logout.
 */
export const returnToOf = ({ home, origin, publicPath }: LoginSite, request: HttpServerRequest): string => {
  const [value, ...more] = LoginRequest.searchOf(request).getAll("returnTo")
  const path = value === undefined || more.length > 0 ? undefined : ReturnTo.check(value, origin)
  return path === undefined || path === publicPath || path.startsWith(`${publicPath}/`) ? home : path
}

/** Returns the URL that starts a login which ends at `returnTo`. */
export const loginUrl = ({ home, loginPath }: LoginSite, returnTo: string): string =>
  returnTo === home ? loginPath : `${loginPath}?returnTo=${encodeURIComponent(returnTo)}`
