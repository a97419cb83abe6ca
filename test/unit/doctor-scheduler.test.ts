// SPDX-License-Identifier: Apache-2.0
// What one look at the scheduler says of a declaration: limits that hold nobody back, nodes that it
// does not know.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { judge as judgeBy } from '../../lib/engine/doctor/doctor-scheduler.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import type { Found } from '../../lib/engine/doctor/found.js'
import type { Fleet, Scheduler } from '../../lib/fleet/declare/fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { readSchedulerReport } from '../../lib/workload/slurm/read-report.js'
import { SLURM_TRIED } from '../../lib/workload/slurm/versions.js'
import type { Workload } from '../../lib/workload/slurm/types.js'

const judge = (fleet: Fleet, report: Workload): Found =>
  judgeBy(fleet, fleet.schedulers[0] as Scheduler, report)

const open = (rest: string): Fleet =>
  resolveFleet(
    parseDeclaration(
      '/srv/patchrun.yml',
      `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks }
nodes: { allow: ["node[01-06].example.org", hyp1], canary: [node01.example.org] }
runsOn: { hyp1: [node06.example.org] }
${rest}`,
    ),
    { lists: new Map() },
    {},
  )

function seen(names: readonly string[], partition: string): Workload {
  const read = readSchedulerReport(
    {
      version: 1,
      nodes: names.map((name) => ({ name, state: ['IDLE'], partitions: [partition] })),
      jobs: [],
    },
    1,
  )
  if (typeof read === 'string') throw new Error(read)
  return read
}
const SHORT = 'scheduler: { type: slurm, names: short }\n'
const all = ['node01', 'node02', 'node03', 'node04', 'node05', 'node06']

t.test('all is as declared', async (t) => {
  t.same(
    judge(open(`${SHORT}rollout: { capacity: { partitions: { batch: 2 } } }`), seen(all, 'batch')),
    { result: 'ok', found: 'it knows all 6 nodes, and 0 jobs' },
    'it need not know a hypervisor',
  )
  t.match(
    judge(
      open(
        `${SHORT}partitions: { gpu: ["node[01-02].example.org"] }\nrollout: { capacity: { partitions: { gpu: 1 } } }`,
      ),
      seen(all, 'batch'),
    ),
    { result: 'ok' },
    'a partition of the declaration need not be one of Slurm',
  )
})

t.test('which Slurm it is, and whether that was tried', async (t) => {
  const found = (software?: string): string =>
    judge(open(SHORT), { ...seen(all, 'batch'), ...(software !== undefined && { software }) }).found
  t.match(found('Slurm 24.11.5'), /^Slurm 24\.11\.5, tried by .*; it knows all 6 nodes/)
  t.match(
    found('Slurm 23.02.1'),
    /^Slurm 23\.02\.1, not tried: 22\.05, 24\.11, 26\.05 were; it knows/,
  )
  t.match(found('another 1.0'), /^it knows/)
  const page = readFileSync(join(import.meta.dirname, '../../../docs/usage/drain.md'), 'utf8')
  for (const [version, how] of Object.entries(SLURM_TRIED))
    t.match(page, `| ${version} | ${how} |`, 'the page has the same list')
})

t.test('a slip in the name of a partition', async (t) => {
  t.match(
    judge(
      open(`${SHORT}rollout: { capacity: { partitions: { batch: 2, gpuu: 1 } } }`),
      seen(all, 'batch'),
    ),
    {
      result: 'warn',
      found:
        'no node is in gpuu, of which rollout.capacity.partitions speaks: such a limit holds nobody back',
      hint: /sinfo/,
    },
  )
})

t.test('nodes that it does not know', async (t) => {
  t.match(judge(open(SHORT), seen(all.slice(0, 4), 'batch')), {
    result: 'warn',
    found:
      'it does not know node05.example.org, node06.example.org: a change that needs one of them drained waits',
    hint: /scheduler\.names/,
  })
  t.match(
    judge(open('scheduler: { type: slurm }'), seen(all, 'batch')).found,
    /it does not know node01\.example\.org.*node05\.example\.org and 1 more/,
    'names: short was forgotten',
  )
})
