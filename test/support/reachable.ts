/** The URLs of the servers that some tests and benchmarks use. */
import { connect } from "node:net"

const urls = {
  PostgreSQL: process.env.TEST_POSTGRESQL_URL ?? "postgres://postgres@127.0.0.1:5432/test",
  MySQL: process.env.TEST_MYSQL_URL ?? "mysql://root@127.0.0.1:3306/test",
  Redis: process.env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379"
}

export type Server = keyof typeof urls

export const urlOf = (server: Server): URL => new URL(urls[server])

/** Returns whether a server accepts connections there. */
export const answers = ({ hostname, port }: URL) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: 60_000 })
    const end = (there: boolean) => {
      socket.destroy()
      resolve(there)
    }
    socket.once("connect", () => end(true)).once("error", () => end(false)).once("timeout", () => end(false))
  })
