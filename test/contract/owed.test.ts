// SPDX-License-Identifier: Apache-2.0
// Handlers that were notified and have not run, on real Ansible: which they are, and that the next apply runs them.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runAnsible } from '../../lib/ansible/run.js'
import { RunSummarizer } from '../../lib/change/summarize.js'
import type { NodeSummary } from '../../lib/change/types.js'
import { install, LIMIT, onEach, request } from './harness.js'

t.setTimeout(LIMIT)
t.jobs = 1

const mark = (name: string): string => `ansible.builtin.file: { path: "{{ marks }}/${name}", state: touch, mode: "0644" }`
const copy = (name: string, notify: string): string => `    - name: ${name}
      ansible.builtin.copy: { content: "x", dest: "{{ marks }}/${name}", mode: "0644" }
      notify: ${notify}
`
/** The second half fails as long as there is no file `mended`. */
const SITE = `- hosts: all
  gather_facts: false
  tags: [HotChange]
  roles: [r]
  tasks:
${copy('one', 'Restart one')}${copy('two', 'topic')}${copy('three', 'Restart three')}${copy('four', '[Restart four, Restart nothing]').replace('      notify', '      when: not (marks ~ "/mended") is exists\n      notify')}    - name: Half way
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
`
const FILES = {
  'site.yml': SITE,
  'three.yml': `- name: Inner\n  ${mark('handler-three')}\n- name: Inner that fails\n  ansible.builtin.assert: { that: not (marks ~ "/broken") is exists }\n`,
  'roles/r/tasks/main.yml': `- name: role\n  ansible.builtin.copy: { content: "x", dest: "{{ marks }}/role", mode: "0644" }\n  notify: r again\n`,
  'roles/r/handlers/main.yml': `- name: of the role\n  listen: r again\n  ${mark('handler-role')}\n`,
}

onEach(t, 'owed', async ({ bin, scene }) => {
  const ansible = await install(bin)
  /** One node that goes from apply to apply. */
  const node = (t: Test): { marks: string; handlers: () => string[]; apply: (owed?: readonly (readonly [string, string, number])[] | null) => Promise<NodeSummary> } => {
    const asked = request(t, ansible, { files: FILES, hosts: ['n1'], mode: 'hot' })
    let count = 0
    return {
      marks: asked.marks,
      handlers: () => readdirSync(asked.marks).filter((name) => name.startsWith('handler-')).sort(),
      apply: async (owed) => {
        const directory = join(asked.directory, String(count++))
        mkdirSync(directory, { recursive: true })
        if (owed !== undefined) writeFileSync(join(directory, 'owed.json'), JSON.stringify({ n1: owed }))
        const summarizer = new RunSummarizer(asked.checkout)
        const exit = await runAnsible({ ...asked, directory, onEvent: (event) => summarizer.add(event) })
        return summarizer.finish(exit, ['n1']).nodes.get('n1') as NodeSummary
      },
    }
  }
  const keys = ({ owed }: NodeSummary): [string, string, number][] => owed.map(({ task, file, line }) => [task, file, line])
  const names = (tasks: NodeSummary['owed']): string[] => tasks.map(({ task }) => task).sort()

  await scene('something fails before their turn', async (t) => {
    const { marks, handlers, apply } = node(t)
    const failed = await apply()
    t.equal(failed.result, 'failed')
    t.same(handlers(), [])
    t.same(names(failed.owed), ['Restart four', 'Restart nothing', 'Restart one', 'Restart three', 'Restart two', 'r : of the role'])
    writeFileSync(join(marks, 'mended'), '')
    const forgotten = await apply()
    t.match([forgotten.result, handlers()], ['ok', []], 'Ansible itself forgets them')
    const some = await apply(keys(failed).filter(([name]) => name === 'Restart one'))
    t.match([some.result, handlers(), names(some.owed), names(some.handled)], ['ok', ['handler-one'], [], ['Restart one']], 'that one and no other')
    const all = await apply(keys(failed))
    t.match([all.result, handlers(), names(all.owed)], ['ok', ['handler-one', 'handler-role', 'handler-three', 'handler-two'], []])
    t.ok(existsSync(join(marks, 'after')))
    t.notOk(names(all.handled).includes('Restart four'), 'the task that notified it is skipped: it stays owed')
  })

  await scene('nobody knows which', async (t) => {
    const { marks, handlers, apply } = node(t)
    await apply()
    writeFileSync(join(marks, 'mended'), '')
    const all = await apply(null)
    t.match([all.result, handlers(), names(all.owed)], ['ok', ['handler-one', 'handler-role', 'handler-three', 'handler-two'], []])
    const calm = await apply()
    t.same([names(calm.owed), names(calm.handled)], [[], []], 'nothing is owed where nothing happened')
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
})
