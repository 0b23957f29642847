/** Every operation of a `RecordStore`, by its name in errors. */
import type { RecordStore } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import { nelly } from "./storeContract.ts"

export const operations = (records: RecordStore.RecordStore["Service"]) => ({
  get: Effect.asVoid(records.get(nelly)),
  put: Effect.asVoid(records.put(nelly, "planted")),
  replace: Effect.asVoid(records.replace(nelly, 1, "planted")),
  remove: records.remove(nelly),
  removeGeneration: Effect.asVoid(records.removeGeneration(nelly, 1)),
  list: Effect.asVoid(records.list({}, { limit: 1 })),
  count: Effect.asVoid(records.count({})),
  removeAll: Effect.asVoid(records.removeAll({})),
  lock: Effect.scoped(records.lock(nelly))
})
