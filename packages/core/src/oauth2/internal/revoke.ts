/** Token revocation (RFC 7009): ends an authorization with all its tokens. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Deadline from "../../api/Deadline.ts"
import { readText } from "../../api/ResponseBody.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import { type Caller, dieOnArgument, publicClient } from "./tokenRequest.ts"

export const makeRevoke = ({ api, config }: Caller) =>
  Effect.fn("OAuth2Client.revoke")(function*(token: AccessToken) {
    const [took, response] = yield* api.revokeToken({
      token: token.refresh_token ?? token.access_token,
      token_type_hint: token.refresh_token === undefined ? "access_token" : "refresh_token",
      responseMode: "response-only",
      ...publicClient(config)
    }).pipe(dieOnArgument, Effect.timed)
    // A 200 has revoked, whatever the body (rule S37 of docs/checklist.md). The body is read to free the connection, but
    // only for a limited time (F12).
    const left = Duration.subtract(config.timeout, took)
    const atMost = Duration.min(yield* Deadline.remaining, Duration.min(left, config.bodyTimeout))
    yield* Effect.ignore(Effect.timeoutOption(readText(response, config.maxBodyBytes), atMost))
  })
