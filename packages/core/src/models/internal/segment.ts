/**
 * A string as one segment of a URL's path. Unlike `encodeURIComponent` it accepts any string: half a surrogate pair
 * becomes U+FFFD.
 *
 * @internal
 */
export const segment = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD"))
