/**
 * The minimum number of cases that each file of this folder runs. `total.test.ts` compares the folder with this table, and
 * each file compares its cases with its row, so that no case is lost unnoticed.
 */

export const promised = 100_000

export const plan = {
  accessToken: 12_000,
  callbacks: 25_000,
  cookies: 13_500,
  discord4py: 6000,
  errorBodies: 16_000,
  login: 6500,
  records: 12_000,
  reflected: 4000,
  successBodies: 14_000,
  tokenAnswers: 12_000,
  tokenRefresh: 3000,
  values: 30_000
} as const

export type File = keyof typeof plan

const sum = Object.values(plan).reduce((a, b) => a + b, 0)

/** All cases of the folder: `TEST_PROPERTY_CASES` makes them more or fewer, each property in proportion. */
export const total = Number(process.env.TEST_PROPERTY_CASES ?? sum)

if (!(total > 0)) throw new Error("TEST_PROPERTY_CASES is a number of cases")

export const scaled = (cases: number): number => Math.ceil(cases * total / sum)
