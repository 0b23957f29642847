/** The endpoints of the application itself. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Application } from "../../../models/Application.ts"
import { UploadedAttachment } from "../../../models/Attachment.ts"
import { MetadataRecord, UpdateMetadataRecords } from "../../../models/RoleConnectionMetadata.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { BearerToken, BotToken } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { described, documented } from "./annotations.ts"

const applicationPath = { application_id: Snowflake.ApplicationId }

/** A form's file as OpenAPI writes it; Effect's own schema of one would bring its server into a browser's bundle. */
const Binary = Schema.String.annotate({ format: "binary" })

export const applications = HttpApiGroup.make("applications").add(
  HttpApiEndpoint.post("uploadApplicationAttachment", "/applications/:application_id/attachment", {
    params: applicationPath,
    payload: Schema.Struct({ file: Binary }).pipe(HttpApiSchema.asMultipart()),
    success: UploadedAttachment,
    error: [errorBodies.InvalidFormBody]
  })
    .middleware(BearerToken)
    .annotateMerge(
      described(
        "uploadApplicationAttachment",
        "Upload Application Attachment",
        "activities/development-guides/user-actions",
        null
      )
    ),
  HttpApiEndpoint.get("getCurrentApplication", "/applications/@me", { success: Application })
    .middleware(BotToken)
    .annotateMerge(documented("Get Current Application", "resources/application")),
  HttpApiEndpoint.get(
    "getApplicationRoleConnectionMetadataRecords",
    "/applications/:application_id/role-connections/metadata",
    { params: applicationPath, success: Schema.Array(MetadataRecord) }
  )
    .middleware(BotToken)
    .annotateMerge(
      documented("Get Application Role Connection Metadata Records", "resources/application-role-connection-metadata")
    ),
  HttpApiEndpoint.put(
    "updateApplicationRoleConnectionMetadataRecords",
    "/applications/:application_id/role-connections/metadata",
    {
      params: applicationPath,
      payload: UpdateMetadataRecords,
      success: Schema.Array(MetadataRecord),
      error: [errorBodies.InvalidFormBody]
    }
  )
    .middleware(BotToken)
    .annotateMerge(
      documented(
        "Update Application Role Connection Metadata Records",
        "resources/application-role-connection-metadata"
      )
    )
)
