import { Redaction } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"

describe("Redaction", () => {
  it.effect("layer adds to the parameters that are already redacted", () =>
    Effect.gen(function*() {
      const names = yield* Effect.provide(
        UrlParams.CurrentRedactedNames,
        Redaction.layer.pipe(Layer.provide(Layer.succeed(UrlParams.CurrentRedactedNames, ["sig"])))
      )
      assert.include(names, "sig")
      for (const name of ["code", "state", "access_token", "refresh_token", "code_verifier"]) {
        assert.include(names, name)
      }
    }))

  it.effect("layer adds the headers that contain a URL to those that are already redacted", () =>
    Effect.gen(function*() {
      const before = yield* Headers.CurrentRedactedNames
      const names = yield* Effect.provide(Headers.CurrentRedactedNames, Redaction.layer)
      assert.deepStrictEqual(names, [...before, "location", "referer"])
      assert.include(before, "authorization")
    }))
})
