// SPDX-License-Identifier: Apache-2.0
// Gates as operators meet them, by the real command on real Ansible: health, promotion, limits, a frozen fleet, a newer commit.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makePlayground, type Playground } from '../support/playground.js'
import { start } from '../support/command.js'
import { edit, error, run, say, seen, version } from '../support/say.js'

const bin = process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const options = bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' } : {}
t.setTimeout(1_200_000)

const make = (t: { testdir(): string }, more: Parameters<typeof makePlayground>[2] = {}): Playground => makePlayground(t.testdir(), bin ?? '', { nodes: 3, canary: 'node01', ...more })
const at = (ground: Playground): (string | null)[] => ['node01', 'node02', 'node03'].map((n) => ground.read(n, 'etc/version')?.trim() ?? null)
const status = async (ground: Playground, ...more: string[]): Promise<{ rollout: { waiting: { code: string; text: string }[]; halt?: { code: string }; status: string } }> =>
  JSON.parse((await say(ground, ['status', '--json', ...more])).stdout) as Awaited<ReturnType<typeof status>>

const GATE = `- name: is storage there
  ansible.builtin.stat: { path: "{{ node_root }}/no-storage" }
  register: found
- name: storage must be there
  ansible.builtin.fail: { msg: "/scratch of {{ inventory_hostname }} is gone (asked at {{ patchrun_point }})" }
  when: found.stat.exists
`

t.test('a health gate halts after the canaries with its message, and a retry asks it again', options, async (t) => {
  const ground = make(t)
  edit(ground, (d) => Object.assign(d, { health: [{ name: 'storage', role: 'gate', at: ['start', 'canaries', 'end'] }] }))
  ground.commit('version 1', { ...version('1'), 'roles/gate/tasks/main.yml': GATE })
  const first = await run(ground)
  t.equal(first.code, 0, first.stderr)
  t.equal((first.stderr.match(/asked a health gate of/g) ?? []).length, 3, 'at the start, after the canaries, at the end')
  // The canary loses its storage with the next version, and patchrun is the one who notices.
  ground.commit('version 2', { 'site.yml': version('2')['site.yml']?.replace('  tasks:\n', `  tasks:\n    - name: lose storage\n      ansible.builtin.copy: { dest: "{{ node_root }}/no-storage", content: x, mode: "0644" }\n      tags: [HotChange]\n`) ?? '' })
  const halted = await run(ground)
  t.match(halted, { code: 4, stderr: /halted: the health gate "storage" failed on node01: .*\/scratch of node01 is gone \(asked at canaries\)/ })
  t.same(at(ground), ['2', '1', '1'], 'nobody but the canary was touched')
  rmSync(join(ground.directory, 'nodes/node01/no-storage'))
  ground.commit('version 3', { ...version('3') })
  t.match(await run(ground), { code: 0 })
  t.same(at(ground), ['3', '3', '3'])
  edit(ground, (d) => Object.assign(d, { health: [{ name: 'storage', role: 'gates', at: ['start'] }] }))
  ground.commit('version 4', version('4'))
  t.match(await run(ground), error(3, 'playbook/unknown-role', /Did you mean "gate"/))
})

t.test('an environment opens when the one before it has completed this very commit', options, async (t) => {
  const ground = make(t)
  edit(ground, (d) => {
    Object.assign(d, { environments: { test: { nodes: { allow: ['node01'], canary: ['node01'] } }, prod: { soakBefore: '0s', nodes: { allow: ['node[02-03]'], canary: ['node02'] } } } })
  })
  const sha = ground.commit('version 1', version('1'))
  t.match(await run(ground, '--once', '--env', 'prod'), { code: 5, stdout: new RegExp(`test must complete ${sha.slice(0, 12)} first`) })
  t.match(await run(ground, '--env', 'test'), { code: 0 })
  t.match(await run(ground, '--once', '--env', 'prod'), { code: 0 })
  t.same(at(ground), ['1', '1', '1'])
  ground.commit('version 2', version('2'))
  t.match(await run(ground, '--once', '--env', 'prod'), { code: 5, stdout: /test must complete/ }, 'each commit anew')
  t.same(at(ground), ['1', '1', '1'])
})

t.test('limits of a run: the hard limit, capacity, a freeze', options, async (t) => {
  const ground = make(t, { rollout: { maxChanged: 2, capacity: { fleet: 1 } } })
  ground.commit('version 1', version('1'))
  t.match(await run(ground, '--once'), { code: 5, stdout: /2 nodes at most are changed in one run/ })
  t.same(at(ground), ['1', '1', null])
  t.match(await run(ground, '--once'), { code: 0 }, 'the next run goes on')
  edit(ground, (d) => Object.assign(d, { windows: { freeze: [{ from: '2020-01-01', to: '2120-01-01', reason: 'the long sleep' }] } }))
  ground.commit('version 2', version('2'))
  t.match(await run(ground, '--once'), { code: 5, stdout: /frozen until .*: the long sleep/ })
  t.match((await status(ground)).rollout.waiting.map((w) => w.code), ['freeze'])
  t.same(at(ground), ['1', '1', '1'], 'nothing was touched')
})

t.test('a newer commit takes the place of the one under way, where the policy says so', options, async (t) => {
  const ground = make(t, { rollout: { soak: '1h', onNewCommit: 'supersede' } })
  ground.commit('version 1', version('1'))
  t.match(await run(ground, '--once'), { code: 5 })
  ground.commit('version 2', version('2'))
  t.match(await run(ground, '--once'), { code: 5, stderr: /is closed: superseded by/ })
  t.same(at(ground), ['2', null, null], 'canaries first, again; nobody ever gets a mixture')
})

t.test('a run that waits for long notices the newer commit by itself', { ...options }, async (t) => {
  const ground = make(t, { rollout: { soak: '1h', onNewCommit: 'supersede' } })
  ground.commit('version 1', version('1'))
  const waiting = start(['run', '--yes'], { cwd: ground.directory })
  await seen(waiting, /waiting until/)
  ground.commit('version 2', version('2'))
  // It looks up once a minute.
  for (let i = 0; i < 4 && !/superseded/.test(waiting.stderr()); i++) await seen(waiting, /is closed: superseded by/).catch(() => undefined)
  await seen(waiting, /superseded[^]*waiting until/)
  t.same(at(ground), ['2', null, null])
  waiting.child.kill('SIGTERM')
  t.match(await waiting.ended, { code: 130 })
})
