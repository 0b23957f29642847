/**
 * The JSON of Discord's documentation through the declaration and back: each answer, form and error body, without loss.
 */
import { AccessToken, DiscordError } from "@discord-oauth2/core"
import { DiscordHttpApi } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as errorBodies from "../../../packages/core/src/api/internal/errorBodies.ts"
import { answers, bodies } from "../../fixtures/documented.ts"
import * as errors from "../../fixtures/errors.ts"
import { decode, encode } from "../../fixtures/laws.ts"
import * as oauth2 from "../../fixtures/oauth2.ts"

type Json = Schema.Codec<unknown, unknown>

interface Declared {
  readonly identifier: string
  readonly success: ReadonlySet<Json>
  readonly payload: ReadonlyMap<string, { readonly schemas: ReadonlyArray<Json> }>
}

const groups: Readonly<Record<string, { readonly endpoints: object }>> = DiscordHttpApi.DiscordHttpApi.groups

const endpoints = Object.values(groups).flatMap(({ endpoints }): ReadonlyArray<Declared> => Object.values(endpoints))

const json = (schemas: Iterable<Json>) => Schema.toCodecJson(Schema.Union(Array.from(schemas)))

describe("each documented answer decodes at its endpoint and comes back as it was", () => {
  it("no endpoint is left out", () => {
    assert.deepStrictEqual(Object.keys(answers), endpoints.map(({ identifier }) => identifier))
  })

  it("one without an example has no content, or one that is ignored", () => {
    assert.deepStrictEqual(
      endpoints.filter(({ identifier }) => answers[identifier]?.length === 0).map(({ identifier }) => identifier),
      endpoints.filter(({ identifier, success }) =>
        identifier === "revokeToken" || Array.from(success).every(({ ast }) => HttpApiSchema.isNoContent(ast))
      ).map(({ identifier }) => identifier)
    )
  })

  for (const { identifier, success } of endpoints) {
    for (const [index, answer] of (answers[identifier] ?? []).entries()) {
      it(`${identifier}, example ${index + 1}`, () => {
        const schema = json(success)
        assert.deepStrictEqual(encode(schema, decode(schema, answer)), answer)
      })
    }
  }
})

describe("each documented body is what its endpoint sends", () => {
  const withBody = endpoints.filter(({ payload }) => payload.size > 0)

  it("no endpoint with a body is left out", () => {
    assert.deepStrictEqual(Object.keys(bodies), withBody.map(({ identifier }) => identifier))
  })

  it("one without an example is a form with a file", () => {
    assert.deepStrictEqual(
      withBody.filter(({ identifier }) => bodies[identifier]?.length === 0).map(({ identifier }) => identifier),
      withBody.filter(({ payload }) => payload.has("multipart/form-data")).map(({ identifier }) => identifier)
    )
  })

  for (const { identifier, payload } of withBody) {
    for (const [index, body] of (bodies[identifier] ?? []).entries()) {
      it(`${identifier}, example ${index + 1}`, () => {
        const schema = json(Array.from(payload.values()).flatMap(({ schemas }) => schemas))
        assert.deepStrictEqual(encode(schema, decode(schema, body)), body)
      })
    }
  }
})

describe("the documented token answers", () => {
  const documented = {
    "authorization code": oauth2.accessToken,
    "client credentials": oauth2.clientCredentials,
    "extended bot authorization": oauth2.extendedBotAuthorization,
    "webhook": oauth2.webhookAuthorization,
    "device": oauth2.socialLayer,
    "child application": oauth2.childApplication,
    "openid": { ...oauth2.accessToken, scope: "identify openid", id_token: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" }
  }

  for (const [name, answer] of Object.entries(documented)) {
    const secrets = [
      answer.access_token,
      ..."refresh_token" in answer ? [answer.refresh_token] : [],
      ..."id_token" in answer ? [answer.id_token] : [],
      ..."webhook" in answer ? [answer.webhook.token, answer.webhook.url] : []
    ]

    it(`S33: ${name}: decoded, no secret shows`, () => {
      const decoded = decode(AccessToken.AccessTokenResponse, answer)
      const shown = `${JSON.stringify(decoded)} ${String(decoded)}`
      for (const secret of secrets) assert.notInclude(shown, secret)
    })

    it.effect(`S33: ${name}: the token carries all of it, is stored and read back the same, and shows no secret`, () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2021, 0, 16))
        const token = yield* AccessToken.fromResponse(decode(AccessToken.AccessTokenResponse, answer))
        const stored = encode(AccessToken.AccessToken, token)
        const { expires_in: _lifetime, scope, token_type: _type, ...rest } = answer
        assert.deepStrictEqual(stored, {
          ...rest,
          scopes: scope.split(" "),
          expires_at: "2021-01-23T00:00:00.000Z"
        })
        const read = decode(AccessToken.AccessToken, stored)
        assert.isTrue(Equal.equals(read, token))
        assert.strictEqual(Redacted.value(read.access_token), answer.access_token)
        assert.isTrue(DateTime.Equivalence(read.expires_at, DateTime.makeUnsafe("2021-01-23T00:00:00Z")))
        const shown = `${JSON.stringify(token)} ${String(token)}`
        for (const secret of secrets) assert.notInclude(shown, secret)
      }))
  }

  it.effect("a token with the application's own data is stored and read back the same", () =>
    Effect.gen(function*() {
      const response = decode(AccessToken.AccessTokenResponse, oauth2.webhookAuthorization)
      const token = AccessToken.withData(yield* AccessToken.fromResponse(response), {
        theme: "dark",
        visits: [1, null]
      })
      const back = decode(AccessToken.AccessToken, encode(AccessToken.AccessToken, token))
      assert.isTrue(Equal.equals(back, token))
    }))
})

const httpFields = { message: "Unknown Guild", code: 10004 }

/** Each pair of errorBodies: the error, the body that stands for it, and its status. */
const pairs: ReadonlyArray<readonly [schema: Json, error: object, body: object, status: number]> = [
  [
    errorBodies.InvalidGrant,
    new DiscordError.InvalidGrant({ description: "Invalid \"code\" in request." }),
    { error: "invalid_grant", error_description: "Invalid \"code\" in request." },
    400
  ],
  [errorBodies.InvalidGrant, new DiscordError.InvalidGrant({}), { error: "invalid_grant" }, 400],
  [errorBodies.InvalidClient, new DiscordError.InvalidClient({}), { error: "invalid_client" }, 401],
  [
    errorBodies.InvalidScope,
    new DiscordError.InvalidScope({ description: "The requested scope is invalid, unknown, or malformed." }),
    { error: "invalid_scope", error_description: "The requested scope is invalid, unknown, or malformed." },
    400
  ],
  [
    errorBodies.InvalidOAuth2Request,
    new DiscordError.InvalidOAuth2Request({ description: "Invalid \"redirect_uri\" in request." }),
    { error: "invalid_request", error_description: "Invalid \"redirect_uri\" in request." },
    400
  ],
  [
    errorBodies.UnsupportedGrantType,
    new DiscordError.UnsupportedGrantType({ description: "Grant type None is not supported" }),
    { error: "unsupported_grant_type", error_description: "Grant type None is not supported" },
    400
  ],
  [errorBodies.UnauthorizedClient, new DiscordError.UnsupportedGrantType({}), { error: "unauthorized_client" }, 400],
  [errorBodies.json(DiscordError.UnknownGuild), new DiscordError.UnknownGuild(), {
    code: 10004,
    message: "Unknown Guild"
  }, 404],
  [errorBodies.json(DiscordError.UnknownApplicationCommand), new DiscordError.UnknownApplicationCommand(), {
    code: 10063,
    message: "Unknown application command"
  }, 404],
  [
    errorBodies.json(DiscordError.UnknownEntitlement),
    new DiscordError.UnknownEntitlement(),
    { code: 10029, message: "Unknown Entitlement" },
    404
  ],
  [errorBodies.json(DiscordError.UnknownLobby), new DiscordError.UnknownLobby(), {
    code: 10031,
    message: "Unknown Lobby"
  }, 404],
  [errorBodies.json(DiscordError.MaximumApplicationCommands), new DiscordError.MaximumApplicationCommands(), {
    code: 30032,
    message: "Maximum number of application commands reached (100)"
  }, 400],
  [errorBodies.json(DiscordError.UserIsBanned), new DiscordError.UserIsBanned(), {
    code: 40007,
    message: "The user is banned from this guild."
  }, 403],
  [
    errorBodies.json(DiscordError.MissingPermissions),
    new DiscordError.MissingPermissions(),
    { code: 50013, message: "Missing Permissions" },
    403
  ],
  [
    errorBodies.InvalidFormBody,
    new DiscordError.InvalidFormBody({
      errors: { access_token: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] } }
    }),
    {
      code: 50035,
      message: "Invalid Form Body",
      errors: { access_token: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] } }
    },
    400
  ],
  [
    errorBodies.AccessTokenExpired,
    new DiscordError.AccessTokenExpired({ refreshable: true }),
    { code: 0, message: "401: Unauthorized" },
    401
  ],
  [
    errorBodies.MissingScope,
    new DiscordError.MissingScope({ required: [], granted: [] }),
    { code: 50026, message: "Missing required OAuth2 scope" },
    403
  ],
  [errorBodies.InvalidBotToken, new DiscordError.InvalidBotToken(), { code: 0, message: "401: Unauthorized" }, 401],
  [
    errorBodies.json(DiscordError.UserIsAtGuildLimit),
    new DiscordError.UserIsAtGuildLimit(),
    { code: 30001, message: "Maximum number of guilds reached (100)" },
    400
  ],
  [
    errorBodies.InvalidAccessToken,
    new DiscordError.InvalidAccessToken({ reason: "rejected" }),
    { code: 50025, message: "Invalid OAuth2 access token" },
    403
  ],
  ...[errors.arrayError, errors.objectError, errors.requestError, errors.jsonError].map((body) =>
    [errorBodies.DiscordBadRequest, new DiscordError.DiscordBadRequest({ status: 400, ...body }), body, 400] as const
  ),
  [
    errorBodies.DiscordBadRequest,
    new DiscordError.DiscordBadRequest({ status: 400, message: "400: Bad Request", code: 0 }),
    { message: "400: Bad Request", code: 0 },
    400
  ],
  [errorBodies.DiscordForbidden, new DiscordError.DiscordForbidden({ status: 403, ...httpFields }), httpFields, 403],
  [errorBodies.DiscordNotFound, new DiscordError.DiscordNotFound({ status: 404, ...httpFields }), httpFields, 404],
  [
    errorBodies.DiscordServerError,
    new DiscordError.DiscordServerError({ status: 500, message: "500: Internal Server Error", code: 0 }),
    { message: "500: Internal Server Error", code: 0 },
    500
  ],
  [
    errorBodies.RateLimited,
    new DiscordError.RateLimited({ retryAfter: Duration.seconds(64.57), global: false, scope: "user" }),
    errors.userRateLimit,
    429
  ],
  [
    errorBodies.RateLimited,
    new DiscordError.RateLimited({ retryAfter: Duration.seconds(64.57), global: true, scope: "global" }),
    errors.globalRateLimit,
    429
  ]
]

interface Responses {
  readonly responses: Readonly<Record<string, { readonly description: string }>>
}

/** Each status of each call, with what our document calls it. */
const responses = Object.values<Readonly<Record<string, Responses>>>(
  JSON.parse(JSON.stringify(DiscordHttpApi.openApi().paths))
).flatMap((methods) =>
  Object.values(methods).flatMap(({ responses }) =>
    Object.entries(responses).map(([status, { description }]) => [status, description.split(" | ")] as const)
  )
)

describe("each error and the body that stands for it", () => {
  it("none of errorBodies's is left out", () => {
    const schemas = Object.entries(errorBodies).filter(([, value]) => Schema.isSchema(value)).map(([name]) => name)
    const named = Object.entries(errorBodies).filter(([, value]) => pairs.some(([schema]) => schema === value))
    assert.deepStrictEqual(named.map(([name]) => name), schemas)
  })

  for (const [schema, error, body, status] of pairs) {
    const title = `${error.constructor.name}, ${status} ${JSON.stringify(body).slice(0, 60)}`

    it(`${title}: is written as that body and read back the same`, () => {
      const codec = Schema.toCodecJson(schema)
      assert.deepStrictEqual(encode(codec, error), body)
      const back = decode(codec, body)
      assert.isTrue(Equal.equals(back, error))
      assert.strictEqual(Object.getPrototypeOf(back), Object.getPrototypeOf(error))
    })

    it(`S6: ${title}: members that are not known do not disturb`, () => {
      assert.isTrue(Equal.equals(decode(Schema.toCodecJson(schema), { ...body, unknown: { of: 2030 } }), error))
    })

    it(`${title}: has that status wherever it is declared`, () => {
      const found = responses.filter(([, names]) => names.includes(error.constructor.name)).map(([status]) => status)
      assert.deepStrictEqual(Array.from(new Set(found)), [String(status)])
    })
  }

  it("errors are compared by what they say", () => {
    assert.isFalse(Equal.equals(pairs[0]?.[1], pairs[1]?.[1]))
    const [one, other] = [1, 2].map((code) => new DiscordError.DiscordNotFound({ ...httpFields, status: 404, code }))
    assert.isFalse(Equal.equals(one, other))
  })

  it("an older answer, invalid_request that names the code or the refresh token, is InvalidGrant too (#2027, #1650)", () => {
    for (const name of ["code", "refresh_token"]) {
      const description = `Invalid "${name}" in request.`
      const back = decode(Schema.toCodecJson(errorBodies.InvalidGrant), {
        error: "invalid_request",
        error_description: description
      })
      assert.isTrue(Equal.equals(back, new DiscordError.InvalidGrant({ description })))
    }
  })

  it("a shared limit's own message is read as any other's", () => {
    const back = decode(Schema.toCodecJson(errorBodies.RateLimited), errors.resourceRateLimit)
    const expected = { retryAfter: Duration.seconds(1336.57), global: false, scope: "user" }
    assert.isTrue(Equal.equals(back, new DiscordError.RateLimited(expected)))
  })
})
