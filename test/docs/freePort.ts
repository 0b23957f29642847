// Imported before a program: its server listens on a free port of the loopback interface, whatever port the
// documentation names, and tells the process that started it which, as soon as there is a handler: what comes before is
// never answered. The program ends with that process.

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
