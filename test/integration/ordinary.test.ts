// SPDX-License-Identifier: Apache-2.0
// Playbooks as people write them, who never thought of patchrun: a first install, commands, a task
// that fails once, a fatal error.
import t from 'tap'
import { runRollout } from '../../lib/engine/verbs/rollout.js'
import type { RunResult } from '../../lib/engine/verbs/rollout.js'
import { openSession } from '../../lib/engine/site/session.js'
import { makePlayground, writeTask, type Playground } from '../support/playground.js'
import { MIDDLE, needsAnsible, OFTEN, say, SELDOM } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_800_000)

const play = (tasks: string, more = ''): string =>
  `- name: site\n  hosts: all\n  gather_facts: false\n${more}  tasks:\n${tasks
    .trim()
    .split('\n')
    .map((l) => `    ${l}\n`)
    .join('')}`

/**
 * What check mode cannot go beyond, what it does not do, what changes no node, and a handler that
 * is for another node.
 */
const INSTALL = `- name: decide
  hosts: localhost
  gather_facts: false
  tasks: [{ ansible.builtin.set_fact: { release: "2026.1" } }]
${play(`- ansible.builtin.group_by: { key: os_linux }
- name: directory
  ansible.builtin.file: { path: "{{ node_root }}/conf.d", state: directory, mode: "0755" }
  tags: [HotChange]
- name: file
  ansible.builtin.copy: { dest: "{{ node_root }}/conf.d/b", content: "b\\n", mode: "0644", force: false }
  tags: [HotChange]
- name: a line in it
  ansible.builtin.lineinfile: { path: "{{ node_root }}/conf.d/b", line: x, mode: "0644" }
  tags: [HotChange]
${writeTask('etc/version', 'one\n', '[HotChange]', "notify: restart the controller's daemon")}- name: another tool does it
  ansible.builtin.shell: echo ran >> "{{ node_root }}/ran"
  tags: [HotChange]`)}  handlers:
    - name: restart the controller's daemon
      ansible.builtin.file: { path: "{{ node_root }}/restarted", state: touch, mode: "0644" }
      when: inventory_hostname == 'ctl1'
      tags: [DrainChange]
`
const FAILS_ONCE = `${play(
  `${writeTask('etc/version', 'two\n', '[]', 'notify: restart the daemon')}- name: fails once, as a mirror or a lock does
  ansible.builtin.shell: test -e "{{ node_root }}/once" || { touch "{{ node_root }}/once"; exit 1; }
  changed_when: false`,
  '  tags: [HotChange]\n',
)}  handlers:
    - name: restart the daemon
      ansible.builtin.shell: echo restarted >> "{{ node_root }}/restarted"
`
const FATAL = play(
  `- name: check
  ansible.builtin.fail: { msg: disk full }
  when: inventory_hostname == 'node01'
${writeTask('etc/version', 'three\n')}`,
  '  any_errors_fatal: true\n',
)

const rollOut = async (ground: Playground): Promise<RunResult> =>
  runRollout(await openSession({ file: ground.file }))
const all = (ground: Playground, path: string): (string | null)[] =>
  ['node01', 'node02'].map((node) => ground.read(node, path))

for (const [size, age, bin] of [
  [inQuick, 'newest', OFTEN],
  [inFull, 'oldest', SELDOM],
  [inFull, 'middle', MIDDLE],
] as const) {
  const skip =
    needsAnsible.skip ??
    (size === inFull && bin === OFTEN ? `there is no ${age} ansible-core` : false)
  await size(t, `ordinary playbooks, ${age} ansible-core`, { skip }, async (t) => {
    const ground = makePlayground(t.testdir(), bin, {
      nodes: 2,
      canary: 'node01',
      rollout: { maxFailed: 1, retries: { attempts: 2, backoff: '1s' } },
    })
    // On this one the commands are all that is left to do.
    ground.write('node02', 'conf.d/b', 'b\nx\n')
    ground.write('node02', 'etc/version', 'one\n')
    ground.commit('install', { 'site.yml': INSTALL })
    const looked = await say(ground, ['detect', '--limit', 'node01'])
    t.match(looked, {
      code: 0,
      stdout: /check mode cannot go beyond task "a line in it" \(site\.yml:\d+\)/,
      stderr: /the play "decide" is for localhost, and is left out/,
    })
    const first = await rollOut(ground)
    t.match(
      first,
      { exitCode: 0, outcome: 'done', report: { rollout: { counts: { good: 2 } } } },
      'a first install',
    )
    t.same(all(ground, 'conf.d/b'), ['b\nx\n', 'b\nx\n'])
    t.same(all(ground, 'etc/version'), ['one\n', 'one\n'])
    t.same(all(ground, 'ran'), ['ran\n', 'ran\n'], 'once a commit on each node')
    t.same(all(ground, 'restarted'), [null, null], 'a handler that is for another node')

    // A canary that fails halts; another node is tried again by itself.
    ground.write('node01', 'once', '')
    ground.commit('fails once', { 'site.yml': FAILS_ONCE })
    const second = await rollOut(ground)
    t.match(second, { exitCode: 0, outcome: 'done', report: { rollout: { counts: { good: 2 } } } })
    t.same(all(ground, 'etc/version'), ['two\n', 'two\n'])
    t.same(
      all(ground, 'restarted'),
      ['restarted\n', 'restarted\n'],
      'also where a task failed between the notification and the handler',
    )

    ground.commit('fatal', { 'site.yml': FATAL })
    const { nodes } = JSON.parse((await say(ground, ['detect', '--json'])).stdout) as {
      nodes: { node: string; verdict: string; failure?: { message: string } }[]
    }
    t.match(nodes, [
      { node: 'node01', verdict: 'ERROR', failure: { message: /disk full/ } },
      {
        node: 'node02',
        verdict: /^(ERROR|UNKNOWN)$/,
        failure: { message: /before that node01 failed at "check"/ },
      },
    ])
  })
}
