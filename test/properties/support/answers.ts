/** Responses of Discord, of Cloudflare and of other servers. */
import type * as Stub from "../../support/StubDiscord.ts"
import * as Hostile from "./Hostile.ts"
import type { Random } from "./Random.ts"

/** The errors of any call. */
export const client = [
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "DiscordServerError",
  "UnexpectedStatus",
  "RateLimited",
  "CloudflareBlocked",
  "DiscordTransportError",
  "MalformedResponse"
] as const

/** The errors of any grant. */
export const grant = [
  ...client,
  "InvalidClient",
  "InvalidScope",
  "InvalidOAuth2Request",
  "UnsupportedGrantType"
] as const

const statuses = [
  200,
  200,
  201,
  202,
  204,
  205,
  206,
  299,
  300,
  301,
  302,
  304,
  307,
  308,
  400,
  400,
  400,
  401,
  401,
  403,
  403,
  404,
  405,
  408,
  409,
  418,
  422,
  429,
  429,
  429,
  499,
  500,
  502,
  503,
  504,
  520,
  525,
  530,
  599
] as const

const codes = [
  0,
  0,
  10004,
  10063,
  30001,
  30032,
  40001,
  40007,
  40333,
  50013,
  50014,
  50025,
  50026,
  50035,
  340015
] as const

const errors = [
  "invalid_grant",
  "invalid_client",
  "invalid_scope",
  "invalid_request",
  "unsupported_grant_type",
  "unauthorized_client",
  "temporarily_unavailable",
  "slow_down"
] as const

const descriptions = [
  "Invalid \"code\" in request.",
  "Invalid \"refresh_token\" in request.",
  "Invalid \"redirect_uri\""
] as const

const discord = (random: Random): unknown => ({
  message: random.oneOf(() => "401: Unauthorized", () => Hostile.text(random)),
  code: random.pick(codes),
  ...(random.chance(0.3) && { errors: Hostile.json(random, 5) })
})

const rfc6749 = (random: Random): unknown => ({
  error: random.oneOf<string>(() => random.pick(errors), () => random.pick(errors), () => Hostile.text(random)),
  ...(random.chance(0.7) && {
    error_description: random.oneOf<string>(() => random.pick(descriptions), () => Hostile.text(random))
  })
})

const limited = (random: Random): unknown => ({
  message: "You are being rate limited.",
  retry_after: random.pick([0, 0.5, 64.57, 82_721, -1, 1e21, Number.MAX_VALUE, 1e-9]),
  global: random.chance(0.3),
  ...(random.chance(0.2) && { code: random.pick(codes) })
})

/** An error as Discord writes it, or nearly. */
export const invalid = (random: Random): unknown => {
  const error = random.oneOf(() => discord(random), () => rfc6749(random), () => limited(random))
  return random.chance(0.6) ? error : Hostile.mutateJson(random, error)
}

const retryAfter = (random: Random) =>
  random.oneOf<string>(
    () =>
      random.pick([
        "0",
        "1",
        "82721",
        "-5",
        "1e9",
        "NaN",
        "Infinity",
        "1.5",
        "",
        " ",
        "0x10",
        "Wed, 21 Oct 2026 07:28:00 GMT"
      ]),
    () => String(random.int(1e9)),
    () => Hostile.text(random)
  )

const headerNames = [
  "x-ratelimit-scope",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-ratelimit-reset-after",
  "x-ratelimit-bucket",
  "x-ratelimit-global",
  "content-type",
  "location",
  "www-authenticate",
  "via"
] as const

const headers = (random: Random): Readonly<Record<string, string>> => {
  const all: Array<readonly [string, string]> = []
  if (random.chance(0.3)) all.push(["retry-after", retryAfter(random)])
  if (random.chance(0.3)) all.push(["x-ratelimit-scope", random.pick(["user", "shared", "global"])])
  for (let n = random.int(3); n > 0; n--) all.push([random.pick(headerNames), Hostile.text(random)])
  return Object.fromEntries(all.map(([name, value]) => [name, Hostile.header(value)]))
}

/** An answer with this body, or nearly, and some status. */
export const answer = (random: Random, body: unknown, status: number = random.pick(statuses)) => {
  const text = random.chance(0.1) ? Hostile.noJson(random) : Hostile.jsonText(random, body)
  return {
    status,
    headers: headers(random),
    body: random.chance(0.1) ? Hostile.bytes(random, text) : text
  } satisfies Stub.Answer
}
