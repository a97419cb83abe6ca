// SPDX-License-Identifier: Apache-2.0
// The reason that a drain carries: whose it is, and for what.

/**
 * Every drain of this environment begins so: what patchrun drained is known again by it, also after
 * years.
 */
export const reasonPrefix = (fleet: string, environment: string): string =>
  `patchrun ${fleet}/${environment} `

export const drainReason = (
  fleet: string,
  environment: string,
  rollout: string,
  sha: string,
): string => `${reasonPrefix(fleet, environment)}${rollout} ${sha.slice(0, 12)}`
