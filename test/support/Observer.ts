/** Records what an operator can see: logs, spans, and every text form of each error. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { inspect } from "node:util"
import * as RecordingTracer from "./recordingTracer.ts"

export const make = () => {
  const seen: Array<string> = []
  const { layer: traced, spans } = RecordingTracer.make()
  const layer = Layer.mergeAll(
    Logger.layer([
      Logger.make(({ cause, message }) => void seen.push(inspect(message), Cause.pretty(cause))),
      Logger.map(Logger.formatJson, (line) => void seen.push(line))
    ]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    traced
  )
  /** Records a failure in each way that an application may print it. */
  const failure = (cause: Cause.Cause<unknown>) =>
    Effect.suspend(() => {
      for (const reason of cause.reasons) {
        const error = reason._tag === "Fail" ? reason.error : reason
        seen.push(String(error), JSON.stringify(error) ?? "", inspect(error, { depth: 8, showHidden: true }))
        if (error instanceof Error) seen.push(error.message, error.stack ?? "")
      }
      seen.push(Cause.pretty(cause))
      return Effect.logError("it failed", cause)
    })
  const text = () => {
    for (const { attributes, events, name, status } of spans) {
      seen.push(inspect([name, Array.from(attributes), events, status], { depth: 8 }))
    }
    return seen.join("\n")
  }
  return { layer, failure, text, spans }
}
