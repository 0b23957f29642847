import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const folder = fileURLToPath(new URL("../../examples/", import.meta.url))

/** The output of each example, line by line. */
const printed: Readonly<Record<string, ReadonlyArray<string>>> = {
  "bot.ts": [
    "https://discord.com/oauth2/authorize?client_id=…&scope=bot%20applications.commands&permissions=3072",
    "the bot is in Discord Testers",
    "the webhook's URL is <redacted>"
  ],
  "clientCredentials.ts": [
    "granted: identify connections",
    "refreshable: false",
    "days left: 7",
    "Nelly has connected github and steam",
    "revoked"
  ],
  "fromDiscord4py.ts": [
    "row 0: Imported",
    "row 1: AlreadyThere",
    "row 2: NotDecodable at record.expires_at",
    "Nelly, on the plan gold",
    "again: AlreadyThere, AlreadyThere, NotDecodable"
  ],
  "implicit.ts": [
    "the token is in the fragment",
    "refreshable: false",
    "Nelly",
    "rejected: state different"
  ],
  "joinGuild.ts": [
    "Airhorn Enthusiasts: Nelly the Great has joined",
    "Tea Drinkers: the user must leave another server first"
  ],
  "limits.ts": [
    "9 responses",
    "0 were rejected",
    "some of the page's requests were not sent"
  ],
  "linkedRole.ts": [
    "nelly_the_great of Dungeon of Doom: level 17",
    "afterwards: null",
    "a key may contain a-z, 0-9 and _"
  ],
  "ownApi.ts": [
    "401 {\"_tag\":\"Unauthenticated\"}",
    "303 ",
    "303 ",
    "200 \"Hello, Nelly\""
  ],
  "ownRetry.ts": [
    "after one 503: nelly",
    "after two: an error",
    "the session does not wait",
    "this call waits: nelly"
  ],
  "rawResponse.ts": [
    "nelly: status 200",
    "999 of 1000 are left",
    "[{…",
    "missing scope: connections"
  ],
  "refresh.ts": [
    "nelly: 2 servers, 2 connections",
    "three calls, 1 refresh",
    "Please sign in again"
  ],
  "severalApplications.ts": [
    "Tea Shop: Nelly",
    "Book Shop: Nelly",
    "Tea Shop: nobody",
    "Book Shop: Nelly"
  ],
  "signIn.ts": [
    "Hello, Nelly",
    "Discord Testers, id 1096000000004194304",
    "Café Gemütlich, id 1096000000012582912"
  ],
  "staySignedIn.ts": [
    "the token: Refreshed",
    "after a restart: Nelly"
  ],
  "testYourApp.ts": [
    "✔ greets the user by name",
    "✔ waits for a rate limit, and fails after the authorization is revoked"
  ]
}

/** Removes the counts of Node's test runner, and the duration of each test. */
const comparable = (output: string) =>
  output.split("\n").filter((line) => line !== "" && !line.startsWith("ℹ")).map((line) =>
    line.replace(/ \([\d.]+ms\)$/, "")
  )

const run = promisify(execFile)

describe("every example runs offline and prints these lines", () => {
  const names = globSync("*.ts", { cwd: folder }).toSorted()

  it("the list has every example", () => {
    assert.deepStrictEqual(Object.keys(printed), names)
  })

  for (const name of names) {
    it(name, async () => {
      const { stderr, stdout } = await run(process.execPath, ["--import", "../test/docs/offline.ts", name], {
        cwd: folder
      })
      assert.deepStrictEqual(comparable(stdout), printed[name])
      assert.strictEqual(stderr, "")
    })
  }

  it("each has at most 45 lines", () => {
    for (const name of names) {
      const lines = readFileSync(`${folder}${name}`, "utf8").trimEnd().split("\n")
      assert.isAtMost(lines.length, 45, name)
    }
  })
})
