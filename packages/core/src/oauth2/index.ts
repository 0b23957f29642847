/**
 * @since 0.1.0
 */
export * as AuthorizationRequest from "./AuthorizationRequest.ts"
export * as AuthorizationResponse from "./AuthorizationResponse.ts"
export * as OAuth2Client from "./OAuth2Client.ts"
export * as PendingAuthorization from "./PendingAuthorization.ts"
export * as Pkce from "./Pkce.ts"
