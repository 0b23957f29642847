/**
 * A token that the token endpoint issued, with an absolute expiry and redacted secrets.
 *
 * @see https://discord.com/developers/docs/topics/oauth2
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { AuthorizedGuild } from "./Guild.ts"
import * as OAuth2Scope from "./OAuth2Scope.ts"
import { Webhook } from "./Webhook.ts"

/**
 * The longest lifetime that is accepted: 100 years, in seconds. Discord's tokens live 604,800 seconds.
 */
const maxLifetime = 3_155_760_000

/**
 * The lifetime of Discord's access tokens: 604,800 seconds (7 days). It applies when a response has no `expires_in`.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLifetime: Duration.Duration = Duration.seconds(604_800)

/**
 * F18 (docs/checklist.md): an unreadable member does not cost the token. The warning names the member, never a value.
 */
const tolerant = <S extends Schema.Constraint>(member: string, schema: S, instead: Option.Option<S["Type"]>) =>
  Schema.optionalKey(
    Schema.catchDecoding<S>(() =>
      Effect.as(Effect.logWarning(`Discord's token response has a "${member}" that cannot be read`), instead)
    )(schema)
  )

/**
 * The response of the token endpoint, as Discord sends it (RFC 6749 section 5.1).
 *
 * **Details**
 *
 * An unexpected member does not cost the token. An unreadable `expires_in` counts as 0, and an unreadable `scope` or
 * `id_token` as absent. Each logs a warning. `guild` and `webhook` are not checked here: {@link fromResponse} decodes
 * them.
 *
 * @category models
 * @since 0.1.0
 */
export const AccessTokenResponse = Schema.Struct({
  access_token: Schema.RedactedFromValue(Schema.NonEmptyString),
  token_type: Schema.String,
  expires_in: tolerant("expires_in", Schema.Union([Schema.Number, Schema.String, Schema.Null]), Option.some(0)),
  refresh_token: Schema.optionalKey(Schema.NullOr(Schema.RedactedFromValue(Schema.NonEmptyString))),
  scope: tolerant("scope", Schema.String, Option.none()),
  id_token: tolerant("id_token", Schema.RedactedFromValue(Schema.String), Option.none()),
  guild: Schema.optionalKey(Schema.Unknown),
  /** Contains the webhook's own token. */
  webhook: Schema.optionalKey(Schema.RedactedFromValue(Schema.Json))
})

/**
 * @category models
 * @since 0.1.0
 */
export type AccessTokenResponse = typeof AccessTokenResponse.Type

/**
 * An access token, with everything that Discord sent with it.
 *
 * **Details**
 *
 * Stores use this schema as their JSON codec. The encoded `expires_at` is an ISO 8601 instant: a stored token expires
 * when Discord says, whenever it is read.
 *
 * **Gotchas**
 *
 * The encoded form contains the secrets in plain text. Log the value itself, which redacts them.
 *
 * **Example** (The logged and the stored form)
 *
 * ```ts
 * import { AccessToken } from "@discord-oauth2/core"
 * import { DateTime, Redacted, Schema } from "effect"
 *
 * const token = AccessToken.AccessToken.make({
 *   access_token: Redacted.make("6qrZcUqja7812RVdnEKjpzOL4CvHBFG"),
 *   expires_at: DateTime.makeUnsafe("2026-01-08T00:00:00Z"),
 *   scopes: ["identify"]
 * })
 *
 * String(token.access_token) // => "<redacted>"
 *
 * Schema.encodeSync(AccessToken.AccessToken)(token).expires_at // => "2026-01-08T00:00:00.000Z"
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export const AccessToken = Schema.Struct({
  access_token: Schema.RedactedFromValue(Schema.NonEmptyString),
  expires_at: Schema.DateTimeUtcFromString,
  scopes: Schema.Array(OAuth2Scope.OAuth2Scope),
  /** Absent after the implicit grant and the client credentials grant. */
  refresh_token: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** Present with the `openid` scope. */
  id_token: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  /** The guild that the bot was added to, after an advanced bot authorization. */
  guild: Schema.optionalKey(AuthorizedGuild),
  /** The webhook that Discord created, with the `webhook.incoming` scope. */
  webhook: Schema.optionalKey(Webhook),
  /** The application's own data. A refresh keeps it. */
  data: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
})

/**
 * A token. `Scopes` are the granted scopes, as far as the compiler knows them.
 *
 * @category models
 * @since 0.1.0
 */
export interface AccessToken<out Scopes extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope>
  extends Omit<typeof AccessToken.Type, "scopes">
{
  readonly scopes: ReadonlyArray<Scopes>
}

/**
 * F19: an absent `expires_in` is the documented lifetime, a string is read as a number, and
 * anything else expires at once.
 */
const lifetime = (expiresIn: AccessTokenResponse["expires_in"]): Duration.Duration => {
  if (expiresIn === undefined || expiresIn === null) return defaultLifetime
  const seconds = typeof expiresIn === "number" ? expiresIn : expiresIn.trim() === "" ? Number.NaN : Number(expiresIn)
  return Number.isNaN(seconds) ? Duration.zero : Duration.seconds(Math.min(Math.max(seconds, 0), maxLifetime))
}

/** F18: a member that does not decode is left out. The warning names its path, never a value. */
const decodeTolerantly = <S extends Schema.Codec<unknown, unknown>>(member: string, schema: S) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (input: unknown): Effect.Effect<Option.Option<S["Type"]>> =>
    input === undefined || input === null
      ? Effect.succeedNone
      : Effect.matchEffect(decode(input), {
        onFailure: (error) =>
          Effect.as(
            Effect.logWarning(`Discord's token response has a "${member}" that cannot be read: ${error.message}`),
            Option.none()
          ),
        onSuccess: (value) => Effect.succeedSome(value)
      })
}

const decodeGuild = decodeTolerantly("guild", AuthorizedGuild)
const decodeWebhook = decodeTolerantly("webhook", Webhook)

/** The type holds the requested scopes. The value holds the granted scopes, which may be fewer or more (F21). */
const granted = <Scope extends OAuth2Scope.OAuth2Scope>(scope: string) =>
  // oxlint-disable-next-line typescript/consistent-type-assertions -- see above
  OAuth2Scope.fromString(scope) as ReadonlyArray<Scope>

/**
 * Creates a token from the response of the token endpoint. The `Clock` gives the instant of receipt.
 *
 * **Details**
 *
 * - A new refresh token replaces the previous one. Without a new one, the previous one stays (RFC 6749 section 6).
 * - An absent `scope` means the requested scopes (RFC 6749 section 5.1).
 * - The application's own data stays.
 * - An absent `expires_in` counts as 604,800 seconds, a zero, negative or unreadable one as expired, and more than 100
 *   years as 100 years.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromResponse = Effect.fnUntraced(function*<
  Scope extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope
>(
  response: AccessTokenResponse,
  options?: {
    /** The requested scopes. */
    readonly scopes?: ReadonlyArray<Scope> | undefined
    /** The token that was refreshed. */
    readonly previous?: AccessToken<Scope> | undefined
  }
): Effect.fn.Return<AccessToken<Scope>> {
  const now = yield* Clock.currentTimeMillis
  const previous = options?.previous
  const refreshToken = response.refresh_token ?? previous?.refresh_token
  const idToken = response.id_token ?? previous?.id_token
  const guild = Option.getOrElse(yield* decodeGuild(response.guild), () => previous?.guild)
  const webhook = Option.getOrElse(
    yield* decodeWebhook(response.webhook && Redacted.value(response.webhook)),
    () => previous?.webhook
  )
  return {
    access_token: response.access_token,
    expires_at: DateTime.makeUnsafe(now + Duration.toMillis(lifetime(response.expires_in))),
    scopes: response.scope === undefined
      ? previous?.scopes ?? options?.scopes ?? []
      : granted(response.scope),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(guild !== undefined && { guild }),
    ...(webhook !== undefined && { webhook }),
    ...(previous?.data !== undefined && { data: previous.data })
  }
})

/**
 * Checks whether the token has a refresh token.
 *
 * @category guards
 * @since 0.1.0
 */
export const isRefreshable = (self: AccessToken): boolean => self.refresh_token !== undefined

/**
 * Returns the time until the token expires, by the `Clock`, or zero when it has expired.
 *
 * @category getters
 * @since 0.1.0
 */
export const timeLeft = (self: AccessToken): Effect.Effect<Duration.Duration> =>
  Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, self.expires_at.epochMilliseconds - now)))

/**
 * Checks whether the token has expired, or expires within `margin` (default: zero).
 *
 * @category getters
 * @since 0.1.0
 */
export const isExpired = (self: AccessToken, margin: Duration.Input = Duration.zero): Effect.Effect<boolean> =>
  Effect.map(timeLeft(self), Duration.isLessThanOrEqualTo(Duration.fromInputUnsafe(margin)))

/**
 * Checks whether the token has a scope, and narrows the type of the token.
 *
 * **Example** (The guilds of the user, if the user granted the scope)
 *
 * ```ts
 * import { AccessToken, DiscordClient } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const guilds = Effect.fn(function*(token: AccessToken.AccessToken) {
 *   if (!AccessToken.hasScope("guilds")(token)) return []
 *   const discord = yield* DiscordClient.DiscordClient
 *   return yield* discord.getCurrentUserGuilds({ accessToken: token })
 * })
 * ```
 *
 * @category guards
 * @since 0.1.0
 */
export const hasScope =
  <const Scope extends OAuth2Scope.OAuth2Scope>(scope: Scope) => (self: AccessToken): self is AccessToken<Scope> =>
    self.scopes.includes(scope)

/**
 * Returns the token with the application's own data. `undefined` removes the data.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withData = <Scopes extends OAuth2Scope.OAuth2Scope>(
  self: AccessToken<Scopes>,
  data: Readonly<Record<string, Schema.Json>> | undefined
): AccessToken<Scopes> => {
  const { data: _, ...rest } = self
  return data === undefined ? rest : { ...rest, data }
}

/**
 * Returns the token with the application's own data of another token.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withDataOf = <Scopes extends OAuth2Scope.OAuth2Scope>(
  self: AccessToken<Scopes>,
  other: AccessToken
): AccessToken<Scopes> => withData(self, other.data)
