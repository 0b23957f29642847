/** Serves what a browser opens at Discord: the consent page and the images. */
import * as Mac from "effect/crypto/Mac"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as answers from "./answers.ts"
import type { Consent } from "./consent.ts"
import * as consents from "./consent.ts"
import * as consentPage from "./consentPage.ts"
import * as images from "./images.ts"
import type { Simulation } from "./simulation.ts"

const csrfCookie = "simulator_csrf"
const userCookie = "simulator_user"

const cookieOptions = { path: "/oauth2", httpOnly: true, sameSite: "lax" } as const

/** Browsers apply `form-action` to the redirect after the form too. */
const formTarget = (redirectUri: string): string => {
  const url = new URL(redirectUri)
  return url.protocol === "http:" || url.protocol === "https:" ? url.origin : url.protocol
}

const page = (html: string, options: {
  readonly nonce: string
  readonly status?: number
  readonly redirectUri?: string
}): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(html, {
    status: options.status ?? 200,
    contentType: "text/html; charset=utf-8",
    headers: {
      "cache-control": "no-store",
      "content-security-policy":
        `default-src 'none'; style-src 'nonce-${options.nonce}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${
          options.redirectUri === undefined ? "" : ` ${formTarget(options.redirectUri)}`
        }`,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY"
    }
  })

const redirect = (location: string, status: 302 | 303): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.redirect(location, {
    status,
    headers: { "cache-control": "no-store", "referrer-policy": "no-referrer" }
  })

const encoder = new TextEncoder()

const equals = (a: string, b: string): boolean => Mac.timingSafeEqual(encoder.encode(a), encoder.encode(b))

const secretOf = ({ authorizations }: Simulation) => Effect.map(authorizations.secret, Redacted.value)

/** A page that says why the request was rejected. */
const reject = (simulation: Simulation, status: number, description: string) =>
  Effect.map(secretOf(simulation), (nonce) => page(consentPage.refusal(description, nonce), { nonce, status }))

/** Carries out the consent and sends the browser back to the application. */
const approve = (
  simulation: Simulation,
  consent: Consent,
  userId: string,
  choice: consents.Choice,
  status: 302 | 303
) => {
  const user = simulation.world.users.get(userId)
  return user === undefined ? reject(simulation, 400, "Nobody was chosen to sign in.") : Effect.matchEffect(
    consents.approve(simulation, consent, user, choice),
    {
      onFailure: ({ description }) => reject(simulation, 400, description),
      onSuccess: (url) =>
        Effect.succeed(HttpServerResponse.setCookieUnsafe(redirect(url, status), userCookie, userId, cookieOptions))
    }
  )
}

/** Shows the consent page. */
const ask = Effect.fnUntraced(function*(simulation: Simulation, request: HttpServerRequest, consent: Consent) {
  const signedIn = request.cookies[userCookie]
  const user = simulation.world.users.get(signedIn ?? "")
  if (user !== undefined && consents.isSettled(simulation, consent, user)) {
    return yield* approve(simulation, consent, user.id, {}, 302)
  }
  const secret = secretOf(simulation)
  const nonce = yield* secret
  const known = request.cookies[csrfCookie]
  // All tabs share one, so that opening a second page does not break the first.
  const csrf = known !== undefined && /^[\w-]{43}$/.test(known) ? known : yield* secret
  return HttpServerResponse.setCookieUnsafe(
    page(consentPage.question(simulation, consent, { nonce, csrf, signedIn }), {
      nonce,
      redirectUri: consent.redirectUri
    }),
    csrfCookie,
    csrf,
    cookieOptions
  )
})

/** Reads the form of the consent page. */
const decide = Effect.fnUntraced(function*(simulation: Simulation, request: HttpServerRequest, consent: Consent) {
  const form = new URLSearchParams(yield* Effect.orElseSucceed(request.text, () => ""))
  const csrf = request.cookies[csrfCookie]
  if (csrf === undefined || !equals(csrf, form.get("csrf") ?? "")) {
    return yield* reject(simulation, 403, "This form was not sent from the page that it belongs to.")
  }
  if (form.get("decision") !== "approve") return redirect(consents.deny(simulation, consent), 303)
  const [guildId, channelId] = (form.get("place") ?? "").split(":")
  return yield* approve(simulation, consent, form.get("user_id") ?? "", {
    guildId: guildId === "" ? undefined : guildId,
    channelId
  }, 303)
})

const authorize = (simulation: Simulation, request: HttpServerRequest, url: URL) => {
  const reading = consents.read(simulation, url.searchParams)
  switch (reading._tag) {
    case "Refused":
      return reject(simulation, 400, reading.description)
    case "Callback":
      return Effect.succeed(redirect(reading.url, 302))
    case "Question":
      return request.method === "POST"
        ? decide(simulation, request, reading.consent)
        : ask(simulation, request, reading.consent)
  }
}

/** Serves the consent page and the images. */
export const make =
  (simulation: Simulation) =>
  (request: HttpServerRequest, url: URL): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
    const isRead = request.method === "GET" || request.method === "HEAD"
    switch (url.pathname) {
      case "/oauth2/authorize":
        return isRead || request.method === "POST"
          ? authorize(simulation, request, url)
          : Effect.succeed(answers.plain(405))
      case "/oauth2/authorized":
        return Effect.map(secretOf(simulation), (nonce) => page(consentPage.authorized(nonce), { nonce }))
      default:
        return Effect.succeed(
          (isRead ? images.answer(simulation.world, url.pathname) : undefined) ?? answers.plain(404)
        )
    }
  }
