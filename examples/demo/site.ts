import type { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as Context from "effect/Context"

/** Which Discord the application talks to. */
export class Site extends Context.Service<Site, {
  /** Where Discord's images come from. */
  readonly images: string
  /** The simulator, where it is not the real Discord. */
  readonly simulator: DiscordSimulator.Service | undefined
}>()("demo/Site") {}
