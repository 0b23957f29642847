import type { AccessToken } from "@discord-oauth2/core"
import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as RefreshFailure from "../../../../packages/core/src/tokens/internal/refreshFailure.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const token: AccessToken.AccessToken = Stub.token({})
const http = { code: 0, message: "" }
const retryAfter = Duration.seconds(1)

/** Each failure, and whether it leaves the token unused, is temporary, is reported as transient, and settles the mark. */
const rows: ReadonlyArray<readonly [RefreshFailure.Failure, string]> = [
  [new DiscordError.DiscordTransportError({ sent: false, description: "ECONNREFUSED" }), "unused temporary transient"],
  [new DiscordError.RateLimited({ retryAfter, global: false, scope: "user" }), "unused temporary transient"],
  [new DiscordError.CloudflareBlocked({ status: 429, retryAfter }), "unused temporary transient"],
  [new DiscordError.InvalidRequestLimit({ retryAfter }), "unused temporary transient"],
  [new DiscordError.InvalidClient({}), "unused temporary transient"],
  [new DiscordError.InvalidOAuth2Request({}), "unused"],
  [new DiscordError.InvalidScope({}), "unused"],
  [new DiscordError.UnsupportedGrantType({}), "unused"],
  [new DiscordError.DiscordForbidden({ ...http, status: 403 }), "unused temporary transient"],
  [new DiscordError.DiscordNotFound({ ...http, status: 404 }), "unused temporary transient"],
  [new DiscordError.DiscordBadRequest({ ...http, status: 400 }), "temporary transient"],
  [new DiscordError.DiscordServerError({ ...http, status: 503 }), "temporary transient"],
  [new DiscordError.UnexpectedStatus({ ...http, status: 418 }), "temporary transient"],
  [new DiscordError.AccessTokenStoreError({ operation: "get" }), "temporary transient"],
  [new DiscordError.RefreshOutcomeUnknown({}), "temporary"],
  [new DiscordError.AccessTokenNotRefreshable(), ""],
  [new DiscordError.InvalidRefreshToken({ reason: "rejected" }), "settled"],
  [new DiscordError.NotSignedIn({ userId: Stub.userId }), "settled"],
  [new DiscordError.TokenNotPersisted({ token }), "settled"]
]

describe("refreshFailure", () => {
  for (const [error, expected] of rows) {
    it(`${error._tag} is ${expected === "" ? "none of them" : expected.replaceAll(" ", ", ")}`, () => {
      const found = [
        RefreshFailure.leavesTokenUnused(error) && "unused",
        RefreshFailure.isTemporary(error) && "temporary",
        RefreshFailure.isTransient(error) && "transient",
        RefreshFailure.settlesMark(error) && "settled"
      ]
      assert.strictEqual(found.filter((name) => name !== false).join(" "), expected)
    })
  }
})
