/** The codecs between Discord's error bodies and our error classes. */
import * as Duration from "effect/Duration"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as DiscordError from "../../errors/DiscordError.ts"
import { sanitize } from "../../internal/sanitize.ts"

const description = (text: string | undefined) => text === undefined ? {} : { description: sanitize(text) }

/** An error class as a schema. */
type Class<Self> = Schema.Codec<Self, unknown> & { readonly identifier: string }

/** Sets the HTTP status of a body, and the error's tag as its description in the OpenAPI document. */
const respondsWith =
  ({ identifier }: { readonly identifier: string }, status: number) => <S extends Schema.Top>(self: S) =>
    self.annotate({ description: identifier.slice(identifier.lastIndexOf("/") + 1) }).pipe(HttpApiSchema.status(status))

/**
 * The member of an RFC 6749 error object besides its code.
 */
export interface Described {
  readonly description?: string
}

/** An RFC 6749 section 5.2 error object. */
const oauth2 = <Self extends Described, const Code extends string>(
  Class: Class<Self> & (new(fields: Described) => Self),
  error: Code,
  status: number
) =>
  Schema.Struct({ error: Schema.Literal(error), error_description: Schema.optionalKey(Schema.String) }).pipe(
    Schema.decodeTo(
      Schema.toType(Class),
      SchemaTransformation.transform({
        decode: (wire): Self => new Class(description(wire.error_description)),
        encode: (self: Self) => ({
          error,
          ...(self.description !== undefined && { error_description: self.description })
        })
      })
    ),
    respondsWith(Class, status)
  )

/** Discord's error object with a JSON code, decoded as the class that `make` returns. */
const coded = <Self, const Code extends number>(
  Class: Class<Self>,
  row: { readonly code: Code; readonly status: number; readonly says: string },
  make: () => Self
) =>
  Schema.Struct({ code: Schema.Literal(row.code), message: Schema.String }).pipe(
    Schema.decodeTo(
      Schema.toType(Class),
      SchemaTransformation.transform({ decode: make, encode: (_: Self) => ({ code: row.code, message: row.says }) })
    ),
    respondsWith(Class, row.status)
  )

/**
 * The codec of a class of `errors/JsonError`, from the class's own row.
 */
export const json = <Self, const Code extends number>(
  Class: Class<Self> & (new() => Self) & {
    readonly code: Code
    readonly status: number
    readonly says: string
  }
) => coded(Class, Class, () => new Class())

/**
 * The members of Discord's error object, and the HTTP status.
 */
export interface HttpErrorFields {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly errors?: unknown
}

/** Discord's error object with a code that has no class of its own. */
const http = <Self extends HttpErrorFields>(
  Class: Class<Self> & (new(fields: HttpErrorFields) => Self),
  status: number
) =>
  Schema.Struct({
    message: Schema.String,
    code: Schema.Number,
    errors: Schema.optionalKey(Schema.Unknown)
  }).pipe(
    Schema.decodeTo(
      Schema.toType(Class),
      SchemaTransformation.transform({
        decode: (wire): Self => new Class({ status, ...wire }),
        encode: (self: Self): { readonly message: string; readonly code: number; readonly errors?: unknown } => ({
          message: self.message,
          code: self.code,
          ...(self.errors !== undefined && { errors: self.errors })
        })
      })
    ),
    respondsWith(Class, status)
  )

/**
 * `invalid_grant`, and the `invalid_request` that Discord sent for a code or refresh token in the past.
 */
export const InvalidGrant = Schema.Struct({
  error: Schema.Literals(["invalid_grant", "invalid_request"]),
  error_description: Schema.optionalKey(Schema.String)
}).check(
  Schema.makeFilter((wire) =>
    wire.error === "invalid_grant" || /"(code|refresh_token)"/.test(wire.error_description ?? "")
  )
).pipe(
  Schema.decodeTo(
    Schema.toType(DiscordError.InvalidGrant),
    SchemaTransformation.transform({
      decode: (wire) => new DiscordError.InvalidGrant(description(wire.error_description)),
      encode: (self: DiscordError.InvalidGrant): {
        readonly error: "invalid_grant" | "invalid_request"
        readonly error_description?: string
      } => ({
        error: "invalid_grant",
        ...(self.description !== undefined && { error_description: self.description })
      })
    })
  ),
  respondsWith(DiscordError.InvalidGrant, 400)
)

/**
 * `invalid_client`: the application's credentials are wrong.
 */
export const InvalidClient = oauth2(DiscordError.InvalidClient, "invalid_client", 401)

/**
 * `invalid_scope`: a scope is unknown, unapproved or does not fit the grant.
 */
export const InvalidScope = oauth2(DiscordError.InvalidScope, "invalid_scope", 400)

/**
 * `invalid_request` that is not about a code or a refresh token.
 */
export const InvalidOAuth2Request = oauth2(DiscordError.InvalidOAuth2Request, "invalid_request", 400)

/**
 * `unsupported_grant_type`, which Discord also sends for a JSON body.
 */
export const UnsupportedGrantType = oauth2(DiscordError.UnsupportedGrantType, "unsupported_grant_type", 400)

/**
 * RFC 6749 `unauthorized_client`, decoded as `UnsupportedGrantType` because the advice is the same.
 */
export const UnauthorizedClient = oauth2(DiscordError.UnsupportedGrantType, "unauthorized_client", 400)

/**
 * 401 with code 0 to a bearer token. The client sets `refreshable`, which the body does not tell.
 */
export const AccessTokenExpired = coded(
  DiscordError.AccessTokenExpired,
  { code: 0, status: 401, says: "401: Unauthorized" },
  () => new DiscordError.AccessTokenExpired({ refreshable: true })
)

/**
 * Code 50026. The client sets `required`, which the body does not tell.
 */
export const MissingScope = coded(
  DiscordError.MissingScope,
  { code: 50026, status: 403, says: "Missing required OAuth2 scope" },
  () => new DiscordError.MissingScope({ required: [], granted: [] })
)

/**
 * 401 with code 0 to a bot token.
 */
export const InvalidBotToken = coded(
  DiscordError.InvalidBotToken,
  { code: 0, status: 401, says: "401: Unauthorized" },
  () => new DiscordError.InvalidBotToken()
)

/**
 * Code 50025: the user's access token does not work, or belongs to another user or another application than the bot.
 */
export const InvalidAccessToken = coded(
  DiscordError.InvalidAccessToken,
  { code: 50025, status: 403, says: "Invalid OAuth2 access token" },
  () => new DiscordError.InvalidAccessToken({ reason: "rejected" })
)

/**
 * Code 50035, with its nested `errors`.
 *
 * @category errors
 * @since 0.1.0
 */
export const InvalidFormBody = Schema.Struct({
  code: Schema.Literal(50035),
  message: Schema.String,
  errors: Schema.optionalKey(Schema.Unknown)
}).pipe(
  Schema.decodeTo(
    Schema.toType(DiscordError.InvalidFormBody),
    SchemaTransformation.transform({
      decode: ({ errors }) => new DiscordError.InvalidFormBody({ errors: errors ?? {} }),
      encode: (
        { errors }: DiscordError.InvalidFormBody
      ): { readonly code: 50035; readonly message: string; readonly errors?: unknown } => ({
        code: 50035,
        message: "Invalid Form Body",
        errors
      })
    })
  ),
  respondsWith(DiscordError.InvalidFormBody, 400)
)

/**
 * 400 with any other code.
 */
export const DiscordBadRequest = http(DiscordError.DiscordBadRequest, 400)

/**
 * 403 with any other code.
 */
export const DiscordForbidden = http(DiscordError.DiscordForbidden, 403)

/**
 * 404 with any other code.
 */
export const DiscordNotFound = http(DiscordError.DiscordNotFound, 404)

/**
 * 5xx.
 */
export const DiscordServerError = http(DiscordError.DiscordServerError, 500)

/**
 * 429. The client reads `scope` from the header `X-RateLimit-Scope`.
 *
 * @see https://discord.com/developers/docs/topics/rate-limits
 */
export const RateLimited = Schema.Struct({
  message: Schema.String,
  retry_after: Schema.Number,
  global: Schema.Boolean,
  code: Schema.optionalKey(Schema.Number)
}).pipe(
  Schema.decodeTo(
    Schema.toType(DiscordError.RateLimited),
    SchemaTransformation.transform({
      decode: (wire) =>
        new DiscordError.RateLimited({
          retryAfter: retryAfter(wire.retry_after),
          global: wire.global,
          scope: wire.global ? "global" : "user"
        }),
      encode: (self: DiscordError.RateLimited) => ({
        message: "You are being rate limited.",
        retry_after: Duration.toSeconds(self.retryAfter),
        global: self.global
      })
    })
  ),
  respondsWith(DiscordError.RateLimited, 429)
)

/**
 * The duration of a `retry_after` in seconds: one second when it is not a number, zero when it is negative, and at most
 * thirty days. Values of about a day are real: 82,721 seconds were seen.
 */
export const retryAfter = (seconds: number): Duration.Duration =>
  Number.isNaN(seconds) ? Duration.seconds(1) : Duration.seconds(Math.min(Math.max(seconds, 0), 2_592_000))
