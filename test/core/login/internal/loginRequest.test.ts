import { assert, describe, it } from "@effect/vitest"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as LoginRequest from "../../../../packages/core/src/login/internal/loginRequest.ts"

const origin = "https://app.example"

const request = (headers: Record<string, string> = {}, path = "/", method = "GET") =>
  HttpServerRequest.fromWeb(new Request(origin + path, { method, headers }))

describe("isPrefetch", () => {
  for (
    const headers of [
      { "sec-purpose": "prefetch" },
      { "sec-purpose": "prefetch;prerender" },
      { purpose: "prefetch" },
      { "x-purpose": "preview" },
      { "x-moz": "Prefetch" }
    ]
  ) {
    it(`F34: is true with ${JSON.stringify(headers)}`, () => assert.isTrue(LoginRequest.isPrefetch(request(headers))))
  }

  it("F34: is false for the request of a user", () => {
    assert.isFalse(LoginRequest.isPrefetch(request({ "sec-fetch-mode": "navigate" })))
  })
})

describe("isTooLong", () => {
  it("F36: accepts a URL of 8,192 characters and a Cookie header of 16,384", () => {
    assert.isFalse(LoginRequest.isTooLong(request({ cookie: "a".repeat(16_384) }, `/${"x".repeat(8191)}`)))
  })

  it("F36: rejects one character more of either", () => {
    assert.isTrue(LoginRequest.isTooLong(request({}, `/${"x".repeat(8192)}`)))
    assert.isTrue(LoginRequest.isTooLong(request({ cookie: "a".repeat(16_385) })))
  })
})

describe("searchOf", () => {
  it("returns the parameters of the query", () => {
    assert.deepStrictEqual(Array.from(LoginRequest.searchOf(request({}, "/a?b=c&b=d%20e"))), [["b", "c"], ["b", "d e"]])
    assert.lengthOf(Array.from(LoginRequest.searchOf(request({}, "/a"))), 0)
  })
})

describe("isSafe", () => {
  for (
    const [method, safe] of [["GET", true], ["HEAD", true], ["OPTIONS", true], ["POST", false], [
      "DELETE",
      false
    ]] as const
  ) {
    it(`is ${safe} for ${method}`, () => assert.strictEqual(LoginRequest.isSafe(request({}, "/", method)), safe))
  }
})

describe("isSameOrigin", () => {
  const table: ReadonlyArray<readonly [headers: Record<string, string>, sameOrigin: boolean]> = [
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-site", origin }, false],
    [{ "sec-fetch-site": "cross-site", origin }, false],
    [{ "sec-fetch-site": "none", origin }, false],
    [{ origin }, true],
    [{ origin: "https://evil.example" }, false],
    [{ origin: "null" }, false],
    [{}, false]
  ]
  for (const [headers, sameOrigin] of table) {
    it(`S21: is ${sameOrigin} with ${JSON.stringify(headers)}`, () =>
      assert.strictEqual(LoginRequest.isSameOrigin(request(headers), origin), sameOrigin))
  }

  it("S21: is false with Origin alone if the application's origin is unknown", () => {
    assert.isFalse(LoginRequest.isSameOrigin(request({ origin })))
    assert.isFalse(LoginRequest.isSameOrigin(request({})))
  })
})
