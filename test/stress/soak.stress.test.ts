/** Thousands of users meet every kind of fault: each gets a result or a typed error, and the memory does not grow. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fork } from "node:child_process"
import { resolve } from "node:path"
import { usersOf } from "./concurrentRefresh.ts"
import type { Report, Settings } from "./soak.ts"
import * as SoakDiscord from "./SoakDiscord.ts"
import { kindsOf, maxBodyBytes } from "./SoakFaults.ts"
import { clientId, clientSecret } from "./StrictDiscord.ts"

/** After all users have come. */
const seconds = Math.max(60, Number(process.env.TEST_SOAK_SECONDS ?? 60))
const seed = Number(process.env.TEST_SOAK_SEED ?? Date.now() % 1_000_000)
const rampSeconds = 12
/** A slow machine gets more time, until enough has happened. */
const mostSeconds = seconds * 20
/** How long an access token lives, in seconds. */
const expiresIn = 20
const mebibyte = 1_048_576

const users = usersOf(Math.max(300, Number(process.env.TEST_SOAK_USERS ?? 1000)), 80351110221000000n)
const guilds = users.map((_, index) => index % 20 === 0 ? 205 : 3)
const guildsByUser = new Map(users.map((user, index) => [user, guilds[index] ?? 0]))

interface Soaked {
  readonly report: Report
  /** The exit code of the process, which ends by itself after its report. */
  readonly exitCode: number | null
}

/** Runs the application until `isEnough` returns `true`; `onLoaded` is called when the load is over. */
const soak = (settings: Settings, isEnough: () => boolean, onLoaded: () => void) =>
  new Promise<Soaked>((resolvePromise, reject) => {
    const child = fork(resolve(import.meta.dirname, "soak.ts"), [JSON.stringify(settings)], {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"]
    })
    let report: Report | undefined
    const watching = setInterval(() => {
      if (!isEnough()) return
      clearInterval(watching)
      child.send("enough")
    }, 500)
    child.on("message", (message: "loaded" | Report) => {
      if (message === "loaded") {
        clearInterval(watching)
        onLoaded()
        child.send("calm")
      } else {
        report = message
        setTimeout(() => child.kill("SIGKILL"), 300_000).unref()
      }
    })
    child.once("exit", (exitCode, signal) => {
      clearInterval(watching)
      if (report === undefined) reject(new Error(`the application has ended: ${exitCode ?? signal}`))
      else resolvePromise({ report, exitCode })
    })
  })

/**
 * The heap in MiB. Each half of the load, without its first sixth, is represented by its minimum: what piles up while the
 * machine is busy is released again, and what leaks is not.
 */
const heapOf = ({ samples }: Report) => {
  const of = (phase: string) =>
    samples.filter((sample) => sample.phase === phase).map(({ heapUsed }) => heapUsed / mebibyte)
  const load = of("load")
  const steady = load.slice(Math.floor(load.length / 6))
  const half = Math.floor(steady.length / 2)
  return {
    start: Math.min(...of("start")),
    warm: Math.min(...steady.slice(0, half)),
    late: Math.min(...steady.slice(half)),
    peak: Math.max(...load),
    calm: of("calm").at(-1) ?? Number.NaN,
    end: Math.min(...of("end"))
  }
}

const rounded = (numbers: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, Math.round(number * 10) / 10]))

const countBy = (names: Iterable<string>) => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

describe("a soak", () => {
  it.live(
    "F2 to F7, F9 to F12, F14, F48: every user is served or gets a typed error, no valid grant is lost, and the memory does not grow",
    () =>
      Effect.gen(function*() {
        const discord = yield* Effect.acquireRelease(
          Effect.promise(() =>
            SoakDiscord.start({
              seed,
              faultRate: 0.01,
              expiresIn,
              guildsOf: (user) => guildsByUser.get(user) ?? 0
            })
          ),
          ({ close }) => Effect.promise(close)
        )
        const blocks = ([[0.4, 429], [0.6, 403], [0.8, 429]] as const).map(([part, status]) =>
          setTimeout(() => discord.block(status), (rampSeconds + seconds) * part * 1000)
        )
        const refreshes = users.length * seconds / (expiresIn * 2)
        const unmet = () => {
          const met = new Set(Object.values(discord.faults).flatMap((kinds) => Object.keys(kinds)))
          return Object.values(kindsOf).flat().filter((kind) => !met.has(kind))
        }
        /** What has not happened often enough yet. */
        const missing = () => {
          const grants = Array.from(discord.grants.values())
          const some = Math.ceil(users.length / 300)
          return [
            ...unmet(),
            ...(discord.counts.refreshes > refreshes ? [] : [`refreshes: ${discord.counts.refreshes} of ${refreshes}`]),
            ...(discord.blocks.length === blocks.length && discord.blocks.every(({ goodAfter }) => goodAfter > 100)
              ? []
              : ["responses after each of Cloudflare's blocks"]),
            ...(grants.filter(({ isLost }) => isLost).length >= some ? [] : ["lost responses"]),
            ...(grants.filter(({ end }) => end === "revoked").length > 1 ? [] : ["revocations"])
          ]
        }
        const isEnough = () => missing().length === 0
        const telling = setInterval(
          () => console.info("The soak waits for", missing().join(", ") || "rate limits"),
          60_000
        )
        const { exitCode, report } = yield* Effect.promise(() =>
          soak(
            {
              apiUrl: discord.apiUrl,
              clientId,
              clientSecret,
              seed,
              users,
              guilds,
              seconds,
              rampSeconds,
              mostSeconds,
              maxBodyBytes
            },
            isEnough,
            discord.calm
          )
        ).pipe(Effect.ensuring(Effect.sync(() => [...blocks, telling].forEach((timer) => clearTimeout(timer)))))

        const heap = heapOf(report)
        const { counts } = discord
        const grants = Array.from(discord.grants.values())
        console.info(`${users.length} users, ${seconds} seconds, TEST_SOAK_SEED=${seed}`)
        console.table({
          calls: report.calls,
          "calls a second": Math.round(report.calls / seconds),
          "sign-ins": report.signIns,
          "sign-outs": report.signOuts,
          "visits that were interrupted": report.interrupted,
          "visits that waited for the machine": report.postponed,
          "latency p50 in ms": report.latency.p50,
          "latency p95": report.latency.p95,
          "latency p99": report.latency.p99,
          "latency max": report.latency.max,
          "overdue at most, in ms": Math.round(report.overdue),
          "last user's end after the load, in ms": Math.round(report.lastEnd),
          "waited for a limit": report.rateLimit.waited,
          "refused because of a limit": report.rateLimit.refused,
          "429 received": report.rateLimit.exceeded,
          "invalid requests": report.invalidRequests,
          ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [`server: ${name}`, count])),
          "server: grants": grants.length,
          "server: lost in an answer": grants.filter(({ isLost }) => isLost).length,
          "server: revoked": grants.filter(({ end }) => end === "revoked").length
        })
        console.info("Faults")
        console.table(
          Object.fromEntries(
            Array.from(new Set(Object.values(kindsOf).flat()), (kind) => [
              kind,
              Object.fromEntries(Object.entries(discord.faults).map(([task, kinds]) => [task, kinds[kind] ?? 0]))
            ])
          )
        )
        console.info("Calls by what they came to")
        console.table(report.outcomes)
        console.info("Users by what they hold in the end")
        console.table(countBy(report.finals.map(({ outcome }) => outcome)))
        console.info("Cloudflare's blocks")
        console.table(discord.blocks.map(({ until: _, ...block }) => block))
        console.info("Heap in MiB", rounded(heap))
        console.table(
          report.samples.map(({ at, heapUsed, phase, running }) => ({
            phase,
            seconds: Math.round(at / 1000),
            MiB: Math.round(heapUsed / mebibyte * 10) / 10,
            running
          }))
        )
        console.info("Resources", report.resources)

        // Every user is served or has got a typed error, and nothing else has happened.
        assert.deepStrictEqual(report.defects, [])
        assert.deepStrictEqual(report.untyped, [])
        assert.strictEqual(report.interruptions, 0)
        assert.strictEqual(report.hanging, 0)
        assert.strictEqual(report.finals.length, users.length)
        assert.deepStrictEqual(report.finals.filter(({ isTyped }) => !isTyped), [])

        // No response is about another user.
        assert.strictEqual(report.foreign, 0)

        // A refresh token was sent again only after a lost response or a request that failed; no code was sent twice.
        assert.deepStrictEqual(countBy(discord.complaints), {})

        // A record is removed only when the user signed out, or when Discord too considers its token invalid.
        const why = (grant: string) => {
          const known = discord.grants.get(grant)
          return known === undefined ? "unknown" : known.end ?? (known.isLost ? "lost" : "alive")
        }
        const dead = report.removals.filter((removal) => removal.why === "dead")
        assert.deepStrictEqual(dead.filter(({ grant }) => why(grant) === "alive" || why(grant) === "unknown"), [])
        assert.isAbove(dead.filter(({ grant }) => why(grant) === "lost").length, 0)
        assert.isAbove(dead.filter(({ grant }) => why(grant) === "revoked").length, 0)

        // A user whose sign-in was lost with a response gets that reason.
        const lostOnly = countBy(dead.filter(({ grant }) => why(grant) === "lost").map(({ user }) => user))
        const otherwise = new Set(dead.filter(({ grant }) => why(grant) !== "lost").map(({ user }) => user))
        for (const user of Object.keys(lostOnly).filter((user) => !otherwise.has(user))) {
          assert.deepStrictEqual(
            (report.refusals[user] ?? []).filter((reason) => reason !== "outcome-unknown"),
            [],
            user
          )
        }

        // After the calm, the users with a record are served with a valid grant, and no others.
        const removed = new Set(report.removals.map(({ user }) => user))
        for (const { grant, outcome, user, wasSignedIn } of report.finals) {
          if (outcome === "served") assert.include(["alive", "lost"], why(grant ?? "none"), user)
          else {
            assert.isUndefined(grant, `${user}: ${outcome}, ${why(grant ?? "none")}`)
            if (wasSignedIn) assert.isTrue(removed.has(user), user)
          }
        }
        assert.isAbove(
          report.finals.filter(({ outcome }) => outcome === "served").length,
          report.finals.filter(({ wasSignedIn }) => wasSignedIn).length * 0.7
        )

        // Every limit and every fault took effect, and after each block Discord was called again.
        assert.isAbove(report.rateLimit.waited, 1000)
        assert.isAbove(report.rateLimit.refused, 10)
        assert.isAbove(counts.refreshes, refreshes)
        assert.deepStrictEqual(unmet(), [])
        assert.strictEqual(discord.blocks.length, 3)
        for (const block of discord.blocks) assert.isAbove(block.goodAfter, 100)

        // The memory does not grow, and nothing is left open.
        assert.isBelow(heap.late - heap.warm, 2.5)
        assert.isBelow(heap.calm, heap.warm)
        assert.isUndefined(report.resources.end.TCPSocketWrap)
        assert.strictEqual(exitCode, 0)
      }),
    mostSeconds * 1000 + 1_800_000
  )
})
