// SPDX-License-Identifier: Apache-2.0
// Handlers that were notified and have not run, on real Ansible: which they are, and that the next
// apply runs them.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runAnsible } from '../../lib/ansible/run/start-playbook.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { NodeSummary } from '../../lib/outcome/summary/run-summary.js'
import { install, LIMIT, onEach, request, WRITE_FILE } from './harness.js'

t.setTimeout(LIMIT)
t.jobs = 1

// By an action inside Ansible: which module it is is not the point.
const mark = (name: string): string => `${WRITE_FILE}: { dest: "{{ marks }}/${name}", content: x }`
const copy = (name: string, notify: string): string => `    - name: ${name}
      ${mark(name)}
      notify: ${notify}
`
/** The second half fails as long as there is no file `mended`. */
const SITE = `- hosts: all
  gather_facts: false
  tags: [HotChange]
  vars: { fifth: five, seventh: seven }
  roles: [r]
  tasks:
${copy('one', 'Restart one')}${copy('two', 'topic')}${copy('three', 'Restart three')}${copy('four', '[Restart four, Restart nothing]').replace('      notify', '      when: not (marks ~ "/mended") is exists\n      notify')}${copy('five', '"Restart {{ fifth }}"')}    - name: six
      ${mark('{{ item }}')}
      loop: [six-a, six-b]
      notify: "Reload {{ item }}"
${copy('seven', 'Restart seven')}    - name: Half way
      ansible.builtin.assert: { that: (marks ~ "/mended") is exists }
    - ansible.builtin.meta: flush_handlers
    - name: After them
      ${mark('after')}
  handlers:
    - { name: Restart one, ${mark('handler-one')} }
    - { name: Restart two, listen: topic, ${mark('handler-two')} }
    - { name: Restart three, ansible.builtin.include_tasks: three.yml }
    - { name: Restart four, ${mark('handler-four')} }
    - { name: Restart nothing, when: false, ${mark('handler-nothing')} }
    - { name: Restart five, ${mark('handler-five')} }
    - { name: Reload six-a, ${mark('handler-six-a')} }
    - { name: Reload six-b, ${mark('handler-six-b')} }
    - { name: Reload six-c, ${mark('handler-six-c')} }
    - { name: "Restart {{ seventh }}", ${mark('handler-seven')}, notify: Restart eight }
    - { name: Restart eight, ${mark('handler-eight')} }
`
const FILES = {
  'site.yml': SITE,
  'three.yml': `- name: Inner\n  ${mark('handler-three')}\n- name: Inner that fails\n  ansible.builtin.assert: { that: not (marks ~ "/broken") is exists }\n`,
  'roles/r/tasks/main.yml': `- name: role\n  ${mark('role')}\n  notify: r again\n`,
  'roles/r/handlers/main.yml': `- name: of the role\n  listen: r again\n  ${mark('handler-role')}\n`,
}

/** By all tasks but the one that is skipped once the second half no longer fails. */
const RESTARTED = [
  'handler-eight',
  'handler-five',
  'handler-one',
  'handler-role',
  'handler-seven',
  'handler-six-a',
  'handler-six-b',
  'handler-three',
  'handler-two',
]

/**
 * A loop that changes the node with its first item and fails with its second, as long as there is
 * no such file.
 */
const halves = (name: string, indent = ''): string => `${indent}    - name: ${name}
${indent}      ansible.builtin.file: { path: "{{ marks }}/{{ item.name }}", state: "{{ item.state }}", mode: "0755" }
${indent}      loop: [{ name: ${name}-a, state: directory }, { name: ${name}-b, state: file }]
${indent}      notify: Restart ${name}
`
const HALVES = {
  'site.yml': `- hosts: all
  gather_facts: false
  tags: [HotChange]
  tasks:
${copy('first', 'Fail')}    - ansible.builtin.meta: flush_handlers
    - block:
${halves('rescued', '  ')}      rescue:
        - ansible.builtin.debug: { msg: the playbook deals with it }
${halves('loop')}  handlers:
    - { name: Fail, ansible.builtin.assert: { that: false }, ignore_errors: true }
    - { name: Restart rescued, ${mark('handler-rescued')} }
    - { name: Restart loop, ${mark('handler-loop')} }
`,
}

onEach(
  t,
  'owed',
  async ({ bin, scene }) => {
    const ansible = await install(bin)
    /** One node that goes from apply to apply. */
    const node = (
      t: Test,
      files: Readonly<Record<string, string>> = FILES,
    ): {
      marks: string
      handlers: () => string[]
      apply: (owed?: readonly (readonly [string, string, number])[] | null) => Promise<NodeSummary>
    } => {
      const asked = request(t, ansible, { files, hosts: ['n1'], mode: 'hot' })
      let count = 0
      return {
        marks: asked.marks,
        handlers: () =>
          readdirSync(asked.marks)
            .filter((name) => name.startsWith('handler-'))
            .sort(),
        apply: async (owed) => {
          const directory = join(asked.directory, String(count++))
          mkdirSync(directory, { recursive: true })
          if (owed !== undefined)
            writeFileSync(join(directory, 'owed.json'), JSON.stringify({ n1: owed }))
          const summarizer = new RunSummarizer(asked.checkout)
          const exit = await runAnsible({
            ...asked,
            directory,
            onEvent: (event) => summarizer.add(event),
          })
          return summarizer.finish(exit, ['n1']).nodes.get('n1') as NodeSummary
        },
      }
    }
    const keys = ({ owed }: NodeSummary): [string, string, number][] =>
      owed.map(({ task, file, line }) => [task, file, line])
    const names = (tasks: NodeSummary['owed']): string[] => tasks.map(({ task }) => task).sort()

    await scene('something fails before their turn', async (t) => {
      const { marks, handlers, apply } = node(t)
      const failed = await apply()
      t.equal(failed.result, 'failed')
      t.same(handlers(), [])
      t.same(names(failed.owed), [
        'Reload six-a',
        'Reload six-b',
        'Restart five',
        'Restart four',
        'Restart nothing',
        'Restart one',
        'Restart seven',
        'Restart three',
        'Restart two',
        'r : of the role',
      ])
      writeFileSync(join(marks, 'mended'), '')
      const forgotten = await apply()
      t.match([forgotten.result, handlers()], ['ok', []], 'Ansible itself forgets them')
      const some = await apply(keys(failed).filter(([name]) => name === 'Restart one'))
      t.match(
        [some.result, handlers(), names(some.owed), names(some.handled)],
        ['ok', ['handler-one'], [], ['Restart one']],
        'that one and no other',
      )
      const all = await apply(keys(failed))
      t.same([all.result, handlers(), names(all.owed)], ['ok', RESTARTED, []])
      t.ok(existsSync(join(marks, 'after')))
      t.notOk(
        names(all.handled).includes('Restart four'),
        'the task that notified it is skipped: it stays owed',
      )
    })

    await scene('nobody knows which', async (t) => {
      const { marks, handlers, apply } = node(t)
      await apply()
      writeFileSync(join(marks, 'mended'), '')
      const all = await apply(null)
      t.same(
        [all.result, handlers(), names(all.owed)],
        ['ok', [...RESTARTED, 'handler-six-c'].sort(), []],
        'of a name that depends on an item all that it may be',
      )
      const calm = await apply()
      t.same(
        [names(calm.owed), names(calm.handled)],
        [[], []],
        'nothing is owed where nothing happened',
      )
    })

    await scene('what failed may have changed the node before', async (t) => {
      const { marks, handlers, apply } = node(t, HALVES)
      const failed = await apply()
      t.equal(failed.failure?.task, 'loop')
      t.ok(names(failed.owed).includes('Restart loop'), 'Ansible notifies nobody when a task fails')
      t.notOk(
        names(failed.owed).includes('Fail'),
        'a handler whose failure is ignored has had its turn',
      )
      writeFileSync(join(marks, 'loop-b'), '')
      const mended = await apply(keys(failed).filter(([name]) => name === 'Restart loop'))
      t.same([mended.result, handlers(), names(mended.owed)], ['ok', ['handler-loop'], []])
      rmSync(join(marks, 'rescued-a'), { recursive: true })
      const rescued = await apply()
      t.same([rescued.result, names(rescued.owed)], ['ok', []], 'what was rescued owes nothing')
    })

    await scene('a handler that fails is owed, and so is one that includes it', async (t) => {
      const { marks, handlers, apply } = node(t)
      for (const name of ['mended', 'broken']) writeFileSync(join(marks, name), '')
      const broken = await apply()
      t.equal(broken.failure?.task, 'Inner that fails')
      t.ok(names(broken.owed).includes('Restart three'))
      t.notOk(names(broken.owed).includes('Restart one'), 'what ran before it is not')
      rmSync(join(marks, 'broken'))
      rmSync(join(marks, 'handler-three'))
      const mended = await apply(keys(broken))
      t.match([mended.result, names(mended.owed)], ['ok', []])
      t.ok(handlers().includes('handler-three'))
    })
  },
  { middle: true },
)
