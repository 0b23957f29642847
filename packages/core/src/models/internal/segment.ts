/** Encodes segments of the path of a URL. */

/**
 * Encodes a string as one segment of the path of a URL. Unlike `encodeURIComponent`, it accepts any string: half a
 * surrogate pair becomes U+FFFD.
 *
 * @internal
 */
export const segment = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD"))
