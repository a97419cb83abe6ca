// SPDX-License-Identifier: Apache-2.0
// Rollouts steered from a second process: real commands, real Ansible, real files on the nodes.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Report } from '../../lib/report/types.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { readJournal } from '../../lib/store/journal.js'
import { start, type Ended } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground, type PlaygroundFleet } from '../support/playground.js'
import { edit, error, run, say, seen, version } from '../support/say.js'

const bin = process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']
const options = bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_OLDEST)' } : {}
t.setTimeout(900_000)

type Tap = { testdir(): string }
const make = (t: Tap, fleet: PlaygroundFleet = {}): Playground => makePlayground(t.testdir(), bin ?? '', { nodes: 3, canary: 'node01', ...fleet })
const own = (ground: Playground, ...path: string[]): string => join(ground.directory, '.patchrun', 'environments', 'default', ...path)
const events = async (ground: Playground): Promise<JournalEvent[]> => (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event)
const intents = (all: readonly JournalEvent[]): string[] => all.flatMap((e) => (e.type === 'intended' ? [e.step] : []))
const statusOf = async (ground: Playground): Promise<Report> => JSON.parse((await say(ground, ['status', '--json'])).stdout) as Report
const answer = (ended: Ended): { readonly environments: readonly { readonly taken: string; readonly holder?: { readonly pid: number } }[]; readonly halted?: boolean } => JSON.parse(ended.stdout) as never
/** A change that takes its time on every node, in check mode too. */
const slow = (v: string, seconds = 2): Record<string, string> => ({ 'site.yml': site(`${writeTask('etc/version', `${v}\n`)}- name: takes its time
  ansible.builtin.command: sleep ${seconds}
  changed_when: false
  check_mode: false
  tags: [HotChange]`) })

t.test('paused from a second process: nothing new begins, and it goes on by itself', options, async (t) => {
  const ground = make(t, { nodes: 1 })
  ground.commit('slow', slow('1', 4))
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /0001-detect/)
  t.match(await say(ground, ['pause', '--reason', ' ']), error(2, 'usage/reason-missing'))
  const paused = await say(ground, ['pause', '--json', '--reason', 'storage maintenance'])
  t.match({ code: paused.code, ...answer(paused) }, { code: 0, kind: 'steer', verb: 'pause', environments: [{ environment: 'default', taken: 'by-run', holder: { pid: running.child.pid } }] }, 'beside a step that runs')
  const then = intents(await events(ground))
  t.same(then, ['0001-detect'])
  await sleep(7_000)
  const still = await events(ground)
  t.same(intents(still), then, 'no new step began')
  t.equal(still.at(-1)?.type, 'concluded', 'and what ran was finished')
  const { rollout, pause } = await statusOf(ground)
  t.match(pause, { reason: 'storage maintenance', scope: 'fleet' })
  t.match(rollout?.waiting, [{ code: 'pause', text: /^the fleet is paused by .+: storage maintenance$/ }])
  t.match((await say(ground, ['status'])).stdout, /Next: patchrun unpause\n/)
  t.match(await say(ground, ['unpause', '--reason', 'storage is back']), { code: 0, stdout: /handed to the run of .*process \d+, which goes on: storage is back/ })
  t.match(await running.ended, { code: 0, stderr: /paused by .*storage maintenance[^]*unpaused by .*storage is back[^]*0002-apply[^]*done/ })
  t.same(readdirSync(own(ground, 'orders')), [], 'nothing is left in the mailbox')
})

t.test('paused while nobody runs: --once says so, --for ends it', options, async (t) => {
  const ground = make(t, { nodes: 1 })
  ground.commit('version 1', version('1'))
  t.match(await say(ground, ['pause', '--reason', 'exams', '--for', '12s']), { code: 0, stdout: /^default: paused, until \w{3} \d{4}-.* UTC: exams\nNext: patchrun unpause\n/ })
  t.match(await run(ground, '--once'), { code: 5, stdout: /the fleet is paused by .*: exams, until[^]*Next: patchrun unpause, or wait until/ })
  t.equal(ground.read('node01', 'etc/version'), null)
  t.match(await run(ground), { code: 0 }, 'the pause ended by itself, and the run went on')
  t.match(await say(ground, ['pause', '--reason', 'x', '--until', '2020-01-01T00:00Z']), error(2, 'usage/until-passed'))
})

t.test('a pause without --env holds every environment, also where a list is broken', options, async (t) => {
  const ground = make(t, { nodes: 2 })
  edit(ground, (d) => (d['environments'] = { test01: { nodes: { allow: ['node01'], canary: ['node01'] } }, prod: { nodes: { allow: [{ file: 'no-such-list' }], canary: ['node02'] } } }))
  t.match(await say(ground, ['pause', '--reason', 'incident']), { code: 0, stdout: /^test01: paused: incident\nprod: paused: incident\n/ })
  t.match((JSON.parse((await say(ground, ['status', '--env', 'test01', '--json'])).stdout) as Report).pause, { scope: 'fleet' })
  t.match(await say(ground, ['unpause', '--env', 'prod']), { code: 0, stdout: /^prod: not paused any more\n/ })
  t.match((JSON.parse((await say(ground, ['status', '--env', 'test01', '--json'])).stdout) as Report).pause, { reason: 'incident' })
  t.match(await say(ground, ['abort', '--reason', 'x']), error(2, 'usage/no-environment'))
})

t.test('aborted in the middle of a change: it is finished and verified, then the rollout halts', options, async (t) => {
  const ground = make(t)
  ground.commit('slow', slow('1'))
  t.match(await say(ground, ['abort', '--reason', 'x']), error(2, 'usage/nothing-to-abort'))
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /0002-apply/)
  t.match(await say(ground, ['abort', '--reason', 'wrong branch']), { code: 0, stdout: /abort handed to the run of .*process \d+: it begins nothing new; what runs is finished, then it halts: wrong branch/ })
  t.match(await running.ended, { code: 4, stderr: /aborted by .*wrong branch[^]*0003-verify/, stdout: /Halted: aborted by .*wrong branch/ })
  const all = await events(ground)
  t.same(intents(all), ['0001-detect', '0002-apply', '0003-verify'])
  t.match(all.at(-1), { type: 'halted', halt: { code: 'aborted' } })
  t.match((await statusOf(ground)).rollout?.nodes[0], { node: 'node01', stage: 'good' })
  t.equal(ground.read('node02', 'etc/version'), null)
  t.match(await run(ground), { code: 4 }, 'and stays halted')
  t.match(await say(ground, ['retry', '--reason', 'right branch after all']), { code: 0, stdout: /no longer halted/ })
  t.match(await say(ground, ['abort', '--json', '--reason', 'no, really']), { code: 0, stdout: /"halted": true/ }, 'where nobody runs it halts at once')
  await say(ground, ['retry'])
  t.match(await run(ground), { code: 0 })
  t.match((await say(ground, ['history'])).stdout, /done/)
})

t.test('an approval is for this commit and these nodes', options, async (t) => {
  const ground = make(t, { nodes: 4, rollout: { approval: ['wide'] } })
  const sha = ground.commit('version 1', version('1'))
  t.match(await say(ground, ['approve', '--sha', sha]), error(2, 'usage/nothing-to-approve'))
  t.match(await run(ground, '--once'), { code: 5, stdout: /Needs an approval\n[^]*wave 1, 3 nodes: node\[02-04\]\n {4}patchrun approve wide-/ })
  const keyOf = async (): Promise<string> => (await statusOf(ground)).rollout?.approvals[0]?.key ?? ''
  const key = await keyOf()
  t.match((await statusOf(ground)).rollout?.waiting, [{ code: 'approval', approval: key }])
  t.match(await say(ground, ['approve']), error(2, 'usage/which-approval', new RegExp(`Pending: ${key}`)))
  t.match(await say(ground, ['approve', '--sha', sha.slice(0, 11)]), error(2, 'usage/not-the-pin', /12 digits/))
  t.match(await say(ground, ['approve', '--sha', 'f'.repeat(40)]), error(2, 'usage/not-the-pin', new RegExp(sha)))
  t.match(await say(ground, ['approve', 'wide-000000000000']), error(2, 'usage/approval-moved'))

  edit(ground, (d) => ((d['nodes'] as Record<string, unknown>)['allow'] = ['node[01-03]']))
  const moved = await keyOf()
  t.not(moved, key, 'other nodes, another key')
  t.match(await say(ground, ['approve', key]), error(2, 'usage/approval-moved', /have changed since it was shown.*node\[02-03\]/))
  t.match(await say(ground, ['approve', moved, '--reason', 'canary is fine']), { code: 0, stdout: /approved wide-.*: canary is fine[^]*Next: patchrun run/ })
  edit(ground, (d) => ((d['nodes'] as Record<string, unknown>)['allow'] = ['node[01-04]']))
  t.match(await run(ground, '--once'), { code: 5, stdout: /approved other nodes than these, so it must be approved again/ }, 'and an approval that was given does not stretch')
  t.equal(ground.read('node02', 'etc/version'), null)

  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /resumed|going on/)
  await sleep(1_500)
  t.match(await say(ground, ['approve', '--sha', sha.slice(0, 12), '--json']), { code: 0, stdout: /"taken": "by-run"/ }, 'for jobs: by the SHA of the pin')
  t.match(await running.ended, { code: 0, stderr: /wide-\w+ approved by/ })
  t.equal(ground.read('node04', 'etc/version'), '1\n')
  t.match((await events(ground)).filter((e) => e.type === 'approved'), [{ key: moved, reason: 'canary is fine' }, { key }])
})

t.test('retry: quarantined, never started, and while a run is under way', options, async (t) => {
  const ground = make(t, { nodes: 4, rollout: { maxFailed: 2, retries: { attempts: 1 }, waves: [1, 2, 3], soak: '0s' } })
  ground.commit('needs a licence', { 'site.yml': site(`- name: read the licence\n  ansible.builtin.command: cat "{{ node_root }}/licence"\n  changed_when: false\n  check_mode: false\n${writeTask('etc/version', '1\n')}`) })
  for (const n of ['node01', 'node03']) ground.write(n, 'licence', 'ok')
  t.match(await run(ground), { code: 4, stdout: /Quarantined: 2 nodes\n[^]*read the licence/ })
  t.match(await say(ground, ['retry', 'node01,node99']), error(2, 'usage/not-in-rollout', /node99[^]*usage\/nothing-to-retry[^]*node01.*GOOD/))
  ground.write('node02', 'licence', 'ok')
  t.match(await say(ground, ['retry', 'node02', '--reason', 'licence renewed', '--json']), { code: 0, stdout: /"nodes": \[\s*"node02"\s*\]/ })
  t.match(await run(ground), { code: 4 })
  t.equal(ground.read('node02', 'etc/version'), '1\n', 'who was in quarantine came through')
  t.equal(ground.read('node04', 'etc/version'), null)
  ground.write('node04', 'licence', 'ok')
  t.match(await say(ground, ['retry']), { code: 0, stdout: /1 node will be tried again: node04/ })
  t.match(await run(ground), { code: 0 })

  ground.commit('slow', slow('2'))
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /0001-detect/)
  t.match(await say(ground, ['retry', 'node04']), { code: 0, stdout: /1 node will be tried again: node04, handed to the run of/ }, 'one that was never started')
  t.match(await say(ground, ['retry']), error(2, 'usage/nothing-to-retry'))
  t.match(await say(ground, ['abort', '--reason', 'stop before node04']), { code: 0 })
  t.match(await running.ended, { code: 4 })
  t.match(await say(ground, ['retry', 'node04']), { code: 0 })
  t.match(await run(ground), { code: 0 })
  t.equal(ground.read('node04', 'etc/version'), '2\n')
})

t.test('rollback: canaries first, what was there before is there again, and the commit is refused', options, async (t) => {
  const ground = make(t, { nodes: 4, rollout: { waves: [1, 3] } })
  t.match(await say(ground, ['rollback', '--reason', 'x']), error(2, 'usage/nothing-to-roll-back'))
  const good = ground.commit('version 1', version('1'))
  t.match(await run(ground), { code: 0 })
  t.match(await say(ground, ['rollback', '--reason', 'x']), error(2, 'usage/no-commit-before', /no commit was completed/))
  const bad = ground.commit('version 2', slow('2'))
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /0005-apply/)
  t.match(await say(ground, ['rollback', '--reason', 'jobs fail']), error(6, 'lock/held', /patchrun abort/))
  t.match(await say(ground, ['abort', '--reason', 'jobs fail']), { code: 0 })
  t.match(await running.ended, { code: 4 })
  t.same(['node01', 'node02', 'node03'].map((n) => ground.read(n, 'etc/version')), ['2\n', '2\n', '1\n'])

  t.match(await say(ground, ['rollback']), error(2, 'usage/reason-missing'))
  const back = await say(ground, ['rollback', '--reason', 'jobs fail to start'])
  t.match(back, { code: 0, stdout: /rolled back, every node that was touched is GOOD at[^]*Rejected [0-9a-f]{12}: rolled back by .*: jobs fail to start/ })
  t.same(['node01', 'node02', 'node03', 'node04'].map((n) => ground.read(n, 'etc/version')), ['1\n', '1\n', '1\n', '1\n'])
  const all = await events(ground)
  const life = all.slice(all.findLastIndex((e) => e.type === 'opened'))
  t.match(life[0], { kind: 'rollback', pin: { sha: good }, limit: ['node02'], reason: 'jobs fail to start' })
  t.same(life.flatMap((e) => (e.type === 'intended' ? [`${e.action} ${e.nodes.join(',')}`] : [])), ['detect node01', 'apply node01', 'verify node01', 'detect node02', 'apply node02', 'verify node02'], 'the canary first, and nobody who was not touched')
  t.equal((await statusOf(ground)).remembered, good)
  t.match((await say(ground, ['history'])).stdout, /done, a rollback[^]*rolled back by .*: jobs fail to start/)

  t.match(await run(ground), { code: 4, stderr: /rolled [0-9a-f]{12} back \(jobs fail to start\)/ })
  t.match(await say(ground, ['rollback', '--reason', 'x']), error(2, 'usage/nothing-to-roll-back', /is a rollback already/))
  t.equal(ground.read('node01', 'etc/version'), '1\n')
  ground.commit('version 3', version('3'))
  t.match(await run(ground), { code: 0 }, 'a newer commit goes through')
  t.equal(ground.read('node04', 'etc/version'), '3\n')

  t.match(await say(ground, ['rollback', '--reason', 'also after it was done']), { code: 0 })
  t.same(['node01', 'node04'].map((n) => ground.read(n, 'etc/version')), ['1\n', '1\n'])
  t.match(await run(ground, '--again'), { code: 0 }, 'or a person says so')
  t.equal(ground.read('node01', 'etc/version'), '3\n')
  t.not(bad, good)
})

t.test('killed between the journal and the mailbox, an order counts once', options, async (t) => {
  const ground = make(t, { nodes: 1 })
  ground.commit('version 1', version('1'))
  t.match(await say(ground, ['pause', '--reason', 'once'], { env: { NODE_OPTIONS: `--import ${fileURLToPath(new URL('../support/kill-at-removal.js', import.meta.url))}` } }), { signal: 'SIGKILL' })
  t.equal(readdirSync(own(ground, 'orders')).length, 1, 'it was not taken out')
  t.match((await events(ground)).map((e) => e.type), ['paused'], 'but it is in the journal')
  t.match(await say(ground, ['status']), { code: 0, stdout: /Paused by|The fleet is paused by/ })
  t.match(await say(ground, ['unpause']), { code: 0 }, 'the lock of the dead is taken over')
  t.same((await events(ground)).map((e) => e.type), ['paused', 'unpaused'])
  t.same(readdirSync(own(ground, 'orders')), [])
  t.match(await run(ground), { code: 0 })
})

t.test('a process that was stopped is given an order, and says when it has read it', options, async (t) => {
  const ground = make(t, { nodes: 1, rollout: { approval: ['start'] } })
  ground.commit('version 1', version('1'))
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /waiting: the start of this rollout needs an approval \(start-/)
  running.child.kill('SIGSTOP')
  const handed = await say(ground, ['pause', '--reason', 'asleep'])
  running.child.kill('SIGCONT')
  t.match(handed, { code: 0, stdout: /pause handed to the run of .*: it has not answered yet, and reads it before it begins anything/ }, 'what was not confirmed is not promised')
  await seen(running, /paused by .*asleep/)
  running.child.kill('SIGTERM')
  t.match(await running.ended, { code: 130 })
  t.match(readFileSync(own(ground, 'journal.jsonl'), 'utf8'), /"type":"paused"/)
})
