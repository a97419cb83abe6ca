// SPDX-License-Identifier: Apache-2.0
// Who saw every play through, on real Ansible: nodes that others take down with them, nodes that a
// play ends on purpose, and what is no change of a node.
import t, { type Test } from 'tap'
import type { NodeSummary } from '../../lib/outcome/summary/run-summary.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import { install, LIMIT, onEach, play, type Outcome } from './harness.js'
import { FREE } from '../support/policy.js'

t.setTimeout(LIMIT)
t.jobs = 1

const results = ({ summary }: Outcome): string =>
  [...summary.nodes.values()].map(({ result }) => result).join(' ')
const verdicts = ({ summary }: Outcome): string =>
  [...summary.nodes.values()]
    .map((node) => findingOf(node, summary, FREE.changes).verdict)
    .join(' ')
const said = ({ summary }: Outcome, node: string): string =>
  (summary.nodes.get(node) as NodeSummary).failure?.message ?? ''

const FATAL = (play: string, block: string): string => `
- hosts: all
  gather_facts: false
  ${play}
  tasks:
    - ${block}
      block:
        - { name: Check, ansible.builtin.fail: { msg: disk full }, when: "inventory_hostname == 'n1'" }
    - { name: Configuration, ansible.builtin.copy: { content: x, dest: "{{ marks }}/{{ inventory_hostname }}", mode: "0644" }, tags: [HotChange] }
`
const ENDED = (task: string): string => `
- hosts: all
  gather_facts: false
  tasks:
    - ${task}
    - { name: Hello, ansible.builtin.debug: { msg: hi }, tags: [HotChange] }
`

onEach(
  t,
  'through',
  async ({ bin, scene, more }) => {
    const ansible = await install(bin)
    const look = (t: Test, site: string, hosts = ['n1', 'n2']): Promise<Outcome> =>
      play(t, ansible, { files: { 'site.yml': site }, hosts })

    await scene('a fatal error of one node takes the others down', async (t) => {
      for (const [site, what] of [
        [FATAL('any_errors_fatal: true', 'name: All'), 'of the play'],
        [FATAL('any_errors_fatal: false', 'any_errors_fatal: true'), 'of a block'],
      ] as const) {
        const out = await look(t, site)
        t.equal(results(out), 'failed cut', what)
        t.match(
          said(out, 'n2'),
          /left this node out.*before that n1 failed at "Check" \(site\.yml:\d+\): disk full/,
        )
      }
    })

    await scene('a play all of whose nodes fail ends the run', async (t) => {
      const out = await look(
        t,
        `
- hosts: n1
  gather_facts: false
  tasks: [{ name: Check, ansible.builtin.fail: { msg: disk full } }]
- hosts: n2
  gather_facts: false
  tasks: [{ name: Hello, ansible.builtin.debug: { msg: hi } }]
`,
      )
      t.equal(results(out), 'failed absent')
      t.match(said(out, 'n2'), /before that n1 failed at "Check" \(site\.yml:4\): disk full/)
    })

    await scene('a play that ends on purpose has seen its nodes through', async (t) => {
      for (const task of [
        "{ ansible.builtin.meta: end_host, when: inventory_hostname == 'n2' }",
        "{ ansible.builtin.meta: end_play, when: inventory_hostname != 'other' }",
      ]) {
        const out = await look(t, ENDED(task))
        t.equal(verdicts(out), 'GOOD GOOD', task)
        t.ok(out.summary.complete, 'and the run is complete')
      }
    })

    await more('other ways to have nothing to do', async (t) => {
      const ways = {
        end_batch: ENDED(
          "{ ansible.builtin.meta: end_batch, when: inventory_hostname != 'other' }",
        ),
        'tagged never':
          '\n- hosts: all\n  gather_facts: false\n  tasks: [{ name: Hello, ansible.builtin.debug: { msg: hi }, tags: [never] }]\n',
        'once for all':
          '\n- hosts: all\n  gather_facts: false\n  tasks: [{ name: Hello, ansible.builtin.debug: { msg: hi }, run_once: true }]\n',
        'no task': '\n- hosts: all\n  gather_facts: false\n  tasks: []\n',
        'in a batch each':
          '\n- hosts: all\n  serial: 1\n  gather_facts: false\n  tasks: [{ ansible.builtin.meta: end_host }]\n',
        'free strategy':
          '\n- hosts: all\n  strategy: free\n  gather_facts: false\n  tasks: [{ ansible.builtin.meta: end_host }]\n',
      }
      for (const [what, site] of Object.entries(ways))
        t.equal(verdicts(await look(t, site)), 'GOOD GOOD', what)
      const out = await look(
        t,
        '\n- hosts: n1\n  gather_facts: false\n  tasks: [{ ansible.builtin.debug: { msg: hi } }]\n',
      )
      t.equal(verdicts(out), 'GOOD UNKNOWN')
      t.match(said(out, 'n2'), /no play of the playbook is for it/)
    })

    await more('left out by others in other ways', async (t) => {
      const batches = await look(
        t,
        `
- hosts: all
  serial: 1
  gather_facts: false
  tasks:
    - { name: Check, ansible.builtin.fail: { msg: disk full }, when: "inventory_hostname == 'n1'" }
    - { name: Hello, ansible.builtin.debug: { msg: hi } }
`,
      )
      t.match(
        results(batches),
        /^failed (cut|absent)$/,
        'the batches after one all of whose nodes failed',
      )
      const percent = await look(
        t,
        `
- hosts: all
  max_fail_percentage: 10
  gather_facts: false
  tasks:
    - { name: Check, ansible.builtin.fail: { msg: disk full }, when: "inventory_hostname == 'n1'" }
    - { name: Hello, ansible.builtin.debug: { msg: hi } }
`,
      )
      t.match(results(percent), /^failed (cut|absent)$/, 'more failures than the play endures')
    })

    await scene("what changes Ansible's memory only", async (t) => {
      const out = await look(
        t,
        `
- hosts: all
  gather_facts: false
  tasks:
    - { name: Group, ansible.builtin.group_by: { key: os_linux } }
    - { name: Say, ansible.builtin.debug: { msg: hi }, changed_when: true }
    - { name: Claim, ansible.builtin.assert: { that: true }, changed_when: true }
    - { name: Fact, ansible.builtin.set_fact: { a: 1 }, changed_when: true }
- hosts: os_linux
  gather_facts: false
  tasks: [{ name: Configuration, ansible.builtin.copy: { content: x, dest: "{{ marks }}/{{ inventory_hostname }}", mode: "0644" }, tags: [HotChange], when: "inventory_hostname == 'n1'" }]
`,
      )
      t.equal(verdicts(out), 'HOT GOOD')
      t.same(
        out.summary.nodes.get('n1')?.changes.map(({ task }) => task),
        ['Configuration'],
      )
    })

    await scene('a node that cannot be reached, which the play ignores', async (t) => {
      const away = 'vars: { ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1 }'
      const site = (play: string, task: string): string => `
- hosts: n1
  gather_facts: false
  ignore_unreachable: true
  ${play}
  tasks:
    - { name: Configuration, ansible.builtin.file: { path: "{{ marks }}", state: directory }${task} }
    - { name: Say, ansible.builtin.debug: { msg: hi } }
`
      const gone = await look(t, site(away, ''), ['n1'])
      t.match(
        [results(gone), gone.summary.nodes.get('n1')?.failure],
        ['failed', { cause: 'unreachable', task: 'Configuration' }],
        'nobody has seen it',
      )
      const back = await look(
        t,
        site(
          '',
          `, ${away} }\n    - { name: Reached again, ansible.builtin.file: { path: "{{ marks }}", state: directory }`,
        ),
        ['n1'],
      )
      t.equal(verdicts(back), 'GOOD')
    })

    await scene('a task in the background', async (t) => {
      const out = await play(t, ansible, {
        mode: 'check',
        hosts: ['n1'],
        files: {
          'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - { name: takes long, ansible.builtin.file: { path: "{{ marks }}/new", state: touch }, async: 600, poll: 5, tags: [HotChange] }
    - { name: is there, ansible.builtin.file: { path: "{{ marks }}", state: directory }, async: 600, poll: 0 }
`,
        },
      })
      t.equal(verdicts(out), 'HOT', 'check mode sees what it would do')
      t.same(
        out.summary.nodes.get('n1')?.changes.map(({ task }) => task),
        ['takes long'],
      )
    })

    await scene('what hides from check mode', async (t) => {
      const task = (name: string, more: string, path = name): string =>
        `    - { name: ${name}, ansible.builtin.file: { path: "{{ marks }}/${path}", state: touch }, tags: [HotChange], ${more} }\n`
      const out = await play(t, ansible, {
        mode: 'check',
        hosts: ['n1'],
        files: {
          'later.yml': '- ansible.builtin.debug: { msg: hi }\n',
          'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - { name: ask, ansible.builtin.command: id, register: asked, changed_when: false }
${task('hidden', 'when: not ansible_check_mode')}${task('of another', "when: [not ansible_check_mode, inventory_hostname == 'n2']")}${task('by what was asked', 'when: not ansible_check_mode and asked.rc == 0')}${task('an item', "loop: [a, b], when: item == 'b' and not ansible_check_mode")}    - { name: within, when: not ansible_check_mode, block: [{ name: inner, ansible.builtin.file: { path: "{{ marks }}/inner", state: touch } }] }
    - { name: included, ansible.builtin.include_tasks: later.yml, when: not ansible_check_mode }
    - { name: no change, ansible.builtin.debug: { msg: hi }, when: not ansible_check_mode }
    - { name: ignored, ansible.builtin.lineinfile: { path: "{{ marks }}/nowhere", line: x }, ignore_errors: "{{ ansible_check_mode }}" }
    - { name: never fails, ansible.builtin.file: { path: "{{ marks }}", state: directory }, failed_when: not ansible_check_mode and false }
    - { name: never changes, ansible.builtin.file: { path: "{{ marks }}", state: directory }, changed_when: not ansible_check_mode }
    - { name: seen, ansible.builtin.file: { path: "{{ marks }}", state: directory }, when: ansible_check_mode }
`,
        },
      })
      const node = out.summary.nodes.get('n1') as NodeSummary
      t.same(
        node.blindSpots.map(({ task }) => task),
        [
          'ask',
          'hidden',
          'by what was asked',
          'an item',
          'inner',
          'included',
          'ignored',
          'never fails',
          'never changes',
        ],
      )
      t.match(findingOf(node, out.summary, FREE.changes), {
        verdict: 'GOOD',
        unforeseen: {
          needs: 'HOT',
          tasks: [{ task: 'hidden' }, { task: 'by what was asked' }, { task: 'an item' }],
        },
      })
    })

    await scene('a handler that its own condition skips', async (t) => {
      const out = await look(
        t,
        `
- hosts: all
  gather_facts: false
  tasks:
    - name: Configuration
      ansible.builtin.copy: { content: x, dest: "{{ marks }}/{{ inventory_hostname }}", mode: "0644" }
      tags: [HotChange]
      notify: [Restart the controller, Restart each, Say]
  handlers:
    - name: Restart the controller
      ansible.builtin.command: "touch {{ marks }}/restarted"
      when: inventory_hostname == 'n2'
      tags: [DrainChange]
    - name: Restart each
      ansible.builtin.command: "touch {{ marks }}/{{ item }}"
      when: inventory_hostname == item
      loop: [n2]
      tags: [DrainChange]
    - name: Say
      ansible.builtin.debug: { msg: hi }
`,
      )
      t.equal(verdicts(out), 'HOT DRAIN', 'a command that check mode skips would run')
      t.same(
        out.summary.nodes.get('n2')?.changes.map(({ task }) => task),
        ['Configuration', 'Restart the controller', 'Restart each'],
      )
    })

    await scene('a debugger that a play asks for', async (t) => {
      const out = await look(
        t,
        `
- hosts: all
  gather_facts: false
  debugger: on_failed
  tasks:
    - { name: Check, ansible.builtin.fail: { msg: disk full }, when: "inventory_hostname == 'n1'" }
    - { name: Hello, ansible.builtin.debug: { msg: hi } }
`,
      )
      t.equal(results(out), 'failed ok')
      t.match(said(out, 'n1'), /disk full/)
    })
  },
  { more: true, middle: true },
)
