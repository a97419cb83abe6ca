// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AnsibleEvent, ResultEvent, TaskInfo } from '../../lib/ansible/events.js'
import { findingOf } from '../../lib/change/verdict.js'
import { install, play, VERSIONS, type Outcome } from './harness.js'

t.setTimeout(600_000)

const ZOO = `
- name: zoo
  hosts: all
  gather_facts: false
  tags: [playtag]
  vars: { quiet: "{{ false }}" }
  tasks:
    - name: file
      ansible.builtin.copy: { content: "{{ inventory_hostname }}\\n", dest: "{{ marks }}/{{ inventory_hostname }}.txt" }
      tags: HotChange
      notify: [restart, "topic"]
    - name: command
      ansible.builtin.command: echo hi
      tags: [HotChange, HotChange]
    - name: loop
      ansible.builtin.copy: { content: "x", dest: "{{ marks }}/{{ inventory_hostname }}.{{ item }}" }
      loop: [a, b]
      tags: HotChange
    - name: ignored
      ansible.builtin.command: /bin/false
      check_mode: false
      ignore_errors: true
    - name: block
      tags: fromblock
      block:
        - name: fails
          ansible.builtin.command: sh -c "echo oops >&2; exit 3"
          check_mode: false
      rescue:
        - name: rescue
          ansible.builtin.debug: msg=rescued
    - name: conditional
      ansible.builtin.command: echo never
      when: quiet
    - name: secret
      ansible.builtin.command: "echo hush-{{ item }}"
      loop: [one, two]
      no_log: true
    - name: delegated
      ansible.builtin.command: hostname
      delegate_to: localhost
    - name: once
      ansible.builtin.debug: msg=once
      run_once: true
    - name: raw
      ansible.builtin.raw: echo raw
    - name: retried
      ansible.builtin.command: /bin/false
      check_mode: false
      register: r
      until: r.rc == 0
      retries: 1
      delay: 0
      ignore_errors: true
    - name: included
      ansible.builtin.include_tasks: more.yml
    - ansible.builtin.import_role: { name: r }
    - name: async
      ansible.builtin.command: sleep 0.1
      async: 10
      poll: 1
      when: not ansible_check_mode
  handlers:
    - name: restart
      ansible.builtin.command: touch "{{ marks }}/handler-{{ inventory_hostname }}"
      tags: DrainChange
    - name: listener
      listen: topic
      ansible.builtin.debug: msg=listener
      tags: HotChange
`
const FILES = {
  'site.yml': ZOO,
  'more.yml': '- name: inner\n  ansible.builtin.debug: msg=inner\n',
  'roles/r/tasks/main.yml': '- name: in role\n  ansible.builtin.debug: msg=role\n  tags: fromrole\n',
}

function tasksOf(outcome: Outcome): Map<string, TaskInfo> {
  const tasks = new Map<string, TaskInfo>()
  for (const event of outcome.events) if (event.ev === 'task') tasks.set(event.task.id, event.task)
  return tasks
}

function results(outcome: Outcome, name: string, host = 'n1'): ResultEvent[] {
  const ids = new Set([...tasksOf(outcome).values()].filter((task) => task.name === name).map((task) => task.id))
  return outcome.events.filter((event): event is ResultEvent => 'changed' in event && event.host === host && ids.has(event.task))
}

const one = (outcome: Outcome, name: string): ResultEvent | undefined => results(outcome, name).find((event) => !event.ev.startsWith('item_') && event.ev !== 'retry')
const info = (outcome: Outcome, name: string): TaskInfo | undefined => [...tasksOf(outcome).values()].find((task) => task.name === name)
const kinds = (outcome: Outcome): string[] => outcome.events.map((event: AnsibleEvent) => event.ev)

for (const [label, bin] of VERSIONS) {
  void t.test(`events, ${label} ansible-core`, { skip: bin ? false : `PATCHRUN_TEST_ANSIBLE_${label.toUpperCase()} is not set` }, async (t) => {
    const ansible = await install(bin ?? '')

    await t.test('the zoo, for real', async (t) => {
      const out = await play(t, ansible, { files: FILES })
      t.equal(out.exit.exitCode, 0)
      t.equal(out.exit.foreignLines, 0)
      t.notMatch(out.log, /DEPRECATION|Failure using method|callback.*(warn|fail)/i, 'nothing of ours on the screen')
      t.equal(out.events[0]?.ev, 'start')
      t.equal(out.events.at(-1)?.ev, 'stats')
      t.same(out.events.map((event) => event.seq), out.events.map((_, at) => at + 1))
      t.match(info(out, 'file'), { file: 'site.yml', line: 8, handler: false, checkMode: false, notify: ['restart', 'topic'] }, 'a task')
      t.same([...(info(out, 'file')?.tags ?? [])].sort(), ['HotChange', 'playtag'])
      t.same([...(info(out, 'fails')?.tags ?? [])].sort(), ['fromblock', 'playtag'])
      t.match(info(out, 'r : in role'), { role: 'r', file: 'roles/r/tasks/main.yml', line: 1 })
      t.match(info(out, 'inner'), { file: 'more.yml' })
      t.match(info(out, 'restart'), { handler: true })
      t.match(one(out, 'file'), { ev: 'ok', changed: true, diff: /\+n1/ })
      t.equal(one(out, 'file')?.diff?.includes('\u001b'), false, 'no colour codes')
      t.same(results(out, 'loop').map((event) => [event.ev, event.item]), [['item_ok', 'a'], ['item_ok', 'b'], ['ok', undefined]])
      t.match(one(out, 'ignored'), { ev: 'failed', ignored: true, rc: 1 })
      t.match(one(out, 'fails'), { ev: 'failed', ignored: false, rc: 3, stderr: 'oops' })
      t.match(one(out, 'conditional'), { ev: 'skipped' })
      t.equal(one(out, 'conditional')?.unpredicted, undefined)
      t.match(one(out, 'delegated'), { ev: 'ok', delegatedTo: 'localhost' })
      t.equal(results(out, 'retried').some((event) => event.ev === 'retry'), true)
      t.equal(one(out, 'async')?.ev, 'ok')
      t.ok((one(out, 'async')?.duration ?? 0) > 0.1)
      t.equal(existsSync(join(out.marks, 'handler-n1')), true, 'a full run runs the handler')
      for (const event of results(out, 'secret')) t.match([event.msg, event.item, event.stderr, event.diff], [undefined, undefined, undefined, undefined])
      t.notMatch(out.stream, /hush-/)
      t.equal(out.summary.complete, true)
      t.equal(out.summary.nodes.get('n1')?.result, 'ok', 'rescued and ignored failures do not count')
      t.match(out.summary.nodes.get('n2')?.stats, { rescued: 1, ignored: 2, failures: 0 })
    })

    await t.test('the zoo, predicted', async (t) => {
      const out = await play(t, ansible, { files: FILES, mode: 'check' })
      t.equal(out.exit.exitCode, 0)
      t.match(one(out, 'file'), { ev: 'ok', changed: true })
      t.match(info(out, 'file'), { checkMode: true })
      t.match(info(out, 'fails'), { checkMode: false })
      for (const name of ['command', 'raw', 'delegated', 'secret']) t.match(one(out, name), { ev: 'skipped', unpredicted: true }, name)
      t.equal(one(out, 'conditional')?.unpredicted, undefined)
      t.equal(existsSync(join(out.marks, 'n1.txt')), false)
      const node = out.summary.nodes.get('n1')
      t.equal(node?.result, 'ok')
      t.same(node?.blindSpots.map((spot) => spot.task).sort(), ['command', 'delegated', 'raw', 'restart', 'secret'])
      if (!node) return
      const finding = findingOf(node, out.summary, 'drain')
      t.equal(finding.verdict, 'DRAIN', 'a change that notifies a handler tagged DrainChange')
      t.ok(finding.changes.some((change) => change.task === 'restart'), 'the handler counts, though check mode cannot run it')
    })

    for (const strategy of ['free', 'host_pinned']) {
      await t.test(`strategy ${strategy}`, async (t) => {
        const files = { ...FILES, 'site.yml': ZOO.replace('gather_facts: false', `gather_facts: false\n  strategy: ${strategy}`).replace(/ {4}- name: once[^]*?run_once: true\n/, '') }
        const out = await play(t, ansible, { files })
        t.equal(out.summary.complete, true, out.log)
        t.match(one(out, 'file'), { ev: 'ok', changed: true })
        const ids = out.events.flatMap((event) => (event.ev === 'task' ? [event.task.id] : []))
        t.equal(new Set(ids).size, ids.length, 'each task is described once')
        const stopped = await play(t, ansible, { files, mode: 'hot' })
        t.match(stopped.summary.guard, { reason: 'drain-change', task: { name: 'restart' } })
        t.equal(existsSync(join(stopped.marks, 'handler-n1')) || existsSync(join(stopped.marks, 'handler-n2')), false)
      })
    }

    await t.test('a repository with an ansible.cfg of its own', async (t) => {
      const config = `[defaults]
callbacks_enabled = profile_tasks, ansible.builtin.junit
stdout_callback = minimal
any_errors_fatal = True
log_path = own.log
force_color = True
retry_files_enabled = True
display_failed_stderr = True
[tags]
run = nothing
skip = HotChange
`
      const site = `
- hosts: all
  gather_facts: false
  tasks:
    - name: one fails
      ansible.builtin.command: /bin/false
      when: inventory_hostname == 'n1'
    - name: mark
      ansible.builtin.copy: { content: x, dest: "{{ marks }}/{{ inventory_hostname }}" }
      tags: HotChange
`
      const out = await play(t, ansible, { files: { 'site.yml': site, 'ansible.cfg': config } })
      t.equal(out.summary.complete, true)
      t.match([...out.summary.nodes.values()], [{ node: 'n1', result: 'failed', failure: { cause: 'failed', task: 'one fails', file: 'site.yml', line: 5 } }, { node: 'n2', result: 'ok' }])
      t.equal(existsSync(join(out.marks, 'n2')), true)
      t.equal(existsSync(join(out.checkout, 'own.log')), false)
      t.notMatch(out.log, /\u001b/)
      t.equal(kinds(out).filter((kind) => kind === 'start').length, 1)
      t.match(readFileSync(join(out.directory, 'process.json'), 'utf8'), /startTime/)
    })
  })
}
