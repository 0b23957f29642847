/** What our models ask of text, for the other schemas to ask the same. */

const decimal = /^(?:0|[1-9][0-9]{0,19})$/u

/** An unsigned integer of 64 bits. */
export const isSnowflake = (text: string): boolean =>
  decimal.test(text) && (text.length < 20 || text <= "18446744073709551615")

export const permissions = /^[0-9]+$/u

/** An ISO 8601 date and time. */
export const timestamp =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?$/u
