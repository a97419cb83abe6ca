// SPDX-License-Identifier: Apache-2.0
// Words of which there are few.

/** What `report` can write. */
export const FORMATS = ['text', 'json', 'junit'] as const
export type Format = (typeof FORMATS)[number]

/** Shells that `completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]
