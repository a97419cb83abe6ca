// SPDX-License-Identifier: Apache-2.0
// The kill harness: the real command on real Ansible, ended with SIGKILL at every write of its journal and at random
// moments, with its state in a directory and in refs of a git repository. After the last resume every node is at the pin or named in quarantine, no completed step was done twice,
// no lock is held, no process is left.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { gitStore } from '../../lib/store/git/git-store.js'
import { readJournal } from '../../lib/store/journal.js'
import { currentHolder } from '../../lib/store/lock.js'
import { patchrun, start, type Ended } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'

const bin = process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const options = bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' } : {}
/** Kills in all; PATCHRUN_TEST_KILLS says another number. */
const KILLS = Number(process.env['PATCHRUN_TEST_KILLS'] ?? 200)
/** Of these, where the state lies in a git repository. */
const PUSH_KILLS = Math.ceil(KILLS / 4)
const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
t.setTimeout(2_400_000)
t.jobs = 2
t.comment(`seed ${seed}: PATCHRUN_TEST_SEED=${seed} draws the same moments again`)

const preload = (name: string): string => fileURLToPath(new URL(`../support/${name}.js`, import.meta.url))
const MODES = ['before', 'torn', 'written', 'synced'] as const
const NODES = ['node01', 'node02', 'node03']

/** A generator of its own: the same seed gives the same moments. */
function dice(start: number): (below: number) => number {
  let state = start >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const own = (ground: Playground, ...path: string[]): string => join(ground.directory, '.patchrun', 'environments', 'default', ...path)

/** node03 refuses every second version: it ends in quarantine, by name. */
const playbook = (v: number): Record<string, string> => ({
  'site.yml': site(`${writeTask('etc/version', `${v}\n`)}- name: refuses
  ansible.builtin.assert:
    that: inventory_hostname != 'node03' or ${v} % 2 == 1
    quiet: true
  tags: [HotChange]
`),
})

/** Processes of this playground that go on. */
const left = (ground: Playground): string[] => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PATCHRUN_RUN=${ground.directory}/`)
  } catch {
    return false
  }
})

/** Where the state lies: how to die at a write of it, and what it holds. */
interface BackEnd {
  readonly preload: string
  /** Writes of a process that come before what it does. */
  readonly first: number
  readonly events: (ground: Playground) => Promise<readonly JournalEvent[]>
  readonly holder: (ground: Playground) => Promise<unknown>
}

const FILES: BackEnd = {
  preload: preload('kill-at'), first: 0,
  events: async (ground) => (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event),
  holder: (ground) => currentHolder(own(ground, 'lock')),
}

const REF = 'refs/patchrun/playground/default/journal'
const GIT: BackEnd = {
  preload: preload('kill-at-push'), first: 1,
  events: async (ground) => {
    const repository = join(ground.directory, 'state.git')
    const git = (...args: string[]): string => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' })
    const names = git('ls-tree', '-r', '--name-only', REF).trim().split('\n').filter((n) => n.startsWith('journal/'))
    return names.flatMap((name) => git('show', `${REF}:${name}`).trim().split('\n').map((l) => (JSON.parse(l) as { event: JournalEvent }).event))
  },
  holder: (ground) => gitStore({ repository: join(ground.directory, 'state.git'), ref: 'refs/patchrun/playground', environment: 'default', directory: join(ground.directory, 'looks'), timeout: 60_000 }).holder(),
}

/** One run that is to be killed; false when it came to its end first. */
async function killed(ground: Playground, roll: (below: number) => number, at: string | null, { preload }: BackEnd): Promise<boolean> {
  const options = { cwd: ground.directory }
  if (at !== null) {
    const { signal } = await patchrun(['run', '--yes'], { ...options, env: { NODE_OPTIONS: `--import ${preload}`, PATCHRUN_TEST_KILL: at } })
    return signal === 'SIGKILL'
  }
  const running = start(['run', '--yes'], options)
  const wait = new AbortController()
  await Promise.race([running.ended, sleep(200 + roll(2_500), undefined, { signal: wait.signal })])
  wait.abort()
  running.child.kill('SIGKILL')
  return (await running.ended).signal === 'SIGKILL'
}

async function check(t: Test, ground: Playground, v: number, last: Ended, backEnd: BackEnd): Promise<void> {
  const bad = v % 2 === 0
  t.equal(last.code, bad ? 4 : 0, `ends: ${last.stderr.slice(-300)}`)
  // Check mode sees that node03 would fail, so it is not touched, and stays where it was.
  for (const node of NODES) t.equal(ground.read(node, 'etc/version'), `${bad && node === 'node03' ? v - 1 : v}\n`, `${node} is at ${v}`)
  const events = await backEnd.events(ground)
  const life = events.slice(events.findLastIndex((e) => e.type === 'opened'))
  const concluded = life.flatMap((e) => (e.type === 'concluded' ? [e.step] : []))
  t.same(concluded, [...new Set(concluded)], 'no step came out twice')
  const applied = life.flatMap((e) => (e.type === 'concluded' ? Object.entries(e.nodes).flatMap(([node, o]) => (o.applied === 'ok' ? [node] : [])) : []))
  t.same(applied, [...new Set(applied)], 'no node was changed again after it was changed')
  t.same(life.flatMap((e) => (e.type === 'quarantined' ? e.nodes : [])), bad ? ['node03'] : [], 'who failed is named')
  t.equal(life.at(-1)?.type, bad ? 'halted' : 'finished')
  t.equal(await backEnd.holder(ground), null, 'no lock is held')
  t.same(left(ground), [], 'no process is left')
}

/**
 * When to die: at the nth write of the process, in one of four ways, or (one time in four) at any moment. Each process goes on
 * where the last one died, so the first four writes of each are in turn all writes of a rollout: opened or resumed, then
 * intent and outcome of the step that comes next, halted and finished.
 */
const moment = (roll: (below: number) => number, { first }: BackEnd): string | null => (roll(4) === 0 ? null : `${MODES[roll(4)] ?? 'torn'}:${1 + roll(first + 4)}`)
const tallyOf = () => ({ kills: 0, lives: 0, met: new Map<string, number>() })
const [tally, pushes] = [tallyOf(), tallyOf()]

const workers: Promise<unknown>[] = []
function work(name: string, backEnd: BackEnd, start: number, tally: ReturnType<typeof tallyOf>, kills: number): void {
  // Options of its own: tap keeps its books in them.
  workers.push(t.test(`killed again and again, ${name}`, { ...options }, async (t) => {
    const roll = dice(start)
    const state = backEnd === GIT ? { git: { repository: './state.git' } } : undefined
    const ground = makePlayground(t.testdir(), bin ?? '', { nodes: 3, canary: 'node01', rollout: { maxFailed: 1, retries: { attempts: 1 } }, ...(state && { state }) })
    if (state) execFileSync('git', ['init', '--quiet', '--bare', join(ground.directory, 'state.git')])
    for (let v = 1; tally.kills < kills; v++) {
      tally.lives += 1
      ground.commit(`version ${v}`, playbook(v))
      // A life that is cut too often gets nowhere: after some kills it may come to its end.
      for (let cuts = 6 + roll(10); cuts > 0; cuts--) {
        const at = moment(roll, backEnd)
        if (!(await killed(ground, roll, at, backEnd))) break
        tally.kills += 1
        const kind = at === null ? 'random' : (at.split(':')[0] ?? '')
        tally.met.set(kind, (tally.met.get(kind) ?? 0) + 1)
      }
      await check(t, ground, v, await patchrun(['run', '--yes'], { cwd: ground.directory }), backEnd)
      if (!t.passing()) return
    }
  }))
}
for (const worker of [1, 2]) work(`worker ${worker}`, FILES, seed + worker, tally, KILLS)
work('state in a git repository', GIT, seed + 3, pushes, PUSH_KILLS)

await Promise.all(workers)
t.test('often enough', { ...options }, async (t) => {
  for (const { kills, lives, met } of [tally, pushes]) t.comment(`${kills} kills in ${lives} rollouts: ${[...met].map(([kind, n]) => `${n} ${kind}`).join(', ')}`)
  t.ok(tally.kills >= KILLS, `${KILLS} kills and more`)
  t.ok(pushes.kills >= PUSH_KILLS, `${PUSH_KILLS} of them with the state in a git repository`)
  for (const mode of MODES) t.ok((tally.met.get(mode) ?? 0) > 10 || KILLS < 200, `some died ${mode} a write`)
  for (const mode of MODES) t.ok((pushes.met.get(mode) ?? 0) > 2 || KILLS < 200, `some died ${mode} a push`)
})
