// SPDX-License-Identifier: Apache-2.0
// What a step does, each kind with what it is given: in a decision, in the journal, in the state.
import type { HealthPoint } from '../../fleet/declare/fleet.js'

/** A health gate at its place: `after` is the wave it follows, -1 before the first. */
export interface CheckRef {
  readonly gate: string
  readonly point: HealthPoint
  readonly after: number
}

/** Nodes are looked at in check mode, before a change or after it. */
export interface Look {
  readonly action: 'detect' | 'verify'
}

/** HotChange, under live workload. */
export interface HotApply {
  readonly action: 'apply'
  readonly full?: never
  readonly guests?: never
}

/** The whole playbook, on a node that is drained and empty. */
export interface FullApply {
  readonly action: 'apply'
  readonly full: true
  /** Of a hypervisor: the nodes on it, drained for its sake. */
  readonly guests?: readonly string[]
}

interface ByScheduler {
  /** Whose nodes these are; absent: of `default`. */
  readonly scheduler?: string
}

/** Nodes are taken out of scheduling. */
export interface PlainDrain extends ByScheduler {
  readonly action: 'drain'
  /** A node that somebody else took out is patched as it is, and not released. */
  readonly foreign?: true
  readonly wait?: never
  readonly idle?: never
  readonly host?: never
}

/** One that stays with its node until it is empty, ms at most. */
export interface WaitingDrain extends ByScheduler {
  readonly action: 'drain'
  readonly wait: number
  readonly foreign?: never
  readonly idle?: never
  readonly host?: never
}

/** Where a job came first, the node is given back at once: others may take its place. */
export interface IdleDrain extends ByScheduler {
  readonly action: 'drain'
  readonly idle: true
  readonly foreign?: never
  readonly wait?: never
  readonly host?: never
}

/** These nodes go out together, for the sake of this hypervisor. */
export interface GroupDrain extends ByScheduler {
  readonly action: 'drain'
  readonly host: string
  readonly foreign?: true
  readonly wait?: never
  readonly idle?: never
}

export type Drain = PlainDrain | WaitingDrain | IdleDrain | GroupDrain

/** Restarted where that is asked for. */
export interface Reboot {
  readonly action: 'reboot'
}

/** Given back. */
export interface Release {
  readonly action: 'release'
  /** It was not changed; it is drained again no sooner than this, ms. */
  readonly postpone?: number
}

/** The role of a health gate is run. */
export interface Check {
  readonly action: 'check'
  readonly check: CheckRef
}

/** drain, reboot and release are of a visit, and so is the apply of the whole playbook. */
export type StepKind = Look | HotApply | FullApply | Drain | Reboot | Release | Check

export type StepAction = StepKind['action']

type ToDo<Kind> = Kind extends { readonly action: infer Name }
  ? { readonly do: Name } & Omit<Kind, 'action'>
  : never

/** The same as something to be done. */
export type StepToDo = ToDo<StepKind>

/** What a step is given, whatever its kind; what its kind has not is absent. */
export interface StepOptions {
  readonly action: StepAction
  readonly check?: CheckRef
  readonly full?: true
  readonly guests?: readonly string[]
  readonly foreign?: true
  readonly wait?: number
  readonly idle?: true
  readonly host?: string
  readonly scheduler?: string
  readonly postpone?: number
}

export const optionsOf = (step: StepKind): StepOptions => step

/** The kind alone, of whatever carries one. */
export function kindOf(step: StepKind): StepKind {
  switch (step.action) {
    case 'apply':
      return applyOf(step)
    case 'drain':
      return drainOf(step)
    case 'release':
      return releaseOf(step)
    case 'check':
      return { action: 'check', check: step.check }
    default:
      return { action: step.action }
  }
}

/** What is to be done, as the kind of step that does it. */
export function kindToDo(action: StepToDo): StepKind {
  switch (action.do) {
    case 'apply':
      return applyOf(action)
    case 'drain':
      return drainOf(action)
    case 'release':
      return releaseOf(action)
    case 'check':
      return { action: 'check', check: action.check }
    default:
      return { action: action.do }
  }
}

const applyOf = ({ full, guests }: Omit<HotApply | FullApply, 'action'>): HotApply | FullApply =>
  full ? { action: 'apply', full, ...(guests && { guests }) } : { action: 'apply' }

function drainOf({ wait, idle, host, foreign, scheduler }: Omit<Drain, 'action'>): Drain {
  const by = scheduler === undefined ? {} : { scheduler }
  if (wait !== undefined) return { action: 'drain', wait, ...by }
  if (idle) return { action: 'drain', idle, ...by }
  const whose = { ...(foreign && { foreign }), ...by }
  return host === undefined ? { action: 'drain', ...whose } : { action: 'drain', host, ...whose }
}

const releaseOf = ({ postpone }: Omit<Release, 'action'>): Release => ({
  action: 'release',
  ...(postpone !== undefined && { postpone }),
})
