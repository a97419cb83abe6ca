// SPDX-License-Identifier: Apache-2.0
// Looks at a scheduler by a role of the site's own: two of them at once, also where neither may
// wait.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { SchedulerLooks } from '../../lib/engine/step/scheduler-look.js'
import { systemClock } from '../../lib/engine/step/progress.js'
import type { Scheduler } from '../../lib/fleet/declare/fleet.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { install, LIMIT, onEach } from './harness.js'

t.setTimeout(LIMIT)

const REPORT = JSON.stringify({
  version: 1,
  complete: true,
  nodes: [{ name: 'n1', state: ['IDLE'], reason: '', cpus: 2, allocated: 0, boot: 1 }],
  jobs: [],
})

onEach(t, 'looks', async ({ t, bin }) => {
  const ansible = await install(bin)
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-looks-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const checkout = join(directory, 'playbooks')
  mkdirSync(join(checkout, 'roles/our_observe/tasks'), { recursive: true })
  writeFileSync(join(checkout, 'site.yml'), '[]\n')
  writeFileSync(
    join(checkout, 'roles/our_observe/tasks/main.yml'),
    JSON.stringify([
      {
        name: 'Look',
        'ansible.builtin.command': { argv: ['echo', REPORT] },
        delegate_to: 'localhost',
        changed_when: false,
        vars: { patchrun_report: 'scheduler' },
      },
    ]),
  )
  const fleet = resolveFleet(
    parseDeclaration(
      join(directory, 'patchrun.yml'),
      JSON.stringify({
        schemaVersion: 1,
        fleet: 'demo',
        playbooks: { repository: './playbooks' },
        nodes: { allow: ['n1'], canary: ['n1'] },
        inventory: { vars: { ansible_connection: 'local' } },
        scheduler: { type: 'slurm', roles: { observe: 'our_observe' } },
      }),
    ),
    { lists: new Map() },
    {},
  )
  const lookout = new SchedulerLooks(directory, systemClock)
  t.teardown(() => lookout.close())
  const look = (watch: readonly string[]): Promise<void> =>
    lookout.look(
      { scheduler: fleet.schedulers[0] as Scheduler, watch, waits: false },
      { fleet, install: ansible, checkout },
      wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, 1),
    )
  for (const time of ['the first time', 'by the Ansible that waits']) {
    await Promise.all([look([]), look(['n1'])])
    t.match(lookout.views['default'], { silent: null, looking: { now: false, watch: false } }, time)
    t.same(
      [...((lookout.views['default']?.workload as Workload | null)?.nodes.keys() ?? [])],
      ['n1'],
    )
  }
})
