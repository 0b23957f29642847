/** The object behind `DiscordSession`: sessions share their methods, and each holds only its own token. */
import * as Effect from "effect/Effect"
import type { DiscordClient } from "../../api/DiscordClient.ts"
import type { ApplicationId, UserId } from "../../models/Snowflake.ts"
import type { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import type { AccessTokenStore } from "../../tokens/AccessTokenStore.ts"
import type { DiscordSession, Methods } from "../DiscordSession.ts"
import { callWithToken } from "./callWithToken.ts"
import * as CurrentToken from "./currentToken.ts"
import { pages } from "./pages.ts"
import { type Request, sender, type SessionCall, sessionCalls } from "./sessionCalls.ts"
import { setData } from "./setData.ts"
import { signOut } from "./signOut.ts"

/** What the sessions of an application share. */
export interface Services extends CurrentToken.Services {
  readonly store: AccessTokenStore["Service"]
  readonly client: OAuth2Client["Service"]
  readonly api: DiscordClient["Service"]
}

/** What a session has of its own. */
export interface State extends CurrentToken.CurrentToken {
  readonly services: Services
}

/** Makes one call of a session. */
export type Send = (state: State, call: SessionCall, request: Request) => Effect.Effect<unknown, unknown>

const sendWithToken: Send = (state, call, request) => {
  const send = sender(state.services.api, call)
  return callWithToken(state, call, (accessToken) => send(call.toRequest(request, state.key, accessToken)))
}

/** The members that are written here; `sessionCalls` gives the others. */
type Members = Omit<DiscordSession, keyof Methods | "addGuildMember" | "groupDmAddRecipient">

/**
 * Every method is a getter that returns a function of its session: a session holds no function of its own, and a method
 * that is taken off its session still works.
 */
export class Session implements Members {
  readonly #state: State
  readonly #send: Send

  constructor(state: State, send: Send = sendWithToken) {
    this.#state = state
    this.#send = send
  }

  static {
    for (const call of sessionCalls) {
      Object.defineProperty(this.prototype, call.identifier, {
        get(this: Session) {
          return (request: Request = {}) => this.#send(this.#state, call, request)
        }
      })
    }
  }

  /** Returns a session with the same token that makes its calls in another way. */
  static withSend(self: Session, wrap: (send: Send) => Send): Session {
    return new Session(self.#state, wrap(self.#send))
  }

  get userId(): UserId {
    return this.#state.key.userId
  }

  get clientId(): ApplicationId {
    return this.#state.key.clientId
  }

  get scopes(): Members["scopes"] {
    return this.#state.stored.token.scopes
  }

  get currentUserGuilds(): Members["currentUserGuilds"] {
    const session = toDiscordSession(this)
    return () => pages(200, (page) => session.getCurrentUserGuilds(page))
  }

  get entitlements(): Members["entitlements"] {
    const session = toDiscordSession(this)
    return (filter) => pages(100, (page) => session.listEntitlements({ ...filter, ...page }))
  }

  get skuSubscriptions(): Members["skuSubscriptions"] {
    const session = toDiscordSession(this)
    return (filter) => pages(100, (page) => session.listSkuSubscriptions({ ...filter, ...page }))
  }

  get accessToken(): Members["accessToken"] {
    return Effect.map(CurrentToken.usable(this.#state), ({ token }) => token)
  }

  get refresh(): Members["refresh"] {
    const state = this.#state
    return Effect.map(Effect.suspend(() => CurrentToken.refreshFrom(state, state.stored)), ({ token }) => token)
  }

  get setData(): Members["setData"] {
    const state = this.#state
    return (data) => Effect.flatMap(setData(state.services.store, state.key, data), CurrentToken.adopt(state))
  }

  get signOut(): Members["signOut"] {
    const state = this.#state
    return (options) => Effect.suspend(() => signOut(state.services, state.key, state.stored, options))
  }
}

/** The declaration gives a session the methods that `Methods` computes from it. */
export const toDiscordSession = (session: Session): DiscordSession => {
  const methods: object = session
  // oxlint-disable-next-line typescript/consistent-type-assertions -- built from the declaration that `Methods` reads
  return methods as DiscordSession
}
