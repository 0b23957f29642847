/**
 * Describes the tests that use a server. They are skipped and say so when the server does not respond; with
 * `TEST_SERVERS=required`, as in CI, they fail.
 */
import { assert, describe, it } from "@effect/vitest"
import { answers, type Server, urlOf } from "./reachable.ts"

/** `describe` for tests of a server that responds. */
export const describeServer = async (server: Server, name: string, tests: () => void): Promise<void> => {
  const url = urlOf(server)
  if (await answers(url)) return void describe(name, tests)
  const absence = `no ${server} responds at ${url.host}`
  if (process.env.TEST_SERVERS === "required") {
    return void describe(name, () => {
      it("runs against a server", () => assert.fail(`${absence}, and TEST_SERVERS is "required"`))
    })
  }
  console.warn(`Skipped: ${name}: ${absence}.`)
  describe.skip(name, () => {
    it(`skipped: ${absence}`, () => {})
  })
}
