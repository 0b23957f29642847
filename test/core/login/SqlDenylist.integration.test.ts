import { inMysql, inPostgresql } from "../../support/databases.ts"
import { inDatabase } from "../../support/denylistContract.ts"
import { describeServer } from "../../support/servers.ts"

await describeServer("PostgreSQL", "SqlDenylist in PostgreSQL", () => inDatabase(inPostgresql))
await describeServer("MySQL", "SqlDenylist in MySQL", () => inDatabase(inMysql))
