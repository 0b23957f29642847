/** Decides which URLs are safe to send credentials to. */

const isLoopback = (hostname: string) =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)

/** S25 in docs/checklist.md: whether the URL is an `https:` URL, or an `http:` URL of this machine. */
export const isSecure = ({ hostname, protocol }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && isLoopback(hostname))
