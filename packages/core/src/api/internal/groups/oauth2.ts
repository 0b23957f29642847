/** The endpoints of OAuth2 and OpenID Connect. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { AccessTokenResponse } from "../../../models/AccessToken.ts"
import { Application } from "../../../models/Application.ts"
import { AuthorizationInfo } from "../../../models/AuthorizationInfo.ts"
import { PublicKeys } from "../../../models/PublicKeys.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { UserInfo } from "../../../models/UserInfo.ts"
import { BearerToken, BotToken, ClientAuthentication } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { described, documented } from "./annotations.ts"

/** A secret, sent as text. */
export const redactedText = Schema.RedactedFromValue(Schema.NonEmptyString)

/** A public client sends its id in the form, a confidential client in the header. */
const publicClient = { client_id: Schema.optionalKey(Snowflake.ApplicationId) }

const TokenRequest = [
  Schema.Struct({
    grant_type: Schema.Literal("authorization_code"),
    code: redactedText,
    redirect_uri: Schema.String,
    code_verifier: Schema.optionalKey(redactedText),
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded()),
  Schema.Struct({
    grant_type: Schema.Literal("refresh_token"),
    refresh_token: redactedText,
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded()),
  Schema.Struct({
    grant_type: Schema.Literal("client_credentials"),
    scope: Schema.String,
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded())
] as const

/** RFC 7009 section 2.2: the body is ignored. Discord sends `{}`. */
const Revoked = Schema.Unknown.pipe(
  Schema.decodeTo(Schema.Void, SchemaTransformation.transform<void, unknown>({ decode: () => {}, encode: () => ({}) }))
)

export const oauth2 = HttpApiGroup.make("oauth2").add(
  HttpApiEndpoint.post("exchangeToken", "/oauth2/token", {
    payload: TokenRequest,
    success: AccessTokenResponse,
    error: [
      errorBodies.InvalidGrant,
      errorBodies.InvalidScope,
      errorBodies.InvalidOAuth2Request,
      errorBodies.UnsupportedGrantType,
      errorBodies.UnauthorizedClient
    ]
  }).middleware(ClientAuthentication).annotateMerge(
    documented("Access Token Exchange", "topics/oauth2", "authorization-code-grant")
  ),
  HttpApiEndpoint.post("revokeToken", "/oauth2/token/revoke", {
    payload: Schema.Struct({
      token: redactedText,
      token_type_hint: Schema.optionalKey(Schema.Literals(["access_token", "refresh_token"])),
      ...publicClient
    }).pipe(HttpApiSchema.asFormUrlEncoded()),
    success: Revoked,
    error: errorBodies.InvalidOAuth2Request
  }).middleware(ClientAuthentication).annotateMerge(
    documented("Token Revocation", "topics/oauth2", "authorization-code-grant-token-revocation-example")
  ),
  HttpApiEndpoint.get("getCurrentAuthorizationInformation", "/oauth2/@me", { success: AuthorizationInfo })
    .middleware(BearerToken)
    .annotateMerge(
      described("getCurrentAuthorizationInformation", "Get Current Authorization Information", "topics/oauth2")
    ),
  HttpApiEndpoint.get("getUserInfo", "/oauth2/userinfo", { success: UserInfo })
    .middleware(BearerToken)
    .annotateMerge(described("getUserInfo", "Get User Info", "topics/oauth2", "openid-connect")),
  HttpApiEndpoint.get("getPublicKeys", "/oauth2/keys", { success: PublicKeys })
    .annotateMerge(documented("Get Public Keys", "topics/oauth2", "openid-connect")),
  HttpApiEndpoint.get("getCurrentBotApplicationInformation", "/oauth2/applications/@me", { success: Application })
    .middleware(BotToken)
    .annotateMerge(
      documented("Get Current Bot Application Information", "topics/oauth2")
    )
)
