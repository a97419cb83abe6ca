// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AnsibleEvent, ResultEvent, TaskInfo } from '../../lib/ansible/events/run-events.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import { HEAD, install, LIMIT, mark, onEach, play, WRITE_FILE, type Outcome } from './harness.js'
import { FREE } from '../support/policy.js'

t.setTimeout(LIMIT)

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
  'roles/r/tasks/main.yml':
    '- name: in role\n  ansible.builtin.debug: msg=role\n  tags: fromrole\n',
}

/**
 * The same without modules, which the real zoo holds: all that Ansible tells of a strategy it tells
 * of these too.
 */
const INSIDE: readonly (readonly [string | RegExp, string])[] = [
  [
    /ansible\.builtin\.copy: \{ content: ("[^"]*"), dest: ("[^"]*") \}/g,
    `${WRITE_FILE}: { content: $1, dest: $2 }`,
  ],
  ['ansible.builtin.command: sh -c "echo oops >&2; exit 3"', 'ansible.builtin.fail:'],
  [
    'ansible.builtin.command: /bin/false\n      check_mode: false\n      ignore_errors',
    'ansible.builtin.fail:\n      check_mode: false\n      ignore_errors',
  ],
  [
    'ansible.builtin.command: /bin/false\n      check_mode: false\n      register: r\n      until: r.rc == 0',
    'ansible.builtin.debug: msg=x\n      check_mode: false\n      until: false',
  ],
  [
    'ansible.builtin.command: touch "{{ marks }}/handler-{{ inventory_hostname }}"',
    `${WRITE_FILE}: { content: x, dest: "{{ marks }}/handler-{{ inventory_hostname }}" }`,
  ],
  ['ansible.builtin.command: hostname', 'ansible.builtin.debug: msg=there'],
  [
    'ansible.builtin.command: "echo hush-{{ item }}"',
    'ansible.builtin.debug: msg="hush-{{ item }}"',
  ],
  ['ansible.builtin.command: echo hi', 'ansible.builtin.debug: msg=hi'],
  ['when: not ansible_check_mode', "when: not ansible_check_mode and inventory_hostname == 'n1'"],
]

/** The zoo of a strategy, with names and files of its own. */
const zooOf = (strategy: string): string =>
  INSIDE.reduce((text, [module, inside]) => {
    const after = text.replace(module, inside)
    if (after === text) throw new Error(`the zoo has no ${module}`)
    return after
  }, ZOO)
    .replace('gather_facts: false', `gather_facts: false\n  strategy: ${strategy}`)
    .replace(/ {4}- name: once[^]*?run_once: true\n/, '')
    .replace(/- name: (file|restart|retried|async)\n/g, `- name: $1 ${strategy}\n`)
    .replace('[restart, "topic"]', `[restart ${strategy}, "topic"]`)
    .replaceAll('{{ marks }}/', `{{ marks }}/${strategy}-`)

function tasksOf(outcome: Outcome): Map<string, TaskInfo> {
  const tasks = new Map<string, TaskInfo>()
  for (const event of outcome.events) if (event.ev === 'task') tasks.set(event.task.id, event.task)
  return tasks
}

function results(outcome: Outcome, name: string, host = 'n1'): ResultEvent[] {
  const ids = new Set(
    [...tasksOf(outcome).values()].filter((task) => task.name === name).map((task) => task.id),
  )
  return outcome.events.filter(
    (event): event is ResultEvent =>
      'changed' in event && event.host === host && ids.has(event.task),
  )
}

const one = (outcome: Outcome, name: string, host = 'n1'): ResultEvent | undefined =>
  results(outcome, name, host).find(
    (event) => !event.ev.startsWith('item_') && event.ev !== 'retry',
  )
const info = (outcome: Outcome, name: string): TaskInfo | undefined =>
  [...tasksOf(outcome).values()].find((task) => task.name === name)
const kinds = (outcome: Outcome): string[] => outcome.events.map((event: AnsibleEvent) => event.ev)

onEach(t, 'events', async ({ bin, scene }) => {
  const ansible = await install(bin)

  await scene('the zoo, for real', async (t) => {
    const out = await play(t, ansible, { files: FILES, hosts: ['n1'] })
    t.equal(out.exit.exitCode, 0)
    t.equal(out.exit.foreignLines, 0)
    t.notMatch(
      out.log,
      /DEPRECATION|Failure using method|callback.*(warn|fail)/i,
      'nothing of ours on the screen',
    )
    t.equal(out.events[0]?.ev, 'start')
    t.equal(out.events.at(-1)?.ev, 'stats')
    t.same(
      out.events.map((event) => event.seq),
      out.events.map((_, at) => at + 1),
    )
    t.match(
      info(out, 'file'),
      { file: 'site.yml', line: 8, handler: false, checkMode: false, notify: ['restart', 'topic'] },
      'a task',
    )
    t.same([...(info(out, 'file')?.tags ?? [])].sort(), ['HotChange', 'playtag'])
    t.same([...(info(out, 'fails')?.tags ?? [])].sort(), ['fromblock', 'playtag'])
    t.match(info(out, 'r : in role'), { role: 'r', file: 'roles/r/tasks/main.yml', line: 1 })
    t.match(info(out, 'inner'), { file: 'more.yml' })
    t.match(info(out, 'restart'), { handler: true })
    t.match(one(out, 'file'), { ev: 'ok', changed: true, diff: /\+n1/ })
    t.equal(one(out, 'file')?.diff?.includes('\u001b'), false, 'no colour codes')
    t.same(
      results(out, 'loop').map((event) => [event.ev, event.item]),
      [
        ['item_ok', 'a'],
        ['item_ok', 'b'],
        ['ok', undefined],
      ],
    )
    t.match(one(out, 'ignored'), { ev: 'failed', ignored: true, rc: 1 })
    t.match(one(out, 'fails'), { ev: 'failed', ignored: false, rc: 3, stderr: 'oops' })
    t.match(one(out, 'conditional'), { ev: 'skipped' })
    t.equal(one(out, 'conditional')?.unpredicted, undefined)
    t.match(one(out, 'delegated'), { ev: 'ok', delegatedTo: 'localhost' })
    t.equal(
      results(out, 'retried').some((event) => event.ev === 'retry'),
      true,
    )
    t.equal(one(out, 'async')?.ev, 'ok')
    t.ok((one(out, 'async')?.duration ?? 0) > 0.1)
    t.equal(existsSync(join(out.marks, 'handler-n1')), true, 'a full run runs the handler')
    for (const event of results(out, 'secret'))
      t.match(
        [event.msg, event.item, event.stderr, event.diff],
        [undefined, undefined, undefined, undefined],
      )
    t.notMatch(out.stream, /hush-/)
    t.equal(out.summary.complete, true)
    t.equal(out.summary.nodes.get('n1')?.result, 'ok', 'rescued and ignored failures do not count')
    t.match(out.summary.nodes.get('n1')?.stats, { rescued: 1, ignored: 2, failures: 0 })
  })

  await scene('the zoo, predicted', async (t) => {
    const out = await play(t, ansible, { files: FILES, mode: 'check', hosts: ['n1'] })
    t.equal(out.exit.exitCode, 0)
    t.match(one(out, 'file'), { ev: 'ok', changed: true })
    t.match(info(out, 'file'), { checkMode: true })
    t.match(info(out, 'fails'), { checkMode: false })
    for (const name of ['command', 'raw', 'delegated', 'secret'])
      t.match(one(out, name), { ev: 'skipped', unpredicted: true }, name)
    t.equal(one(out, 'conditional')?.unpredicted, undefined)
    t.equal(existsSync(join(out.marks, 'n1.txt')), false)
    const node = out.summary.nodes.get('n1')
    t.equal(node?.result, 'ok')
    t.same(node?.blindSpots.map((spot) => spot.task).sort(), [
      'async',
      'command',
      'delegated',
      'raw',
      'restart',
      'secret',
    ])
    if (!node) return
    const finding = findingOf(node, out.summary, FREE.changes)
    t.equal(finding.verdict, 'DRAIN', 'a change that notifies a handler tagged DrainChange')
    t.ok(
      finding.changes.some((change) => change.task === 'restart'),
      'the handler counts, though check mode cannot run it',
    )
  })

  await scene('strategies free and host_pinned', async (t) => {
    const strategies = ['free', 'host_pinned']
    const files = (...some: readonly string[]): Record<string, string> => ({
      ...FILES,
      'site.yml': some.map(zooOf).join(''),
    })
    const out = await play(t, ansible, { files: files(...strategies) })
    t.equal(out.summary.complete, true, out.log)
    t.same(
      out.events.flatMap((event) => (event.ev === 'play' ? [event.strategy] : [])),
      strategies,
    )
    const ids = out.events.flatMap((event) => (event.ev === 'task' ? [event.task.id] : []))
    t.equal(new Set(ids).size, ids.length, 'each task is described once')
    t.match(out.summary.nodes.get('n2')?.stats, { rescued: 2, ignored: 4, failures: 0 })
    t.notMatch(out.stream, /hush-/)
    for (const strategy of strategies) {
      for (const host of ['n1', 'n2']) {
        t.match(one(out, `file ${strategy}`, host), { ev: 'ok', changed: true }, strategy)
        t.equal(
          results(out, `retried ${strategy}`, host).some((event) => event.ev === 'retry'),
          true,
          strategy,
        )
        t.equal(existsSync(join(out.marks, `${strategy}-handler-${host}`)), true, strategy)
      }
      t.equal(one(out, `async ${strategy}`)?.ev, 'ok', strategy)
      const stopped = await play(t, ansible, { files: files(strategy), mode: 'hot' })
      t.match(stopped.summary.guard, {
        reason: 'drain-change',
        task: { name: `restart ${strategy}` },
      })
      t.same(
        readdirSync(stopped.marks).filter((name) => name.includes('handler')),
        [],
        strategy,
      )
    }
  })

  await scene('a repository with an ansible.cfg of its own', async (t) => {
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
    const site = `${HEAD}    - name: one fails
      ansible.builtin.fail:
      when: inventory_hostname == 'n1'
${mark('mark', 'tags: HotChange', '{{ inventory_hostname }}')}`
    const out = await play(t, ansible, { files: { 'site.yml': site, 'ansible.cfg': config } })
    t.equal(out.summary.complete, true)
    t.match(
      [...out.summary.nodes.values()],
      [
        {
          node: 'n1',
          result: 'failed',
          failure: { cause: 'failed', task: 'one fails', file: 'site.yml', line: 4 },
        },
        { node: 'n2', result: 'ok' },
      ],
    )
    t.equal(existsSync(join(out.marks, 'n2')), true)
    t.equal(existsSync(join(out.checkout, 'own.log')), false)
    t.notMatch(out.log, /\u001b/)
    t.equal(kinds(out).filter((kind) => kind === 'start').length, 1)
    t.match(readFileSync(join(out.directory, 'process.json'), 'utf8'), /startTime/)
  })
})
