import { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import * as people from "./people.ts"
import { Site } from "./site.ts"

const config = Layer.unwrap(HttpServer.addressFormattedWith((origin) =>
  Effect.succeed(Layer.merge(
    DiscordSimulator.layerConfigAt(origin),
    Layer.effect(
      Site,
      Effect.map(DiscordSimulator.DiscordSimulator, (simulator) => ({ images: origin, simulator }))
    )
  ))
))

/** Starts a simulated Discord on another port, with a user who can sign in to this application. */
export const layer = (redirectUri: string) =>
  Layer.mergeAll(
    config,
    people.layer,
    HttpRouter.serve(DiscordSimulator.routes, { disableListenLog: true, disableLogger: true })
  ).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
    Layer.provide(DiscordSimulator.layer({
      application: { name: "discord-oauth2 demo", redirectUris: [redirectUri] },
      user: people.nelly
    }))
  )
