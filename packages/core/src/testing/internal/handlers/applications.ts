/** Plays applications, their attachments and role connection metadata. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Multipart from "effect/http/Multipart"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import { MetadataRecord } from "../../../models/RoleConnectionMetadata.ts"
import { toPrivateModel } from "../applications.ts"
import { botApplication, currentOf } from "../credentials.ts"
import { withoutNulls } from "../json.ts"
import * as refusals from "../refusals.ts"
import type { Simulation } from "../simulation.ts"
import { invalidFormBody } from "../validation.ts"
import * as worlds from "../world.ts"

/** Returns the bot's application. Fails if the path names another. */
const ownApplication = Effect.fnUntraced(function*(simulation: Simulation, applicationId: string) {
  const application = yield* botApplication(simulation)
  return application.clientId === applicationId ? application : yield* refusals.notYourApplication()
})

/** Reads the file of a form. */
const readFile = (parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>) =>
  parts.pipe(
    Stream.runFoldEffect(
      (): { readonly name: string; readonly contentType: string; readonly size: number } | undefined => undefined,
      (found, part) =>
        Multipart.isFile(part)
          ? Effect.map(
            part.contentEffect,
            ({ length }) =>
              part.key === "file" ? { name: part.name, contentType: part.contentType, size: length } : found
          )
          : Effect.succeed(found)
    ),
    Effect.orElseSucceed(() => undefined),
    Effect.flatMap((file) =>
      file === undefined
        ? Effect.fail(invalidFormBody([{ path: ["file"], message: "This field is required" }]))
        : Effect.succeed(file)
    )
  )

const decodeRecords = Schema.decodeUnknownEffect(Schema.Array(MetadataRecord))

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "applications", (handlers) =>
    handlers
      .handleRaw("uploadApplicationAttachment", ({ params, request }) =>
        Effect.gen(function*() {
          yield* currentOf(simulation, params.application_id)
          const { contentType, name, size } = yield* readFile(request.multipartStream)
          const id = worlds.attachmentId(simulation.world.nextId())
          const path = `ephemeral-attachments/${params.application_id}/${id}/${encodeURIComponent(name)}`
          return {
            attachment: {
              id,
              filename: name,
              size,
              url: `https://cdn.discordapp.com/${path}`,
              proxy_url: `https://media.discordapp.net/${path}`,
              content_type: contentType,
              ephemeral: true
            }
          }
        }))
      .handle("getCurrentApplication", () =>
        Effect.map(botApplication(simulation), (application) => toPrivateModel(simulation.world, application)))
      .handle("getApplicationRoleConnectionMetadataRecords", ({ params }) =>
        Effect.map(ownApplication(simulation, params.application_id), ({ clientId }) =>
          simulation.world.metadataRecords.get(clientId) ?? []))
      .handle("updateApplicationRoleConnectionMetadataRecords", ({ params, payload }) =>
        Effect.gen(function*() {
          const { clientId } = yield* ownApplication(simulation, params.application_id)
          const records = yield* Effect.orDie(decodeRecords(withoutNulls(payload)))
          simulation.world.metadataRecords.set(clientId, records)
          return records
        })))
