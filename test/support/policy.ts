// SPDX-License-Identifier: Apache-2.0
// A policy without limits and a plain node: tests say only what they are about.
import type { FleetNode, RolloutPolicy } from '../../lib/fleet/declare/fleet.js'
import { NO_STATE } from '../../lib/rollout/index.js'
import type { RolloutState, World } from '../../lib/rollout/index.js'

export const FREE: RolloutPolicy = {
  soak: 0,
  waves: ['100%'],
  maxFailed: 0,
  budget: { failed: null, unreachable: null, notConverged: null },
  retries: { attempts: 1, backoff: 60_000, longest: 600_000 },
  maxChanged: null,
  capacity: { fleet: null, groups: {}, partitions: {}, domains: null },
  pause: { nodes: 0, waves: 0 },
  deadline: null,
  timing: { zone: 'UTC', windows: [], freezes: [], expected: 0 },
  approval: [],
  onNewCommit: 'finish',
  health: [],
  promotion: { after: [], soak: 0 },
  protected: false,
  changes: {
    untagged: 'drain',
    beyond: 'apply',
    unforeseen: { hot: 'apply', drain: 'name', untagged: 'name' },
  },
  drain: {
    atOnce: '100%',
    timeout: 3_600_000,
    onTimeout: 'wait',
    foreign: 'leave',
    reservations: 'join',
    hotFirst: false,
    reboot: 'auto',
    rebootTimeout: 60_000,
    test: true,
  },
}

export const policyOf = (changes: Partial<RolloutPolicy> = {}): RolloutPolicy => ({
  ...FREE,
  ...changes,
})

export const nodeOf = (name: string, changes: Partial<FleetNode> = {}): FleetNode => ({
  name,
  canary: false,
  groups: [],
  vars: {},
  domains: [],
  partitions: [],
  runsOn: null,
  scheduler: 'default',
  ...changes,
})

export const worldFor = (
  rollout: RolloutState,
  nodes: readonly FleetNode[],
  changes: Partial<World> = {},
): World => ({
  now: 0,
  nodes,
  rollout,
  policy: FREE,
  pause: null,
  durations: NO_STATE.durations,
  forks: 10,
  capacity: [],
  promotion: [],
  out: new Set(),
  schedulers: [],
  prepared: new Set(),
  ...changes,
})
