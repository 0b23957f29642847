import { Webhook } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { decode, encode, ignoresUnknownMembers, laws } from "../../fixtures/laws.ts"
import { incomingWebhook } from "../../fixtures/oauth2.ts"
import { application, channelFollower, incoming } from "../../fixtures/webhook.ts"

const webhook = decode(Webhook.Webhook, incomingWebhook)

laws("Webhook", Webhook.Webhook, {
  examples: {
    "the webhook of the documented token answer": incomingWebhook,
    "the documented incoming webhook": incoming,
    "the documented channel follower webhook": channelFollower,
    "the documented application webhook": application
  },
  required: ["id", "type", "channel_id", "name", "avatar", "application_id"]
})

describe("Webhook", () => {
  ignoresUnknownMembers("Webhook", Webhook.Webhook, incomingWebhook)

  it("S33: token and url are redacted", () => {
    for (const secret of [webhook.token, webhook.url]) assert.isTrue(Redacted.isRedacted(secret))
    for (
      const text of [JSON.stringify(webhook), inspect(webhook, { depth: 9 }), String(webhook.token), `${webhook.url}`]
    ) {
      assert.notInclude(text, incomingWebhook.token)
    }
  })

  it("encoding writes the secrets in plain text", () => {
    assert.strictEqual(webhook.token && Redacted.value(webhook.token), incomingWebhook.token)
    assert.strictEqual(webhook.url && Redacted.value(webhook.url), incomingWebhook.url)
    assert.deepInclude(encode(Webhook.Webhook, webhook), { token: incomingWebhook.token, url: incomingWebhook.url })
  })

  it("keeps an unknown type", () => {
    const future = { ...incoming, type: 4 }
    assert.deepStrictEqual(encode(Webhook.Webhook, decode(Webhook.Webhook, future)), future)
  })

  it("S33: a member of the wrong type fails, and the error does not show the secrets", () => {
    for (const members of [{ id: 1 }, { token: null }, { url: 5 }, { channel_id: "general" }, { user: {} }]) {
      const exit = Schema.decodeUnknownExit(Webhook.Webhook)({ ...incomingWebhook, ...members })
      assert.isTrue(Exit.isFailure(exit), JSON.stringify(members))
      for (const text of [String(exit), JSON.stringify(exit), inspect(exit, { depth: 99 })]) {
        assert.notInclude(text, incomingWebhook.token)
      }
    }
  })

  it("has the documented types", () => {
    assert.deepStrictEqual(Webhook.WebhookType, { Incoming: 1, ChannelFollower: 2, Application: 3 })
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(
      DateTime.toEpochMillis(Webhook.createdAt(webhook)),
      Number(347114750880120863n >> 22n) + 1420070400000
    )
  })
})
