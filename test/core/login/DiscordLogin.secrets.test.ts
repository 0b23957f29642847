/**
 * S33 at the application's own server: no span, event, exception or log of Effect's server contains the code or the state
 * of a callback, for every result of the callback. Effect's own logger is on, and the tracer records headers.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as ErrorReporter from "effect/ErrorReporter"
import * as Exit from "effect/Exit"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import * as LoginApp from "../../support/LoginApp.ts"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import type * as Stub from "../../support/StubDiscord.ts"

/** Prints a value with its getters, causes and private members. */
const deep = (value: unknown) => inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null })

/**
 * Prints an error. An error of Effect's server refers to the request and its whole URL, so only what exporters print of
 * it is included, and the URL of a response error.
 */
const deepError = (error: unknown) => {
  if (!HttpServerError.isHttpServerError(error)) return deep(error)
  const { message, name, reason, request, stack } = error
  return [name, message, stack, ...(reason._tag === "ResponseError" ? [request.url, deep(reason.response)] : [])].join(
    "\n"
  )
}

/** Prints each error of a cause, and the cause as exporters print it. */
const deepCause = (cause: Cause.Cause<unknown>) =>
  [
    Cause.pretty(cause),
    ...cause.reasons.map((reason) =>
      reason._tag === "Fail" ? deepError(reason.error) : reason._tag === "Die" ? deepError(reason.defect) : ""
    )
  ].join("\n")

/** Prints everything that an exporter can read of a span. */
const deepSpan = ({ attributes, events, links, name, status }: Tracer.NativeSpan) =>
  [
    name,
    deep([attributes, events, links]),
    status._tag === "Ended" && Exit.isFailure(status.exit) ? deepCause(status.exit.cause) : ""
  ].join("\n")

const observing = () => {
  const seen: Array<string> = []
  const { layer: traced, spans } = RecordingTracer.make()
  const sink = (line: unknown) => void seen.push(typeof line === "string" ? line : deep(line))
  const loggers = [Logger.formatJson, Logger.formatLogFmt, Logger.formatStructured, Logger.formatSimple]
    .map((format) => Logger.map(format, sink))
  const layer = Layer.mergeAll(
    traced,
    Logger.layer([...loggers, Logger.make(({ cause, message }) => sink([message, deepCause(cause)]))]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    Layer.succeed(HttpMiddleware.TracerHeaderFilter, (name: string) => name !== "cookie" && name !== "set-cookie"),
    ErrorReporter.layer([
      ErrorReporter.make((report) => sink([deepError(report.error), report.attributes, deepCause(report.cause)]))
    ])
  )
  const text = () => [...seen, ...spans.map(deepSpan)].join("\n")
  const server = () => spans.filter(({ kind }) => kind === "server")
  return { layer, text, server }
}

type Settings = Parameters<typeof LoginApp.start>[0]

interface Ending {
  readonly name: string
  readonly status: number
  readonly settings?: Settings
  /** Returns the path that the browser requests, from the `Location` of the login. */
  readonly path?: (location: string | null) => string
  readonly headers?: Record<string, string>
}

const failing = (answer: Stub.Answer): Settings => ({
  discord: (call) => call.path === "/oauth2/token" ? Effect.succeed(answer) : LoginApp.discord(call)
})

const callback = (location: string | null) => LoginApp.consent(location)

const endings: ReadonlyArray<Ending> = [
  { name: "a success", status: 303 },
  {
    name: "a denial",
    status: 200,
    path: (location) => LoginApp.consent(location, { code: undefined, error: "access_denied" })
  },
  { name: "a rejected code", status: 400, settings: failing({ status: 400, body: { error: "invalid_grant" } }) },
  { name: "a malformed callback", status: 400, path: (location) => `${callback(location)}&code=planted-other-code` },
  {
    name: "a callback that is too long",
    status: 400,
    path: (location) => `${callback(location)}&x=${"x".repeat(9000)}`
  },
  { name: "a callback of another browser", status: 400, headers: { cookie: "a=b" } },
  { name: "a prefetch", status: 204, headers: { "sec-purpose": "prefetch" } },
  { name: "Discord's outage", status: 503, settings: failing({ status: 500, body: { message: "500", code: 0 } }) },
  {
    name: "a client that Discord rejects",
    status: 500,
    settings: failing({ status: 401, body: { error: "invalid_client" } })
  },
  { name: "a response that cannot be read", status: 502, settings: failing({ status: 200, body: "<html>" }) },
  { name: "a denylist that is down", status: 503, settings: { extra: LoginApp.layerDenylistDown } },
  {
    name: "a defect of onSignedIn",
    status: 500,
    settings: { options: { onSignedIn: () => Effect.die(new Error("a bug")) } }
  },
  {
    name: "a rejection by onSignedIn with 500",
    status: 500,
    settings: { options: { onSignedIn: () => Effect.fail(HttpServerResponse.text("no", { status: 500 })) } }
  },
  {
    name: "a defect of onError",
    status: 500,
    settings: { ...failing({ status: 500, body: {} }), options: { onError: () => Effect.die(new Error("a bug")) } }
  },
  {
    name: "an unknown path under basePath",
    status: 404,
    path: (location) => callback(location).replace("/callback", "/callback/x")
  },
  {
    name: "an unknown path before basePath",
    status: 404,
    path: (location) => `/prefix${callback(location)}`
  }
]

describe("S33: no span, event, exception or log contains the code or the state of a callback", () => {
  for (const { headers, name, path = callback, settings, status } of endings) {
    it.effect(`of ${name} (${status})`, () =>
      Effect.gen(function*() {
        const { layer, server, text } = observing()
        const { browser, logs } = yield* LoginApp.start({ ...settings, logger: true, observed: layer })
        const { location } = yield* browser.get("/auth/discord/login")
        const state = new URL(location ?? "").searchParams.get("state") ?? ""
        assert.isAbove(state.length, 40)
        const answer = yield* browser.get(path(location), headers)
        assert.strictEqual(answer.status, status)
        assert.isAtLeast(server().length, 2)
        const all = `${text()}\n${logs.join("\n")}`
        assert.include(all, "Sent HTTP response")
        for (const secret of ["planted-code", "planted-other-code", state]) {
          const at = all.indexOf(secret)
          assert.strictEqual(at, -1, all.slice(Math.max(0, at - 600), at + 100))
        }
      }))
  }
})
