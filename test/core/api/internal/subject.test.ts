import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { client, type Credentials, none } from "../../../../packages/core/src/api/internal/credentials.ts"
import { toSubject } from "../../../../packages/core/src/api/internal/subject.ts"

const bearer = (token: string): Credentials => ({ _tag: "Bearer", token: Redacted.make(token), refreshable: false })
const bot: Credentials = { _tag: "Bot", token: Redacted.make("planted-bot") }

describe("toSubject", () => {
  it("is the user where the user is known, whatever the token is", () => {
    assert.strictEqual(toSubject(bearer("planted-one"), "1"), "user:1")
    assert.strictEqual(toSubject(bearer("planted-two"), "1"), "user:1")
  })

  it("is a hash that differs by token, and does not contain the token, where the user is not known", () => {
    assert.match(toSubject(bearer("planted-one"), undefined), /^token:[0-9a-z]+$/)
    assert.strictEqual(toSubject(bearer("planted-one"), undefined), toSubject(bearer("planted-one"), undefined))
    assert.notStrictEqual(toSubject(bearer("planted-one"), undefined), toSubject(bearer("planted-two"), undefined))
    assert.notInclude(toSubject(bearer("planted-one"), undefined), "planted")
  })

  it("is the bot, the application or the IP address for the other credentials, even with a user", () => {
    assert.match(toSubject(bot, "1"), /^bot:[0-9a-z]+$/)
    assert.strictEqual(toSubject(client, "1"), "client")
    assert.strictEqual(toSubject(none, "1"), "address")
  })
})
