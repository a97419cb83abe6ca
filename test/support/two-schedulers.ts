// SPDX-License-Identifier: Apache-2.0
// A fleet with two schedulers, left for a1 to a3 and right for b1 and b2, and a node that none has;
// a rollout in which every node but the canary a1 was seen to need a drain.
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { decide, replay, worldOf } from '../../lib/rollout/index.js'
import type {
  Decision,
  JournalEvent,
  NodeOutcome,
  Surroundings,
  World,
} from '../../lib/rollout/index.js'
import { SLURM } from '../../lib/workload/slurm/manager.js'
import { writeForSlurm } from './manager-scene.js'
import type { SceneNode } from './manager-scene.js'

export const AT = 1_800_000_000_000
const HEAD = `schemaVersion: 1
fleet: hpc
playbooks: { repository: ./playbooks }
nodes: { allow: ["a[1-3]", "b[1-2]", free], canary: [a1] }
`
export const TWO = `schedulers:
  left: { type: slurm, controller: c1, nodes: ["a[1-3]"], roles: { drain: our_drain } }
  right: { type: slurm, controller: c2, names: short, nodes: ["b[1-2]"] }
`
const REST = `rollout: { soak: 0s, waves: ["100%"] }
drain: { atOnce: "100%" }
`

/** `text`: what the declaration has besides the nodes. */
export const declare = (text: string): Fleet =>
  resolveFleet(parseDeclaration('/srv/patchrun.yml', HEAD + text), { lists: new Map() }, {})

/** With that rollout policy; `text`: more of the declaration, `schedulers` in place of those two. */
export const open = (text = '', schedulers = TWO): Fleet => declare(schedulers + REST + text)

export const by = { user: 'op', host: 'adm', pid: 1 }
export const EVENTS: readonly JournalEvent[] = [
  {
    type: 'opened',
    at: AT - 9,
    rollout: 'r1',
    kind: 'forward',
    pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
    previous: null,
    limit: null,
    by,
  },
  { type: 'intended', at: AT - 8, step: 's1', action: 'detect', wave: 0, nodes: ['a1'], forks: 9 },
  { type: 'concluded', at: AT - 7, step: 's1', tasks: [], nodes: { a1: { verdict: 'GOOD' } } },
  {
    type: 'intended',
    at: AT - 6,
    step: 's2',
    action: 'detect',
    wave: 1,
    nodes: ['a2', 'a3', 'b1', 'b2', 'free'],
    forks: 9,
  },
  {
    type: 'concluded',
    at: AT - 5,
    step: 's2',
    tasks: [],
    nodes: Object.fromEntries(
      ['a2', 'a3', 'b1', 'b2', 'free'].map((n) => [n, { verdict: 'DRAIN' as const }]),
    ),
  },
]

export type Looks = NonNullable<Surroundings['schedulers']>

export function worldWith(schedulers: Looks, fleet: Fleet, events = EVENTS): World {
  const state = replay(events)
  if (!state.current) throw new Error('no rollout')
  return worldOf({ fleet, state, rollout: state.current, now: AT }, { schedulers })
}

export const decideWith = (schedulers: Looks, text = '', events = EVENTS): Decision =>
  decide(worldWith(schedulers, open(text), events))

/** What that scheduler says, at a moment. */
export function said(nodes: readonly SceneNode[], at = AT): Looks[string] {
  const workload = SLURM.read(writeForSlurm({ nodes }), at)
  if (typeof workload === 'string') throw new Error(workload)
  return { workload }
}
export const LEFT = said(['a1', 'a2', 'a3'].map((name) => ({ name })))
export const RIGHT = said(['b1', 'b2'].map((name) => ({ name })))

export const begins = ({ actions }: Decision): readonly string[] =>
  actions.flatMap((a) =>
    a.do === 'observe'
      ? [`observe ${a.scheduler}`]
      : 'nodes' in a
        ? [`${a.do} ${a.nodes.join()}`]
        : [],
  )
export const waits = ({ waiting }: Decision): Readonly<Record<string, string>> =>
  Object.fromEntries(waiting.flatMap((w) => w.nodes.map((n) => [n, w.reason.is])))

/** b1 was drained by that scheduler, and is seen to need no drain any more. */
export const drainedBy = (
  scheduler: string | undefined,
  outcome: NodeOutcome = { drained: 'busy' },
): readonly JournalEvent[] => [
  ...EVENTS,
  {
    type: 'intended',
    at: AT - 4,
    step: 's3',
    action: 'drain',
    wave: 1,
    nodes: ['b1'],
    forks: 9,
    ...(scheduler !== undefined && { scheduler }),
  },
  { type: 'concluded', at: AT - 3, step: 's3', tasks: [], nodes: { b1: outcome } },
]
export const wanted: Extract<JournalEvent, { type: 'released' }> = {
  type: 'released',
  at: AT - 2,
  by,
  rollout: 'r1',
  nodes: ['b1'],
  until: AT + 3_600_000,
}

export const OURS = { drained: true, reason: 'patchrun hpc/default r1 cccccccccccc' } as const
export const BOTH: Looks = { left: LEFT, right: RIGHT }
/** b1 is declared for the other one by now. */
export const MOVED = TWO.replace('"a[1-3]"', '"a[1-3]", b1').replace('"b[1-2]"', 'b2')
export const RENAMED = TWO.replaceAll('right', 'east')

export function decideAs(fleet: Fleet, events: readonly JournalEvent[], looks: Looks): Decision {
  return decide(worldWith(looks, fleet, events))
}
