/**
 * Errors of a callback: Discord ended the authorization, or the callback is not the response to a login that was
 * started here.
 *
 * **Example** (The user pressed Cancel)
 *
 * ```ts
 * import { DiscordError } from "@discord-oauth2/core"
 *
 * const denied = new DiscordError.AuthorizationDenied({ error: "access_denied" })
 *
 * DiscordError.isCallbackError(denied) // => true
 * denied.error // => "access_denied"
 * ```
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { described, withDescription } from "./internal/description.ts"
import { isOneOf } from "./internal/isOneOf.ts"

/**
 * The user pressed Cancel on the consent page, or Discord ended the authorization with another error.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
 * @category errors
 * @since 0.1.0
 */
export class AuthorizationDenied
  extends Schema.TaggedError<AuthorizationDenied>("@discord-oauth2/core/errors/AuthorizationDenied")(
    "AuthorizationDenied",
    {
      /** The error code of RFC 6749 section 4.1.2.1, such as `access_denied`. */
      error: Schema.String,
      ...described
    }
  )
{
  override get message() {
    return this.error === "access_denied"
      ? "The user did not give consent: offer the sign-in again."
      : withDescription(`Discord ended the authorization with ${this.error}.`, this.description)
  }
}

/**
 * The callback's `state` is missing, belongs to another login, was used before, or is too old. No token was requested.
 *
 * @category errors
 * @since 0.1.0
 */
export class StateMismatch
  extends Schema.TaggedError<StateMismatch>("@discord-oauth2/core/errors/StateMismatch")("StateMismatch", {
    reason: Schema.Literals(["missing", "different", "unknown", "expired", "used"])
  })
{
  override get message() {
    return `The callback does not belong to a login of this browser (state ${this.reason}): start the login again.`
  }
}

/**
 * The callback's `iss` is missing or names another issuer. No token was requested.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4
 * @category errors
 * @since 0.1.0
 */
export class IssuerMismatch
  extends Schema.TaggedError<IssuerMismatch>("@discord-oauth2/core/errors/IssuerMismatch")("IssuerMismatch", {
    expected: Schema.String,
    reason: Schema.Literals(["missing", "different"])
  })
{
  override get message() {
    return `The callback's issuer is ${this.reason} (expected ${this.expected}): start the login again.`
  }
}

/**
 * The callback is not valid: a parameter is repeated, is missing, or contradicts another.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidCallback
  extends Schema.TaggedError<InvalidCallback>("@discord-oauth2/core/errors/InvalidCallback")("InvalidCallback", {
    reason: Schema.Literals([
      "repeated-parameter",
      "code-and-error",
      "no-code",
      "too-long",
      "not-a-url",
      "token-type",
      "response-type"
    ]),
    /** The name of the parameter, where the reason is about one. */
    parameter: Schema.optionalKey(Schema.String)
  })
{
  override get message() {
    return `The callback is not valid (${this.reason}${
      this.parameter === undefined ? "" : ` "${this.parameter}"`
    }): start the login again.`
  }
}

const classes = [AuthorizationDenied, StateMismatch, IssuerMismatch, InvalidCallback]

/**
 * Every error of a callback.
 *
 * @category errors
 * @since 0.1.0
 */
export type CallbackError = InstanceType<typeof classes[number]>

/**
 * Returns whether a value is a `CallbackError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isCallbackError: (u: unknown) => u is CallbackError = isOneOf<CallbackError>(classes)
