// SPDX-License-Identifier: Apache-2.0
// What each word of a node's state says, for Slurm 22.05 to 26.05: the table of
// docs/usage/drain.md. A word that is not here says nothing. Pure.

/** What a word makes of a node. Of several the gravest holds, in this order. */
export type Condition =
  /** Taken out by a drain: ours where its reason says so. */
  | 'drained'
  /** Down, failed, refused by Slurm, or silent. */
  | 'broken'
  /** Somebody asked Slurm to reboot it. */
  | 'rebooting'
  /** A job has its whole block of nodes for itself. */
  | 'blocked'
  /** In a maintenance reservation of the site. */
  | 'reserved'
  /** Powered down to save power, or on its way there or back: Slurm wakes it for a job. */
  | 'asleep'
  /** Run by somebody else than Slurm, or declared for later. */
  | 'elsewhere'
  /** Takes jobs, or has them. */
  | 'serving'

export interface Rule {
  /** New jobs may start there. */
  readonly serves: boolean
  /** It is out of service, and counts against every limit of how many may be. */
  readonly counts: boolean
  /** patchrun may drain it. */
  readonly drainable: boolean
}

/** The gravest first: of several the first holds. */
export const RULES: Readonly<Record<Condition, Rule>> = {
  drained: { serves: false, counts: true, drainable: false },
  broken: { serves: false, counts: true, drainable: false },
  rebooting: { serves: false, counts: true, drainable: false },
  blocked: { serves: false, counts: true, drainable: false },
  // With drain.reservations: leave. With join it does not count, and may be drained.
  reserved: { serves: false, counts: true, drainable: false },
  asleep: { serves: true, counts: false, drainable: false },
  elsewhere: { serves: false, counts: false, drainable: false },
  serving: { serves: true, counts: false, drainable: true },
}

/** The gravest first, as they stand above. */
const ORDER = Object.keys(RULES) as readonly Condition[]

export const STATES: Readonly<Record<string, Condition>> = {
  DRAIN: 'drained',
  DRAINED: 'drained',
  DRAINING: 'drained',
  DOWN: 'broken',
  FAIL: 'broken',
  FAILING: 'broken',
  ERROR: 'broken',
  UNKNOWN: 'broken',
  NOT_RESPONDING: 'broken',
  INVALID_REG: 'broken',
  REBOOT: 'rebooting',
  REBOOT_REQUESTED: 'rebooting',
  REBOOT_ISSUED: 'rebooting',
  BLOCKED: 'blocked',
  MAINT: 'reserved',
  MAINTENANCE: 'reserved',
  POWERED_DOWN: 'asleep',
  POWERING_DOWN: 'asleep',
  POWER_DOWN: 'asleep',
  POWERING_UP: 'asleep',
  POWER_UP: 'asleep',
  EXTERNAL: 'elsewhere',
  FUTURE: 'elsewhere',
  DYNAMIC_FUTURE: 'elsewhere',
  IDLE: 'serving',
  ALLOCATED: 'serving',
  MIXED: 'serving',
  COMPLETING: 'serving',
  RESERVED: 'serving',
  PLANNED: 'serving',
  CLOUD: 'serving',
  DYNAMIC_NORM: 'serving',
}

/** All that its words say, the gravest first. */
export function conditionsOf(state: readonly string[]): readonly Condition[] {
  const found = new Set(state.map((word) => STATES[word] ?? 'serving'))
  return ORDER.filter((condition) => found.has(condition))
}
