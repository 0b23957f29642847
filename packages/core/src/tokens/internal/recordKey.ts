/** Reads the key of a record back from the texts that a store gives. */
import * as Schema from "effect/Schema"
import { ApplicationId, UserId } from "../../models/Snowflake.ts"

/** Returns the key, or `None` when one of its parts is not a snowflake. */
export const decodeKey = Schema.decodeUnknownOption(Schema.Struct({ clientId: ApplicationId, userId: UserId }))
