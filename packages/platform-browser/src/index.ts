/**
 * @since 0.1.0
 */
export * as BrowserAccessTokenStore from "./BrowserAccessTokenStore.ts"
export * as BrowserDiscord from "./BrowserDiscord.ts"
export * as BrowserLocation from "./BrowserLocation.ts"
export * as BrowserLogin from "./BrowserLogin.ts"
export * as BrowserRecordStore from "./BrowserRecordStore.ts"
export * as BrowserStorage from "./BrowserStorage.ts"
