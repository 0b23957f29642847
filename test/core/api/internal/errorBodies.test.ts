import { DiscordError } from "@discord-oauth2/core"
import { DiscordHttpApi } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import * as errorBodies from "../../../../packages/core/src/api/internal/errorBodies.ts"
import * as errors from "../../../fixtures/errors.ts"
import { decode, encode } from "../../../fixtures/laws.ts"

type Json = Schema.Codec<unknown, unknown>

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

describe("each error and its body", () => {
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

    it(`S6: ${title}: unknown members are ignored`, () => {
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

  it("an older response, invalid_request that names the code or the refresh token, is InvalidGrant too (#2027, #1650)", () => {
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
