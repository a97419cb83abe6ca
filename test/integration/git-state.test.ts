// SPDX-License-Identifier: Apache-2.0
// The state in a git repository that machines share: they race for it and lose nothing; one that is
// stopped is overtaken and does nothing more; what one began another goes on with; the remote goes
// away and comes back.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { patchrun, start, type Ended, type Running } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'
import { inFull, inQuick, quick, share } from '../support/size.js'

const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']
const options =
  bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_OLDEST)' } : {}
/**
 * Appends in all; PATCHRUN_TEST_APPENDS says another number. Even: each of two machines has half of
 * them.
 */
const APPENDS = share(Number(process.env['PATCHRUN_TEST_APPENDS'] ?? 1000), 100)
t.setTimeout(900_000)

const WORKER = fileURLToPath(new URL('../support/race-worker.js', import.meta.url))
const JOURNAL = 'refs/patchrun/lab/prod/journal'
/** With a host name, and process numbers, of its own. */
const elsewhere =
  process.getuid?.() === 0
    ? (name: string): string[] => [
        'unshare',
        '--uts',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        'sh',
        '-c',
        `hostname ${name}; exec "$@"`,
        'sh',
      ]
    : () => []

interface Said {
  readonly name: string
  readonly took?: number
  readonly because?: string | null
  readonly landed?: string
  readonly held?: readonly [number, number]
  readonly token?: number
  readonly error?: string
}

function machine(
  repository: string,
  name: string,
  count: number,
  timeout = 60_000,
): { child: ChildProcess; said: Said[]; ended: Promise<number | null> } {
  const [program = process.execPath, ...rest] = [
    ...elsewhere(name),
    process.execPath,
    WORKER,
    repository,
    `${repository}.${name}`,
    name,
    String(count),
    String(timeout),
  ]
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: Said[] = []
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
    for (let end; (end = text.indexOf('\n')) !== -1; text = text.slice(end + 1))
      said.push(JSON.parse(text.slice(0, end)) as Said)
  })
  return { child, said, ended: new Promise((resolve) => child.once('close', resolve)) }
}

const git = (repository: string, ...args: string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })

/**
 * Every record that ever was in the ref, oldest first: each commit adds some, or puts a snapshot in
 * their place.
 */
function records(
  repository: string,
  ref = JOURNAL,
): readonly { readonly seq: number; readonly token: number; readonly event: JournalEvent }[] {
  const found = new Map<number, { seq: number; token: number; event: JournalEvent }>()
  const patch = git(
    repository,
    'log',
    '--reverse',
    '--unified=0',
    '--format=',
    '-p',
    ref,
    '--',
    'journal',
  )
  for (const line of patch.split('\n')) {
    if (!line.startsWith('+{')) continue
    const record = JSON.parse(line.slice(1)) as { seq: number; token: number; event: JournalEvent }
    if (found.has(record.seq)) throw new Error(`record ${record.seq} was written twice`)
    found.set(record.seq, record)
  }
  return [...found.values()]
}

/** The worker itself, whatever it was started through. */
const workersOf = (repository: string, name: string): number[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return argv[1] === WORKER && argv.includes(`${repository}.${name}`) ? [Number(pid)] : []
    } catch {
      return []
    }
  })

async function until(what: string, seen: () => boolean): Promise<void> {
  for (let i = 0; i < 30_000; i++) {
    if (seen()) return
    await sleep(20)
  }
  throw new Error(`never: ${what}`)
}

await (quick ? inQuick : inFull)(
  t,
  `two machines race for one remote: nothing of ${APPENDS} appends is lost, one holds it at a time`,
  {},
  async (t) => {
    const repository = join(t.testdir(), 'state.git')
    execFileSync('git', ['init', '--quiet', '--bare', repository])
    const all = ['alpha', 'beta'].map((name) => machine(repository, name, APPENDS / 2))
    t.same(await Promise.all(all.map((m) => m.ended)), [0, 0])
    const said = all.flatMap((m) => m.said)
    const written = records(repository)
    t.same(
      written.map((r) => r.seq),
      Array.from({ length: APPENDS }, (_, i) => i + 1),
      'each has its number, and none is missing',
    )
    const orders = written.map((r) => ('order' in r.event ? r.event.order : undefined))
    t.same(
      [...orders].sort(),
      said.flatMap((s) => s.landed ?? []).sort(),
      'what was said to have landed is there, once, and nothing else',
    )
    for (const { name } of [{ name: 'alpha' }, { name: 'beta' }]) {
      const own = orders.filter((o) => o?.startsWith(name))
      t.same(
        own,
        own.map((_, i) => `${name}-${i}`),
        `those of ${name} in its order`,
      )
    }
    t.same(
      written.map((r) => r.token),
      written.map((r) => r.token).sort((a, b) => a - b),
      'the token never falls',
    )
    const held = said
      .flatMap((s) => (s.held ? [{ ...s, held: s.held }] : []))
      .sort((a, b) => a.held[0] - b.held[0])
    t.equal(new Set(held.map((h) => h.token)).size, held.length, 'no token twice')
    t.same(
      held.filter((h, i) => i > 0 && h.held[0] < (held[i - 1]?.held[1] ?? 0)),
      [],
      'exactly one holder at any time',
    )
    t.ok(
      ['alpha', 'beta'].every(
        (name) => held.filter((h) => h.name === name).length > (APPENDS < 500 ? 0 : 2),
      ),
      'both had it',
    )
    t.same(
      [...new Set(said.flatMap((s) => s.error ?? []))].filter((e) => e !== 'lock/held'),
      [],
      'who did not get it heard that another one holds it',
    )
    t.comment(
      `${held.length} holders, ${git(repository, 'rev-list', '--count', JOURNAL).trim()} pushes, refused ${said.filter((s) => s.error).length} times`,
    )
  },
)

/** What a process started and has not ended yet. */
const childrenOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((child) => {
      try {
        return child !== '' && !/\) Z /.test(readFileSync(`/proc/${child}/stat`, 'latin1'))
      } catch {
        return false
      }
    })

await inQuick(
  t,
  'a machine that is stopped is overtaken, and nothing of it lands when it wakes up',
  {},
  async (t) => {
    const repository = join(t.testdir(), 'state.git')
    execFileSync('git', ['init', '--quiet', '--bare', repository])
    // Whoever holds the lock gives it up by itself when a push takes three quarters of the
    // time-out: a busy machine needs some seconds.
    const stalled = machine(repository, 'alpha', 1e6, 20_000)
    t.teardown(() => stalled.child.kill('SIGKILL'))
    await until('it holds the lock', () => stalled.said.some((s) => s.landed))
    const [pid = 0] = workersOf(repository, 'alpha')
    for (;;) {
      process.kill(pid, 'SIGSTOP')
      // Its git goes on to its end; then the remote says whether it was stopped when it had just
      // given the lock back.
      await until('its git has ended', () => childrenOf(pid).length === 0)
      if (
        !(JSON.parse(git(repository, 'show', `${JOURNAL}:holder.json`)) as { released?: boolean })
          .released
      )
        break
      process.kill(pid, 'SIGCONT')
      await sleep(50)
    }
    const next = machine(repository, 'beta', 5, 20_000)
    await next.ended
    const over = next.said.filter((s) => s.took !== undefined)
    t.equal(over[0]?.because, 'silent', JSON.stringify(next.said.slice(0, 3)))
    const before = git(repository, 'rev-parse', JOURNAL)
    process.kill(pid, 'SIGCONT')
    await stalled.ended
    t.equal(stalled.said.at(-1)?.error, 'lock/lost')
    t.equal(git(repository, 'rev-parse', JOURNAL), before, 'nothing landed')
  },
)

/**
 * Another machine: a copy of the declaration elsewhere, with no directory in common but the
 * repositories and the nodes.
 */
function another(ground: Playground, name: string): string {
  const directory = `${ground.directory}.${name}`
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory)
  const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as {
    playbooks: object
    state: { git: object }
  }
  writeFileSync(
    join(directory, 'patchrun.yml'),
    JSON.stringify({
      ...declared,
      playbooks: { ...declared.playbooks, repository: join(ground.directory, 'playbooks') },
      state: { ...declared.state, git: { repository: join(ground.directory, 'state.git') } },
    }),
  )
  return directory
}

function make(
  t: { testdir(): string },
  nodes: number,
  rollout: object,
  more: object = {},
): Playground {
  const ground = makePlayground(t.testdir(), bin ?? '', {
    nodes,
    canary: 'node01',
    rollout: { ...rollout },
    state: { git: { repository: './state.git' }, ...more },
  })
  execFileSync('git', ['init', '--quiet', '--bare', join(ground.directory, 'state.git')])
  return ground
}
const own = 'refs/patchrun/playground/default'
const runs = (cwd: string, ...args: string[]): Promise<Ended> => patchrun(args, { cwd })

await inFull(
  t,
  'of 5 runs at once on 5 machines one acts, the others name it',
  options,
  async (t) => {
    const ground = make(t, 1, {})
    ground.commit('version 1', { 'site.yml': site(writeTask('etc/version', '1\n')) })
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, i) => runs(another(ground, `m${i}`), 'run', '--yes')),
    )
    t.same(
      all.map((e) => e.code).sort(),
      [0, 6, 6, 6, 6],
      all.map((e) => e.stderr.slice(-300)).join('\n--\n'),
    )
    for (const { stderr } of all.filter((e) => e.code === 6)) {
      t.match(stderr, /lock\/held: another run holds the lock: \S+@\S+, process \d+, since/)
      t.notMatch(stderr, /0001-detect/, 'it began nothing')
    }
    const written = records(join(ground.directory, 'state.git'), `${own}/journal`)
    t.same([...new Set(written.map((r) => r.token))], [1], 'all of it under one token')
    t.equal(written.filter((r) => r.event.type === 'intended').length, 3)
    t.equal(written.at(-1)?.event.type, 'finished')
  },
)

await inQuick(
  t,
  'what one machine began another goes on with, and it hears the words of others while it does',
  options,
  async (t) => {
    const ground = make(t, 2, { approval: ['wide'] })
    ground.commit('version 1', { 'site.yml': site(writeTask('etc/version', '1\n')) })
    const [alpha, beta] = [another(ground, 'alpha'), another(ground, 'beta')]
    const begin = (): Running => {
      const running = start(['run', '--yes'], { cwd: beta })
      t.teardown(() => running.child.kill('SIGKILL'))
      return running
    }
    const first = await runs(alpha, 'run', '--once', '--yes')
    t.equal(first.code, 5, first.stderr)
    t.equal(ground.read('node01', 'etc/version'), '1\n')
    t.equal(ground.read('node02', 'etc/version'), null)
    const seen = await runs(beta, 'status')
    t.match(seen, { code: 0, stdout: /wide-[0-9a-f]{12}/ }, 'it waits, seen from elsewhere')
    t.match(await runs(beta, 'approve', '--yes', '--sha', ground.git('rev-parse', 'HEAD').trim()), {
      code: 0,
    })
    t.match(await runs(alpha, 'pause', '--reason', 'a moment'), { code: 0 })

    const running = begin()
    await until('it is paused', () => /a moment/.test(running.stderr()))
    t.match(await runs(alpha, 'run', '--yes'), { code: 6, stderr: /lock\/held/ })
    t.match(await runs(alpha, 'unpause'), { code: 0 })
    t.match(await running.ended, { code: 0 })
    t.equal(ground.read('node02', 'etc/version'), '1\n')
    t.match(await runs(alpha, 'history'), { code: 0, stdout: /done/ })
    t.match(await runs(alpha, 'doctor', '--json'), {
      code: 0,
      stdout: /refs can be made, changed and removed/,
    })
    const log = git(join(ground.directory, 'state.git'), 'log', '--format=%s', `${own}/journal`)
    t.match(
      log,
      /finished\n[^]*0001-detect intended: 1 node\n[^]*opened: at [0-9a-f]{12}/,
      'the history reads with plain git',
    )
    t.equal(
      git(
        join(ground.directory, 'state.git'),
        'for-each-ref',
        '--format=%(refname)',
        `${own}/orders`,
      ),
      '',
      'the mailbox is empty',
    )
  },
)

await inFull(t, 'a run that waits is ended from another machine', options, async (t) => {
  const ground = make(t, 1, {})
  ground.commit('version 1', { 'site.yml': site(writeTask('etc/version', '1\n')) })
  const [alpha, beta] = [another(ground, 'alpha'), another(ground, 'beta')]
  t.match(await runs(beta, 'pause', '--reason', 'a moment'), { code: 0 })
  t.match(await runs(alpha, 'run', '--once', '--yes'), { code: 5, stdout: /a moment/ })
  const running = start(['run', '--yes'], { cwd: alpha })
  t.teardown(() => running.child.kill('SIGKILL'))
  await until('it waits', () => /a moment/.test(running.stderr()))
  t.match(await runs(beta, 'abort', '--reason', 'wrong branch'), { code: 0 })
  t.match(await running.ended, { code: 4, stdout: /wrong branch/ })
})

await inFull(
  t,
  'the remote goes away: no step begins; it comes back, and the run is ended',
  options,
  async (t) => {
    const ground = make(t, 1, {}, { lockTimeout: '20s' })
    ground.commit('slow', {
      'site.yml': site(`${writeTask('etc/version', '1\n')}- name: takes its time
  ansible.builtin.command: sh -c 'while test -e hold; do sleep 0.1; done'
  args:
    chdir: "{{ node_root }}"
  changed_when: false
  tags: [HotChange]
${writeTask('etc/later', '1\n')}`),
    })
    const [remote, directory] = [join(ground.directory, 'state.git'), another(ground, 'alpha')]
    const hold = join(ground.directory, 'nodes', 'node01', 'hold')
    writeFileSync(hold, '')
    t.teardown(() => rmSync(hold, { force: true }))
    const running = start(['run', '--yes'], { cwd: directory })
    t.teardown(() => running.child.kill('SIGKILL'))
    await until('it changes the canary', () => ground.read('node01', 'etc/version') === '1\n')
    renameSync(remote, `${remote}.away`)
    const ended = await running.ended
    t.match(ended, { code: 1, stderr: /error state\/remote-(away|refused)/ })
    rmSync(hold)
    t.equal(ground.read('node01', 'etc/later'), null, 'nor does Ansible begin another task')
    t.match(
      await runs(directory, 'run', '--yes'),
      { code: 1, stderr: /state\/remote-/ },
      'nor another run',
    )
    renameSync(`${remote}.away`, remote)
    const last = await runs(directory, 'run', '--yes')
    t.match(last, {
      code: 0,
      stderr: /(has|have) no outcome, (its|their) nodes are looked at again/,
    })
    t.equal(ground.read('node01', 'etc/later'), '1\n')
    t.notOk(
      existsSync(join(directory, '.patchrun', 'environments', 'default', 'journal.jsonl')),
      'nothing of it lies in the directory',
    )
  },
)
