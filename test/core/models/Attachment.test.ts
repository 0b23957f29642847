import { Attachment } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { clip, uploaded } from "../../fixtures/attachment.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"

laws("Attachment", Attachment.Attachment, {
  examples: {
    "an uploaded file": uploaded.attachment,
    "an attachment with everything": clip,
    "an attachment with nulls": { ...clip, width: null, height: null, title: null, application: null }
  },
  required: ["id", "filename", "size", "url", "proxy_url"]
})

laws("UploadedAttachment", Attachment.UploadedAttachment, {
  examples: { "the answer to an upload": uploaded },
  required: ["attachment"]
})

describe("Attachment", () => {
  ignoresUnknownMembers("Attachment", Attachment.Attachment, clip)
  ignoresUnknownMembers("UploadedAttachment", Attachment.UploadedAttachment, uploaded)

  it("keeps unknown flags", () => {
    const future = { ...clip, flags: 2 ** 40 + 2 }
    const decoded = decode(Attachment.Attachment, future)
    assert.deepStrictEqual(encode(Attachment.Attachment, decoded), future)
    assert.deepStrictEqual(Attachment.flags(decoded), ["IS_THUMBNAIL"])
  })

  it("rejects a member of the wrong type", () => {
    for (
      const members of [{ id: "a" }, { size: "1" }, { url: null }, { duration_secs: "1" }, { clip_participants: 1 }]
    ) {
      assert.isTrue(refuses(Attachment.Attachment, { ...clip, ...members }), JSON.stringify(members))
    }
  })

  it("flags returns the names of the documented bits, from the lowest bit to the highest", () => {
    const of = (flags: number) => Attachment.flags({ flags })
    assert.deepStrictEqual(of(0b101111), ["IS_CLIP", "IS_THUMBNAIL", "IS_REMIX", "IS_SPOILER", "IS_ANIMATED"])
    assert.deepStrictEqual(of(1 << 4), [])
    assert.deepStrictEqual(Attachment.flags({}), [])
  })

  it("createdAt reads the id", () => {
    const { attachment } = decode(Attachment.UploadedAttachment, uploaded)
    assert.strictEqual(DateTime.formatIso(Attachment.createdAt(attachment)), "2024-08-27T19:48:44.351Z")
  })
})
