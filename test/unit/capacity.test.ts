// SPDX-License-Identifier: Apache-2.0
// What is out of service counts against a limit, whoever took it out and whosever it is.
import t from 'tap'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { decide, replay, worldOf } from '../../lib/rollout/index.js'
import type { Decision, JournalEvent } from '../../lib/rollout/index.js'
import { readSchedulerReport } from '../../lib/workload/slurm/read-report.js'
import { textOf } from '../support/words.js'

const AT = 1_000_000
const fleet: Fleet = resolveFleet(
  parseDeclaration(
    '/srv/patchrun.yml',
    `schemaVersion: 1
fleet: hpc
playbooks: { repository: ./playbooks }
nodes: { allow: ["n[1-4]"], canary: [n1] }
scheduler: { type: slurm }
rollout: { soak: 0s, waves: ["100%"], capacity: { partitions: { batch: 2 } } }
drain: { atOnce: "100%" }
`,
  ),
  { lists: new Map() },
  {},
)
const by = { user: 'op', host: 'adm', pid: 1 }
const needDrain: readonly JournalEvent[] = [
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
  { type: 'intended', at: AT - 8, step: 's1', action: 'detect', wave: 0, nodes: ['n1'], forks: 9 },
  { type: 'concluded', at: AT - 7, step: 's1', tasks: [], nodes: { n1: { verdict: 'GOOD' } } },
  {
    type: 'intended',
    at: AT - 6,
    step: 's2',
    action: 'detect',
    wave: 1,
    nodes: ['n2', 'n3', 'n4'],
    forks: 9,
  },
  {
    type: 'concluded',
    at: AT - 5,
    step: 's2',
    tasks: [],
    nodes: Object.fromEntries(['n2', 'n3', 'n4'].map((n) => [n, { verdict: 'DRAIN' as const }])),
  },
]

/** The partition holds the fleet and six nodes of others, of which so many are down. */
function ask(down: number): Decision {
  const others = [1, 2, 3, 4, 5, 6].map((n) => ({
    name: `other${n}`,
    state: [n <= down ? 'DOWN' : 'IDLE'],
    partitions: ['batch'],
  }))
  const workload = readSchedulerReport(
    {
      version: 1,
      jobs: [],
      nodes: [
        ...['n1', 'n2', 'n3', 'n4'].map((name) => ({
          name,
          state: ['IDLE'],
          partitions: ['batch'],
          cpus: 2,
        })),
        ...others,
      ],
    },
    AT,
  )
  const state = replay(needDrain)
  if (typeof workload === 'string' || !state.current) throw new Error('no world')
  return decide(
    worldOf(
      { fleet, state, rollout: state.current, now: AT },
      { schedulers: { default: { workload } } },
    ),
  )
}
const drains = ({ actions }: Decision): number =>
  actions.flatMap((a) => (a.do === 'drain' ? a.nodes : [])).length

t.test("nodes of a partition that are not the fleet's", async (t) => {
  t.same(
    [0, 1, 2, 3].map((down) => drains(ask(down))),
    [2, 1, 0, 0],
  )
  t.match(
    ask(2).waiting.map((w) => textOf(w)),
    [/of partition batch/],
  )
})
