// Imported before a program. Its server listens on a free loopback port instead of the documented one, and sends the port
// to the parent process when the server has a handler, because earlier requests get no response. The program ends when
// the parent process ends.

import { Server } from "node:net"

const listen = Server.prototype.listen

process.on("disconnect", () => process.exit())

Object.assign(Server.prototype, {
  listen(this: Server, ...options: ReadonlyArray<unknown>) {
    const announce = () => {
      const address = this.address()
      if (this.listenerCount("request") === 0) setTimeout(announce, 5)
      else process.send?.(typeof address === "object" ? address?.port : address)
    }
    this.once("listening", announce)
    const callback = options.find((option): option is () => void => typeof option === "function")
    return listen.call(this, { host: "127.0.0.1", port: 0 }, callback)
  }
})
