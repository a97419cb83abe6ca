// SPDX-License-Identifier: Apache-2.0

/** "1 node", "2 nodes". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n} ${n === 1 ? one : many}`

/** The verb of so many. */
export const are = (n: number): string => (n === 1 ? 'is' : 'are')
