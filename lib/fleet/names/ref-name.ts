// SPDX-License-Identifier: Apache-2.0
// Names of refs, as git takes them (git-check-ref-format). Pure.

/**
 * The name as a part of a ref: git refuses some dots (git-check-ref-format), and no name holds a
 * percent sign.
 */
export const refPart = (name: string): string => name.replace(/\.(?=\.|lock$|$)/g, '%2E')

/** What git would not take for a ref. */
export const isRef = (ref: string): boolean =>
  /^refs(\/[A-Za-z0-9_%-][A-Za-z0-9._%-]*)+$/.test(ref) && !/\.\.|\.(\/|$)|\.lock(\/|$)/.test(ref)
