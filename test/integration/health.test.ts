// SPDX-License-Identifier: Apache-2.0
// A health gate as the engine asks it: where its role is found, what it is given, what comes of it.
import { checkOutcome } from '../../lib/rollout/index.js'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { findAnsible } from '../../lib/ansible/programs/find-ansible.js'
import { findRole, rolePlaces } from '../../lib/ansible/programs/roles.js'
import { gateProblems, outcomeOfCheck, runCheck } from '../../lib/engine/step/health-gate.js'
import type { CheckContext } from '../../lib/engine/step/health-gate.js'
import type { Fleet, HealthGate } from '../../lib/fleet/declare/fleet.js'
import type { Concluded, OpenStep } from '../../lib/rollout/index.js'
import { filesBelow } from '../support/files-below.js'
import { needsAnsible as NEEDED, OFTEN } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(900_000)

const SHA = 'a'.repeat(40)

interface Place {
  readonly base: string
  readonly checkout: string
  readonly directory: string
  readonly ask: (
    gate: Partial<HealthGate>,
    nodes?: readonly string[],
    more?: Partial<CheckContext>,
  ) => Promise<Concluded>
  readonly fleet: Fleet
}

function place(t: Test, files: Readonly<Record<string, string>>, playbook = 'site.yml'): Place {
  const base = mkdtempSync(join(tmpdir(), 'patchrun health-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const checkout = join(base, 'checkout')
  for (const [name, text] of Object.entries({ [playbook]: '- hosts: all\n', ...files })) {
    mkdirSync(dirname(join(checkout, name)), { recursive: true })
    writeFileSync(join(checkout, name), text)
  }
  const names = ['n1', 'n2', 'away']
  const vars = {
    ansible_connection: 'local',
    ansible_python_interpreter: '{{ ansible_playbook_python }}',
    marks: base,
  }
  const away = { ansible_connection: 'ssh', ansible_host: '127.0.0.1', ansible_port: 1 }
  // Of a fleet, only what a gate needs.
  const fleet = {
    name: 'f',
    environment: 'default',
    file: join(base, 'patchrun.yml'),
    playbooks: { repository: checkout, ref: 'main', playbook, submodules: false },
    nodes: names.map((name) => ({
      name,
      canary: false,
      groups: [],
      vars: name === 'away' ? away : {},
      domains: [],
      partitions: [],
      runsOn: null,
      scheduler: null,
    })),
    denied: ['db1'],
    groupVars: { all: vars },
    groupChildren: {},
    policy: { untagged: 'drain', health: [], changes: { untagged: 'drain' } },
    schedulers: [],
    ansible: {
      forks: 5,
      config: 'repository',
      hangTimeout: 60_000,
      connectTimeout: 3_000,
      diff: true,
      extraArgs: [],
      vault: [],
    },
    stateDirectory: base,
  } as unknown as Fleet
  const directory = join(base, 'step')
  const ask: Place['ask'] = async (given, nodes = ['n1', 'n2'], more = {}) => {
    const gate: HealthGate = { name: 'ready', role: 'gate', at: ['start'], vars: {}, ...given }
    const check = { gate: gate.name, point: 'waves', after: 2 } as const
    const install = await findAnsible({ configured: join(OFTEN, 'ansible-playbook') })
    const result = await runCheck(check, nodes, directory, {
      fleet,
      install,
      checkout,
      gate,
      sha: SHA,
      ...more,
    })
    const step: OpenStep = { step: '0001-check', action: 'check', wave: 2, nodes, since: 0, check }
    return outcomeOfCheck(step, result, 1)
  }
  return { base, checkout, directory, ask, fleet }
}

await inQuick(t, 'what a gate is given, and what it says', NEEDED, async (t) => {
  const here = place(
    t,
    {
      'play/site.yml': '- hosts: all\n',
      'play/group_vars/all.yml': 'beside: group-variable\n',
      'play/filter_plugins/own.py':
        "class FilterModule:\n    def filters(self):\n        return {'shout': lambda text: text.upper()}\n",
      'roles/other/tasks/main.yml': '- ansible.builtin.set_fact: { from_other: other-role }\n',
      'roles/gate/meta/main.yml': 'dependencies: [other]\n',
      'roles/gate/tasks/main.yml': `- name: hear
  ansible.builtin.copy: { dest: "{{ marks }}/heard-{{ inventory_hostname }}", content: "{{ [patchrun_gate, patchrun_point, patchrun_sha, word, beside | shout, from_other] | join(' ') }}" }
- ansible.builtin.include_role: { name: other }
- name: look at the disk
  ansible.builtin.fail: { msg: "the disk of {{ inventory_hostname }} is full" }
  when: inventory_hostname == 'n2'
- name: ask the license server
  ansible.builtin.fail: { msg: nobody answered }
  tags: [inconclusive]
`,
    },
    'play/site.yml',
  )
  const outcome = await here.ask(
    {
      vars: {
        word: 'w-{{ inventory_hostname }}',
        secret: 'hush-hush',
        patchrun_sha: 'of the operator',
      },
    },
    ['n1', 'n2', 'away'],
  )
  t.equal(
    readFileSync(join(here.base, 'heard-n1'), 'utf8'),
    `ready waves ${SHA} w-n1 GROUP-VARIABLE other-role`,
  )
  t.match(outcome.nodes, {
    n1: {
      checked: 'inconclusive',
      failure: {
        cause: 'failed',
        message: 'nobody answered',
        task: /license server/,
        file: 'roles/gate/tasks/main.yml',
        line: 7,
      },
    },
    n2: {
      checked: 'fail',
      failure: { message: 'the disk of n2 is full', task: /look at the disk/ },
    },
    away: { checked: 'inconclusive', failure: { cause: 'unreachable' } },
  })
  t.same(
    checkOutcome(outcome.nodes['n1']).changes,
    [0],
    'a gate that changes something is found out',
  )
  t.match(outcome.tasks[0], { file: 'roles/gate/tasks/main.yml', line: 1 })
  t.equal(outcome.alarm, undefined)
  const holding = filesBelow(here.directory).filter((file) =>
    readFileSync(file, 'utf8').includes('hush-hush'),
  )
  t.same(
    holding.map((file) => file.slice(here.directory.length)),
    ['/gate/vars.json'],
    'variables are in one file, and in no argument',
  )
  t.equal(statSync(join(here.directory, 'gate/vars.json')).mode & 0o777, 0o600)
  t.equal(statSync(here.directory).mode & 0o777, 0o700)
  t.same(
    readdirSync(here.checkout, { recursive: true }).filter((name) =>
      /gate\.yml|__pycache__/.test(String(name)),
    ),
    [],
    'the checkout stays as it was',
  )
})

await inFull(t, 'a role of ours, one that is not there, one that is broken', NEEDED, async (t) => {
  const here = place(t, {
    'roles/broken/tasks/main.yml': '- name: {\n',
    'roles/late/tasks/main.yml': '- ansible.builtin.include_role: { name: missing }\n',
    'roles/drains/tasks/main.yml':
      '- name: reboot\n  ansible.builtin.command: touch "{{ marks }}/reboot"\n  tags: DrainChange\n',
  })
  t.match(
    await here.ask(
      { role: 'ready_checklist', vars: { ready_checklist_mounts: [{ path: '/proc' }] } },
      ['n1'],
    ),
    { nodes: { n1: { checked: 'pass' } }, alarm: undefined, tasks: [] },
  )
  t.match(
    (
      await here.ask(
        { role: 'ready_checklist', vars: { ready_checklist_mounts: [{ path: here.base }] } },
        ['n1'],
      )
    ).nodes['n1'],
    {
      checked: 'fail',
      failure: {
        message: /^1 of 1 checks failed:\n- mount .*: wanted a mount at this path, found none/,
      },
    },
  )
  await t.rejects(here.ask({ role: 'redy_checklist' }), {
    code: 'playbook/unknown-role',
    message: /"ready" names the role "redy_checklist", which is nowhere: looked in .*roles/,
    hint: /Did you mean "ready_checklist"\?/,
  })
  t.match(await here.ask({ role: 'broken' }, ['n1']), {
    nodes: { n1: { checked: 'inconclusive' } },
    alarm: {
      code: 'playbook-fault',
      message: /^in the health gate "ready": .*\(.*roles\/broken\/tasks\/main\.yml/,
    },
  })
  const late = await here.ask({ role: 'late' }, ['n1'])
  // Some versions of Ansible fail the task, some drop the host and say so at the end.
  t.not(checkOutcome(late.nodes['n1']).checked, 'pass')
  t.match(late.alarm?.message ?? late.nodes['n1']?.failure?.message, /role 'missing' was not found/)
  t.match(await here.ask({ role: 'drains' }, ['n1']), {
    nodes: { n1: { checked: 'inconclusive' } },
    alarm: { code: 'guard', hint: /take the task out of the role/ },
  })
  t.equal(existsSync(join(here.base, 'reboot')), false)
})

await inFull(t, 'a gate that is cut off, and one that hangs', NEEDED, async (t) => {
  const here = place(t, {
    'roles/gate/tasks/main.yml': '- name: wait\n  ansible.builtin.command: sleep 62\n',
  })
  const controller = new AbortController()
  const cut = await here.ask({}, ['n1'], {
    signal: controller.signal,
    onEvent: (event) => void (event.ev === 'host_start' && controller.abort()),
  })
  t.match(cut, {
    nodes: { n1: { checked: 'inconclusive', failure: { cause: 'unknown' } } },
    alarm: undefined,
  })
  const hung = await here.ask({}, ['n1'], {
    fleet: { ...here.fleet, ansible: { ...here.fleet.ansible, hangTimeout: 2_000 } },
  })
  t.match(hung.nodes['n1'], { checked: 'inconclusive', failure: { cause: 'hung', task: /wait/ } })
})

await inQuick(t, 'where roles are looked for', {}, async (t) => {
  const here = place(
    t,
    {
      'ansible.cfg': '[defaults]\nroles_path = vendor : ~/own:/opt/roles\n',
      'play/site.yml': '',
      'play/roles/a/x': '',
      'roles/a/x': '',
      'roles/b/x': '',
      'vendor/b/x': '',
      'vendor/c/x': '',
      'vendor/ready_checklist/x': '',
    },
    'play/site.yml',
  )
  const asked = {
    checkout: here.checkout,
    playbook: 'play/site.yml',
    config: 'repository',
  } as const
  const places = rolePlaces(asked, {})
  t.same(
    ['a', 'b', 'c', 'ready_checklist'].map((name) =>
      findRole(name, places)?.slice(here.checkout.length),
    ),
    ['/play/roles/a', '/roles/b', '/vendor/c', '/vendor/ready_checklist'],
    "nearest first, patchrun's last",
  )
  t.match(places.ansible.slice(1), [/\/own$/, '/opt/roles'])
  t.equal(places.opaque, false)
  t.match(
    findRole('ready_checklist', rolePlaces({ ...asked, config: 'none' }, {})),
    /\/roles\/ready_checklist$/,
    'an ansible.cfg that is not used does not count',
  )
  t.equal(
    findRole('c', rolePlaces(asked, { ANSIBLE_ROLES_PATH: '/nowhere' })),
    undefined,
    'the environment goes over it',
  )
  for (const name of ['../roles/b', '/etc', '', '.', '-x'])
    t.equal(findRole(name, places), undefined, name)
  const gate = (name: string, role: string): HealthGate => ({ name, role, at: ['start'], vars: {} })
  const fleet = {
    ...here.fleet,
    policy: {
      ...here.fleet.policy,
      health: [
        gate('one', 'b'),
        gate('two', 'nope'),
        gate('three', 'site.own.role'),
        gate('four', '../b'),
      ],
    },
  }
  t.same(
    gateProblems(fleet, here.checkout).map(
      (problem) => /^the health gate "(\w+)"/.exec(problem.message)?.[1],
    ),
    ['two', 'four'],
    'all of them; roles of collections are for Ansible to find',
  )
  writeFileSync(join(here.checkout, 'ansible.cfg'), '[defaults]\nroles_path = $SITE/roles\n')
  t.same(
    gateProblems(fleet, here.checkout).map(
      (problem) => /^the health gate "(\w+)"/.exec(problem.message)?.[1],
    ),
    ['four'],
    'what only Ansible can look through',
  )
})
