/** The error that each fault causes: the table that every call is compared with. */
import type { DiscordClient } from "@discord-oauth2/core"
import type { DiscordHttpApi } from "@discord-oauth2/core/api"
import type { InvalidFormBody } from "@discord-oauth2/core/errors/DiscordError"
import type { EndpointCall } from "./EndpointCalls.ts"
import * as faults from "./faults.ts"
import type { Fault } from "./FaultServer.ts"

/** The errors that every declared call can fail with: those of the call with the fewest errors. */
type Tag = DiscordClient.Errors<Extract<DiscordHttpApi.Endpoints, { readonly identifier: "getPublicKeys" }>>["_tag"]

/** The tag of the error, with `sent` or `unsent` for the transport, or `success`. */
export type Outcome =
  | Exclude<Tag, "DiscordTransportError">
  | "DiscordTransportError, unsent"
  | "DiscordTransportError, sent"
  | InvalidFormBody["_tag"]
  | "success"

export type Client = "undici" | "fetch"

export interface FaultCase {
  readonly rule: string
  readonly name: string
  readonly fault: Fault
  /** Whether the call ends only by its timeout. */
  readonly lasts: boolean
  /** Whether the server receives a request. */
  readonly arrives: boolean
  /** Whether status and headers of a success arrive, which is enough for a caller that needs no body. */
  readonly isAnswered: boolean
  /** The allowed outcomes. */
  readonly outcomes: (call: EndpointCall, client: Client) => ReadonlyArray<Outcome>
}

type Expected = FaultCase["outcomes"]

const only = (...outcomes: ReadonlyArray<Outcome>): Expected => () => outcomes

/** The body of the response to a revocation is ignored (S37). */
const isRevocation = ({ identifier }: EndpointCall) => identifier === "revokeToken"

/** A call whose responses have no body may already fail because of the status, before the body is lost. */
const bodyLost: Expected = (call) =>
  call.withBody === undefined && !isRevocation(call)
    ? ["MalformedResponse", "DiscordTransportError, sent"]
    : ["DiscordTransportError, sent"]

const notRight: Expected = (call) => isRevocation(call) ? ["success"] : ["MalformedResponse"]

/** A compressed body, which fetch decompresses and undici does not. */
const packed: Expected = (call, client) =>
  client === "undici" && isRevocation(call) ? ["success"] : ["MalformedResponse"]

const notPacked: Expected = (call, client) =>
  client === "undici" ? notRight(call, client) : [...bodyLost(call, client), "MalformedResponse"]

/** Returns every fault. `elsewhere` is the target of the redirects, which no client may request. */
export const make = (statusOf: faults.StatusOf, elsewhere: string): ReadonlyArray<FaultCase> => {
  const all: Array<FaultCase> = []
  const add = (
    rule: string,
    outcomes: Expected,
    named: Readonly<Record<string, Fault>>,
    options: { readonly lasts?: boolean; readonly arrives?: boolean; readonly isAnswered?: boolean } = {}
  ) => {
    const { arrives = true, isAnswered = false, lasts = false } = options
    for (const [name, fault] of Object.entries(named)) {
      all.push({ rule, name, fault, outcomes, lasts, arrives, isAnswered })
    }
  }
  const answered = { isAnswered: true }
  const { connection } = faults
  const body = faults.body(statusOf)
  const success = (text: string, type = "application/json") => faults.success(statusOf, text, { "content-type": type })

  add("F1", only("DiscordTransportError, unsent"), { "nobody listens": connection.refuse }, { arrives: false })
  // The client cannot know that no byte arrived, so the error must not be `unsent`.
  add("F2", only("DiscordTransportError, sent"), {
    "a reset before the request is read": connection.resetBeforeReading,
    "an end before the request is read": connection.closedBeforeReading
  }, { arrives: false })
  add("F2", only("DiscordTransportError, sent"), {
    "a reset after the request was read": connection.resetAfterReading,
    "an end after the request was read": connection.closedAfterReading,
    "half a head, then the end": connection.halfHead,
    "something else than HTTP": connection.garbage,
    "a megabyte of headers": connection.megabyteOfHeaders,
    "headers without end": connection.endlessHeaders,
    "two lengths": connection.twoLengths,
    "a negative length": connection.negativeLength
  })
  add("F2", only("DiscordTransportError, sent"), {
    "no answer": connection.silence,
    "half a head, then silence": connection.halfHeadThenSilence,
    "early hints without end": connection.endlessEarlyHints
  }, { lasts: true })
  add("F2", bodyLost, {
    "half a body, then the end": body.halfThenClosed,
    "half a body, then a reset": body.halfThenReset,
    "a length that is longer than the body": body.lengthTooLong,
    "a bad chunk size": body.badChunkSize,
    "no last chunk": body.unfinishedChunks
  }, answered)
  add("F2", bodyLost, { "half a body, then silence": body.halfThenSilence }, { ...answered, lasts: true })
  add("F4", only("DiscordServerError"), {
    "500 in Discord's shape": faults.always(500, "{\"message\":\"500: Internal Server Error\",\"code\":0}"),
    "502 as HTML": faults.html(502),
    "503 without a body": faults.always(503, ""),
    "504 as HTML": faults.html(504),
    "520 as HTML": faults.html(520)
  })
  add("F6", only("RateLimited"), {
    "429 in Discord's shape": faults.always(
      429,
      "{\"message\":\"You are being rate limited.\",\"retry_after\":0.3,\"global\":false}",
      { "retry-after": "1" }
    )
  })
  add("F7", only("CloudflareBlocked"), {
    "403 as HTML": faults.html(403),
    "429 as HTML": faults.html(429),
    "429 as text": faults.always(429, "error code: 1015", { "content-type": "text/plain", "retry-after": "82721" })
  })
  add("F9", notRight, {
    "200 as HTML": success(faults.page, "text/html"),
    "JSON that is cut": success("{\"id\":\"1\",\"user"),
    "a list of lists": success("[[]]"),
    "null": success("null"),
    "nothing": success(""),
    "another content type": success("\u0089PNG", "image/png"),
    "invalid UTF-8": body.invalidUtf8,
    "a hundred thousand lists in each other": body.deepLists,
    "a length that is shorter than the body": faults.tooShort(statusOf, "null")
  }, answered)
  add("F9", (call, client) => call.takesEmpty ? ["success"] : notRight(call, client), {
    "a hundred thousand objects in each other": body.deepObjects
  }, answered)
  add("F9", notPacked, { "a body that is not what it is packed as": body.notGzip }, answered)
  // A revocation has no result: any 2xx is a success (S37).
  const without = ({ identifier, statuses }: EndpointCall) => statuses.includes(204) || identifier === "revokeToken"
  add("F9", (call) => without(call) ? ["success"] : ["MalformedResponse"], {
    "204 with a body": faults.noContentWithBody
  }, answered)
  add("F9", only("MalformedResponse"), { "400 as HTML": faults.html(400) })
  add("F9", only("DiscordBadRequest", "InvalidFormBody", "MalformedResponse"), {
    "a complaint that is a hundred thousand levels deep": faults.deepErrors
  })
  add("F10", only("MalformedResponse"), {
    "chunks without end": body.endlessChunks,
    "a length of a terabyte": body.endlessLength,
    "no end until the connection's": body.endlessUntilClosed
  }, answered)
  add("F10", packed, {
    "a gzip bomb": body.gzipBomb,
    "a deflate bomb": body.deflateBomb,
    "a brotli bomb": body.brotliBomb
  }, answered)
  for (const status of [301, 302, 303, 307, 308]) {
    add("F11", only("UnexpectedStatus"), { [`a redirect with ${status}`]: faults.redirect(status, elsewhere) })
  }
  add("F12", only("DiscordTransportError, sent"), { "a head that drips": connection.drippingHead }, { lasts: true })
  add("F12", bodyLost, {
    "a body that drips": body.drip,
    "chunks that drip": body.drippingChunks
  }, { ...answered, lasts: true })
  // The status is known before the body. A caller that waits for the body may report that it never arrived.
  add("F12", only("DiscordServerError", "DiscordTransportError, sent"), {
    "a 502 that drips": faults.dripping(502)
  }, { lasts: true })
  return all
}
