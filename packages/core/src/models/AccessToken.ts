/**
 * What the token endpoint hands out, with an absolute expiry and every secret redacted.
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
 * The longest lifetime that is believed, in seconds: a hundred years. Discord's tokens live 604,800.
 */
const maxLifetime = 3_155_760_000

/**
 * How long Discord's access tokens live: 604,800 seconds. It is assumed where an answer names no `expires_in`.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLifetime: Duration.Duration = Duration.seconds(604_800)

/** F18: beside a token, what cannot be read costs no token; the report names the member, never a value. */
const besideToken = <S extends Schema.Constraint>(member: string, schema: S, instead: Option.Option<S["Type"]>) =>
  Schema.optionalKey(
    Schema.catchDecoding<S>(() =>
      Effect.as(Effect.logWarning(`Discord's token answer has a "${member}" that cannot be read`), instead)
    )(schema)
  )

/**
 * The answer of the token endpoint as Discord sends it (RFC 6749 section 5.1).
 *
 * **Details**
 *
 * A token must not be lost because something beside it is unexpected. An `expires_in` that cannot be read counts as 0, a
 * `scope` or `id_token` as absent, each with a warning; `guild` and `webhook` are not checked here, `fromResponse` reads
 * them.
 *
 * @category models
 * @since 0.1.0
 */
export const AccessTokenResponse = Schema.Struct({
  access_token: Schema.RedactedFromValue(Schema.NonEmptyString),
  token_type: Schema.String,
  expires_in: besideToken("expires_in", Schema.Union([Schema.Number, Schema.String, Schema.Null]), Option.some(0)),
  refresh_token: Schema.optionalKey(Schema.NullOr(Schema.RedactedFromValue(Schema.NonEmptyString))),
  scope: besideToken("scope", Schema.String, Option.none()),
  id_token: besideToken("id_token", Schema.RedactedFromValue(Schema.String), Option.none()),
  guild: Schema.optionalKey(Schema.Unknown),
  /** It holds the webhook's own token. */
  webhook: Schema.optionalKey(Schema.RedactedFromValue(Schema.Json))
})

/**
 * @category models
 * @since 0.1.0
 */
export type AccessTokenResponse = typeof AccessTokenResponse.Type

/**
 * An access token with all that came with it.
 *
 * **Details**
 *
 * It is also the JSON codec of the stores: encoded, `expires_at` is an ISO 8601 instant, so that a stored token expires
 * when Discord says and not when it is read.
 *
 * **Gotchas**
 *
 * The encoded form contains the secrets in plain text. Show, log and serialise the value itself, which redacts them.
 *
 * **Example** (What a log shows, and what a store keeps)
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
  /** Absent after the implicit and client credentials grants. */
  refresh_token: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** With the scope `openid`. */
  id_token: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  /** The guild that a bot was added to, in the advanced bot authorization. */
  guild: Schema.optionalKey(AuthorizedGuild),
  /** The webhook that was made, with the scope `webhook.incoming`. */
  webhook: Schema.optionalKey(Webhook),
  /** The application's own data, which travels with the token through every refresh. */
  data: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
})

/**
 * `Scopes` is what the token was granted, where that is known statically.
 *
 * @category models
 * @since 0.1.0
 */
export interface AccessToken<out Scopes extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope>
  extends Omit<typeof AccessToken.Type, "scopes">
{
  readonly scopes: ReadonlyArray<Scopes>
}

/** F19: absent is Discord's documented lifetime, text is read as a number, and what makes no sense expires at once. */
const lifetime = (expiresIn: AccessTokenResponse["expires_in"]): Duration.Duration => {
  if (expiresIn === undefined || expiresIn === null) return defaultLifetime
  const seconds = typeof expiresIn === "number" ? expiresIn : expiresIn.trim() === "" ? Number.NaN : Number(expiresIn)
  return Number.isNaN(seconds) ? Duration.zero : Duration.seconds(Math.min(Math.max(seconds, 0), maxLifetime))
}

/** F18: what does not decode is left out and reported; the report names the path, never a value. */
const decodeBeside = <S extends Schema.Codec<unknown, unknown>>(member: string, schema: S) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (input: unknown): Effect.Effect<Option.Option<S["Type"]>> =>
    input === undefined || input === null
      ? Effect.succeedNone
      : Effect.matchEffect(decode(input), {
        onFailure: (error) =>
          Effect.as(
            Effect.logWarning(`Discord's token answer has a "${member}" that cannot be read: ${error.message}`),
            Option.none()
          ),
        onSuccess: (value) => Effect.succeedSome(value)
      })
}

const decodeGuild = decodeBeside("guild", AuthorizedGuild)
const decodeWebhook = decodeBeside("webhook", Webhook)

/** The type says what was asked for; the value says what was granted, which may be less or more (F21). */
const granted = <Scope extends OAuth2Scope.OAuth2Scope>(scope: string) =>
  // oxlint-disable-next-line typescript/consistent-type-assertions -- see above
  OAuth2Scope.fromString(scope) as ReadonlyArray<Scope>

/**
 * Turns the answer of the token endpoint into a token that expires at an instant, by the `Clock`.
 *
 * **Details**
 *
 * `previous` is the token that was refreshed. A new refresh token replaces its own, an absent one keeps it (RFC 6749
 * section 6), an absent `scope` means the scopes that were asked for (section 5.1), and the application's own data stay.
 * `expires_in` that is absent counts as 604,800 seconds; zero, negative or unreadable as expired; more than a hundred
 * years as a hundred years.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromResponse = Effect.fnUntraced(function*<
  Scope extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope
>(
  response: AccessTokenResponse,
  options?: {
    /** What was asked for. */
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
 * Whether the token came with a refresh token.
 *
 * @category guards
 * @since 0.1.0
 */
export const isRefreshable = (self: AccessToken): boolean => self.refresh_token !== undefined

/**
 * How long the token still lives, at most zero when it is past its time.
 *
 * @category getters
 * @since 0.1.0
 */
export const timeLeft = (self: AccessToken): Effect.Effect<Duration.Duration> =>
  Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, self.expires_at.epochMilliseconds - now)))

/**
 * Whether the token is past its time, or will be within `margin` (default zero).
 *
 * @category getters
 * @since 0.1.0
 */
export const isExpired = (self: AccessToken, margin: Duration.Input = Duration.zero): Effect.Effect<boolean> =>
  Effect.map(timeLeft(self), Duration.isLessThanOrEqualTo(Duration.fromInputUnsafe(margin)))

/**
 * Whether the token was granted a scope; it narrows the token's type.
 *
 * **Example** (The guilds, where the user allowed it)
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
 * The same token with the application's own data beside it; `undefined` removes them.
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
 * The same token with another's data beside it.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withDataOf = <Scopes extends OAuth2Scope.OAuth2Scope>(
  self: AccessToken<Scopes>,
  other: AccessToken
): AccessToken<Scopes> => withData(self, other.data)
