import { assert, it } from "@effect/vitest"
import { escape } from "../../../packages/core/src/internal/html.ts"

it("escapes the five characters that can end a text or a quoted attribute, and leaves the others", () => {
  assert.strictEqual(
    escape(`<a href="x" title='y'>Tom & Jerry &amp; ünï \u{1f600}</a>`),
    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;Tom &amp; Jerry &amp;amp; ünï \u{1f600}&lt;/a&gt;"
  )
})
