// SPDX-License-Identifier: Apache-2.0
// What a change waits for that is not its own node: time, room, people, health gates, other waves.
import { are, count } from '../../fleet/names/count.js'
import type { Occupant } from '../../workload/contract/node-use.js'
import { describeOccupants } from '../../workload/contract/node-use.js'
import { describeFailure } from '../record/failure.js'
import type { Failure } from '../record/verdict.js'
import type { Word } from '../state/state.js'
import { minutes } from './moments.js'
import type { Reader } from './moments.js'
import { spoken, waveName } from './names.js'
import type { Words } from './words.js'

type Said = Pick<Word, 'by' | 'reason'>

const TIME = {
  'no-window': [
    'window',
    ({ frozen }: { frozen: string }) =>
      `no window opens within two years${frozen === '' ? '' : `, frozen before: ${frozen}`}`,
  ],
  'window-opens': [
    'window',
    ({ opensAt, frozen }: { opensAt: number; frozen: string }, { clock }: Reader) =>
      `window opens ${clock(opensAt)}${frozen === '' ? '' : `, frozen before: ${frozen}`}`,
  ],
  frozen: [
    'freeze',
    ({ until, why }: { until: number; why: string }, { clock }: Reader) =>
      `frozen until ${clock(until)}: ${why}`,
  ],
  'frozen-then-closed': [
    'freeze',
    (
      { until, why, opensAt }: { until: number; why: string; opensAt: number | null },
      { clock }: Reader,
    ) =>
      `frozen until ${clock(until)}: ${why}; ${opensAt === null ? 'no window opens within two years' : `window opens ${clock(opensAt)}`}`,
  ],
  'change-too-long': [
    'window',
    ({ expected }: { expected: number }) =>
      `a change is expected to take ${minutes(expected)}, more than is left until the time for changes closes`,
  ],
  'none-fits': ['window', () => 'no more fit before the time for changes closes'],
  'visit-too-long': [
    'window',
    ({ closesAt, expected }: { closesAt: number; expected: number }, { clock }: Reader) =>
      `it would be back after ${clock(closesAt)}, when the time for changes closes: its visit is expected to take ${minutes(expected)}`,
  ],
  'job-without-limit': [
    'window',
    ({ jobs }: { jobs: readonly Occupant[] }, { clock }: Reader) =>
      `${describeOccupants(jobs, clock)}: nobody knows whether it is empty before the time for changes closes`,
  ],
  soak: ['soak', () => 'the canaries are verified and soak'],
  'pause-after-wave': [
    'pace',
    ({ wave }: { wave: number }) => `the pause after the ${waveName(wave)}`,
  ],
  'pause-between-nodes': ['pace', () => 'the pause between two nodes'],
  'one-at-a-time': ['pace', () => 'one node at a time, with a pause between'],
} as const satisfies Words

const ROOM = {
  'scope-full': [
    'capacity',
    ({ out, limit, scope }: { out: number; limit: number; scope: string }) =>
      `${out} of ${count(limit, 'node')} that may be out at once ${are(out)} out (${scope})`,
  ],
  'run-spent': [
    'limit',
    ({ most }: { most: number }) =>
      `${count(most, 'node')} at most ${are(most)} changed in one run, and that many were; the next run goes on`,
  ],
  'group-over-run': [
    'capacity',
    ({ asked, most }: { asked: number; most: number }) =>
      `${asked} nodes go out together, and ${most} at most are changed in one run: raise rollout.maxChanged`,
  ],
  'group-next-run': [
    'limit',
    ({ most, changed }: { most: number; changed: number }) =>
      `${count(most, 'node')} at most ${are(most)} changed in one run, and ${changed} ${changed === 1 ? 'was' : 'were'}; the next run goes on`,
  ],
  'group-over-scope': [
    'capacity',
    ({ asked, limit, scope }: { asked: number; limit: number; scope: string }) =>
      `${count(asked, 'node')} go out together, and ${limit} may be out at once (${scope}): raise that limit`,
  ],
  'group-scope-full': [
    'capacity',
    ({ asked, out, limit, scope }: { asked: number; out: number; limit: number; scope: string }) =>
      `${count(asked, 'node')} go out together, and ${out} of ${limit} that may be out at once are out (${scope})`,
  ],
  'group-drains-full': [
    'capacity',
    ({ asked, held, most }: { asked: number; held: number; most: number }) =>
      `${count(asked, 'node')} go out together, and ${held} of ${most} that may be drained at once are drained`,
  ],
  'drains-full': [
    'capacity',
    ({ taken, most, kept }: { taken: number; most: number; kept: boolean }) =>
      `${taken} of ${count(most, 'node')} that may be drained at once ${are(taken)} drained${kept ? ' or about to be' : ''}`,
  ],
  'idle-first': ['capacity', () => 'idle nodes that wait for a processor come first'],
  'forks-full': [
    'capacity',
    ({ visits }: { visits: number }) =>
      `${visits} visits are under way, as many as may be at once (ansible.forks)`,
  ],
  'processors-busy': [
    'step',
    ({ processors }: { processors: number }) =>
      `${processors === 1 ? '1 node is' : `${processors} nodes are`} drained, changed or given back just now, as many as the control machine has processors for`,
  ],
} as const satisfies Words

const PEOPLE = {
  aborted: ['ending', (said: Said) => `aborted by ${spoken(said)}: what runs is finished`],
  overdue: ['ending', () => 'the deadline of the rollout is over: what runs is finished'],
  halting: [
    'ending',
    ({ message }: { message: string }) => `about to halt, what was begun is finished: ${message}`,
  ],
  halted: ['halted', () => 'the rollout is halted'],
  paused: ['pause', (said: Said) => `paused by ${spoken(said)}`],
  'fleet-paused': ['pause', (said: Said) => `the fleet is paused by ${spoken(said)}`],
  'promotion-first': [
    'promotion',
    ({ environments, sha }: { environments: readonly string[]; sha: string }) =>
      `${environments.join(' and ')} must complete ${sha.slice(0, 12)} first`,
  ],
  'promotion-soaks': [
    'promotion',
    ({ environments, sha }: { environments: readonly string[]; sha: string }) =>
      `${environments.join(' and ')} completed ${sha.slice(0, 12)} and soak${environments.length === 1 ? 's' : ''}`,
  ],
  approval: [
    'approval',
    ({ scope, history, key, again }: ApprovalAsked) =>
      `${approvalText(scope, history)} (${key})${again ? `; ${spoken({ by: again.by })} approved other nodes than these, so it must be approved again` : ''}`,
  ],
  'until-wave': [
    'until',
    ({ wave }: { wave: number }) =>
      `this run goes no further than ${wave === 0 ? 'the ' : ''}${waveName(wave)}`,
  ],
} as const satisfies Words

export interface ApprovalAsked {
  /** "start", "wide", "wave2", "history". */
  readonly scope: string
  /** How the commit stands to the one completed last. */
  readonly history: 'backward' | 'rewritten' | undefined
  readonly key: string
  /** Who approved this scope with other nodes. */
  readonly again: Pick<Word, 'by'> | undefined
}

function approvalText(scope: string, history: ApprovalAsked['history']): string {
  switch (scope) {
    case 'start':
      return 'the start of this rollout needs an approval'
    case 'wide':
      return 'going beyond the canaries needs an approval'
    case 'history':
      return history === 'backward'
        ? 'the commit is older than the one completed last: that needs an approval'
        : 'the commit does not descend from the one completed last: that needs an approval'
    default:
      return `${scope.replace('wave', 'wave ')} needs an approval`
  }
}

const GATES = {
  'gate-asked': [
    'health',
    ({ gate }: { gate: string }) => `the health gate "${gate}" is being asked`,
  ],
  'gate-again': [
    'health',
    ({ gate, failure }: { gate: string; failure: Failure | undefined }) =>
      `the health gate "${gate}" gave no answer and is asked again${failure ? `: ${describeFailure(failure)}` : ''}`,
  ],
  'gate-later': [
    'health',
    ({ gate }: { gate: string }) =>
      `the health gate "${gate}" is asked when a node of the wave before is given back`,
  ],
  'gate-first': [
    'health',
    ({ gate }: { gate: string }) => `the health gate "${gate}" must pass first`,
  ],
  'canaries-drain': [
    'canary',
    ({ drains }: { drains: number }) =>
      `every canary must be GOOD at the pin first: ${drains} of them ${drains === 1 ? 'needs' : 'need'} a drain`,
  ],
  'canaries-open': [
    'canary',
    ({ good, all }: { good: number; all: number }) =>
      `every canary must be GOOD at the pin first: ${good} of ${all} ${good === 1 ? 'is' : 'are'} verified`,
  ],
  'wave-first': [
    'wave',
    ({ wave, open }: { wave: number; open: number }) =>
      `${waveName(wave)} must be done first: ${open} of its nodes are not`,
  ],
} as const satisfies Words

export const LIMIT_WORDS = { ...TIME, ...ROOM, ...PEOPLE, ...GATES } as const
