// SPDX-License-Identifier: Apache-2.0
// Words of which there are few.

/** In which forms verbs answer; which verb in which, `verbs.ts` says. */
export const FORMATS = ['text', 'json', 'junit', 'markdown', 'codequality'] as const
export type Format = (typeof FORMATS)[number]

/** Shells that `completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]
