// SPDX-License-Identifier: Apache-2.0
// What a node itself waits for: its step, its drain, its jobs, its hypervisor, its next try.
import type { Occupant } from '../../workload/contract/node-use.js'
import { describeOccupants } from '../../workload/contract/node-use.js'
import { describeFailure } from '../record/failure.js'
import type { StepAction, TaskRef } from '../record/journal-events.js'
import type { Failure } from '../record/verdict.js'
import type { Reader } from './moments.js'
import { runningOnIt } from './names.js'
import type { Words } from './words.js'

const DOING: Readonly<Record<StepAction, string>> = {
  detect: 'is being looked at (check mode)',
  apply: 'is being changed',
  verify: 'is being looked at again after the change',
  check: 'a health gate is being asked',
  drain: 'is being drained',
  reboot: 'is rebooted if that is asked for',
  release: 'is being given back',
}

export interface Failed {
  readonly failure: Failure | undefined
  readonly failures: number
}

const STEPS = {
  step: [
    'step',
    ({ action }: { action: StepAction | undefined }) =>
      action ? DOING[action] : 'a step is under way',
  ],
  failed: [
    'failed',
    ({ failure, failures, attempts }: Failed & { attempts: number }) =>
      `${describeFailure(failure)}; failed ${failures} of ${attempts} times, is tried again`,
  ],
  quarantined: [
    'quarantined',
    ({ failure, failures }: Failed) =>
      `quarantined${failures > 1 ? ` after ${failures} attempts` : ''}: ${describeFailure(failure)}`,
  ],
  'wave-looked-at': ['step', () => 'its wave is still being looked at'],
  'others-first': ['step', () => 'others of its wave are looked at first'],
  'others-looked-at': ['step', () => 'others of its wave are being looked at'],
  'look-order-asked': ['step', () => 'the scheduler is asked which nodes are looked at first'],
  'drain-order-asked': ['step', () => 'the scheduler is asked which nodes are drained first'],
  'out-of-service-first': ['step', () => 'nodes that are out of service come first'],
  'about-to-be-back': ['step', () => 'nodes that are about to be back come first'],
} as const satisfies Words

const drainText = (change: TaskRef | undefined): string =>
  `its change needs the node drained${change ? ` ("${change.task}", ${change.file}:${change.line})` : ''}`

/** A drained node that is at work; `since`: where that is longer than drain.timeout, ms. */
export interface AtWork {
  readonly jobs: readonly Occupant[]
  readonly since: number | undefined
}

const atWork = ({ jobs, since }: AtWork, { clock }: Reader): { late: string; what: string } => ({
  late: since === undefined ? '' : ` (since ${clock(since)})`,
  what: jobs.length === 0 ? '' : `: ${describeOccupants(jobs, clock)}`,
})

function untilEmpty(node: AtWork, reader: Reader): string {
  const { late, what } = atWork(node, reader)
  return `drained${late}, waits to be empty${what}`
}

const wayOut = (node: string, { command }: Reader): string =>
  `; that is longer than drain.timeout: wait on, or give it back with ${command(`release ${node}`)}`

const DRAINS = {
  'drain-turn': [
    'visit',
    ({ change }: { change: TaskRef | undefined }) => `${drainText(change)}; its turn has not come`,
  ],
  'drain-by-hand': [
    'drain',
    ({ change }: { change: TaskRef | undefined }) =>
      `${drainText(change)}; no scheduler is declared for it, so patchrun does not drain it`,
  ],
  'scheduler-gone': [
    'visit',
    ({ node, scheduler }: { node: string; scheduler: string }, { command }: Reader) =>
      `it was drained by the scheduler ${scheduler}, which is not declared any more: declare it again, or give the node back by hand, then ${command(`release ${node} --by-hand`)}`,
  ],
  'scheduler-renamed': [
    'visit',
    ({ scheduler, declared }: { scheduler: string; declared: string }) =>
      `it was drained by the scheduler ${scheduler}, which is not declared any more; whether that is ${declared} by now is not known before a run has asked it`,
  ],
  'until-empty': ['visit', untilEmpty],
  'until-empty-ask': [
    'visit',
    ({ node, ...rest }: AtWork & { node: string }, reader: Reader) =>
      `${untilEmpty(rest, reader)}${wayOut(node, reader)}`,
  ],
  unclear: [
    'visit',
    ({ waitsFor }: { waitsFor: string | undefined }) =>
      waitsFor === undefined
        ? 'the scheduler gave no clear answer about this node, and is asked again'
        : `${waitsFor}; the scheduler is asked again`,
  ],
  postponed: ['visit', () => 'it was not changed last time, and is drained again later'],
  'scheduler-first': ['visit', () => 'the scheduler is asked first'],
  'scheduler-not-asked': ['visit', () => 'the scheduler has not been asked yet'],
  'scheduler-silent': [
    'visit',
    ({ why, name }: { why: string; name: string | undefined }) =>
      `the scheduler${name === undefined ? '' : ` ${name}`} gave no answer, so nothing is concluded and nothing drained: ${why}`,
  ],
  'not-in-scheduler': [
    'visit',
    ({ name }: { name: string }) =>
      `its change needs it drained, and the scheduler knows no node ${name}`,
  ],
  'not-drained': ['visit', ({ standing }: { standing: string }) => standing],
  'left-alone': ['visit', ({ standing }: { standing: string }) => `${standing}; it is left alone`],
  'patched-when-empty': [
    'visit',
    ({ standing }: { standing: string }) => `${standing}; it is patched when it is empty`,
  ],
  'idle-cores': [
    'visit',
    () =>
      'cores of it would be idle until it is empty: its place waits a moment for a node that costs users less',
  ],
} as const satisfies Words

/** How the hypervisor stands that a node waits for. */
type HostStands = 'quarantined' | 'failed' | 'changing' | 'not-good'

function hostText(stands: HostStands, failure: Failure | undefined): string {
  switch (stands) {
    case 'quarantined':
      return `is quarantined: ${describeFailure(failure)}`
    case 'failed':
      return `failed: ${describeFailure(failure)}`
    case 'changing':
      return 'is being changed'
    case 'not-good':
      return 'is not GOOD yet'
  }
}

export interface GroupAtWork extends AtWork {
  /** Whom to give back to end it: it is longer than drain.timeout, and drain.onTimeout is ask. */
  readonly ask: string | undefined
}

const HYPERVISORS = {
  'with-host': [
    'visit',
    ({ host }: { host: string }) => `goes out together with ${host}, on which it runs`,
  ],
  'host-first': [
    'visit',
    ({ host }: { host: string }) =>
      `${host}, on which it runs, is looked at or changed under load first`,
  ],
  'host-awaited': [
    'visit',
    ({ host, stands, failure, held }: HostAwaited) =>
      `${held ? 'stays drained: it' : 'it'} runs on ${host}, which ${hostText(stands, failure)}`,
  ],
  'drained-for-host': [
    'visit',
    ({ host }: { host: string }) => `drained for ${host}, on which it runs`,
  ],
  'host-not-empty': [
    'visit',
    ({ host, busy, of }: { host: string; busy: number; of: number }) =>
      `drained for ${host}, on which it runs, and which waits for ${busy === 0 ? 'the scheduler' : `${busy} of ${of} to be empty`}`,
  ],
  'group-step': [
    'step',
    ({ away, all }: { away: number; all: number }) =>
      `a step is under way on ${away} of the ${all} nodes that go out together`,
  ],
  'group-unclear': ['visit', () => 'the scheduler gave no clear answer, and is asked again'],
  'group-wanted-back': ['visit', () => 'a person wants a node back that goes out with it'],
  'group-too-long': ['visit', () => 'it took too long until all that go out together were empty'],
  'group-drains': [
    'visit',
    ({ guests }: { guests: readonly string[] }) =>
      `its change needs ${runningOnIt(guests)} to be empty: they are being drained`,
  ],
  'host-until-empty': [
    'visit',
    (group: GroupAtWork, reader: Reader) => `drained, waits to be empty${groupText(group, reader)}`,
  ],
  'guests-until-empty': [
    'visit',
    ({ guests, ...group }: GroupAtWork & { guests: readonly string[] }, reader: Reader) =>
      `waits for ${runningOnIt(guests)} to be empty${groupText(group, reader)}`,
  ],
  'hot-first': ['visit', () => 'what may run under load goes first'],
  'guest-quarantined': [
    'visit',
    (_: object, { command }: Reader) => `it is quarantined; see to it, then ${command('retry')}`,
  ],
  'guest-failed': ['visit', () => 'it failed, and is tried again first'],
  'guest-given-back': ['visit', () => 'it is given back first'],
  'guest-own-visit': ['visit', () => 'it is in a visit of its own'],
  'guest-look-first': ['visit', () => 'it is looked at, or changed under load, first'],
} as const satisfies Words

export interface HostAwaited {
  readonly host: string
  readonly stands: HostStands
  readonly failure: Failure | undefined
  /** The node itself is drained. */
  readonly held: boolean
}

function groupText({ ask, ...group }: GroupAtWork, reader: Reader): string {
  const { late, what } = atWork(group, reader)
  return `${late}${what}${ask === undefined ? '' : wayOut(ask, reader)}`
}

export const VISIT_WORDS = { ...STEPS, ...DRAINS, ...HYPERVISORS } as const
