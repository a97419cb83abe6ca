// SPDX-License-Identifier: Apache-2.0
// What comes first in the playbook that drains a node: the drain, or the connection to it; and what
// its health gate is given.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { gateVars } from '../../lib/engine/step/health-playbook.js'
import { silenceOf } from '../../lib/engine/visit/visit-launch.js'
import { writeVisitPlaybooks } from '../../lib/engine/step/scheduler-playbooks.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import type { HealthGate, Scheduler } from '../../lib/fleet/declare/fleet.js'
import { NO_STATE, wouldOpen } from '../../lib/rollout/index.js'

const directory = mkdtempSync(join(tmpdir(), 'patchrun-visit-playbooks-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))
const checkout = join(directory, 'playbooks')
mkdirSync(checkout)
writeFileSync(join(checkout, 'site.yml'), '[]\n')
const fleet = resolveFleet(
  parseDeclaration(
    join(directory, 'patchrun.yml'),
    JSON.stringify({
      schemaVersion: 1,
      fleet: 'demo',
      playbooks: { repository: './playbooks' },
      nodes: { allow: ['n[1-2]'], canary: ['n1'] },
      scheduler: { type: 'slurm' },
    }),
  ),
  { lists: new Map() },
  {},
)
const rollout = wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, 1)

interface Play {
  readonly name: string
  readonly vars_files: readonly string[]
}

async function plays(more: {
  readonly wait?: number
  readonly idle?: boolean
  readonly connected?: boolean
  readonly nodes?: readonly string[]
}): Promise<readonly string[]> {
  const [scheduler] = fleet.schedulers
  if (!scheduler) throw new Error('a fleet without a scheduler')
  const home = mkdtempSync(join(directory, 'step-'))
  const { drain } = await writeVisitPlaybooks(
    { fleet, scheduler, rollout, nodes: ['n1'], checkout, ...more },
    home,
  )
  return (JSON.parse(readFileSync(drain, 'utf8')) as Play[]).map(
    ({ name, vars_files: [file = ''] }) => {
      const { patchrun_wait: wait, patchrun_idle: idle } = JSON.parse(
        readFileSync(join(home, 'visit', file), 'utf8'),
      ) as Record<string, unknown>
      return name === 'drain' ? `drain, ${idle ? 'while idle' : `waits ${String(wait)} s`}` : name
    },
  )
}

t.test('a node at work takes no more jobs before it is connected to', async (t) => {
  t.same(await plays({ wait: 60_000 }), ['drain, waits 0 s', 'reach the node', 'drain, waits 60 s'])
  t.same(await plays({}), ['drain, waits 0 s', 'reach the node'])
})

t.test('an idle one serves until it is connected to', async (t) => {
  t.same(await plays({ idle: true }), ['reach the node', 'drain, while idle'])
})

t.test(
  'one whose Ansible was started ahead is connected to already, and several together are not waited for',
  async (t) => {
    t.same(await plays({ idle: true, connected: true }), ['drain, while idle'])
    t.same(await plays({ nodes: ['n1', 'n2'] }), ['drain, waits 0 s'])
  },
)

t.test('a gate is told whom to ask of its nodes, unless it says so itself', async (t) => {
  const scheduler = {
    ...fleet.schedulers[0],
    controller: 'ctl',
    controllerVars: {},
    names: 'short',
    vars: { slurm_bin: '/opt/slurm/bin' },
  } as Scheduler
  const gate = (vars: Record<string, unknown>): HealthGate => ({
    name: 'well',
    role: 'slurm_health',
    at: ['visit'],
    vars,
  })
  const vars = (of: Record<string, unknown>, ask: Scheduler | null): unknown =>
    gateVars({
      gate: gate(of),
      point: 'visit',
      sha: 'abc',
      scheduler: ask,
      nodes: ['n1.example.org'],
    })
  const ours = { patchrun_gate: 'well', patchrun_point: 'visit', patchrun_sha: 'abc' }
  t.same(vars({ a: 1 }, null), { a: 1, ...ours })
  t.same(vars({}, scheduler), {
    patchrun_controller: 'ctl',
    patchrun_nodes: ['n1'],
    slurm_bin: '/opt/slurm/bin',
    ...ours,
  })
  t.match(
    vars({}, { ...scheduler, controllerVars: { ansible_connection: 'local' } }),
    { patchrun_controller: 'localhost' },
    'this machine is not reached by ssh',
  )
  t.match(vars({ patchrun_controller: 'other', patchrun_sha: 'of-somebody-else' }, scheduler), {
    patchrun_controller: 'other',
    patchrun_sha: 'abc',
  })
  const home = mkdtempSync(join(directory, 'step-'))
  const { reboot } = await writeVisitPlaybooks(
    {
      fleet: { ...fleet, policy: { ...fleet.policy, health: [gate({})] } },
      scheduler,
      rollout,
      nodes: ['n1.example.org'],
      checkout,
    },
    home,
  )
  const [, play] = JSON.parse(readFileSync(reboot, 'utf8')) as Play[]
  t.match(JSON.parse(readFileSync(join(home, 'visit', play?.vars_files[0] ?? ''), 'utf8')), {
    patchrun_controller: 'ctl',
    patchrun_nodes: ['n1'],
    patchrun_gate: 'well',
  })
})

t.test('a reboot says nothing for as long as it may take, and is no hang', async (t) => {
  const silence = (ansible: object, drain: object): number =>
    silenceOf(
      resolveFleet(
        parseDeclaration(
          join(directory, 'patchrun.yml'),
          JSON.stringify({
            schemaVersion: 1,
            fleet: 'demo',
            playbooks: { repository: './playbooks' },
            nodes: { allow: ['n1'], canary: ['n1'] },
            scheduler: { type: 'slurm' },
            ansible,
            drain,
          }),
        ),
        { lists: new Map() },
        {},
      ),
    )
  t.ok(silence({ hangTimeout: '1m' }, { rebootTimeout: '20m' }) > 20 * 60_000, 'longer than a hang')
  t.equal(
    silence({ hangTimeout: '2h' }, { rebootTimeout: '20m' }),
    2 * 3_600_000,
    'what a site endures of other tasks stays',
  )
})
