// SPDX-License-Identifier: Apache-2.0
// One writer, whatever happens: many real runs at once on one state; and one that is stopped for longer than its lock
// holds, overtaken, and continued. It must not do anything more, and must say why.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { readJournal } from '../../lib/store/journal.js'
import { start, type Ended, type Running } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground, type PlaygroundFleet } from '../support/playground.js'

const bin = process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']
const options = bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_OLDEST)' } : {}
t.setTimeout(900_000)

const RUN = ['run', '--yes'] as const
/** The shortest that is allowed, ms. */
const LOCK_TIMEOUT = 10_000
const me = `${userInfo().username}@${hostname()}`
const own = (ground: Playground, ...path: string[]): string => join(ground.directory, '.patchrun', 'environments', 'default', ...path)

/** Each node (there is one, unless said otherwise) is changed, then something takes its time, also in check mode, then it is changed again. */
function make(t: { testdir(): string }, seconds: number, fleet: PlaygroundFleet = { nodes: 1, canary: 'node01' }): Playground {
  const ground = makePlayground(t.testdir(), bin ?? '', fleet)
  const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as object
  writeFileSync(ground.file, JSON.stringify({ ...declared, state: { lockTimeout: `${LOCK_TIMEOUT / 1000}s` } }))
  ground.commit('slow', { 'site.yml': site(`${writeTask('etc/version', '1\n')}- name: takes its time
  ansible.builtin.command: sleep ${seconds}
  changed_when: false
  check_mode: false
  tags: [HotChange]
${writeTask('etc/later', '1\n')}`) })
  return ground
}

async function until(what: string, seen: () => boolean): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (seen()) return
    await sleep(20)
  }
  throw new Error(`never: ${what}`)
}

const says = (running: Running, words: RegExp): Promise<void> => until(String(words), () => words.test(running.stderr()))

/** ansible-playbook processes of this playground's steps. */
const ansibles = (ground: Playground): string[] => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PATCHRUN_RUN=${ground.directory}/`)
  } catch {
    return false
  }
})

/** By token: the steps that were begun, those that came out, and how it ended. */
async function acts(ground: Playground): Promise<Record<string, { begun: string[]; ended: string[]; last: string }>> {
  const all: Record<string, { begun: string[]; ended: string[]; last: string }> = {}
  for (const { token, event } of await readJournal(own(ground, 'journal.jsonl'))) {
    const one = (all[token] ??= { begun: [], ended: [], last: '' })
    if (event.type === 'intended') one.begun.push(event.step)
    if (event.type === 'concluded') one.ended.push(event.step)
    one.last = event.type
  }
  return all
}

for (const count of [2, 8]) {
  t.test(`of ${count} runs at once one acts, the others name it`, options, async (t) => {
    const ground = make(t, 1)
    const all = Array.from({ length: count }, () => start(RUN, { cwd: ground.directory }))
    const ended = await Promise.all(all.map(async (r): Promise<Ended & { pid?: number | undefined }> => ({ pid: r.child.pid, ...(await r.ended) })))
    const winner = ended.find((e) => e.code === 0)
    t.same(ended.map((e) => e.code).sort(), [0, ...Array.from({ length: count - 1 }, () => 6)], ended.map((e) => e.stderr.slice(-300)).join('\n--\n'))
    const holder = new RegExp(`lock/held: another run holds the lock: ${me}, process ${winner?.pid}, since \\w{3} \\d{4}-`)
    for (const loser of ended.filter((e) => e !== winner)) {
      t.match(loser.stderr, holder)
      t.notMatch(loser.stderr, /0001-detect/, 'it began nothing')
    }
    const steps = ['0001-detect', '0002-apply', '0003-verify']
    t.same(Object.values(await acts(ground)), [{ begun: steps, ended: steps, last: 'finished' }], 'all of it under one token, each step once')
    t.same(readdirSync(own(ground, 'lock')), ['lock.1'])
    t.match(JSON.parse(readFileSync(own(ground, 'lock', 'lock.1'), 'utf8')), { released: true, pid: winner?.pid })
  })
}

t.test('a run that is stopped, overtaken and continued does nothing more and says why', options, async (t) => {
  const ground = make(t, 3)
  const stalled = start(RUN, { cwd: ground.directory })
  t.teardown(() => stalled.child.kill('SIGKILL'))
  await says(stalled, /0002-apply/)
  await until('it changes the node', () => ground.read('node01', 'etc/version') === '1\n')
  const [ansible = ''] = ansibles(ground)
  t.ok(readFileSync(`/proc/${ansible}/environ`, 'latin1').split('\0').includes(`PATCHRUN_FENCE=${own(ground, 'lock', 'lock.1')}`), 'Ansible looks at the same lock')
  stalled.child.kill('SIGSTOP')
  const early = await start(RUN, { cwd: ground.directory }).ended
  t.match(early, { code: 6, stderr: /lock\/held/ }, 'before its time it is not taken over')
  await sleep(LOCK_TIMEOUT + 500)
  const other = start(RUN, { cwd: ground.directory })
  const ended = await other.ended
  t.match(ended, { code: 0, stderr: new RegExp(`took over from process ${stalled.child.pid} of ${userInfo().username}, which gave no sign of life for 10 s[^]*have no outcome, their nodes are looked at again`) })
  t.equal(ground.read('node01', 'etc/later'), '1\n')
  const journal = readFileSync(own(ground, 'journal.jsonl'), 'utf8')
  const runs = readdirSync(own(ground, 'runs'), { recursive: true }).length
  stalled.child.kill('SIGCONT')
  const woken = await stalled.ended
  t.match(woken, { code: 6, stderr: new RegExp(`error lock/lost: the lock was taken over by ${me}, process ${other.child.pid}, at \\w{3} \\d{4}-.*: this process does nothing more`) })
  t.equal(readFileSync(own(ground, 'journal.jsonl'), 'utf8'), journal, 'no line in the journal')
  t.equal(readdirSync(own(ground, 'runs'), { recursive: true }).length, runs, 'no step of Ansible')
  t.same(ansibles(ground), [])
  t.same(await acts(ground), {
    1: { begun: ['0001-detect', '0002-apply'], ended: ['0001-detect'], last: 'intended' },
    2: { begun: ['0003-detect', '0004-apply', '0005-verify'].slice(0, (await acts(ground))['2']?.begun.length), ended: (await acts(ground))['2']?.begun, last: 'finished' },
  })
  t.match(JSON.parse(readFileSync(own(ground, 'lock', 'lock.2'), 'utf8')), { released: true, pid: other.child.pid }, 'nor does it touch the lock')
  t.same(readdirSync(own(ground, 'lock')), ['lock.2'])
})

t.test('one that only waits hears of it too', options, async (t) => {
  const ground = make(t, 0, { nodes: 2, canary: 'node01', rollout: { soak: '2m' } })
  const stalled = start(RUN, { cwd: ground.directory })
  t.teardown(() => stalled.child.kill('SIGKILL'))
  await says(stalled, /0003-verify[^]*soak/)
  stalled.child.kill('SIGSTOP')
  await sleep(LOCK_TIMEOUT + 500)
  t.match(await start([...RUN, '--once'], { cwd: ground.directory }).ended, { code: 5, stderr: /took over from process/ })
  const journal = readFileSync(own(ground, 'journal.jsonl'), 'utf8')
  const begun = Date.now()
  stalled.child.kill('SIGCONT')
  t.match(await stalled.ended, { code: 6, stderr: /error lock\/lost/ })
  t.ok(Date.now() - begun < 10_000, 'at once, not when the soak is over')
  t.equal(readFileSync(own(ground, 'journal.jsonl'), 'utf8'), journal)
})
