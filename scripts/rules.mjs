// The security rules (S) and the fault cases (F) of this library, each with its source.
// `pnpm checklist` fails when a rule has neither a test whose title begins with its number nor a reason to have none.

const deviceGrant = "The library does not support the device grant yet"
const idToken = "The library does not verify id_tokens yet: it returns them as received"

/** All rules, ordered by number. `pending` is the reason why a rule does not apply yet. */
export const rules = [
  {
    number: "S1",
    rule: "Each authorization request has its own `state`, with at least 128 bits from a cryptographic random source",
    source: "RFC 6749 §10.10"
  },
  { number: "S2", rule: "A `state` is valid only in the browser that started the login", source: "RFC 9700 §2.1" },
  {
    number: "S3",
    rule: "The first callback with a `state` consumes it; a callback with an error consumes it too",
    source: "RFC 9700 §4.2.4"
  },
  { number: "S4", rule: "A `state` expires; it is compared in constant time", source: "RFC 9700 §2.1" },
  {
    number: "S5",
    rule: "A callback that repeats `code`, `state`, `iss` or `error` is rejected",
    source: "RFC 6749 §3.1"
  },
  {
    number: "S6",
    rule: "Unknown members of a callback or of a token response are ignored",
    source: "RFC 6749 §4.1.2, §5.1"
  },
  {
    number: "S7",
    rule: "`iss` equals the configured issuer exactly; a successful callback without `iss` is rejected by default",
    source: "RFC 9207 §2.4"
  },
  {
    number: "S8",
    rule: "The error of a callback is read only after its `state` matches; its text is escaped and shortened",
    source: "RFC 6749 §4.1.2.1, OWASP"
  },
  {
    number: "S9",
    rule: "PKCE is on by default, for confidential clients too; when Discord rejects it, the login reports that",
    source: "RFC 9700 §2.1.1"
  },
  { number: "S10", rule: "The `code_challenge_method` is `S256`, never `plain`", source: "RFC 7636 §4.2" },
  {
    number: "S11",
    rule: "Each login has a new code verifier: 256 random bits, 43 to 128 unreserved characters",
    source: "RFC 7636 §4.1"
  },
  {
    number: "S12",
    rule: "The code verifier and the nonce are bound to one login in one browser",
    source: "RFC 9700 §2.1.1"
  },
  { number: "S13", rule: "`state` is sent even when PKCE is used", source: "RFC 9700 §4.7.1" },
  {
    number: "S14",
    rule: "The token request repeats the `redirect_uri` of the authorization request byte for byte",
    source: "RFC 6749 §4.1.3"
  },
  { number: "S15", rule: "An authorization code is sent at most once, and never retried", source: "RFC 6749 §4.1.2" },
  {
    number: "S16",
    rule: "A sign-in returns to a path of the same origin, or to a URL that the application allows",
    source: "RFC 9700 §4.11.1"
  },
  {
    number: "S17",
    rule:
      "The callback responds with a redirect to a URL without code and state, and with `Referrer-Policy: no-referrer`",
    source: "RFC 9700 §4.2.4"
  },
  {
    number: "S18",
    rule: "The responses of login, callback and logout have `Cache-Control: no-store`",
    source: "RFC 9700 §4.2"
  },
  {
    number: "S19",
    rule: "The pending login is stored in a sealed `__Host-` cookie: Secure, HttpOnly, Path=/, SameSite=Lax",
    source: "RFC 6265bis §4.1.3, OWASP"
  },
  { number: "S20", rule: "Each sign-in creates a new session id", source: "OWASP" },
  { number: "S21", rule: "Logout and revocation accept only POST, and are protected against CSRF", source: "OWASP" },
  {
    number: "S22",
    rule: "A token request is a POST with a form body; its query has no parameters",
    source: "RFC 6749 §3.2, §2.3.1"
  },
  {
    number: "S23",
    rule: "A request uses one client authentication method; Basic form-encodes the client id and the secret",
    source: "RFC 6749 §2.3.1"
  },
  {
    number: "S24",
    rule: "The client secret never reaches a browser; a public client sends only its `client_id`",
    source: "RFC 6749 §2.1"
  },
  {
    number: "S25",
    rule: "URLs are HTTPS; HTTP is accepted only for a loopback host, and only when the application allows it",
    source: "RFC 6749 §3.1.2.1, RFC 8252 §8.3"
  },
  {
    number: "S26",
    rule: "A redirect from the token, revocation, user info or key endpoint is not followed",
    source: "RFC 9700 §4.12"
  },
  {
    number: "S27",
    rule: "`token_type` is compared without case; every type but Bearer is rejected",
    source: "RFC 6749 §5.1, §7.1"
  },
  {
    number: "S28",
    rule: "Scopes are compared as sets; the application is told when the granted scopes differ from the requested ones",
    source: "RFC 6749 §3.3"
  },
  {
    number: "S29",
    rule: "A new refresh token replaces the old one; without a new one, the old one is kept",
    source: "RFC 6749 §6"
  },
  { number: "S30", rule: "The default scopes are the minimum that a sign-in needs", source: "RFC 9700 §2.3" },
  { number: "S31", rule: "A bearer token is sent only in the Authorization header", source: "RFC 6750 §2.1, §2.3" },
  { number: "S32", rule: "A bearer token is sent only to the origin of the configured API", source: "RFC 6750 §5.2" },
  {
    number: "S33",
    rule: "Logs, spans, errors, `toString` and JSON contain no token, code, verifier or secret",
    source: "RFC 6750 §5.3, OWASP"
  },
  {
    number: "S34",
    rule: "Stored tokens can be encrypted; tokens in a cookie are always encrypted",
    source: "RFC 6750 §5.3"
  },
  { number: "S35", rule: "Tokens are stored in localStorage only when the application chooses it", source: "OWASP" },
  {
    number: "S36",
    rule: "The implicit grant is off by default; its fragment is checked, then erased, and never proves an identity",
    source: "RFC 9700 §2.1.2"
  },
  {
    number: "S37",
    rule: "A revocation with status 200 succeeded; its body is ignored",
    source: "RFC 7009 §2.2"
  },
  {
    number: "S38",
    rule: "After a revocation with status 503 the token is still valid, and the revocation can be retried",
    source: "RFC 7009 §2.2.1"
  },
  {
    number: "S39",
    rule: "Device grant: the default polling interval is 5 seconds; each `slow_down` adds 5 seconds",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  },
  {
    number: "S40",
    rule: "Device grant: polling ends at `expires_in`, `access_denied` and `expired_token`, and slows down on timeouts",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  },
  {
    number: "S41",
    rule: "Native applications use PKCE, an external browser, and `127.0.0.1` instead of `localhost`",
    source: "RFC 8252 §8.3",
    pending: "The library does not support the login of native applications yet"
  },
  {
    number: "S42",
    rule: "The `iss`, `aud`, `azp`, `alg`, signature, times and `nonce` of an id_token are verified",
    source: "OpenID Connect Core §3.1.3.7",
    pending: idToken
  },
  {
    number: "S43",
    rule: "`at_hash` is verified when present; an unknown `kid` fetches the keys once more, with a rate limit",
    source: "OpenID Connect Core §3.1.3.6, §10.1.1",
    pending: idToken
  },
  {
    number: "S44",
    rule: "The `sub` of the user info equals that of the id_token; a refreshed id_token keeps `iss`, `sub` and `aud`",
    source: "OpenID Connect Core §5.3.2, §12.2",
    pending: idToken
  },
  {
    number: "S45",
    rule:
      "A window message is accepted only from its exact origin, and a webhook event only with a valid, recent Ed25519 signature",
    source: "RFC 9700 §4.17, Discord: Webhook Events",
    pending: "The library has neither a login in a popup nor a receiver of webhook events yet"
  },

  {
    number: "F1",
    rule: "A connection that fails before sending: DiscordTransportError reports it, nothing is lost, a retry is safe",
    source: "Network"
  },
  {
    number: "F2",
    rule: "A timeout or reset after a refresh was sent: RefreshOutcomeUnknown, the store is read again, no blind retry",
    source: "Network"
  },
  {
    number: "F3",
    rule: "A timeout or reset during a code exchange: a typed error, and the login starts again",
    source: "Network"
  },
  {
    number: "F4",
    rule: "A 5xx response to a refresh: a valid token is still returned, and the next attempt waits",
    source: "Network"
  },
  {
    number: "F5",
    rule: "A 500 response to a code exchange: a typed error, and no retry",
    source: "Network, discord-api-docs #6645"
  },
  {
    number: "F6",
    rule: "A 429 response: RateLimited; all callers of the same limit wait, or fail with it",
    source: "Discord: Rate Limits"
  },
  {
    number: "F7",
    rule: "A block by Cloudflare, as text or HTML: CloudflareBlocked, and no automatic retry",
    source: "Discord: Rate Limits"
  },
  {
    number: "F8",
    rule: "Every form of `Retry-After` is parsed, bounded and reported; no call waits for it unless configured to",
    source: "RFC 9110 §10.2.3"
  },
  {
    number: "F9",
    rule:
      "A 200 response with HTML, truncated JSON, an array or null: MalformedResponse; after a refresh the outcome is unknown",
    source: "Network"
  },
  { number: "F10", rule: "An endless response body, compressed or not, is read up to a size limit", source: "Network" },
  {
    number: "F11",
    rule: "A redirect from the token endpoint is rejected; the credentials are not forwarded",
    source: "RFC 9700 §4.12"
  },
  { number: "F12", rule: "A slow response body has a deadline for the whole of it", source: "Network" },
  {
    number: "F13",
    rule: "A bearer request to another origin is rejected before it is sent",
    source: "RFC 6750 §5.2"
  },
  {
    number: "F14",
    rule:
      "`invalid_grant` on a refresh: a newer record is used; otherwise InvalidRefreshToken, and only that record is removed",
    source: "RFC 6749 §5.2"
  },
  { number: "F15", rule: "`invalid_client`: InvalidClient, and no token is removed", source: "RFC 6749 §5.2" },
  { number: "F16", rule: "A refresh response without a refresh token: the old one is kept", source: "RFC 6749 §6" },
  {
    number: "F17",
    rule: "A refresh response with an invalid id_token: the new tokens are stored first, then IdTokenInvalid",
    source: "OpenID Connect Core §12.2",
    pending: idToken
  },
  {
    number: "F18",
    rule: "An unreadable `guild` or `webhook` in a token response: the tokens are kept, and the problem is reported",
    source: "Discord: OAuth2"
  },
  {
    number: "F19",
    rule: "`expires_in` that is missing, zero, negative, a string or huge: each has a defined expiry",
    source: "RFC 6749 §5.1"
  },
  {
    number: "F20",
    rule: "The token types `bearer` and `BEARER` are accepted; `mac` is rejected",
    source: "RFC 6749 §5.1"
  },
  {
    number: "F21",
    rule: "Granted scopes that are reordered, more or fewer: accepted and reported",
    source: "RFC 6749 §3.3"
  },
  {
    number: "F22",
    rule: "A 401 response when a required scope is known to be missing: MissingScope, and no refresh",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F23",
    rule: "A 401 response with a refreshed token: InvalidAccessToken, no loop, and further calls of that user pause",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F24",
    rule:
      "A 401 response to a body that cannot be sent twice: the token is refreshed; the call fails and is not retried",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F25",
    rule: "A revocation with status 503 removes the stored record only when the caller chooses it",
    source: "RFC 7009 §2.2.1"
  },
  {
    number: "F26",
    rule: "A missing, unknown or expired `state`: StateMismatch, and no token request",
    source: "RFC 6749 §10.12"
  },
  {
    number: "F27",
    rule: "A replayed `state` is rejected; the session of its first use continues",
    source: "RFC 9700 §4.2.4"
  },
  {
    number: "F28",
    rule: "Two callbacks with one `state`: one code exchange, and a harmless redirect for the other",
    source: "RFC 9700 §4.2.4"
  },
  { number: "F29", rule: "A callback with two `code` or two `state` parameters is rejected", source: "RFC 6749 §3.1" },
  { number: "F30", rule: "A wrong or missing `iss`: IssuerMismatch", source: "RFC 9207 §2.4" },
  { number: "F31", rule: "A callback with both `code` and `error` is rejected", source: "RFC 6749 §4.1.2" },
  {
    number: "F32",
    rule: "Scripts and line breaks in `error_description` are escaped, and the text is shortened",
    source: "OWASP"
  },
  {
    number: "F33",
    rule: "`returnTo` with another site or a script: the default path is used",
    source: "RFC 9700 §4.11.1, OWASP"
  },
  {
    number: "F34",
    rule: "A prefetch or HEAD request to the callback: status 204 or 405, and the `state` is not consumed",
    source: "Fetch: Sec-Purpose"
  },
  {
    number: "F35",
    rule: "A `state` of another browser is rejected, so that nobody is signed in to an attacker's account",
    source: "RFC 9700 §4.7"
  },
  { number: "F36", rule: "A query or cookie that is too long is rejected before it is decoded", source: "OWASP" },
  {
    number: "F37",
    rule: "A forged id_token is rejected: no or a wrong algorithm, wrong `aud` or `nonce`, expired, `crit`",
    source: "RFC 8725 §3",
    pending: idToken
  },
  {
    number: "F38",
    rule: "An injected implicit fragment is rejected: its `state` and `iss` do not match",
    source: "RFC 9700 §4.7"
  },
  {
    number: "F39",
    rule: "A store that cannot be read: AccessTokenStoreError, and no request is sent",
    source: "Store"
  },
  {
    number: "F40",
    rule:
      "A write that fails after a refresh: the tokens are kept and written again; in the end TokenNotPersisted, and no second refresh",
    source: "Store"
  },
  {
    number: "F41",
    rule:
      "A process killed between response and write: the next process finds the mark, tries once, and reports the cause",
    source: "Store"
  },
  {
    number: "F42",
    rule:
      "A process killed while it holds the lock: the lock is released, and a late write of the old holder is rejected",
    source: "Store"
  },
  {
    number: "F43",
    rule:
      "A record that is corrupt, of an older format or sealed with another key: a typed error, and the record is not overwritten",
    source: "Store"
  },
  { number: "F44", rule: "Browser storage that throws is a failed write", source: "Store" },
  {
    number: "F45",
    rule: "A store without transactions writes access token and refresh token as one value",
    source: "Store"
  },
  { number: "F46", rule: "1,000 fibers with one expired token send one token request", source: "Concurrency" },
  {
    number: "F47",
    rule: "Several processes or tabs send one token request; the others read the store again under the lock",
    source: "Concurrency"
  },
  {
    number: "F48",
    rule:
      "The caller that refreshes is interrupted: the refresh completes and is stored; the other callers are not affected",
    source: "Concurrency"
  },
  {
    number: "F49",
    rule: "A sign-out during a refresh: the record stays removed, and the new token is revoked",
    source: "Concurrency"
  },
  { number: "F50", rule: "Calls with different scopes or arguments never share a response", source: "Concurrency" },
  {
    number: "F51",
    rule: "A wait for the lock that takes too long: a typed error; a token that is still valid is returned",
    source: "Concurrency"
  },
  { number: "F52", rule: "A clock that jumps by a day causes at most one refresh", source: "Concurrency" },
  { number: "F53", rule: "A callback after 100 seconds: InvalidAuthorizationCode", source: "discord-api-docs #2526" },
  {
    number: "F54",
    rule: "Device grant: a missing `interval`, repeated `slow_down` and unknown errors follow RFC 8628",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  }
]
