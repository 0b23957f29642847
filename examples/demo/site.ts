import type { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as Context from "effect/Context"

/** The Discord that the application uses. */
export class Site extends Context.Service<Site, {
  /** The base URL of Discord's images. */
  readonly images: string
  /** The simulator, or `undefined` for the real Discord. */
  readonly simulator: DiscordSimulator.Service | undefined
}>()("demo/Site") {}
