/** Draws the images that Discord's CDN serves. */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { escape } from "../../internal/html.ts"
import type { World } from "./world.ts"

/** Returns a hue that depends on the text alone. */
const hue = (text: string): number => {
  let sum = 0
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 360
  return sum
}

const svg = (seed: string, label: string): HttpServerResponse.HttpServerResponse => {
  const from = hue(seed)
  return HttpServerResponse.text(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128" role="img">` +
      `<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">` +
      `<stop offset="0" stop-color="hsl(${from} 60% 55%)"/><stop offset="1" stop-color="hsl(${
        (from + 60) % 360
      } 65% 38%)"/>` +
      `</linearGradient></defs><rect width="128" height="128" fill="url(#g)"/>` +
      `<text x="64" y="64" dy=".35em" text-anchor="middle" font-family="system-ui, sans-serif" font-size="56" ` +
      `font-weight="600" fill="#fff">${escape(label)}</text></svg>`,
    {
      contentType: "image/svg+xml",
      headers: {
        "cache-control": "public, max-age=86400",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff"
      }
    }
  )
}

const initial = (name: string | null | undefined): string => Array.from(name ?? "?")[0]?.toUpperCase() ?? "?"

/** Draws an image of Discord's CDN. Returns `undefined` for other paths. */
export const answer = ({ guilds, users }: World, path: string): HttpServerResponse.HttpServerResponse | undefined => {
  const [, kind, first = "", file = ""] =
    /^\/(avatars|banners|icons|embed\/avatars)\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
  switch (kind) {
    case "avatars":
    case "banners": {
      const user = users.get(first)
      return file === ""
        ? undefined
        : svg(`${first}${file.split(".")[0]}`, initial(user?.global_name ?? user?.username))
    }
    case "icons":
      return file === "" ? undefined : svg(`${first}${file.split(".")[0]}`, initial(guilds.get(first)?.name))
    case "embed/avatars":
      return file === "" ? svg(`embed ${first.split(".")[0]}`, "") : undefined
    default:
      return undefined
  }
}
