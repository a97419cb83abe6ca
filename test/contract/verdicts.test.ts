// SPDX-License-Identifier: Apache-2.0
// Small playbooks whose verdict could depend on the release of ansible-core: looked at in check
// mode, each against an expectation written by hand.
import t from 'tap'
import { compareVersions } from '../../lib/ansible/programs/versions.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import type { ChangesPolicy, VaultId } from '../../lib/fleet/declare/fleet.js'
import type { Finding } from '../../lib/rollout/record/verdict.js'
import { SEALED, SHORT } from '../support/vault-text.js'
import { install, LIMIT, onEach, password, play, WRITE_FILE } from './harness.js'

t.setTimeout(LIMIT)
t.jobs = 1

/**
 * What a node is expected to be: the verdict, the tasks that would change it, after `?` those that
 * check mode skips, after `!` the one that failed.
 */
type Expected = readonly [n1: string, n2: string]

interface Case {
  readonly name: string
  readonly site: string
  readonly files?: Readonly<Record<string, string>>
  readonly vault?: true
  readonly nodes: Expected
  /** Where Ansible itself decides otherwise: from this release on. */
  readonly since?: readonly [release: string, nodes: Expected]
}

const POLICY: ChangesPolicy = {
  untagged: 'drain',
  beyond: 'error',
  unforeseen: { hot: 'name', drain: 'name', untagged: 'name' },
}

/** A play over both nodes, with everything tagged HotChange. */
const site = (tasks: string, more = ''): string =>
  `- hosts: all\n  gather_facts: false\n  tags: [HotChange]\n${more}  tasks:\n${indent(tasks)}`
const indent = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')
/** A task that would write a file of the node, unless it is there with that content. */
const write = (name: string, more = '', content = 'new'): string =>
  `- name: ${name}\n  ${WRITE_FILE}: { dest: "{{ playbook_dir }}/nodes/{{ inventory_hostname }}/${name}", content: "${content}" }\n${
    more.trim() === ''
      ? ''
      : more
          .trim()
          .split('\n')
          .map((line) => `  ${line}\n`)
          .join('')
  }`
const both = (expected: string): Expected => [expected, expected]
const ON_N1 = "when: inventory_hostname == 'n1'"

const CASES: readonly Case[] = [
  {
    name: 'a loop whose changed_when looks at the item',
    nodes: both('HOT a'),
    site: site(
      write('a', 'loop: [x, y, z]\nchanged_when: item == "y"') +
        write('b', 'loop: [x, y]\nchanged_when: item == "z"'),
    ),
  },
  {
    name: 'changed_when: false goes over what a task says',
    nodes: both('GOOD'),
    site: site(write('a', 'changed_when: false') + write('b', 'loop: [x]\nchanged_when: false')),
  },
  {
    name: 'block, rescue and always',
    nodes: both('HOT mended, last'),
    site: site(
      `- block:\n    - { name: breaks, ansible.builtin.fail: { msg: disk full } }\n    - { name: never, ansible.builtin.fail: { msg: not reached } }\n  rescue:\n${indent(write('mended', "when: \"'disk' in ansible_failed_result.msg and ansible_failed_task.name == 'breaks'\""))}  always:\n${indent(write('last'))}`,
    ),
  },
  {
    name: 'a failure in always',
    nodes: both('ERROR ! ends'),
    site: site(
      '- block:\n    - { ansible.builtin.debug: { msg: x } }\n  always:\n    - { name: ends, ansible.builtin.fail: { msg: no } }\n',
    ),
  },
  {
    name: 'the registered result of a task that was skipped',
    nodes: ['HOT a', 'HOT b'],
    site: site(
      `- { name: looks, ansible.builtin.debug: { msg: x }, register: r, ${ON_N1} }\n${write('a', 'when: r is not skipped')}${write('b', 'when: r is skipped and r is not changed and r is not failed')}`,
    ),
  },
  {
    name: 'the registered results of a loop',
    nodes: both('HOT a, of each'),
    site: site(
      `${write('a', "loop: [x, y]\nwhen: item == 'x'\nregister: r")}${write('of each', 'loop: "{{ r.results }}"\nloop_control: { loop_var: one, label: "{{ one.item }}" }\nwhen: one is changed')}${write('both skipped', 'when: r.results | select("skipped") | length == 2')}${write('all', 'when: r is skipped or r is failed')}`,
    ),
  },
  {
    name: 'any_errors_fatal',
    nodes: ['ERROR a ! check', 'ERROR a !'],
    site: site(
      `${write('a')}- { name: check, ansible.builtin.fail: { msg: no }, ${ON_N1} }\n${write('b')}`,
      '  any_errors_fatal: true\n',
    ),
  },
  {
    name: 'max_fail_percentage',
    nodes: ['ERROR ! check', 'ERROR !'],
    site: site(
      `- { name: check, ansible.builtin.fail: { msg: no }, ${ON_N1} }\n${write('b')}`,
      '  max_fail_percentage: 10\n',
    ),
  },
  {
    name: 'a condition that is a template of a variable',
    nodes: ['HOT a, b', 'GOOD'],
    site: site(
      write('a', 'when: wanted') + write('b', 'when: [wanted, "not (wanted | bool == false)"]'),
      '  vars: { wanted: "{{ inventory_hostname == \'n1\' }}" }\n',
    ),
  },
  {
    name: 'a condition written with braces',
    nodes: ['HOT a', 'GOOD'],
    site: site(write('a', 'when: "{{ inventory_hostname == \'n1\' }}"')),
  },
  {
    name: 'a condition that is a word',
    nodes: both('HOT a'),
    since: ['2.19', both('ERROR ! a')],
    site: site(write('a', 'when: mode'), '  vars: { mode: fast }\n'),
  },
  {
    name: 'handlers that listen, one of them by a template',
    nodes: both('HOT a, first, second'),
    site: `${site(write('a', 'notify: [changed, no matter]'))}  handlers:\n${indent(`${write('first', 'listen: changed')}${write('second', 'listen: [changed, other]')}${write('third', 'listen: other')}- { name: no matter, ansible.builtin.debug: { msg: x } }\n`)}`,
  },
  {
    name: 'a handler that loops over what check mode cannot run',
    nodes: both('HOT a, restart ? restart'),
    site: `${site(write('a', 'notify: restart'))}  handlers:\n${indent('- name: restart\n  ansible.builtin.command: "true"\n  loop: [x, y]\n')}`,
  },
  {
    name: 'items that check mode skips',
    nodes: both('GOOD ? run'),
    site: site(
      "- name: run\n  ansible.builtin.command: 'echo {{ item }}'\n  loop: [x, y]\n  when: item == 'x'\n",
    ),
  },
  {
    name: 'include_tasks in a loop',
    nodes: both('HOT w-x, w-y'),
    files: { 'more.yml': write('w-{{ one }}') },
    site: site(
      '- ansible.builtin.include_tasks: more.yml\n  loop: [x, y, z]\n  loop_control: { loop_var: one }\n  when: one != "z"\n',
    ),
  },
  {
    name: 'check_mode: of a task',
    nodes: both('HOT from it, in check ? skipped'),
    site: site(
      `- { name: really, ansible.builtin.command: echo real, check_mode: false, changed_when: false, register: r }\n${write('from it', 'when: r.stdout == "real"')}${write('in check', 'check_mode: true')}- { name: skipped, ansible.builtin.command: echo x, register: s }\n${write('not', 'when: s is not skipped')}`,
    ),
  },
  {
    name: 'no_log, which hides why an item was skipped',
    nodes: ['ERROR a, b ? b ! c', 'HOT a, b ? b'],
    site: site(
      `${write('a', 'no_log: true')}${write('b', 'no_log: true\nloop: [x, y]\nwhen: item == "x"')}- { name: c, ansible.builtin.fail: { msg: hidden }, no_log: true, ${ON_N1} }\n`,
    ),
  },
  {
    name: 'values of a vault',
    vault: true,
    nodes: ['HOT a', 'HOT a, b'],
    files: {
      'nodes/n1/b': 'swordfish',
      'group_vars/all.yml': `secret: !vault |\n${SEALED.trim().replace(/^/gm, '  ')}\n`,
    },
    site: site(
      write('a', 'when: secret == "swordfish"', '{{ secret }}') + write('b', '', '{{ secret }}'),
    ),
  },
  // From 2.22 on Ansible masks it also in the names of what a result says.
  {
    name: 'a value of a vault that is two letters',
    vault: true,
    nodes: both('HOT a, b'),
    files: { 'group_vars/all.yml': `secret: !vault |\n${SHORT.trim().replace(/^/gm, '  ')}\n` },
    site: site(
      write('a', 'when: secret == "ch"', '{{ secret }}') +
        write('b', 'loop: [x, y]\nwhen: item == "x"'),
    ),
  },
  {
    name: 'async',
    nodes: both('HOT made, later'),
    site: site(
      ['made', 'later']
        .map(
          (name, poll) =>
            `- name: ${name}\n  ansible.builtin.file: { path: "{{ playbook_dir }}/nodes/{{ inventory_hostname }}-${name}", state: directory, mode: "0755" }\n  async: 60\n  poll: ${1 - poll}\n`,
        )
        .join(''),
    ),
  },
  {
    name: 'delegate_to and delegate_facts',
    nodes: ['HOT a, b', 'GOOD'],
    site: site(
      `${write('a', `delegate_to: n2\n${ON_N1}`)}- { ansible.builtin.set_fact: { told: yes }, delegate_to: n2, delegate_facts: true, run_once: true }\n${write('b', `when: hostvars.n2.told is defined and told is not defined`)}`,
    ),
  },
  {
    name: 'run_once',
    nodes: ['HOT a, b', 'HOT b'],
    site: site(write('a', 'run_once: true\nregister: r') + write('b', 'when: r is changed')),
  },
  {
    name: 'set_fact, and what it makes of numbers',
    nodes: ['HOT a, b', 'HOT b'],
    site: site(
      `- ansible.builtin.set_fact: { first: "{{ inventory_hostname == 'n1' }}", count: "{{ 1 + 1 }}", listed: "{{ [1, 2] }}" }\n${write('a', 'when: first | bool')}${write('b', 'when: count | int == 2 and listed | length == 2')}`,
    ),
  },
  {
    name: 'group_by, and a play for the group',
    nodes: ['HOT a', 'GOOD'],
    site: `${site("- ansible.builtin.group_by: { key: \"{{ 'first' if inventory_hostname == 'n1' else 'rest' }}\" }\n")}- hosts: first\n  gather_facts: false\n  tags: [HotChange]\n  tasks:\n${indent(write('a'))}`,
  },
  {
    name: 'the strategy free',
    nodes: ['ERROR a ! b', 'HOT a, c'],
    site: site(
      `${write('a')}- { name: b, ansible.builtin.fail: { msg: no }, ${ON_N1} }\n${write('c')}`,
      '  strategy: free\n',
    ),
  },
  {
    name: 'until and retries',
    nodes: ['GOOD', 'ERROR ! there'],
    files: { 'nodes/n1/there': '' },
    site: site(
      '- { name: there, ansible.builtin.stat: { path: "{{ playbook_dir }}/nodes/{{ inventory_hostname }}/there" }, register: r, until: r.stat.exists, retries: 2, delay: 0 }\n',
    ),
  },
  {
    name: 'ignore_errors and failed_when',
    nodes: ['HOT a, b', 'ERROR a, b ! c'],
    site: site(
      `- { name: fails, ansible.builtin.fail: { msg: no }, ignore_errors: true, register: r }\n${write('a', 'when: r is failed')}${write('b', 'failed_when: false')}${write('c', 'failed_when: inventory_hostname == "n2"\nchanged_when: false')}`,
    ),
  },
  {
    name: 'a variable that is not there',
    nodes: both('ERROR a ! b'),
    site: site(write('a', 'when: nothing is not defined') + write('b', 'when: nothing.of_it')),
  },
  {
    name: 'end_host, and tags that are never run',
    nodes: ['HOT a', 'HOT a, b'],
    site: site(
      `${write('a')}- ansible.builtin.meta: end_host\n  ${ON_N1}\n${write('b')}${write('c', 'tags: [never, HotChange]')}`,
    ),
  },
  {
    name: 'roles: defaults, templated names, a handler of the role',
    nodes: both('HOT r1 : of r1, r1 : restart r1'),
    files: {
      'roles/r1/defaults/main.yml': 'what: r1\n',
      'roles/r1/tasks/main.yml': write('of r1', 'notify: "restart {{ what }}"'),
      'roles/r1/handlers/main.yml': write('restart r1'),
    },
    site: site(
      '- ansible.builtin.include_role: { name: "{{ which }}", apply: { tags: [HotChange] } }\n',
      '  vars: { which: r1 }\n',
    ),
  },
  {
    name: 'lookups and old loops',
    nodes: both('HOT b, c'),
    site: site(
      write('a', 'with_items: "{{ nothing | default([]) }}"') +
        write('b', 'with_dict: { x: 1 }\nwhen: item.value == 1') +
        write('c', "when: lookup('ansible.builtin.vars', 'kept', default='') == 'x'"),
      '  vars: { kept: x }\n',
    ),
  },
]

const shown = ({ verdict, changes, blindSpots, failure }: Finding): string =>
  [
    verdict,
    changes.map(({ task }) => task).join(', '),
    blindSpots.length > 0 ? `? ${blindSpots.map(({ task }) => task).join(', ')}` : '',
    failure ? `! ${failure.cause === 'failed' ? (failure.task ?? '') : ''}` : '',
  ]
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .join(' ')

onEach(
  t,
  'verdicts',
  async ({ t, bin, more }) => {
    const ansible = await install(bin)
    const file = t.testdir({ password: 'right\n' })
    const vault: readonly VaultId[] = [password(`${file}/password`)]
    for (const { name, site, files = {}, nodes, since, ...one } of CASES) {
      await more(name, async (t) => {
        const { summary, log } = await play(t, ansible, {
          files: { ...files, 'site.yml': site },
          mode: 'check',
          policy: one.vault ? { vault } : {},
        })
        const seen = ['n1', 'n2'].map((node) => {
          const found = summary.nodes.get(node)
          return found ? shown(findingOf(found, summary, POLICY)) : 'nothing'
        })
        const expected = since && compareVersions(ansible.version, since[0]) >= 0 ? since[1] : nodes
        if (!t.same(seen, expected)) t.comment(log)
      })
    }
    await more(
      'a report says what its task says, but for secrets, which are masked by patchrun',
      async (t) => {
        const sealed = Object.entries({ secret: SEALED, short: SHORT })
          .map(([name, text]) => `${name}: !vault |\n${text.trim().replace(/^/gm, '  ')}\n`)
          .join('')
        const report =
          "- name: tells\n  ansible.builtin.debug: { msg: \"{{ {'search': short, 'word': secret, 'n': 12} }}\" }\n  loop: [x, y]\n  when: item == 'x'\n  vars: { patchrun_report: it }\n"
        const { events } = await play(t, ansible, {
          files: { 'group_vars/all.yml': sealed, 'site.yml': site(report) },
          hosts: ['n1'],
          policy: { vault },
        })
        const texts = events.flatMap((event) => (event.ev === 'report' ? [event.text] : []))
        t.same(
          texts.map((text) => JSON.parse(text) as unknown),
          [[{ search: 'ch', word: '********', n: 12 }]],
        )
      },
    )
  },
  { more: true },
)
