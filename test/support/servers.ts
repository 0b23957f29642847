/**
 * The servers that some tests talk to. Where one does not answer, its tests are left out and say so; with
 * `TEST_SERVERS=required`, as in CI, that is a failure.
 */
import { assert, describe, it } from "@effect/vitest"
import { answers, type Server, urlOf } from "./reachable.ts"

/** `describe`, where the server answers. */
export const describeServer = async (server: Server, name: string, tests: () => void): Promise<void> => {
  const url = urlOf(server)
  if (await answers(url)) return void describe(name, tests)
  const absence = `no ${server} answers at ${url.host}`
  if (process.env.TEST_SERVERS === "required") {
    return void describe(name, () => {
      it("runs against a server", () => assert.fail(`${absence}, and TEST_SERVERS is "required"`))
    })
  }
  console.warn(`Left out: ${name}: ${absence}.`)
  describe.skip(name, () => {
    it(`left out: ${absence}`, () => {})
  })
}
