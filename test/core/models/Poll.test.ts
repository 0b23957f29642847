import { Poll } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { poll } from "../../fixtures/message.ts"

const failure = (members: object): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(Poll.CreatePoll))({ ...poll, ...members })
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}

laws("CreatePoll", Poll.CreatePoll, {
  examples: {
    "a poll with everything": poll,
    "a poll with nulls": { ...poll, allow_multiselect: null, layout_type: null, duration: null }
  },
  required: ["question", "answers"]
})
laws("PollAnswer", Poll.PollAnswer, {
  examples: Object.fromEntries(poll.answers.map((each) => [each.poll_media.text, each])),
  required: ["poll_media"]
})
laws("PollMedia", Poll.PollMedia, {
  examples: { "a question": poll.question, "nothing": { text: null, emoji: null } },
  required: []
})
laws("PollEmoji", Poll.PollEmoji, { examples: { "a Unicode emoji": { name: "🌲" } }, required: [] })

describe("CreatePoll", () => {
  ignoresUnknownMembers("CreatePoll", Poll.CreatePoll, poll)

  it("1 to 10 answers", () => {
    const answers = (count: number) => ({
      answers: Array.from({ length: count }, () => ({ poll_media: { text: "a" } }))
    })
    for (const count of [1, 10]) assert.strictEqual(failure(answers(count)), "")
    for (const count of [0, 11]) assert.include(failure(answers(count)), "[\"answers\"]")
  })

  it("the duration is 1 to 768 hours", () => {
    for (const duration of [1, 768]) assert.strictEqual(failure({ duration }), "")
    for (const duration of [0, 769, 1.5]) assert.include(failure({ duration }), "[\"duration\"]")
  })

  it("a text has 1 to 300 characters, the name of an emoji at most 32", () => {
    assert.strictEqual(failure({ question: { text: "😀".repeat(300), emoji: { name: "😀".repeat(32) } } }), "")
    for (const text of ["", "x".repeat(301)]) {
      assert.include(failure({ question: { text } }), "[\"question\"][\"text\"]")
    }
    const emoji = { name: "x".repeat(33) }
    assert.include(
      failure({ answers: [{ poll_media: { emoji } }] }),
      "[\"answers\"][0][\"poll_media\"][\"emoji\"][\"name\"]"
    )
  })

  it("accepts an unknown layout", () => {
    assert.isFalse(refuses(Poll.CreatePoll, { ...poll, layout_type: 2 }))
  })
})
