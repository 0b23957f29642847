/**
 * One signed-in user: every call that their token may make, with the token kept fresh.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Simplify } from "effect/Types"
import * as Deadline from "../api/Deadline.ts"
import * as DiscordClient from "../api/DiscordClient.ts"
import type { Endpoints } from "../api/DiscordHttpApi.ts"
import * as DiscordOperation from "../api/DiscordOperation.ts"
import { type BearerToken, requiredScopes } from "../api/DiscordSecurity.ts"
import { CurrentUserId } from "../api/RequestMiddleware.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import { type AccessToken, withData } from "../models/AccessToken.ts"
import type { PrivateChannel, PrivateGroupChannel, UnknownChannel } from "../models/Channel.ts"
import type { Entitlement } from "../models/Entitlement.ts"
import type { PartialGuild } from "../models/Guild.ts"
import type { GuildMember } from "../models/GuildMember.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { ApplicationId, UserId } from "../models/Snowflake.ts"
import type { Subscription } from "../models/Subscription.ts"
import { type HttpFailure, OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { Key, StoredToken } from "../tokens/AccessTokenStore.ts"
import { AccessTokenStore, keyToString } from "../tokens/AccessTokenStore.ts"
import { type Failure, TokenRefresh } from "../tokens/TokenRefresh.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/**
 * What every call of a session may fail with beside its own errors: the token can no longer be kept fresh.
 *
 * @category errors
 * @since 0.1.0
 */
export type TokenFailure = Failure | DiscordError.AccessTokenExpired | DiscordError.InvalidAccessToken

/** Who only wants a token asks for no refresh, so that one cannot be had is no error of its own. */
type Unrefreshed = Exclude<TokenFailure, DiscordError.AccessTokenNotRefreshable>

type AnyEndpoint = Extract<Endpoints, HttpApiEndpoint.ConstraintRequest>

/** `application_id` is the session's own unless the call says otherwise. */
type Arguments<Endpoint extends HttpApiEndpoint.ConstraintRequest> = DiscordClient.Arguments<Endpoint> extends infer A
  ? A extends { readonly application_id: ApplicationId }
    ? Simplify<Omit<A, "application_id"> & { readonly application_id?: ApplicationId | undefined }>
  : A
  : never

type Raw<Mode> = { readonly responseMode?: Mode | undefined }

/**
 * One call of a session.
 *
 * @category models
 * @since 0.1.0
 */
export type Method<Endpoint extends HttpApiEndpoint.ConstraintRequest> = <
  Mode extends DiscordClient.ResponseMode = "decoded-only"
>(
  this: Needed<Endpoint["identifier"]>,
  ...request: {} extends Arguments<Endpoint> ? [request?: Arguments<Endpoint> & Raw<Mode>]
    : [request: Arguments<Endpoint> & Raw<Mode>]
) => Effect.Effect<
  HttpApiClient.Client.Response<HttpApiClient.SuccessType<Endpoint["~Success"]>, Mode>,
  DiscordClient.Errors<Endpoint> | TokenFailure
>

/**
 * A session that is known to have a scope. Every call of a session asks for it as its `this`, so that one whose scope
 * the token lacks does not compile, and the compiler's message names the scope.
 *
 * @category endpoints
 * @since 0.1.0
 */
export interface WithScope<in Scope extends OAuth2Scope.OAuth2Scope> {
  /** Present in types alone. */
  readonly "~discord-oauth2/scopes"?: ((scope: Scope) => void) | undefined
}

/** What a call of the declaration asks of its session. */
type Needed<Identifier> = Identifier extends keyof typeof requiredScopes
  ? (typeof requiredScopes)[Identifier] extends infer Scope extends string ? WithScope<Scope> : unknown
  : unknown

/**
 * Every call of the declaration that takes a user's token.
 *
 * @category models
 * @since 0.1.0
 */
export type Methods = {
  readonly [
    E in AnyEndpoint as [Extract<HttpApiEndpoint.Middleware<E>, BearerToken>] extends [never] ? never
      : E["identifier"]
  ]: Method<E>
}

type Named<Identifier> = Extract<AnyEndpoint, { readonly identifier: Identifier }>

/** What the bot sends for the user: the session knows who that is. */
type Joining<Identifier> =
  & Simplify<Omit<DiscordClient.Arguments<Named<Identifier>>, "access_token" | "user_id">>
  & { readonly botToken: Redacted.Redacted }

/** All pages of a call. */
type Pages<A, Identifier extends keyof Methods> = Stream.Stream<A, Effect.Error<ReturnType<Methods[Identifier]>>>

/**
 * One signed-in user.
 *
 * **Example** (The user's name and guilds)
 *
 * ```ts
 * import { type DiscordSession, User } from "@discord-oauth2/core"
 * import { Effect, Stream } from "effect"
 *
 * const greet = Effect.fn(function*(session: DiscordSession.DiscordSession) {
 *   const user = yield* session.getCurrentUser()
 *   const guilds = yield* Stream.runCollect(session.currentUserGuilds())
 *   return `${User.displayName(user)} is in ${guilds.length} servers`
 * })
 * ```
 *
 * **Details**
 *
 * `Scopes` is what the token was asked for, where that is known statically: `open` takes it from the token, and a call
 * that needs another scope does not compile. A session from the store has all calls, and `MissingScope` fails before the
 * request; `hasScope` narrows it.
 *
 * @category models
 * @since 0.1.0
 */
export interface DiscordSession<in Scopes extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope>
  extends Methods, WithScope<Scopes>
{
  readonly userId: UserId

  readonly clientId: ApplicationId

  /** What the token was granted, which a refresh may change. */
  readonly scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>

  /** All of the user's guilds, page after page of 200. */
  readonly currentUserGuilds: (this: WithScope<"guilds">) => Pages<PartialGuild, "getCurrentUserGuilds">

  /** All of the application's entitlements that the filters let through, page after page of 100. */
  readonly entitlements: (
    this: WithScope<"applications.entitlements">,
    filter?: Omit<
      NonNullable<Parameters<Methods["listEntitlements"]>[0]>,
      "limit" | "before" | "after" | "responseMode"
    >
  ) => Pages<Entitlement, "listEntitlements">

  /** All of the user's subscriptions of an SKU, page after page of 100. */
  readonly skuSubscriptions: (
    filter: Omit<Parameters<Methods["listSkuSubscriptions"]>[0], "limit" | "before" | "after" | "responseMode">
  ) => Pages<Subscription, "listSkuSubscriptions">

  /**
   * Adds the user to a guild that the application's bot is in, with the scope `guilds.join`; `undefined` where they are
   * in it already.
   */
  readonly addGuildMember: (
    this: WithScope<"guilds.join">,
    request: Joining<"addGuildMember">
  ) => Effect.Effect<GuildMember | void, DiscordClient.Errors<Named<"addGuildMember">> | TokenFailure>

  /** Adds the user to a group DM of the application's bot, with the scope `gdm.join`; a channel where one was made. */
  readonly groupDmAddRecipient: (
    this: WithScope<"gdm.join">,
    request: Joining<"groupDmAddRecipient">
  ) => Effect.Effect<
    PrivateChannel | PrivateGroupChannel | UnknownChannel | void,
    DiscordClient.Errors<Named<"groupDmAddRecipient">> | TokenFailure
  >

  /** A token that is not past its time, refreshed where needed. */
  readonly accessToken: Effect.Effect<AccessToken, Unrefreshed>

  /** Refreshes the token now, and hands out the new one. */
  readonly refresh: Effect.Effect<AccessToken, Failure>

  /** Changes the application's own data beside the token; `undefined` removes them. */
  readonly setData: (
    data: Readonly<Record<string, Schema.Json>> | undefined
  ) => Effect.Effect<void, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError>

  /**
   * Revokes the authorization at Discord and removes the token from the store.
   *
   * **Details**
   *
   * Where Discord cannot be reached the token still works, so it stays in the store and the error says so;
   * `{ force: true }` removes it all the same.
   */
  readonly signOut: (options?: { readonly force?: boolean | undefined }) => Effect.Effect<
    void,
    HttpFailure | DiscordError.InvalidClient | DiscordError.InvalidOAuth2Request | DiscordError.AccessTokenStoreError
  >
}

/**
 * Whether the token was granted a scope; the session has the calls that need it from there on.
 *
 * **Example** (A part that not every user has consented to)
 *
 * ```ts
 * import { DiscordSession } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const connections = (session: DiscordSession.DiscordSession<"identify">) =>
 *   DiscordSession.hasScope(session, "connections") ? session.getCurrentUserConnections() : Effect.succeed([])
 * ```
 *
 * @category guards
 * @since 0.1.0
 */
export const hasScope = <Scopes extends OAuth2Scope.OAuth2Scope, const Scope extends OAuth2Scope.OAuth2Scope>(
  self: DiscordSession<Scopes>,
  scope: Scope
): self is DiscordSession<Scopes | Scope> => self.scopes.includes(scope)

/** How long a user's calls fail at once after a token that was just refreshed was refused. */
const refusalLasts = 60_000

/** A `PUT` or `DELETE` may be repeated as a read may (RFC 9110 section 9.2.2). */
const isIdempotent = ({ method }: DiscordOperation.DiscordOperation) => method !== "POST" && method !== "PATCH"

const bearerOperations = DiscordOperation.all.filter(({ credential }) => credential === "bearer")

/** There is no token to call with: the policy is about the call, so this passes it by. */
class Unusable {
  readonly error: TokenFailure
  constructor(error: TokenFailure) {
    this.error = error
  }
}

/** Fails at once the first time, and from then on does what it says. */
const failFirst = <A, E, R>(error: E, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  let first = true
  return Effect.suspend(() => {
    if (!first) return effect
    first = false
    return Effect.fail(error)
  })
}

type Request = Readonly<Record<string, unknown>>

/* Reflection forgets the types that `Methods` computes from the same declaration: these two say them again. */
const sender = (api: object, { identifier }: DiscordOperation.DiscordOperation) =>
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the shape of the derived client
  (api as Readonly<Record<string, (request: Request) => Effect.Effect<unknown, DiscordError.DiscordError>>>)[
    identifier
  ] ?? (() => Effect.die(`the client has no ${identifier}`))

// oxlint-disable-next-line typescript/consistent-type-assertions -- built from the declaration that `Methods` reads
const toMethods = (methods: object) => methods as Methods & WithScope<OAuth2Scope.OAuth2Scope>

/**
 * Makes sessions over the store, the refresh and the derived client of the context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeFactory = Effect.gen(function*() {
  const store = yield* AccessTokenStore
  const tokens = yield* TokenRefresh
  const client = yield* OAuth2Client
  const api = yield* DiscordClient.DiscordClient
  /** Generations that were refused although fresh, by user (F23). */
  const refusals = new Map<string, { readonly generation: number; readonly until: number }>()

  const refuse = (id: string, generation: number, now: number) => {
    if (refusals.size >= 1000) {
      for (const [other, { until }] of refusals) if (until <= now) refusals.delete(other)
    }
    refusals.set(id, { generation, until: now + refusalLasts })
  }

  /** What the sessions of all users have in common. */
  const calls = bearerOperations.map((operation) => ({
    identifier: operation.identifier,
    send: sender(api, operation),
    options: { scope: operation.scope, idempotent: isIdempotent(operation) },
    takesApplication: operation.pathParameters.has("application_id")
  }))

  return (key: Key, opened: StoredToken): DiscordSession => {
    const id = keyToString(key)
    let stored = opened

    const adopt = (fresh: StoredToken) =>
      Effect.sync(() => {
        stored = fresh
      })

    /* The refresh continues after the deadline, and the next call uses its result. */
    const refreshFrom = (refused: StoredToken) => Deadline.enforce(Effect.tap(tokens.refresh(key, refused), adopt))

    const expired = new DiscordError.AccessTokenExpired({ refreshable: false })

    const usable: Effect.Effect<StoredToken, Unrefreshed> = Effect.flatMap(
      Clock.currentTimeMillis,
      (now): Effect.Effect<StoredToken, Unrefreshed> => {
        const current = stored
        const refusal = refusals.get(id)
        if (refusal !== undefined && refusal.generation === current.generation && refusal.until > now) {
          return Effect.fail(new DiscordError.InvalidAccessToken({ reason: "rejected" }))
        }
        if (current.token.expires_at.epochMilliseconds > now) {
          return Effect.as(tokens.refreshEarly(key, current, adopt), current)
        }
        return Effect.catchTag(refreshFrom(current), "AccessTokenNotRefreshable", () => Effect.fail(expired))
      }
    )

    const withToken = <A, E>(
      { idempotent, scope }: { readonly idempotent: boolean; readonly scope: OAuth2Scope.OAuth2Scope | null },
      call: (token: AccessToken) => Effect.Effect<A, E>
    ): Effect.Effect<A, E | TokenFailure | DiscordError.MissingScope> =>
      Effect.suspend(() => {
        let used = stored
        let refreshed = false
        const attempt = Effect.flatMap(
          Effect.mapError(usable, (error) => new Unusable(error)),
          (current): Effect.Effect<A, E | DiscordError.MissingScope | Unusable> => {
            used = current
            const granted = current.token.scopes
            return scope === null || granted.includes(scope)
              ? Effect.provideService(call(current.token), CurrentUserId, key.userId)
              : Effect.fail(new DiscordError.MissingScope({ required: [scope], granted }))
          }
        )
        const refresh = Effect.suspend(() => {
          refreshed = true
          return refreshFrom(used)
        })
        return attempt.pipe(
          // Most calls succeed: the policy is made for those that do not, and starts from their error.
          Effect.catch((error) =>
            Effect.flatMap(
              RetryPolicy.RetryPolicy,
              (policy) =>
                Effect.retry(failFirst(error, attempt), RetryPolicy.withinDeadline(policy({ refresh, idempotent })))
            )
          ),
          Effect.catch((error): Effect.Effect<never, E | TokenFailure | DiscordError.MissingScope> =>
            error instanceof Unusable
              ? Effect.fail(error.error)
              : refreshed && error instanceof DiscordError.AccessTokenExpired && error.refreshable
              ? Effect.flatMap(Clock.currentTimeMillis, (now) => {
                refuse(id, used.generation, now)
                return Effect.fail(new DiscordError.InvalidAccessToken({ reason: "rejected" }))
              })
              : Effect.fail(error)
          )
        )
      })

    const derived = toMethods(Object.fromEntries(calls.map(({ identifier, options, send, takesApplication }) => [
      identifier,
      (request: Request = {}) =>
        withToken(options, (accessToken) =>
          takesApplication
            ? send({ ...request, application_id: request.application_id ?? key.clientId, accessToken })
            : send({ ...request, accessToken }))
    ])))

    return {
      ...derived,
      userId: key.userId,
      clientId: key.clientId,
      get scopes() {
        return stored.token.scopes
      },
      currentUserGuilds: () => pages(200, (page) => derived.getCurrentUserGuilds(page)),
      entitlements: (filter) => pages(100, (page) => derived.listEntitlements({ ...filter, ...page })),
      skuSubscriptions: (filter) => pages(100, (page) => derived.listSkuSubscriptions({ ...filter, ...page })),
      addGuildMember: (request) =>
        withToken(
          { scope: requiredScopes.addGuildMember, idempotent: true },
          ({ access_token }) => api.addGuildMember({ ...request, user_id: key.userId, access_token })
        ),
      groupDmAddRecipient: (request) =>
        withToken(
          { scope: requiredScopes.groupDmAddRecipient, idempotent: true },
          ({ access_token }) => api.groupDmAddRecipient({ ...request, user_id: key.userId, access_token })
        ),
      accessToken: Effect.map(usable, ({ token }) => token),
      refresh: Effect.map(Effect.suspend(() => refreshFrom(stored)), ({ token }) => token),
      setData: (data) => Effect.flatMap(setData(store, key, data), adopt),
      signOut: (options) =>
        Effect.gen(function*() {
          const latest = yield* store.get(key).pipe(
            Effect.map(Option.getOrElse(() => stored)),
            // Whoever has a record that cannot be read can sign out all the same.
            Effect.catchIf(DiscordError.isOfRecord, () => Effect.succeed(stored))
          )
          const revoked = client.revoke(latest.token)
          yield* (options?.force === true ? Effect.ignore(revoked) : revoked)
          yield* store.remove(key)
        })
    }
  }
})

/** Page after page, each after the last id of the one before; a page that is not full is the last. */
const pages = <A extends { readonly id: string }, E>(
  limit: number,
  read: (page: { readonly limit: number; readonly after?: A["id"] }) => Effect.Effect<ReadonlyArray<A>, E>
): Stream.Stream<A, E> =>
  Stream.paginate<A["id"] | undefined, A, E, never>(
    undefined,
    (after) =>
      Effect.map(read({ limit, ...(after !== undefined && { after }) }), (page) => [
        page,
        Option.map(Option.fromUndefinedOr(page.length < limit ? undefined : page.at(-1)), ({ id }) => id)
      ])
  )

/** It takes no lock: what a refresh writes meanwhile is another generation, and the data go beside the new token. */
const setData: (
  store: AccessTokenStore["Service"],
  key: Key,
  data: Readonly<Record<string, Schema.Json>> | undefined
) => Effect.Effect<StoredToken, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError> = Effect.fnUntraced(
  function*(store, key, data) {
    const found = yield* store.get(key)
    if (Option.isNone(found)) return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    const { generation, token, ...rest } = found.value
    const written = yield* store.replace(key, generation, { ...rest, token: withData(token, data) })
    return Option.isSome(written) ? written.value : yield* setData(store, key, data)
  }
)
