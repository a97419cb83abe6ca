// SPDX-License-Identifier: Apache-2.0
// How a declared scheduler, its drains and the hypervisors come out.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseInventory } from '../../lib/ansible/programs/ask-inventory.js'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { schedulerName } from '../../lib/fleet/policy/scheduler.js'
import type { SourceInventory } from '../../lib/fleet/lists/source-inventory.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'

const EXAMPLE = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks }
nodes: { allow: ["node[01-06]"], deny: [db1], canary: [node01, node02] }
`
const open = (
  text: string,
  options: { environment?: string; inventory?: SourceInventory } = {},
): Fleet => {
  const { inventory, ...environment } = options
  return resolveFleet(
    parseDeclaration('/srv/patchrun.yml', EXAMPLE + text),
    { lists: new Map(), ...(inventory && { inventory }) },
    environment,
  )
}

const ROLES = {
  observe: 'slurm_observe',
  drain: 'slurm_drain',
  release: 'slurm_release',
  reboot: 'node_reboot',
  test: 'slurm_test_job',
}
const LOCAL = {
  ansible_connection: 'local',
  ansible_python_interpreter: '{{ ansible_playbook_python }}',
}

t.test('a scheduler, with every default filled in', async (t) => {
  t.same(open('').schedulers, [])
  t.same(open('scheduler: { type: slurm }').schedulers[0], {
    name: 'default',
    field: 'scheduler',
    type: 'slurm',
    controller: 'localhost',
    controllerVars: LOCAL,
    names: 'full',
    every: 30_000,
    feature: null,
    roles: ROLES,
    vars: {},
  })
})

t.test('every field of a scheduler', async (t) => {
  const { schedulers } = open(`
scheduler:
  type: slurm
  controller: ctl
  controllerVars: { ansible_user: admin }
  names: short
  every: 2m
  feature: patchrun_
  roles: { drain: our_drain, test: site.cluster.test }
  vars: { a: [1] }
`)
  t.same(schedulers, [
    {
      name: 'default',
      field: 'scheduler',
      type: 'slurm',
      controller: 'ctl',
      controllerVars: { ansible_user: 'admin' },
      names: 'short',
      every: 120_000,
      feature: 'patchrun_',
      roles: { ...ROLES, drain: 'our_drain', test: 'site.cluster.test' },
      vars: { a: [1] },
    },
  ])
  t.same(
    ['node01', 'node01.example.org'].map((name) => schedulerName(name, 'short')),
    ['node01', 'node01'],
  )
  t.equal(schedulerName('node01.example.org', 'full'), 'node01.example.org')
})

t.test('the controller is reached as the source inventory says', async (t) => {
  const source = parseInventory(
    JSON.stringify({
      _meta: {
        hostvars: {
          ctl: { ansible_host: '192.0.2.7', level: 'host' },
          localhost: { ansible_connection: 'ssh' },
          node01: { level: 'host' },
        },
      },
      all: { children: ['ungrouped', 'infra'], vars: { ansible_user: 'root', level: 'all' } },
      ungrouped: { hosts: ['localhost'] },
      infra: {
        children: ['slurm', 'alpha', 'busy'],
        vars: { level: 'infra', zone: 'infra', port: 1 },
      },
      slurm: {
        hosts: ['ctl', 'bare'],
        children: [],
        vars: { level: 'slurm', port: 2, ansible_password: { __ansible_vault: 'x' } },
      },
      alpha: { hosts: ['bare'], vars: { port: 3 } },
      busy: { hosts: ['other', 'node01'], vars: { zone: 'busy' } },
    }),
  )
  const of = (controller: string, more = ''): unknown =>
    open(
      `scheduler: { type: slurm, controller: ${controller}${more} }\ninventory: { source: hosts, vars: { declared: true }, hostVars: { node01: { own: 1 } } }\n`,
      { inventory: source },
    ).schedulers[0]?.controllerVars
  t.same(of('ctl'), {
    ansible_user: 'root',
    level: 'host',
    zone: 'infra',
    port: 2,
    ansible_password: { __ansible_vault: 'x' },
    ansible_host: '192.0.2.7',
  })
  t.same(
    of('bare'),
    {
      ansible_user: 'root',
      level: 'slurm',
      zone: 'infra',
      port: 2,
      ansible_password: { __ansible_vault: 'x' },
    },
    'groups of one depth by name, as Ansible merges them',
  )
  t.match(of('ctl', ', controllerVars: { ansible_user: admin, level: declared }'), {
    ansible_user: 'admin',
    level: 'declared',
    ansible_host: '192.0.2.7',
  })
  t.same(of('stranger'), {}, 'a host the inventory does not know')
  t.match(
    of('localhost'),
    {
      ansible_connection: 'ssh',
      ansible_python_interpreter: LOCAL.ansible_python_interpreter,
      ansible_user: 'root',
    },
    'the inventory goes over what holds for this machine',
  )
  t.same(of('127.0.0.1'), LOCAL)
  t.same(
    of('node01'),
    { ansible_user: 'root', level: 'host', zone: 'busy', port: 1, declared: true, own: 1 },
    'a node is reached as a node',
  )
})

t.test('a drain: the fleet, and each environment field by field', async (t) => {
  const text = `
scheduler: { type: slurm }
drain: { atOnce: 4, timeout: 3d, onTimeout: ask, foreign: patch, reservations: leave, hotFirst: true, reboot: always, rebootTimeout: 1h, test: false }
environments:
  test: { nodes: { allow: [node01], canary: [node01] }, drain: { atOnce: "100%", hotFirst: false, test: true } }
  prod: { nodes: { allow: ["node[02-06]"], canary: [node02] } }
`
  const fleet = {
    atOnce: 4,
    timeout: 259_200_000,
    onTimeout: 'ask',
    foreign: 'patch',
    reservations: 'leave',
    hotFirst: true,
    reboot: 'always',
    rebootTimeout: 3_600_000,
    test: false,
  }
  t.same(open(text, { environment: 'prod' }).policy.drain, fleet)
  t.same(open(text, { environment: 'test' }).policy.drain, {
    ...fleet,
    atOnce: '100%',
    hotFirst: false,
    test: true,
  })
})

t.test('health gates within a visit', async (t) => {
  const points = open(
    'scheduler: { type: slurm }\nhealth: [{ name: a, role: r, at: [visit] }, { name: b, role: r }]\n',
  ).policy.health.map((gate) => gate.at)
  t.same(points, [['visit'], ['start', 'canaries', 'waves', 'end']], 'only where that is said')
})

t.test('the hypervisor of each node', async (t) => {
  const of = (text: string, environment?: string) =>
    Object.fromEntries(
      open(text, environment === undefined ? {} : { environment }).nodes.map((n) => [
        n.name,
        n.runsOn,
      ]),
    )
  t.same(of('runsOn: { node01: ["node[02-03]"], node05: [node06, node06], node04: [] }'), {
    node01: null,
    node02: 'node01',
    node03: 'node01',
    node04: null,
    node05: null,
    node06: 'node05',
  })
  t.same(
    open('runsOn: { node01: [node03], node04: [node05] }\n')
      .nodes.filter((n) => n.canary)
      .map((n) => n.name),
    ['node01', 'node02', 'node03'],
    'what runs on a canary is one',
  )
  const parts =
    'runsOn: { node01: [node03], node02: [node04] }\nenvironments:\n  a: { nodes: { allow: [node01, node03], canary: [node01] } }\n  b: { nodes: { allow: [node02, node04], canary: [node02] } }\n'
  t.same(of(parts, 'a'), { node01: null, node03: 'node01' })
  t.same(of(parts, 'b'), { node02: null, node04: 'node02' })
})

t.test('the examples of docs/usage/drain.md are valid', async (t) => {
  const text = await readFile(join(process.cwd(), 'docs/usage/drain.md'), 'utf8')
  const blocks = [...text.matchAll(/```yaml\n([^`]*)```/g)].map((m) => m[1] ?? '')
  const [first = '', all = '', ...others] = blocks.filter((block) =>
    /^(schedulers?|drain|runsOn|health):/m.test(block),
  )
  t.same(open(first).policy, open('').policy, 'the defaults')
  const { schedulers, policy } = open(all)
  const [scheduler] = schedulers
  t.same(
    { ...scheduler, controllerVars: {} },
    {
      ...open('scheduler: { type: slurm, controller: ctl, feature: patchrun_ }').schedulers[0],
      controllerVars: {},
    },
    'all that can be said, with the defaults',
  )
  t.same(policy, open('').policy)
  for (const block of others)
    t.ok(
      open(
        `${/schedulers?:/.test(block) ? '' : 'scheduler: { type: slurm }\n'}${block}`.replaceAll(
          'hyp01',
          'node01',
        ),
      ),
      block,
    )
  t.ok(others.length > 0)
})

t.test('the inventory of a Slurm cluster opens', async (t) => {
  const fleet = await openFleet({
    file: join(process.cwd(), 'inventories/slurm/patchrun.yml'),
    environment: 'prod',
    ansibleInventory: () => Promise.reject(new Error('nobody asked for an inventory')),
  })
  t.match(fleet, {
    name: 'cluster',
    schedulers: [{ type: 'slurm', controller: 'ctl', feature: 'patchrun_' }],
    policy: { promotion: { after: ['test'] } },
  })
  t.ok(fleet.nodes.length > 10 && fleet.nodes.every((node) => node.domains.length > 0))
})
