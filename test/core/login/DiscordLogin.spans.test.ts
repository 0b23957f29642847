import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as UrlParams from "effect/http/UrlParams"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as LoginApp from "../../support/LoginApp.ts"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import * as Stub from "../../support/StubDiscord.ts"

const recording = () => {
  const { layer: traced, spans } = RecordingTracer.make()
  /** Prints what an exporter sends: names, attributes, events, and the message and stack of a failure. */
  const text = () =>
    spans.map(({ attributes, events, name, status }) =>
      [
        name,
        Inspectable.toStringUnknown(Array.from(attributes)),
        Inspectable.toStringUnknown(events),
        status._tag === "Ended" && Exit.isFailure(status.exit) ? Cause.pretty(status.exit.cause) : ""
      ].join("\n")
    ).join("\n")
  return { spans, text, layer: traced }
}

const secrets = [
  "planted-code",
  "planted-access-token",
  "planted-refresh-token",
  Stub.clientSecret,
  "planted-cookie-key"
]

describe("DiscordLogin spans", () => {
  it.effect("S33: no span of a login, its callback and a logout contains a code, state, verifier, token or key", () =>
    Effect.gen(function*() {
      const { layer, spans, text } = recording()
      const { browser, calls, logs } = yield* LoginApp.start({ extra: layer })
      const { location } = yield* browser.get("/auth/discord/login")
      yield* browser.get(LoginApp.consent(location))
      const cookies = browser.cookies()
      yield* browser.get("/me")
      yield* browser.post("/auth/discord/logout")
      const callback = spans.find(({ attributes }) => attributes.get("url.path") === "/auth/discord/callback")
      assert.include(String(callback?.attributes.get("url.full")), "/callback?code=REDACTED&state=REDACTED&iss=")
      assert.isTrue(spans.some(({ name }) => name === "DiscordLogin.callback"))
      assert.isTrue(spans.some(({ name }) => name === "OAuth2Client.exchange"))
      const all = `${text()}\n${logs.join("\n")}`
      const state = new URL(location ?? "").searchParams.get("state") ?? ""
      const verifier = calls[0]?.form.get("code_verifier") ?? ""
      for (const secret of [...secrets, state, verifier, cookies.split("=")[1] ?? ""]) {
        assert.isAbove(secret.length, 8)
        assert.notInclude(all, secret)
      }
    }))

  it.effect("S33: no span contains them after a failed exchange, whose 5xx ends the server's span with an error", () =>
    Effect.gen(function*() {
      const { layer, spans, text } = recording()
      const { browser, logs } = yield* LoginApp.start({
        extra: layer,
        discord: () => Effect.succeed({ status: 500, body: { message: "500: Internal Server Error", code: 0 } })
      })
      const { location } = yield* browser.get("/auth/discord/login")
      assert.strictEqual((yield* browser.get(LoginApp.consent(location))).status, 503)
      assert.isTrue(
        spans.some(({ kind, status }) => kind === "server" && status._tag === "Ended" && status.exit._tag === "Failure")
      )
      const all = `${text()}\n${logs.join("\n")}`
      const state = new URL(location ?? "").searchParams.get("state") ?? ""
      for (const secret of [...secrets, state]) assert.notInclude(all, secret)
    }))

  it.effect("warns if the spans of the server would contain codes", () =>
    Effect.gen(function*() {
      const { layer, text } = recording()
      const defaults = Layer.succeed(UrlParams.CurrentRedactedNames, ["sig"])
      const { browser, logs } = yield* LoginApp.start({ extra: layer, outer: defaults })
      yield* LoginApp.signIn(browser)
      assert.include(text(), "planted-code")
      assert.isTrue(logs.some((line) => line.includes("Redaction.layer")))
    }))
})
