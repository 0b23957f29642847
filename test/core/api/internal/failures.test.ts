import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Failures from "../../../../packages/core/src/api/internal/failures.ts"

const request = HttpClientRequest.get("https://discord.com/", { headers: { authorization: "Bearer planted" } })

const transportError = (cause: unknown) =>
  Failures.toTransportError(
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
  )

const coded = (code: string) => Object.assign(new Error("planted"), { code })

describe("toTransportError", () => {
  for (
    const [name, cause, sent, description] of [
      ["a refused connection", coded("ECONNREFUSED"), false, "ECONNREFUSED"],
      ["an unknown host, two causes deep", { cause: { cause: coded("ENOTFOUND") } }, false, "ENOTFOUND"],
      ["an expired certificate", coded("CERT_HAS_EXPIRED"), false, "CERT_HAS_EXPIRED"],
      ["a reset connection", coded("ECONNRESET"), true, "ECONNRESET"],
      ["a cause without a code", new Error("planted"), true, "the connection broke"],
      ["a cause that is text", "planted", true, "the connection broke"]
    ] as const
  ) {
    it(`${name} ${sent ? "may have arrived" : "was not sent"}`, () => {
      const error = transportError(cause)
      assert.deepInclude(error, { sent, description })
      assert.notInclude(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, "planted")
    })
  }

  it("a request with an invalid URL was not sent", () => {
    const reason = new HttpClientError.InvalidUrlError({ request })
    assert.deepInclude(Failures.toTransportError(new HttpClientError.HttpClientError({ reason })), {
      sent: false,
      description: "InvalidUrlError"
    })
  })
})

describe("timedOut", () => {
  it("may have arrived, and names what is missing and the timeout", () => {
    assert.deepInclude(Failures.timedOut("body", Duration.seconds(10)), {
      sent: true,
      description: "no body within 10s"
    })
  })
})
