// What this library promises about safety (S) and about what goes wrong (F): one line a rule, with where it comes from.
// `pnpm checklist` asks of each for a test whose name begins with its number, or for the reason why there is none.

const deviceGrant = "Discord's device grant is not part of the library yet"
const idToken = "id_tokens are handed out as they come: the library does not verify them yet"

/** Every rule, in the order of its number. `pending` says why a rule does not apply yet. */
export const rules = [
  {
    number: "S1",
    rule: "Each authorization has a `state` of its own, of at least 128 bits from a cryptographic source",
    source: "RFC 6749 §10.10"
  },
  { number: "S2", rule: "A `state` is worth something only in the browser that asked for it", source: "RFC 9700 §2.1" },
  {
    number: "S3",
    rule: "The first callback with a `state` spends it, one that reports an error too",
    source: "RFC 9700 §4.2.4"
  },
  { number: "S4", rule: "A `state` expires, and is compared in constant time", source: "RFC 9700 §2.1" },
  {
    number: "S5",
    rule: "A callback with two of `code`, `state`, `iss` or `error` is refused",
    source: "RFC 6749 §3.1"
  },
  {
    number: "S6",
    rule: "Members that nobody knows, of a callback or of a token response, do not disturb",
    source: "RFC 6749 §4.1.2, §5.1"
  },
  {
    number: "S7",
    rule:
      "`iss` is the configured issuer, character for character; a success without one is refused unless told otherwise",
    source: "RFC 9207 §2.4"
  },
  {
    number: "S8",
    rule:
      "An error of a callback counts only after its `state` did, and its text is cleaned and cut, never shown as it came",
    source: "RFC 6749 §4.1.2.1, OWASP"
  },
  {
    number: "S9",
    rule: "PKCE unless it is switched off, for clients with a secret too; where Discord refuses it, the login says so",
    source: "RFC 9700 §2.1.1"
  },
  { number: "S10", rule: "The challenge is S256 and never plain", source: "RFC 7636 §4.2" },
  {
    number: "S11",
    rule: "Each login has a fresh verifier: 256 bits, 43 to 128 unreserved characters",
    source: "RFC 7636 §4.1"
  },
  {
    number: "S12",
    rule: "Verifier and nonce belong to one login in one browser, and open nothing in another",
    source: "RFC 9700 §2.1.1"
  },
  { number: "S13", rule: "`state` is sent beside PKCE too", source: "RFC 9700 §4.7.1" },
  {
    number: "S14",
    rule: "The exchange repeats the `redirect_uri` of the authorization byte for byte",
    source: "RFC 6749 §4.1.3"
  },
  { number: "S15", rule: "A code is sent once, however that ends", source: "RFC 6749 §4.1.2" },
  {
    number: "S16",
    rule: "A sign-in returns to a path of the same origin, or to what the application allows",
    source: "RFC 9700 §4.11.1"
  },
  {
    number: "S17",
    rule: "A callback is answered with a redirect to an address without code or state, and without a referrer",
    source: "RFC 9700 §4.2.4"
  },
  { number: "S18", rule: "Login, callback and logout are stored by no cache", source: "RFC 9700 §4.2" },
  {
    number: "S19",
    rule: "A login on its way lies in a sealed `__Host-` cookie: Secure, HttpOnly, Path=/, SameSite=Lax",
    source: "RFC 6265bis §4.1.3, OWASP"
  },
  { number: "S20", rule: "Each sign-in has a new session id", source: "OWASP" },
  { number: "S21", rule: "Signing out and revoking are POST, and no other site can cause them", source: "OWASP" },
  {
    number: "S22",
    rule: "The token endpoint gets a POST with a form, and nothing in the query",
    source: "RFC 6749 §3.2, §2.3.1"
  },
  {
    number: "S23",
    rule: "A request proves the client in one way; Basic form-encodes the id and the secret",
    source: "RFC 6749 §2.3.1"
  },
  {
    number: "S24",
    rule: "No client secret reaches a browser; a public client sends its `client_id` alone",
    source: "RFC 6749 §2.1"
  },
  {
    number: "S25",
    rule: "HTTPS, or HTTP to a loopback address where the application says so",
    source: "RFC 6749 §3.1.2.1, RFC 8252 §8.3"
  },
  {
    number: "S26",
    rule: "A redirect of the token, revocation, user-info or key endpoint is not followed",
    source: "RFC 9700 §4.12"
  },
  { number: "S27", rule: "`token_type` is Bearer, in any case, and nothing else", source: "RFC 6749 §5.1, §7.1" },
  {
    number: "S28",
    rule: "Scopes are compared as sets, and the application sees what was granted where it differs",
    source: "RFC 6749 §3.3"
  },
  {
    number: "S29",
    rule: "A new refresh token replaces the old one; without one the old one stays",
    source: "RFC 6749 §6"
  },
  { number: "S30", rule: "What is asked for unless told otherwise is the least that does", source: "RFC 9700 §2.3" },
  { number: "S31", rule: "A bearer token travels in the Authorization header alone", source: "RFC 6750 §2.1, §2.3" },
  { number: "S32", rule: "A bearer token goes to the configured API and nowhere else", source: "RFC 6750 §5.2" },
  {
    number: "S33",
    rule: "No token, code, verifier or secret shows in a log, a span, an error, `toString` or JSON",
    source: "RFC 6750 §5.3, OWASP"
  },
  { number: "S34", rule: "Stored tokens can be encrypted, and in a cookie they always are", source: "RFC 6750 §5.3" },
  { number: "S35", rule: "No token is put into localStorage unless the application asks for it", source: "OWASP" },
  {
    number: "S36",
    rule: "The implicit grant is a choice of the application; its fragment is checked and erased, and proves nobody",
    source: "RFC 9700 §2.1.2"
  },
  {
    number: "S37",
    rule: "A revocation that is answered with 200 has succeeded, whatever the body",
    source: "RFC 7009 §2.2"
  },
  {
    number: "S38",
    rule: "After a 503 to a revocation the token still lives, and it can be tried again",
    source: "RFC 7009 §2.2.1"
  },
  {
    number: "S39",
    rule: "Device grant: 5 s between polls unless told otherwise, and 5 s more after each `slow_down`",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  },
  {
    number: "S40",
    rule: "Device grant: it ends at `expires_in`, `access_denied` and `expired_token`, and slows down on timeouts",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  },
  {
    number: "S41",
    rule: "Native applications: PKCE, the user's own browser, and `127.0.0.1` instead of `localhost`",
    source: "RFC 8252 §8.3",
    pending: "the login of native applications is not part of the library yet"
  },
  {
    number: "S42",
    rule: "An id_token counts after its `iss`, `aud`, `azp`, `alg`, signature, times and `nonce` did",
    source: "OpenID Connect Core §3.1.3.7",
    pending: idToken
  },
  {
    number: "S43",
    rule: "`at_hash` is checked where it is; an unknown `kid` fetches the keys once more, and not more often",
    source: "OpenID Connect Core §3.1.3.6, §10.1.1",
    pending: idToken
  },
  {
    number: "S44",
    rule: "The `sub` of the user info is the id_token's, and a refreshed id_token is of the same user and client",
    source: "OpenID Connect Core §5.3.2, §12.2",
    pending: idToken
  },
  {
    number: "S45",
    rule: "A message is taken from its exact origin, a webhook event with a valid and recent Ed25519 signature",
    source: "RFC 9700 §4.17, Discord: Webhook Events",
    pending: "the library has neither a login in a popup nor a receiver of webhook events yet"
  },

  {
    number: "F1",
    rule: "Refused before it was sent: DiscordTransportError says so, nothing is lost, and it can be sent again",
    source: "Network"
  },
  {
    number: "F2",
    rule: "A refresh breaks off after it was sent: RefreshOutcomeUnknown, and it is not sent again blindly",
    source: "Network"
  },
  { number: "F3", rule: "An exchange breaks off: typed, and the sign-in starts again", source: "Network" },
  {
    number: "F4",
    rule: "Discord is down during a refresh: a token that is still good is served, and the next attempt waits",
    source: "Network"
  },
  { number: "F5", rule: "A 500 to the exchange: typed, and not sent again", source: "Network, discord-api-docs #6645" },
  {
    number: "F6",
    rule: "A rate limit: RateLimited, and whoever needs the same limit waits or fails with it",
    source: "Discord: Rate Limits"
  },
  {
    number: "F7",
    rule: "Cloudflare's block, as text or HTML: CloudflareBlocked, and nothing is sent again on its own",
    source: "Discord: Rate Limits"
  },
  {
    number: "F8",
    rule: "`Retry-After` of any kind is read, bounded and handed out, and nobody sleeps for it unasked",
    source: "RFC 9110 §10.2.3"
  },
  {
    number: "F9",
    rule: "A 200 that is HTML, cut off, an array or null: MalformedResponse, and of a refresh an unknown outcome",
    source: "Network"
  },
  { number: "F10", rule: "An answer without an end, compressed or not, is read to a limit", source: "Network" },
  {
    number: "F11",
    rule: "A redirect of the token endpoint is refused, and the credentials stay where they are",
    source: "RFC 9700 §4.12"
  },
  { number: "F12", rule: "An answer that comes drop by drop has a deadline for the whole of it", source: "Network" },
  {
    number: "F13",
    rule: "A bearer request that would leave the API is refused before it is sent",
    source: "RFC 6750 §5.2"
  },
  {
    number: "F14",
    rule: "A dead grant: a newer record is used; otherwise InvalidRefreshToken, and only the dead record goes",
    source: "RFC 6749 §5.2"
  },
  { number: "F15", rule: "A wrong client secret is InvalidClient, and costs nobody a token", source: "RFC 6749 §5.2" },
  { number: "F16", rule: "A refresh without a new refresh token keeps the old one", source: "RFC 6749 §6" },
  {
    number: "F17",
    rule: "A refresh with a bad id_token: the pair is stored first, then IdTokenInvalid",
    source: "OpenID Connect Core §12.2",
    pending: idToken
  },
  {
    number: "F18",
    rule: "A `guild` or `webhook` that cannot be read costs no token, and is reported",
    source: "Discord: OAuth2"
  },
  {
    number: "F19",
    rule: "`expires_in` missing, zero, negative, text or huge: each has its defined expiry",
    source: "RFC 6749 §5.1"
  },
  { number: "F20", rule: "`bearer` and `BEARER` are Bearer, `mac` is refused", source: "RFC 6749 §5.1" },
  {
    number: "F21",
    rule: "Scopes in another order, more or fewer of them: accepted, and shown",
    source: "RFC 6749 §3.3"
  },
  {
    number: "F22",
    rule: "A 401 for a scope that is known to be missing: MissingScope, and no refresh",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F23",
    rule: "A refreshed token that is refused again: InvalidAccessToken, no loop, and that user's calls rest",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F24",
    rule: "A 401 to a body that cannot be sent twice: the token is refreshed, the call reported and not repeated",
    source: "RFC 6750 §3.1"
  },
  {
    number: "F25",
    rule: "A revocation answered with 503 removes the record only where that is asked for",
    source: "RFC 7009 §2.2.1"
  },
  {
    number: "F26",
    rule: "No, an unknown or an expired `state`: StateMismatch, and no token request",
    source: "RFC 6749 §10.12"
  },
  {
    number: "F27",
    rule: "A replayed `state` is refused, and the session that it started stays",
    source: "RFC 9700 §4.2.4"
  },
  {
    number: "F28",
    rule: "Two callbacks with one `state`: one exchange, and the other is sent on harmlessly",
    source: "RFC 9700 §4.2.4"
  },
  { number: "F29", rule: "A second `code` or `state` in one callback is refused", source: "RFC 6749 §3.1" },
  { number: "F30", rule: "A wrong or missing `iss` is IssuerMismatch", source: "RFC 9207 §2.4" },
  { number: "F31", rule: "`code` and `error` together are refused", source: "RFC 6749 §4.1.2" },
  { number: "F32", rule: "Script and line breaks in `error_description` are cleaned and cut", source: "OWASP" },
  {
    number: "F33",
    rule: "`returnTo` to another site or to a script leads to the default path",
    source: "RFC 9700 §4.11.1, OWASP"
  },
  {
    number: "F34",
    rule: "A prefetch or HEAD of the callback is 204 or 405 and spends nothing",
    source: "Fetch: Sec-Purpose"
  },
  {
    number: "F35",
    rule: "A `state` of another browser is refused: nobody is signed in to an attacker's account",
    source: "RFC 9700 §4.7"
  },
  { number: "F36", rule: "A query or a cookie that is too long is refused before it is read", source: "OWASP" },
  {
    number: "F37",
    rule: "A forged id_token is refused: no or another algorithm, another `aud` or `nonce`, expired, `crit`",
    source: "RFC 8725 §3",
    pending: idToken
  },
  {
    number: "F38",
    rule: "An implicit fragment that was put there is refused for its `state` or `iss`",
    source: "RFC 9700 §4.7"
  },
  {
    number: "F39",
    rule: "A store that cannot be read: AccessTokenStoreError, and no request goes out",
    source: "Store"
  },
  {
    number: "F40",
    rule:
      "A write that fails after a refresh: the pair is kept and written again, at last TokenNotPersisted, never a second refresh",
    source: "Store"
  },
  {
    number: "F41",
    rule: "Killed between the answer and the write: whoever comes next sees the mark, tries once, and says why",
    source: "Store"
  },
  {
    number: "F42",
    rule: "Killed while holding the lock: the lock comes free, and a late holder writes nothing",
    source: "Store"
  },
  {
    number: "F43",
    rule: "A record that is corrupt, older or sealed with another key is typed, and stays as it is",
    source: "Store"
  },
  { number: "F44", rule: "A browser's storage that throws is a failed write like any other", source: "Store" },
  { number: "F45", rule: "Where a store has no transactions, the pair is written as one value", source: "Store" },
  { number: "F46", rule: "1,000 fibers with one expired token cause one token request", source: "Concurrency" },
  {
    number: "F47",
    rule: "Several processes or tabs cause one, and the others read again under the lock",
    source: "Concurrency"
  },
  {
    number: "F48",
    rule: "The caller who refreshes is interrupted: the refresh is finished and stored, and nobody else notices",
    source: "Concurrency"
  },
  {
    number: "F49",
    rule: "Signed out during a refresh: the token does not come back, and the fresh one is revoked",
    source: "Concurrency"
  },
  { number: "F50", rule: "Calls with different scopes or arguments share no answer", source: "Concurrency" },
  {
    number: "F51",
    rule: "Too long a wait for the lock is typed, and a token that is still good is served",
    source: "Concurrency"
  },
  { number: "F52", rule: "A clock that jumps by a day causes one refresh at most", source: "Concurrency" },
  { number: "F53", rule: "A callback after 100 seconds is InvalidAuthorizationCode", source: "discord-api-docs #2526" },
  {
    number: "F54",
    rule: "Device grant: a missing `interval`, `slow_down` again and again, and an error that is none of its own",
    source: "RFC 8628 §3.5",
    pending: deviceGrant
  }
]
