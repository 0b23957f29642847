/** The pending logins of one browser. Each has a sealed cookie of its own, so that tabs do not overwrite one another. */
import type { Aead } from "effect/crypto/Aead"
import * as Digest from "effect/crypto/Digest"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { type DiscordConfigurationError, InvalidCallArgument } from "../../errors/DiscordError.ts"
import { PendingAuthorization } from "../../oauth2/PendingAuthorization.ts"
import * as SealedCookie from "./sealedCookie.ts"

/** A browser keeps this many pending logins. A further login removes the oldest. */
const maxLogins = 5

/** The limit of the application's data, as JSON in UTF-8. */
const maxDataBytes = 1024

/** The limit of browsers for the name and the value of one cookie together (RFC 6265bis section 5.6). */
const maxCookieLength = 4096

/** A pending login and the data of the application. */
export interface Login extends PendingAuthorization {
  readonly data?: Schema.Json
}

const LoginJson = Schema.fromJsonString(
  Schema.Struct({ ...PendingAuthorization.fields, data: Schema.optionalKey(Schema.Json) })
)
const encode = Schema.encodeEffect(LoginJson)
const decode = Schema.decodeUnknownOption(LoginJson)
const encodeData = Schema.encodeEffect(Schema.fromJsonString(Schema.Json))

const encoder = new TextEncoder()

/** Fails if the application's data is not JSON or too long. Returns the field to add to the login. */
export const checkData = (
  data: Schema.Json | undefined
): Effect.Effect<{ readonly data?: Schema.Json }, InvalidCallArgument> =>
  data === undefined ? Effect.succeed({}) : encodeData(data).pipe(
    Effect.mapError(() => new InvalidCallArgument({ issue: "Expected JSON at [\"data\"]" })),
    Effect.filterOrFail(
      (json) => encoder.encode(json).length <= maxDataBytes,
      () => new InvalidCallArgument({ issue: `Expected JSON of at most ${maxDataBytes} bytes at ["data"]` })
    ),
    Effect.as({ data })
  )

export interface LoginCookie {
  /** Returns the id of a login: a hash of its `state`, from which the `state` cannot be computed. */
  readonly idOf: (state: string) => Effect.Effect<string>
  /** Adds the cookie of a login to a response. Fails if the login does not fit into a cookie. */
  readonly keep: (
    response: HttpServerResponse.HttpServerResponse,
    request: HttpServerRequest,
    login: Login
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, InvalidCallArgument>
  /** Returns the pending login with this id, if this browser has started it. */
  readonly find: (request: HttpServerRequest, id: string) => Effect.Effect<Option.Option<Login>>
  /** S3: makes the browser delete the login. */
  readonly forget: (
    response: HttpServerResponse.HttpServerResponse,
    id: string
  ) => HttpServerResponse.HttpServerResponse
}

export const make = Effect.fnUntraced(function*(options: {
  readonly keys: ReadonlyArray<Redacted.Redacted>
  readonly secure: boolean
}): Effect.fn.Return<LoginCookie, DiscordConfigurationError, Aead | Digest.Digest | Kdf | SecureRandom> {
  const digest = yield* Digest.Digest
  const sealed = yield* SealedCookie.make("login", options.keys)
  const attributes = SealedCookie.attributes(options.secure)
  const prefix = `${SealedCookie.nameOf("discord-login", options.secure)}-`
  const nameOf = (id: string) => `${prefix}${id.slice(0, 16)}`

  const open = (request: HttpServerRequest, name: string) => {
    const value = request.cookies[name]
    return value === undefined ? Effect.succeedNone : Effect.map(sealed.open(name, value), Option.flatMap(decode))
  }

  /** Returns the cookies to delete so that one more login fits: those that cannot be opened first, then the oldest. */
  const surplus = Effect.fnUntraced(function*(request: HttpServerRequest) {
    const names = Object.keys(request.cookies).filter((name) => name.startsWith(prefix))
    if (names.length < maxLogins) return []
    const logins = yield* Effect.forEach(names, (name) =>
      Effect.map(open(request, name), (login) => ({
        name,
        expires: Option.match(login, { onNone: () => 0, onSome: ({ expires_at }) => expires_at.epochMilliseconds })
      })))
    return logins.toSorted((a, b) => a.expires - b.expires).slice(0, names.length - maxLogins + 1)
  })

  const idOf = (state: string) => Effect.map(digest.digest(Digest.sha256, encoder.encode(state)), Base64Url.encode)

  return {
    idOf,
    keep: Effect.fnUntraced(function*(response, request, login) {
      const name = nameOf(yield* idOf(Redacted.value(login.state)))
      const value = yield* sealed.seal(name, yield* Effect.orDie(encode(login)))
      if (name.length + value.length > maxCookieLength) {
        return yield* new InvalidCallArgument({
          issue: "Expected data, returnTo and scopes that fit into one cookie together"
        })
      }
      const kept = HttpServerResponse.setCookieUnsafe(response, name, value, {
        ...attributes,
        maxAge: DateTime.distance(yield* DateTime.now, login.expires_at)
      })
      return (yield* surplus(request)).reduce(
        (response, { name }) => HttpServerResponse.expireCookieUnsafe(response, name, attributes),
        kept
      )
    }),
    find: (request, id) => open(request, nameOf(id)),
    forget: (response, id) => HttpServerResponse.expireCookieUnsafe(response, nameOf(id), attributes)
  }
})
