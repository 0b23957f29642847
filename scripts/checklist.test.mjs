import { assert, describe, it } from "vitest"
import { compare, pageOf, reportOf, testsOf } from "./checklist.mjs"
import { rules } from "./rules.mjs"

const titlesOf = (text) => {
  const { errors, tests } = testsOf("a.test.ts", text)
  assert.deepStrictEqual(errors, [])
  return tests.map(({ title }) => title)
}

const reads = (name, text, titles) => it(`reads ${name}`, () => assert.deepStrictEqual(titlesOf(text), titles))

describe("the titles of tests", () => {
  reads(
    "it, test and their members",
    `it("S1: a", () => {}); it.effect("S2: b", () => x); it.live("S3: c", () => x); test("S4: d", async () => {})
     it.effect.prop("S5: e", [a], () => x); it.prop("S6: f", [a], () => x); it.scoped(\`S7: g\`, () => x)`,
    ["S1: a", "S2: b", "S3: c", "S4: d", "S5: e", "S6: f", "S7: g"]
  )
  reads("a title on its own line, followed by options", `it.live(\n  "S1: a",\n  () => x,\n  { timeout: 1 }\n)`, [
    "S1: a"
  ])
  reads(
    "tests in describe, in layer and in a condition",
    `describe("S1: a", () => {
    if (there) it("S2: b", () => {}); else { layer(L)("c", (it) => { it.effect("S3: d", () => x) }) }
  })`,
    ["S2: b", "S3: d"]
  )
  reads("the text before a value", "it(`S1: ${a} of ${b}`, () => {})", ["S1: … of …"])
  reads("joined strings", `it("S1: " + a + " b", () => {})`, ["S1: … b"])
  reads("a constant", `const title = "S1: a"; it(title, () => {})`, ["S1: a"])
  reads("both branches of a condition", `it(a ? "S1: a" : "S2: b", () => {})`, ["S1: a", "S2: b"])
  reads(
    "the rows of a loop",
    `for (const [name, value] of [["S1: a", 1], ["S2: b", 2]] as const) it.effect(\`\${name} is \${value}\`, () => x)`,
    ["S1: a is …", "S2: b is …"]
  )
  reads(
    "the rows of a table in a constant, with objects",
    `const table: ReadonlyArray<Row> = [{ what: "S1: a" }, { what: "S2: b" }]
     for (const { what } of table) it(what, () => {})
     for (const row of table) it(row.what, () => {})
     table.forEach(({ what }) => it(what, () => {}))`,
    ["S1: a", "S2: b", "S1: a", "S2: b", "S1: a", "S2: b"]
  )
  reads(
    "the keys of an object",
    `for (const [name, value] of Object.entries({ "S1: a": 1, "S2: b": 2 })) it(name, () => {})
     for (const name of Object.keys({ "S3: c": 1 })) it(name, () => {})`,
    ["S1: a", "S2: b", "S3: c"]
  )
  reads(
    "the calls of a helper once each",
    `const check = (name: string, tag: string) => { it.effect(\`\${name} is \${tag}\`, () => x) }
     check("S1: a", "A"); check("S2: b", "B")
     const test = (title, body) => { it.live(title, () => body) }
     test("S3: c", x)`,
    ["S1: a is …", "S2: b is …", "S3: c"]
  )
  reads(
    "two helpers with the same name separately",
    `
    const a = () => { const test = (t, b) => { it(t, b) }; test("S1: a", x) }
    const b = () => { const test = (t, b) => { it.skip(t, b) }; test("S2: b", x) }`,
    ["S1: a"]
  )
  reads(
    "each",
    `it.each(["S1: a"])("%s b", () => {}); it.effect.each([{ name: "S2: b" }])("$name c", () => x)
     it.each([["S3: c", 1]])("%s %s", () => {}); it.each(rows)("S4: %s", () => {})`,
    ["S1: a b", "S2: b c", "S3: c %s", "S4: %s"]
  )
  reads(
    "a title that is known only at run time as `…`",
    `for (const name of names()) it(name, () => {}); it(imported, () => {})`,
    [
      "…",
      "…"
    ]
  )

  for (
    const code of [
      `it.skip("S1: a", () => {})`,
      `it.effect.skip("S1: a", () => x)`,
      `it.todo("S1: a")`,
      `it.fails("S1: a", () => {})`,
      `it.effect.fails("S1: a", () => x)`,
      `it("S1: a", { skip: true }, () => {})`,
      `it("S1: a", () => {}, { fails: true })`,
      `describe.skip("a", () => { it("S1: a", () => {}) })`,
      `describe.skip("a", () => { describe("b", () => { it.live("S1: a", () => x) }) })`,
      `describe("S1: a", () => {})`,
      `// it("S1: a", () => {})`,
      `commit("S1: a", () => {})`,
      `const text = 'it("S1: a", () => {})'`
    ]
  ) {
    it(`finds no test in ${code}`, () => assert.deepStrictEqual(titlesOf(code), []))
  }

  it("counts a test that is skipped only under a condition", () =>
    assert.deepStrictEqual(titlesOf(`it.skipIf(!there)("S1: a", () => {}); it.runIf(there)("S2: b", () => {})`), [
      "S1: a",
      "S2: b"
    ]))

  it("names the file that it cannot parse", () => assert.match(testsOf("a.test.ts", "it(").errors[0], /^a\.test\.ts: /))
})

describe("the comparison", () => {
  const known = [{ number: "S1", rule: "one" }, { number: "F2", rule: "two" }, {
    number: "S16",
    rule: "three",
    pending: "later"
  }]
  const problemsOf = (...titles) => compare(known, titles.map((title) => ({ title, path: "a.test.ts" }))).problems

  it("accepts a test for each rule, or a reason instead of a test", () =>
    assert.deepStrictEqual(problemsOf("S1: a", "F2: b", "F2, S1: c", "anything", "S256 is a method"), [
      "a.test.ts: S256 is not a rule: S256 is a method"
    ]))

  it("counts only the number at the beginning of a title", () => {
    assert.deepStrictEqual(problemsOf("S1, F2: a"), ["F2 has no test whose title begins with it: two"])
    assert.deepStrictEqual(problemsOf("S1: a", "two (F2)"), ["F2 has no test whose title begins with it: two"])
    assert.deepStrictEqual(problemsOf("S1: a", "F22: b", "F2: c"), ["a.test.ts: F22 is not a rule: F22: b"])
  })

  it("rejects a rule that has both a test and a reason", () =>
    assert.deepStrictEqual(problemsOf("S1: a", "F2: b", "S16: c"), [
      "S16 has both a test and a reason to have none: a.test.ts: S16: c"
    ]))

  it("rejects a number that is listed twice", () =>
    assert.deepStrictEqual(
      compare([...known, known[0]], [{ title: "S1", path: "a" }, { title: "F2", path: "a" }]).problems,
      [
        "S1 is listed twice"
      ]
    ))

  it("prints each rule with its tests, and each rule that does not apply yet with its reason", () => {
    const { rows } = compare(known, [{ title: "S1: a", path: "a.test.ts" }, { title: "S1: b", path: "b.test.ts" }])
    const lines = reportOf(rows).split("\n").map((line) => line.replaceAll(/ +/g, " ").trim())
    assert.includeMembers(lines, ["S1 one 2 S1: a (a.test.ts)", "F2 two 0", "S16 three later"])
  })
})

describe("the rules", () => {
  it("are S1 to S45 and F1 to F54, in order", () => {
    const numbers = (letter, count) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
    assert.deepStrictEqual(rules.map(({ number }) => number), [...numbers("S", 45), ...numbers("F", 54)])
  })

  it("have different texts, and a source each", () => {
    assert.strictEqual(new Set(rules.map(({ rule }) => rule)).size, rules.length)
    for (const { pending, rule, source } of rules) {
      assert.isAbove(rule.length, 20)
      assert.isAbove(source.length, 3)
      assert.notStrictEqual(pending, "")
    }
  })

  it("are all on the page, with the reasons of those that do not apply yet", () => {
    const cells = pageOf(rules).split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    assert.deepStrictEqual(
      cells.filter(([, number]) => /^[SF]\d+$/.test(number)).map(([, ...row]) => row.slice(0, -1)),
      [
        ...rules.map(({ number, rule, source }) => [number, rule, source]),
        ...rules.flatMap(({ number, pending }) => pending === undefined ? [] : [[number, pending]])
      ]
    )
  })
})
