// SPDX-License-Identifier: Apache-2.0
// The real command, interrupted: killed, stopped, doubled, out of room. Whatever happened, the next run finishes, no
// completed step is done twice, and nothing of the run before goes on.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo, hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readJournal } from '../../lib/store/journal.js'
import { patchrun, start, type Ended, type Running } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'

const bin = process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']
const options = bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_OLDEST)' } : {}
t.setTimeout(900_000)

const RUN = ['run', '--yes'] as const
type Tap = { testdir(): string }
const make = (t: Tap, nodes = 1): Playground => makePlayground(t.testdir(), bin ?? '', { nodes, canary: 'node01' })
const run = (ground: Playground): Promise<Ended> => patchrun(RUN, { cwd: ground.directory })
const own = (ground: Playground, ...path: string[]): string => join(ground.directory, '.patchrun', 'environments', 'default', ...path)
const version = (v: string): Record<string, string> => ({ 'site.yml': site(writeTask('etc/version', `${v}\n`)) })
/** Changes a file, takes its time, also in check mode, and changes another. */
const slow = (v: string, seconds = '1'): Record<string, string> => ({ 'site.yml': site(`${writeTask('etc/version', `${v}\n`)}- name: takes its time
  ansible.builtin.command: sleep ${seconds}
  changed_when: false
  check_mode: false
  tags: [HotChange]
${writeTask('etc/later', `${v}\n`)}`) })

async function until(what: string, seen: () => boolean): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    if (seen()) return
    await sleep(20)
  }
  throw new Error(`never: ${what}`)
}

const says = (running: Running, words: RegExp): Promise<void> => until(String(words), () => words.test(running.stderr()))

/** ansible-playbook processes of this playground's steps. */
const ansibles = (ground: Playground): string[] => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PATCHRUN_RUN=${ground.directory}/`) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('ansible-playbook')
  } catch {
    return false
  }
})

/** Every step has at most one outcome, and no node is applied to again after an apply that came out. */
async function checkJournal(t: Pick<Test, 'same' | 'equal'>, ground: Playground): Promise<void> {
  const events = (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event)
  const concluded = events.flatMap((e) => (e.type === 'concluded' ? [e.step] : []))
  t.same(concluded, [...new Set(concluded)], 'no step came out twice')
  const applied = events.flatMap((e) => (e.type === 'concluded' ? Object.entries(e.nodes).flatMap(([node, o]) => (o.applied === 'ok' ? [node] : [])) : []))
  t.same(applied, [...new Set(applied)], 'no node was changed again after it was changed')
  t.equal(events.at(-1)?.type, 'finished')
}

for (const [at, nth] of [['detect', 1], ['apply', 2], ['verify', 3]] as const) {
  t.test(`killed in the middle of ${at}, it is taken up again`, options, async (t) => {
    const ground = make(t, at === 'apply' ? 2 : 1)
    const sha = ground.commit('slow', slow('1'))
    const killed = start(RUN, { cwd: ground.directory })
    await says(killed, new RegExp(`000${nth}-${at}`))
    await until('the step runs', () => { try { return /host_start/.test(readFileSync(join(own(ground, 'runs'), readdirSync(own(ground, 'runs'))[0] ?? '', `000${nth}-${at}`, 'events.jsonl'), 'utf8')) } catch { return false } })
    killed.child.kill('SIGKILL')
    t.match(await killed.ended, { signal: 'SIGKILL' })
    t.match(await run(ground), { code: 0, stderr: /took over from process \d+[^]*have no outcome, their nodes are looked at again/ })
    t.same(ansibles(ground), [], 'nothing of either run is left')
    t.match(JSON.parse((await patchrun(['status', '--json'], { cwd: ground.directory })).stdout), { remembered: sha, rollout: { status: 'done' } })
    t.equal(ground.read('node01', 'etc/later'), '1\n')
    await checkJournal(t, ground)
    const again = await run(ground)
    t.match(again, { code: 0, stderr: /nothing new to install/ })
    t.notMatch(again.stderr, /took over/, 'the lock is free')
  })
}

t.test('what a killed process leaves running ends by itself', options, async (t) => {
  const ground = make(t)
  ground.commit('slow', slow('1'))
  const killed = start(RUN, { cwd: ground.directory })
  await says(killed, /0001-detect/)
  await until('ansible runs', () => ansibles(ground).length > 0)
  killed.child.kill('SIGKILL')
  await killed.ended
  await until('ansible ends without its listener', () => ansibles(ground).length === 0)
})

t.test('one signal finishes what runs, two end it; both say how to go on', options, async (t) => {
  const ground = make(t)
  ground.commit('version 1', slow('1'))
  const once = start(RUN, { cwd: ground.directory })
  await says(once, /0002-apply/)
  once.child.kill('SIGTERM')
  t.match(await once.ended, { code: 130, stderr: /stopping: no new step begins[^]*1 ok\n[^]*To go on: patchrun run/ })
  t.equal(ground.read('node01', 'etc/later'), '1\n', 'what ran was finished')
  t.match(await run(ground), { code: 0, stderr: /0003-verify/ }, 'and is not done again')
  await checkJournal(t, ground)

  // Long enough for two signals on a busy machine.
  ground.commit('version 2', slow('2', '{{ ansible_check_mode | ternary(1, 8) }}'))
  const twice = start(RUN, { cwd: ground.directory })
  await says(twice, /0002-apply/)
  await until('it changes the node', () => ground.read('node01', 'etc/version') === '2\n')
  twice.child.kill('SIGINT')
  await says(twice, /stopping/)
  twice.child.kill('SIGINT')
  t.match(await twice.ended, { code: 130, stderr: /1 (cut|absent)\n/ })
  t.same(ansibles(ground), [])
  t.not(ground.read('node01', 'etc/later'), '2\n')
  t.match(await run(ground), { code: 0, stderr: /0003-detect/ }, 'looked at before it is touched again')
})

t.test('of several runs at once one acts, the others name it', options, async (t) => {
  const ground = make(t)
  ground.commit('slow', slow('1'))
  const all = [1, 2, 3].map(() => start(RUN, { cwd: ground.directory }))
  const ended = await Promise.all(all.map(async (r) => ({ pid: r.child.pid, ...(await r.ended) })))
  const winner = ended.find((e) => e.code === 0)
  t.same(ended.map((e) => e.code).sort(), [0, 6, 6])
  const holder = new RegExp(`lock/held: another run holds the lock: ${userInfo().username}@${hostname()}, process ${winner?.pid}, since`)
  for (const loser of ended.filter((e) => e !== winner)) t.match(loser.stderr, holder)
  await checkJournal(t, ground)
})

t.test('ansible-playbook killed from outside: the nodes are looked at again and the rollout ends well', options, async (t) => {
  const ground = make(t)
  ground.commit('slow', slow('1'))
  const running = start(RUN, { cwd: ground.directory })
  await says(running, /0002-apply/)
  const file = (): string => join(own(ground, 'runs'), readdirSync(own(ground, 'runs'))[0] ?? '', '0002-apply', 'process.json')
  await until('it changes the node', () => ground.read('node01', 'etc/version') === '1\n')
  process.kill((JSON.parse(readFileSync(file(), 'utf8')) as { pid: number }).pid, 'SIGKILL')
  t.match(await running.ended, { code: 0, stderr: /1 cut\n.*SIGKILL[^]*0003-detect/ })
  t.equal(ground.read('node01', 'etc/later'), '1\n')
})

t.test('a damaged journal is refused with its line, a torn tail is cut off', options, async (t) => {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  t.match(await run(ground), { code: 0 })
  const file = own(ground, 'journal.jsonl')
  const whole = readFileSync(file, 'utf8')
  const lines = whole.split('\n')
  writeFileSync(file, [...lines.slice(0, 2), lines[2]?.replace('node01', 'node09'), ...lines.slice(3)].join('\n'))
  for (const verb of ['run', 'status', 'detect']) t.match(await patchrun([verb], { cwd: ground.directory }), { code: 1, stderr: /error state\/journal-damaged: line 3 [^]*journal\.jsonl:3[^]*hint: / }, verb)
  t.equal(readFileSync(file, 'utf8').split('\n').length, lines.length, 'it was left as it is')
  writeFileSync(file, `${whole}{"v":1,"seq":99,"tok`)
  t.match(await run(ground), { code: 0, stderr: /nothing new/ })
  t.equal(readFileSync(file, 'utf8'), whole)
})

const mounts = ((): string | null => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
    return null
  } catch {
    return 'no file system can be mounted here (needs root): a full disk and a read-only state directory are not tested'
  }
})()

t.test('a full disk is named, wherever it fills up, and with room the rollout finishes', bin === undefined ? options : { skip: mounts ?? false }, async (t) => {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  const file = JSON.parse(readFileSync(ground.file, 'utf8')) as object
  writeFileSync(ground.file, JSON.stringify({ ...file, state: { directory: './state' } }))
  const state = join(ground.directory, 'state')
  mkdirSync(state)
  const on = (mount: string, then = 'true'): Promise<Ended> => patchrun(RUN, { cwd: ground.directory, prefix: ['unshare', '-m', 'bash', '-c', `mount -t tmpfs ${mount} none "$0" && { "$@"; code=$?; ${then}; exit $code; }`, state] })
  // The checkout, the lock and the journal, the events and the log of a step: each fills up at another size.
  for (const kib of [8, 40, 64, 80]) {
    t.match(await on(`-o size=${kib}k`, 'grep -h released "$0"/environments/default/lock/lock.* >&2'), { code: 1, stderr: /error state\/no-space: [^]*hint: Make room[^]*"released":true/ }, `${kib} KiB`)
    t.same(ansibles(ground), [])
  }
  t.match(await on('-o size=72k', 'mount -o remount,size=50m "$0"; "$@"; code=$?'), { code: 0, stderr: /state\/no-space[^]*GOOD at the pin/ }, 'with room the same state goes on')
  t.match(await on('-o ro'), { code: 1, stderr: /error state\/unwritable: [^]*hint: / })
  rmSync(state, { recursive: true })
  writeFileSync(state, 'a file')
  t.match(await run(ground), { code: 1, stderr: /error state\/unwritable: [^]*ENOTDIR/ })
  rmSync(state)
  t.match(await run(ground), { code: 0 })
})
