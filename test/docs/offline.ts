// Imported before an example: every use of the network fails at once.

import { Socket } from "node:net"

Socket.prototype.connect = () => {
  throw new Error("an example reaches for the network")
}
