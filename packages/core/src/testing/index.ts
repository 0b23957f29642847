/**
 * @since 0.1.0
 */
export * as DiscordSimulator from "./DiscordSimulator.ts"
export * as Fault from "./Fault.ts"
export * as SimulatorError from "./SimulatorError.ts"
export * as World from "./World.ts"
