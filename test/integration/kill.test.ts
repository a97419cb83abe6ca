// SPDX-License-Identifier: Apache-2.0
// The kill harness: the real command on real Ansible, ended with SIGKILL at every write of its
// journal that differs, in each way to die at one, and at random moments; with its state in a
// directory and in refs of a git repository. After the last resume every node is at the pin or
// named in quarantine, no completed step was done twice, no lock is held, no process is left.
import { applyOutcome } from '../../lib/rollout/index.js'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { gitStore } from '../../lib/store/git/git-store.js'
import { readJournal } from '../../lib/store/journal/journal.js'
import { currentHolder } from '../../lib/store/lock/lock.js'
import { patchrun, start, type Ended } from '../support/command.js'
import { MODES, namer, namesOf, pushOf, type Aim, type Note } from '../support/kill-at-kinds.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'
import { inFull, inQuick, share } from '../support/size.js'

const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const options =
  bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' } : {}
/** Kills at random moments; PATCHRUN_TEST_KILLS says another number. */
const RANDOM = Number(process.env['PATCHRUN_TEST_KILLS'] ?? 10)
const RANDOM_QUICK = 2
const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
t.setTimeout(2_400_000)
t.jobs = 2
t.comment(`seed ${seed}: PATCHRUN_TEST_SEED=${seed} draws the same moments again`)

const preload = (name: string): string =>
  fileURLToPath(new URL(`../support/${name}.js`, import.meta.url))

/** A generator of its own: the same seed gives the same moments. */
function dice(start: number): (below: number) => number {
  let state = start >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const own = (ground: Playground, ...path: string[]): string =>
  join(ground.directory, '.patchrun', 'environments', 'default', ...path)

/**
 * A good life brings every node to the pin; in a bad one node03 refuses the version before anything
 * would change there: it ends in quarantine, by name. On node02 check mode cannot go beyond the
 * first change.
 */
type Sort = 'good' | 'bad'
const playbook = (v: number, sort: Sort): Record<string, string> => ({
  'site.yml': site(`- name: refuses
  ansible.builtin.assert:
    that: inventory_hostname != 'node03' or ${sort === 'good'}
    quiet: true
  tags: [HotChange]
${writeTask('etc/version', `${v}\n`)}- name: needs what was written
  ansible.builtin.assert:
    that: lookup('ansible.builtin.file', node_root ~ '/etc/version', errors='ignore') == '${v}'
    quiet: true
  when: inventory_hostname == 'node02'
  tags: [HotChange]
`),
})

/** Processes of this playground that go on. */
const left = (ground: Playground): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PATCHRUN_RUN=${ground.directory}/`)
      )
    } catch {
      return false
    }
  })

/** Where the state lies: how to die at a write of it, and what it holds. */
interface BackEnd {
  readonly preload: string
  readonly events: (ground: Playground) => Promise<readonly JournalEvent[]>
  /** Names of all its writes, oldest first. */
  readonly names: (ground: Playground) => Promise<readonly string[]>
  readonly holder: (ground: Playground) => Promise<unknown>
  /** How much there is of the write at which a process died. */
  readonly there: (
    ground: Playground,
    what: string,
  ) => 'nothing' | 'half' | 'all' | 'something else'
}

const eventsOfFile = async (ground: Playground): Promise<JournalEvent[]> =>
  (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event)
const FILES: BackEnd = {
  preload: preload('kill-at'),
  events: eventsOfFile,
  names: async (ground) => (await eventsOfFile(ground)).map(namer()),
  holder: (ground) => currentHolder(own(ground, 'lock')),
  there: (ground, line) => {
    const journal = readFileSync(own(ground, 'journal.jsonl'), 'utf8')
    if (journal.endsWith(line)) return 'all'
    const tail = journal.slice(journal.lastIndexOf('\n') + 1)
    if (tail === '') return journal.includes(line) ? 'something else' : 'nothing'
    return tail ===
      Buffer.from(line)
        .subarray(0, Math.floor(Buffer.byteLength(line) / 2))
        .toString('utf8')
      ? 'half'
      : 'something else'
  },
}

const REF = 'refs/patchrun/playground/default/journal'
const git = (ground: Playground, ...args: string[]): string =>
  execFileSync('git', ['-C', join(ground.directory, 'state.git'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
const GIT: BackEnd = {
  preload: preload('kill-at-push'),
  events: async (ground) => {
    const names = git(ground, 'ls-tree', '-r', '--name-only', REF)
      .trim()
      .split('\n')
      .filter((n) => n.startsWith('journal/'))
    return names.flatMap((name) =>
      git(ground, 'show', `${REF}:${name}`)
        .trim()
        .split('\n')
        .map((l) => (JSON.parse(l) as { event: JournalEvent }).event),
    )
  },
  names: async (ground) => {
    const name = namer()
    return git(ground, 'rev-list', '--reverse', REF)
      .trim()
      .split('\n')
      .flatMap((commit) => namesOf(pushOf(join(ground.directory, 'state.git'), commit), name))
  },
  holder: (ground) =>
    gitStore({
      repository: join(ground.directory, 'state.git'),
      ref: 'refs/patchrun/playground',
      environment: 'default',
      directory: join(ground.directory, 'looks'),
      timeout: 60_000,
    }).holder(),
  there: (ground, commit) => {
    try {
      return git(ground, 'rev-list', REF).includes(commit) ? 'all' : 'nothing'
    } catch {
      return 'nothing'
    }
  },
}

/**
 * What a process that died in this way leaves of the write. git pushes on by itself when patchrun
 * dies meanwhile.
 */
const LEAVES = { before: ['nothing'], torn: ['half'], written: ['all'], synced: ['all'] } as const
const leaves = (mode: Aim['mode'], backEnd: BackEnd): readonly string[] =>
  mode === 'torn' && backEnd === GIT ? ['nothing', 'all'] : LEAVES[mode]

/** A playground and its books. */
interface Harness {
  readonly ground: Playground
  readonly backEnd: BackEnd
  readonly nodes: readonly string[]
  /** At which version each node is to be, and how many there were. */
  readonly at: Map<string, number>
  version: number
  readonly met: Aim[]
}

function make(t: Test, backEnd: BackEnd, count: number): Harness {
  const state = backEnd === GIT ? { git: { repository: './state.git' } } : undefined
  const ground = makePlayground(t.testdir(), bin ?? '', {
    nodes: count,
    canary: 'node01',
    rollout: { maxFailed: 1, retries: { attempts: 1 } },
    ...(state && { state }),
  })
  if (state) execFileSync('git', ['init', '--quiet', '--bare', join(ground.directory, 'state.git')])
  return {
    ground,
    backEnd,
    nodes: Array.from({ length: count }, (_, i) => `node0${i + 1}`),
    at: new Map(),
    version: 0,
    met: [],
  }
}

function begin({ ground, nodes, at }: Harness, v: number, sort: Sort): void {
  ground.commit(`version ${v}`, playbook(v, sort))
  // Check mode sees that node03 would fail, so it is not touched, and stays where it was.
  for (const node of nodes) if (sort === 'good' || node !== 'node03') at.set(node, v)
}

const run = ({ ground }: Harness, env: Record<string, string> = {}): Promise<Ended> =>
  patchrun(['run', '--yes'], { cwd: ground.directory, env })

/** After a life. Gives the names of its writes. */
async function check(
  t: Test,
  { ground, backEnd, nodes, at }: Harness,
  sort: Sort,
  last: Ended,
  before: number,
): Promise<readonly string[]> {
  t.equal(last.code, sort === 'bad' ? 4 : 0, `ends: ${last.stderr.slice(-300)}`)
  for (const node of nodes)
    t.equal(
      ground.read(node, 'etc/version'),
      at.has(node) ? `${at.get(node)}\n` : null,
      `${node} is at ${at.get(node) ?? 'none'}`,
    )
  const events = await backEnd.events(ground)
  const life = events.slice(events.findLastIndex((e) => e.type === 'opened'))
  const concluded = life.flatMap((e) => (e.type === 'concluded' ? [e.step] : []))
  t.same(concluded, [...new Set(concluded)], 'no step came out twice')
  const applied = life.flatMap((e) =>
    e.type === 'concluded'
      ? Object.entries(e.nodes).flatMap(([node, o]) =>
          applyOutcome(o).applied === 'ok' ? [node] : [],
        )
      : [],
  )
  t.same(applied, [...new Set(applied)], 'no node was changed again after it was changed')
  t.same(
    life.flatMap((e) => (e.type === 'quarantined' ? e.nodes : [])),
    sort === 'bad' ? ['node03'] : [],
    'who failed is named',
  )
  t.equal(life.at(-1)?.type, sort === 'bad' ? 'halted' : 'finished')
  t.equal(await backEnd.holder(ground), null, 'no lock is held')
  t.same(left(ground), [], 'no process is left')
  return (await backEnd.names(ground)).slice(before)
}

/**
 * One rollout to its end. Each process goes on where the last one died, and `again` ends it or lets
 * it end.
 */
async function live(
  t: Test,
  harness: Harness,
  sort: Sort,
  again: () => Promise<Ended>,
): Promise<readonly string[]> {
  begin(harness, (harness.version += 1), sort)
  const before = harness.version === 1 ? 0 : (await harness.backEnd.names(harness.ground)).length
  for (;;) {
    const ended = await again()
    if (ended.signal !== 'SIGKILL') return check(t, harness, sort, ended, before)
  }
}

/**
 * A process that dies at the first write that an aim names, in the way that the first such aim
 * says.
 */
async function aimed(t: Test, harness: Harness, aims: readonly Aim[]): Promise<Ended> {
  const { ground, backEnd, met } = harness
  const note = join(ground.directory, 'note.json')
  rmSync(note, { force: true })
  const ended = await run(harness, {
    NODE_OPTIONS: `--import ${backEnd.preload}`,
    PATCHRUN_TEST_KILL_AIMS: JSON.stringify(aims),
    PATCHRUN_TEST_KILL_NOTE: note,
  })
  if (ended.signal !== 'SIGKILL') return ended
  const { mode, name, what } = JSON.parse(readFileSync(note, 'utf8')) as Note
  const found = backEnd.there(ground, what)
  t.ok(leaves(mode, backEnd).includes(found), `died at "${name}", ${mode}: of it there is ${found}`)
  met.push({ mode, name })
  return ended
}

const same =
  (a: Aim) =>
  (b: Aim): boolean =>
    a.mode === b.mode && a.name === b.name
const remaining = (aims: readonly Aim[], met: readonly Aim[]): Aim[] =>
  aims.filter((a) => !met.some(same(a)))

/**
 * Dies at random moments, this often: anywhere in the half second after so many lines of what it
 * says.
 */
async function random(
  t: Test,
  harness: Harness,
  sorts: readonly Sort[],
  kills: number,
  roll: (below: number) => number,
): Promise<void> {
  for (let done = 0, v = 0; done < kills; v++) {
    await live(t, harness, sorts[v % sorts.length] ?? 'good', async () => {
      const running = start(['run', '--yes'], { cwd: harness.ground.directory })
      const [lines, more] = [roll(5), roll(500)]
      let over = false
      const ended = running.ended.finally(() => (over = true))
      while (done < kills && !over && running.stderr().split('\n').length <= lines) await sleep(10)
      await Promise.race([ended, sleep(more)])
      if (done < kills) running.child.kill('SIGKILL')
      const last = await ended
      if (last.signal === 'SIGKILL') done += 1
      return last
    })
    if (!t.passing()) return
  }
  if (kills > 0) t.comment(`${kills} kills at random moments in rollouts up to ${harness.version}`)
}

/**
 * Every way to die at an intent, at an outcome, and at both ends of a rollout: each process but the
 * last dies at one.
 */
const FEW: readonly Aim[] = [
  { mode: 'torn', name: 'opened' },
  { mode: 'written', name: 'intended detect canary' },
  { mode: 'before', name: 'concluded apply canary' },
  { mode: 'synced', name: 'finished' },
]

for (const [where, backEnd, kills] of [
  ['a directory', FILES, RANDOM_QUICK],
  ['a git repository', GIT, 0],
] as const) {
  // Not awaited: two at a time.
  void inQuick(t, `killed at some writes, state in ${where}`, options, async (t) => {
    const harness = make(t, backEnd, 1)
    await live(t, harness, 'good', () => aimed(t, harness, remaining(FEW, harness.met)))
    t.same(remaining(FEW, harness.met), [], 'each of them was met')
    if (!t.passing()) return
    await random(t, harness, ['good'], kills, dice(seed))
  })
}

const SORTS = ['bad', 'good'] as const

/** Lives until every aim was met. */
async function exhaust(
  t: Test,
  harness: Harness,
  aims: readonly Aim[],
  known: readonly string[],
): Promise<void> {
  const left = (): Aim[] => remaining(aims, harness.met)
  const first = harness.version
  // An aim at a step that was lost is met in another rollout: it takes some of them.
  for (let lives = 0; left().length > 0 && lives < 14; lives++) {
    // One after the other: a good one that follows a bad one closes it first.
    const names = await live(t, harness, SORTS[lives % 2] ?? 'good', () =>
      aimed(t, harness, left()),
    )
    t.same(
      names.filter((n) => !known.includes(n) && !n.startsWith('lock ')),
      [],
      'it writes nothing else than an uninterrupted life',
    )
    if (!t.passing()) return
  }
  t.same(left(), [], `each of ${aims.length} was met`)
  t.equal(harness.met.length, aims.length, 'once')
  for (const mode of MODES)
    t.ok(
      harness.met.some((a) => a.mode === mode),
      `some died ${mode} a write`,
    )
  t.comment(
    `${harness.met.length} kills at ${known.length} different writes in ${harness.version - first} rollouts`,
  )
}

void inFull(t, 'killed at every write', options, async (t) => {
  // Options of its own: tap keeps its books in them.
  const harness = make(t, FILES, 3)
  // What uninterrupted lives write, and what a process adds that takes up the rollout of another.
  const writes: string[] = []
  for (const sort of SORTS) writes.push(...(await live(t, harness, sort, () => run(harness))))
  const known = [...new Set([...writes, 'resumed'])]
  t.ok(known.length > 12, known.join(', '))
  t.jobs = 2
  void t.test('state in a directory, in each way', async (t) => {
    await exhaust(
      t,
      harness,
      known.flatMap((name) => MODES.map((mode) => ({ mode, name }))),
      known,
    )
    await random(t, harness, SORTS, share(RANDOM, RANDOM_QUICK), dice(seed + 1))
  })
  void t.test('state in a git repository, in one way each', async (t) => {
    const other = make(t, GIT, 3)
    // The ways differ in whether the write landed: neighbours, such as an intent and its outcome,
    // get different ones. Nothing follows from the last push of all.
    const aims = [...known, 'lock taken', 'lock released'].map((name, i) => ({
      mode: MODES[(i + seed) % MODES.length] ?? 'torn',
      name,
    }))
    await exhaust(
      t,
      other,
      aims.map((a) =>
        a.name === 'lock released' && a.mode === 'synced' ? { ...a, mode: 'written' } : a,
      ),
      known,
    )
    await random(t, other, SORTS, Math.ceil(RANDOM / 4), dice(seed + 2))
  })
})
