/** Makes text that came from Discord safe to show. */

/**
 * Returns the text without control characters, without characters that change the writing direction, without half
 * characters, and cut to at most 200 UTF-16 code units.
 */
export const sanitize = (text: string): string => {
  const clean = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim()
  // The cut may go through a pair.
  return clean.length > 200 ? `${clean.slice(0, 199).replace(/\p{Surrogate}$/u, "")}…` : clean
}
