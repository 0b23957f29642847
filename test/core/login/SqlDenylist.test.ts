import { describe } from "@effect/vitest"
import { inFile } from "../../support/databases.ts"
import { inDatabase } from "../../support/denylistContract.ts"

describe("SqlDenylist in SQLite", () => inDatabase(inFile, "fails"))
