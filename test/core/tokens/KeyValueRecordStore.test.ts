import { KeyValueRecordStore, RecordStore } from "@discord-oauth2/core"
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as TestClock from "effect/testing/TestClock"
import { join } from "node:path"
import { keyOf, nelly, plainAndSealed } from "../../support/storeContract.ts"

const platform = Layer.merge(NodeFileSystem.layer, NodePath.layer)

const id = `discord-oauth2:token:${RecordStore.keyToString(nelly)}`

/** A directory of files that goes with the scope. */
const makeDirectory = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()).pipe(
  Effect.provide(platform)
)

const files = (directory: string) => Layer.provide(KeyValueStore.layerFileSystem(directory), platform)

const serviceOf = (context: Context.Context<KeyValueStore.KeyValueStore>) =>
  Context.get(context, KeyValueStore.KeyValueStore)

/** The store of a directory, as a process would have it. */
const openFiles = (directory: string) =>
  Effect.map(
    Effect.flatMap(Effect.scope, (scope) => Layer.buildWithMemoMap(files(directory), Layer.makeMemoMapUnsafe(), scope)),
    serviceOf
  )

const text = (found: Option.Option<RecordStore.StoredRecord>) =>
  Option.getOrUndefined(Option.map(found, ({ value }) => value))

describe("in memory", () => {
  plainAndSealed({ layer: () => Layer.provide(KeyValueRecordStore.layer(), KeyValueStore.layerMemory) })
})

describe("in memory, with atomic writes and shared locks", () => {
  const options = Effect.map(RecordStore.makeLocks, (exclusive) => ({ exclusive, atomicWrites: true, prefix: "" }))
  plainAndSealed({
    layer: () => Layer.provide(KeyValueRecordStore.layer({ atomicWrites: true }), KeyValueStore.layerMemory),
    sharing: Effect.gen(function*() {
      const store = Layer.succeedContext(yield* Layer.build(Layer.fresh(KeyValueStore.layerMemory)))
      return Layer.provide(KeyValueRecordStore.layer(yield* options), store)
    })
  })
})

describe("in files", () => {
  const inFiles = (directory: string, options?: KeyValueRecordStore.Options) =>
    Layer.provide(KeyValueRecordStore.layer(options), files(directory))
  plainAndSealed({
    layer: () => Layer.unwrap(Effect.map(makeDirectory, (directory) => inFiles(directory))),
    sharing: Effect.gen(function*() {
      return inFiles(yield* makeDirectory, { exclusive: yield* RecordStore.makeLocks })
    })
  })
})

/** Cuts the writing process off: its nth change of the store is done in part, and no more follows. */
class Killed {
  readonly _tag = "Killed"
}

const killedAt = (store: KeyValueRecordStore.Store, step: number, share: number): KeyValueRecordStore.Store => {
  let steps = 0
  const dies = Effect.suspend(() => Effect.die(new Killed()))
  return {
    ...store,
    set: (key, value) =>
      Effect.suspend(() =>
        ++steps < step
          ? store.set(key, value)
          : Effect.andThen(
            // Opened for writing, a file is empty before anything is in it.
            share < 0 ? Effect.void : store.set(key, value.slice(0, Math.floor(value.length * share))),
            dies
          )
      ),
    remove: (key) =>
      Effect.suspend(() =>
        ++steps < step ? store.remove(key) : Effect.andThen(share < 0 ? Effect.void : store.remove(key), dies)
      )
  }
}

describe("a process that is killed during a write", () => {
  const shares = [-1, 0, 0.1, 0.5, 0.99, 1]
  const writes: Readonly<
    Record<string, (records: RecordStore.RecordStore["Service"], generation: number) => Effect.Effect<unknown, unknown>>
  > = {
    put: (records) => records.put(nelly, "new".repeat(20)),
    replace: (records, generation) => records.replace(nelly, generation, "new".repeat(20))
  }

  for (const [name, write] of Object.entries(writes)) {
    it.live(`F41: leaves the old or the new record, which can be replaced: ${name}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const outcomes = new Set<string | undefined>()
        for (const step of [1, 2, 3]) {
          for (const share of shares) {
            const store = yield* Effect.flatMap(makeDirectory, openFiles)
            const before = yield* KeyValueRecordStore.make(store)
            const generation = yield* before.put(nelly, "old")
            const dying = yield* KeyValueRecordStore.make(killedAt(store, step, share))
            const exit = yield* Effect.exit(write(dying, generation))
            assert.isTrue(exit._tag === "Failure", `step ${step} was not reached`)

            const after = yield* KeyValueRecordStore.make(store)
            const found = Option.getOrThrow(yield* after.get(nelly))
            outcomes.add(found.value)
            if (step > 1 || share === 1) assert.strictEqual(found.value, "new".repeat(20))
            assert.strictEqual(found.generation, found.value === "old" ? generation : generation + 1)
            assert.deepStrictEqual(yield* after.list({}, { limit: 10 }), [nelly])
            // The next process may be killed too: the complete record is not overwritten.
            const dyingToo = yield* KeyValueRecordStore.make(killedAt(store, 1, 0.5))
            yield* Effect.exit(dyingToo.replace(nelly, found.generation, "newer"))
            assert.strictEqual(text(yield* after.get(nelly)), found.value)
            assert.isTrue(Option.isSome(yield* after.replace(nelly, found.generation, "newest")))
            assert.strictEqual(text(yield* after.get(nelly)), "newest")
            assert.deepStrictEqual(yield* store.keys, [id])
          }
        }
        assert.deepStrictEqual(outcomes, new Set(["old", "new".repeat(20)]))
      })))
  }

  it.live("leaves a whole record if a reader is killed afterwards too", () =>
    Effect.scoped(Effect.gen(function*() {
      for (const share of shares) {
        const store = yield* Effect.flatMap(makeDirectory, openFiles)
        const generation = yield* Effect.flatMap(
          KeyValueRecordStore.make(store),
          (records) => records.put(nelly, "old")
        )
        const writer = yield* KeyValueRecordStore.make(killedAt(store, 2, 0.5))
        yield* Effect.exit(writer.replace(nelly, generation, "new"))
        const reader = yield* KeyValueRecordStore.make(killedAt(store, 1, share))
        yield* Effect.exit(reader.get(nelly))
        const after = yield* KeyValueRecordStore.make(store)
        assert.strictEqual(text(yield* after.get(nelly)), "new")
      }
    })))

  it.live("leaves the whole record of a first sign-in, or none", () =>
    Effect.scoped(Effect.gen(function*() {
      for (const step of [1, 2, 3]) {
        for (const share of shares) {
          const store = yield* Effect.flatMap(makeDirectory, openFiles)
          const dying = yield* KeyValueRecordStore.make(killedAt(store, step, share))
          yield* Effect.exit(dying.put(nelly, "new"))
          const after = yield* KeyValueRecordStore.make(store)
          assert.include([undefined, "new"], text(yield* after.get(nelly)))
        }
      }
    })))

  it.live("does not restore a removed record, and `removeAll` removes what is left", () =>
    Effect.scoped(Effect.gen(function*() {
      for (const step of [1, 2]) {
        for (const share of [-1, 1]) {
          const store = yield* Effect.flatMap(makeDirectory, openFiles)
          const before = yield* KeyValueRecordStore.make(store)
          yield* before.put(nelly, "old")
          const dying = yield* KeyValueRecordStore.make(killedAt(store, step, share))
          yield* Effect.exit(dying.remove(nelly))
          const found = text(yield* before.get(nelly))
          assert.strictEqual(found, step === 2 && share === 1 ? undefined : "old")
          assert.strictEqual(yield* before.removeAll({}), found === undefined ? 0 : 1)
          assert.deepStrictEqual(yield* store.keys, [])
        }
      }
      const store = yield* Effect.flatMap(makeDirectory, openFiles)
      const dying = yield* KeyValueRecordStore.make(killedAt(store, 1, 1))
      yield* Effect.exit(dying.put(nelly, "planted"))
      assert.deepStrictEqual(yield* store.keys, [`${id}:next`])
      const after = yield* KeyValueRecordStore.make(store)
      assert.strictEqual(yield* after.removeAll({ userId: keyOf("1").userId }), 0)
      assert.deepStrictEqual(yield* store.keys, [`${id}:next`])
      assert.strictEqual(yield* after.removeAll({ userId: nelly.userId }), 0)
      assert.deepStrictEqual(yield* store.keys, [])
    })))

  it.live("completes a write that is interrupted", () =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* Effect.flatMap(makeDirectory, openFiles)
      const writing = yield* Deferred.make<void>()
      const records = yield* KeyValueRecordStore.make({
        ...store,
        set: (key, value) =>
          Effect.andThen(
            Deferred.succeed(writing, undefined),
            Effect.andThen(Effect.sleep("10 millis"), store.set(key, value))
          )
      })
      const writer = yield* Effect.forkChild(records.put(nelly, "new"))
      yield* Deferred.await(writing)
      yield* Fiber.interrupt(writer)
      assert.strictEqual(text(yield* records.get(nelly)), "new")
      assert.deepStrictEqual(yield* store.keys, [id])
    })))
})

describe("the value of a record", () => {
  it.effect("F45: contains the text and the generation, in one file with a portable name", () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = yield* makeDirectory
      const store = yield* openFiles(directory)
      const records = yield* KeyValueRecordStore.make(store)
      const generation = yield* records.put(nelly, "some\ntext")
      const fs = yield* FileSystem.FileSystem
      const [file, ...rest] = yield* fs.readDirectory(directory)
      assert.deepStrictEqual(rest, [])
      assert.match(file!, /^[\w%.-]+$/)
      const content = yield* fs.readFileString(join(directory, file!))
      assert.match(content, new RegExp(`^${generation} [0-9a-z]+\nsome\ntext$`))
    })).pipe(Effect.provide(platform)))

  it.effect("F45: is the only value that is written with `atomicWrites`, and is written once", () =>
    Effect.scoped(Effect.gen(function*() {
      const context = yield* Layer.build(Layer.fresh(KeyValueStore.layerMemory))
      const store = serviceOf(context)
      const written: Array<string> = []
      const records = yield* KeyValueRecordStore.make({
        ...store,
        set: (key, value) => Effect.andThen(Effect.sync(() => written.push(key)), store.set(key, value))
      }, { atomicWrites: true })
      const generation = yield* records.put(nelly, "old")
      yield* records.replace(nelly, generation, "new")
      assert.deepStrictEqual(written, [id, id])
    })))
})

/** A store in memory, its map, and what its calls fail with. */
const makeMap = Effect.sync(() => {
  const map = new Map<string, string>()
  const state: { failure: unknown } = { failure: undefined }
  const call = <A>(method: string, f: () => A) =>
    Effect.suspend(() =>
      state.failure === undefined
        ? Effect.sync(f)
        : Effect.fail(new KeyValueStore.KeyValueStoreError({ method, message: "no", cause: state.failure }))
    )
  const store = KeyValueStore.makeStringOnly({
    get: (key) => call("get", () => map.get(key)),
    set: (key, value) => call("set", () => void map.set(key, value)),
    remove: (key) => call("remove", () => void map.delete(key)),
    clear: call("clear", () => map.clear()),
    size: call("size", () => map.size),
    keys: call("keys", () => [...map.keys()])
  })
  return { map, state, store }
})

describe("a value that cannot be read", () => {
  const values: Readonly<Record<string, string | ((whole: string) => string)>> = {
    "an empty value": "",
    "a value cut in the generation": (whole) => whole.slice(0, 5),
    "a value cut before the text": (whole) => whole.slice(0, whole.indexOf("\n") + 1),
    "a value cut in the text": (whole) => whole.slice(0, -1),
    "a changed text": (whole) => `${whole.slice(0, -1)}x`,
    "a changed generation": (whole) => `1${whole}`,
    "zero bytes": "\0".repeat(40),
    "a value without a header": "planted",
    "JSON without a generation": JSON.stringify({ version: 1, token: "planted" }),
    "JSON with a generation that is not a positive integer": JSON.stringify({ version: 1, generation: 0, planted: 1 }),
    "cut JSON": `{"version":1,"generation":1,"token":{"access_token":"planted`
  }

  for (const atomicWrites of [true, false]) {
    for (const [name, broken] of Object.entries(values)) {
      it.effect(`F43: fails with corrupt and stays unchanged: ${name}${atomicWrites ? ", with atomicWrites" : ""}`, () =>
        Effect.scoped(Effect.gen(function*() {
          const { map, store } = yield* makeMap
          const records = yield* KeyValueRecordStore.make(store, { atomicWrites })
          yield* records.put(nelly, "planted")
          const value = typeof broken === "string" ? broken : broken(map.get(id)!)
          map.set(id, value)
          for (
            const [operation, effect] of Object.entries({
              get: Effect.asVoid(records.get(nelly)),
              replace: Effect.asVoid(records.replace(nelly, 7, "new")),
              removeGeneration: Effect.asVoid(records.removeGeneration(nelly, 7))
            })
          ) {
            const error = yield* Effect.flip(effect)
            assert.strictEqual(error.reason, "corrupt")
            assert.strictEqual(error.operation, operation)
            assert.notMatch(`${error.message} ${JSON.stringify(error)}`, /planted/)
          }
          assert.deepStrictEqual([...map], [[id, value]])
          assert.deepStrictEqual(yield* records.list({}, { limit: 10 }), [nelly])
          yield* records.put(nelly, "again")
          assert.strictEqual(text(yield* records.get(nelly)), "again")
          map.set(id, value)
          yield* records.remove(nelly)
          assert.deepStrictEqual([...map], [])
        })))
    }
  }

  it.effect("keeps the generation of a record of the first release in a browser, whose text is the whole value", () =>
    Effect.scoped(Effect.gen(function*() {
      const { map, store } = yield* makeMap
      const records = yield* KeyValueRecordStore.make(store, { atomicWrites: true })
      const first = JSON.stringify({ version: 1, generation: 1_755_000_000_000, token: {} })
      map.set(id, first)
      assert.deepStrictEqual(
        yield* records.get(nelly),
        Option.some({ generation: 1_755_000_000_000, value: first })
      )
      assert.deepStrictEqual(yield* records.replace(nelly, 1_755_000_000_000, "new"), Option.some(1_755_000_000_001))
      assert.strictEqual(text(yield* records.get(nelly)), "new")
    })))
})

describe("a store that fails", () => {
  const quota = new DOMException("The quota has been exceeded.", "QuotaExceededError")
  const failures: ReadonlyArray<readonly [name: string, reason: string, failure: unknown]> = [
    ["a full storage", "full", quota],
    ["a full disk", "full", Object.assign(new Error("no space"), { code: "ENOSPC" })],
    ["an exhausted disk quota", "full", Object.assign(new Error("quota"), { code: "EDQUOT" })],
    [
      "a full storage in the cause of a cause",
      "full",
      new Error("outer", { cause: new Error("inner", { cause: quota }) })
    ],
    ["blocked site data", "unavailable", new DOMException("denied", "SecurityError")],
    ["a lost connection", "unavailable", Object.assign(new Error("gone"), { code: "ECONNRESET" })],
    ["a value that is not an error", "unavailable", "gone"]
  ]
  for (const [name, reason, failure] of failures) {
    it.effect(`F44: makes every call fail with ${reason}, and keeps its values: ${name}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { map, state, store } = yield* makeMap
        const records = yield* KeyValueRecordStore.make(store)
        const generation = yield* records.put(nelly, "old")
        const before = [...map]
        state.failure = failure
        for (
          const [operation, effect] of Object.entries({
            get: Effect.asVoid(records.get(nelly)),
            put: Effect.asVoid(records.put(nelly, "new")),
            replace: Effect.asVoid(records.replace(nelly, generation, "new")),
            remove: records.remove(nelly),
            removeGeneration: Effect.asVoid(records.removeGeneration(nelly, generation)),
            list: Effect.asVoid(records.list({}, { limit: 1 })),
            count: Effect.asVoid(records.count({})),
            removeAll: Effect.asVoid(records.removeAll({}))
          })
        ) {
          const error = yield* Effect.flip(effect)
          assert.deepStrictEqual([error._tag, error.reason, error.operation], [
            "AccessTokenStoreError",
            reason,
            operation
          ])
          assert.isDefined(error.cause)
        }
        assert.deepStrictEqual([...map], before)
        state.failure = undefined
        assert.isTrue(Option.isSome(yield* records.replace(nelly, generation, "new")))
      })))
  }

  it.effect("does not quote the record in the cause of a failed write", () =>
    Effect.scoped(Effect.gen(function*() {
      const { store } = yield* makeMap
      const records = yield* KeyValueRecordStore.make({
        ...store,
        set: (key, value) =>
          Effect.fail(
            new KeyValueStore.KeyValueStoreError({
              key,
              method: "set",
              message: `no: ${String(value)}`,
              cause: new Error(`INSERT ${String(value)}`)
            })
          )
      })
      const error = yield* Effect.flip(records.put(nelly, "planted"))
      assert.instanceOf(error.cause, Error)
      assert.notMatch(`${String(error.cause)} ${JSON.stringify(error)}`, /planted/)
    })))

  it.live("fails with unavailable if the directory is missing, and with full if the disk is full", () =>
    Effect.scoped(Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* makeDirectory
      const store = yield* openFiles(directory)
      const records = yield* KeyValueRecordStore.make(store)
      yield* records.put(nelly, "old")
      if (yield* fs.exists("/dev/full")) {
        yield* fs.symlink("/dev/full", join(directory, encodeURIComponent(`${id}:next`)))
        // Who reads it never comes to an end.
        const writing = yield* KeyValueRecordStore.make({
          ...store,
          get: (name) => name === id ? store.get(name) : Effect.succeed(undefined)
        })
        assert.strictEqual((yield* Effect.flip(writing.put(nelly, "new"))).reason, "full")
        yield* fs.remove(join(directory, encodeURIComponent(`${id}:next`)))
        assert.strictEqual(text(yield* records.get(nelly)), "old")
      }
      yield* fs.remove(directory, { recursive: true })
      assert.strictEqual((yield* Effect.flip(records.put(nelly, "new"))).reason, "unavailable")
      yield* fs.makeDirectory(directory)
    })).pipe(Effect.provide(platform)))
})

describe("other keys, locks and the clock", () => {
  it.effect("does not change other keys of the store, or keys with another prefix", () =>
    Effect.scoped(Effect.gen(function*() {
      const { map, store } = yield* makeMap
      const records = yield* KeyValueRecordStore.make(store)
      const prefixed = yield* KeyValueRecordStore.make(store, { prefix: "discord-oauth2:token:other:" })
      const others = [
        "theme",
        "discord-oauth2:token:",
        "discord-oauth2:token:1",
        "discord-oauth2:token:1:2:3",
        "discord-oauth2:token:1:abc",
        "discord-oauth2:token:01:2",
        "discord-oauth2:state:1:2"
      ]
      for (const name of others) map.set(name, "another's")
      yield* records.put(nelly, "one")
      yield* prefixed.put(nelly, "other")
      assert.deepStrictEqual(yield* records.list({}, { limit: 10 }), [nelly])
      assert.strictEqual(yield* records.removeAll({}), 1)
      assert.strictEqual(text(yield* prefixed.get(nelly)), "other")
      assert.strictEqual(yield* prefixed.removeAll({}), 1)
      assert.deepStrictEqual([...map.keys()], others)
    })))

  it.effect("writes nothing if it cannot get the lock", () =>
    Effect.scoped(Effect.gen(function*() {
      const { map, store } = yield* makeMap
      const names: Array<string> = []
      const records = yield* KeyValueRecordStore.make(store, {
        exclusive: (name) => Effect.andThen(Effect.sync(() => names.push(name)), Effect.interrupt)
      })
      yield* Effect.exit(records.put(nelly, "new"))
      yield* Effect.exit(records.lock(nelly))
      assert.deepStrictEqual(names, [`${id}:write`, id])
      assert.deepStrictEqual([...map], [])
    })))

  it.effect("F52: generations grow even if the clock goes back", () =>
    Effect.scoped(Effect.gen(function*() {
      const { store } = yield* makeMap
      yield* TestClock.setTime(86_400_000)
      const first = yield* Effect.flatMap(KeyValueRecordStore.make(store), (records) => records.put(nelly, "1"))
      yield* TestClock.setTime(0)
      const second = yield* Effect.flatMap(KeyValueRecordStore.make(store), (records) => records.put(nelly, "2"))
      assert.isAbove(second, first)
    })))
})
