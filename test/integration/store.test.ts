// SPDX-License-Identifier: Apache-2.0
// One interface, two back ends: a directory, and refs of a git repository. What holds of the one
// holds of the other.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { PatchrunError } from '../../lib/errors.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { fileStore } from '../../lib/store/file-store.js'
import { gitStore } from '../../lib/store/git/git-store.js'
import type { Journal, Lock, Store } from '../../lib/store/store.js'
import { inFull, inQuick } from '../support/size.js'

interface Tap {
  testdir(): string
}
t.setTimeout(900_000)
const at = Date.UTC(2026, 0, 5, 12)
const by = { user: 'ops', host: 'admin', pid: 7 }
const sha = (n: number): string => n.toString(16).padStart(40, '0')
const opened = (n: number): JournalEvent => ({
  type: 'opened',
  at,
  rollout: `r${n}`,
  kind: 'forward',
  pin: { sha: sha(n), ref: 'main', subject: 's' },
  previous: null,
  limit: null,
  by,
})
const intended = (n: number, nodes: readonly string[] = ['node01']): JournalEvent => ({
  type: 'intended',
  at,
  step: `s${n}`,
  action: 'detect',
  wave: 0,
  nodes,
})
const finished: JournalEvent = { type: 'finished', at }

const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8' })
function bare(t: Tap): string {
  const repository = join(t.testdir(), 'state.git')
  execFileSync('git', ['init', '--quiet', '--bare', repository])
  return repository
}

interface Ground {
  /** A store of its own, as another process or machine would have it. */
  readonly another: () => Store
}
const BACK_ENDS: Readonly<Record<string, (t: Tap) => Ground>> = {
  directory: (t) => {
    const d = t.testdir()
    return {
      another: () =>
        fileStore(
          { journal: join(d, 'journal.jsonl'), lock: join(d, 'lock'), orders: join(d, 'orders') },
          60_000,
        ),
    }
  },
  'git ref': (t) => {
    const repository = bare(t)
    let n = 0
    return {
      another: () =>
        gitStore({
          repository,
          ref: 'refs/patchrun/lab',
          environment: 'prod',
          directory: `${repository}.copies${++n}`,
          timeout: 60_000,
        }),
    }
  },
}

const refusal = async (work: Promise<unknown>): Promise<PatchrunError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof PatchrunError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

async function holding<T>(
  store: Store,
  work: (journal: Journal, lock: Lock) => Promise<T>,
): Promise<T> {
  const lock = await store.take(at)
  const journal = await store.open(lock)
  try {
    return await work(journal, lock)
  } finally {
    await journal.close()
    await lock.release()
  }
}

for (const [name, ground] of Object.entries(BACK_ENDS)) {
  await inQuick(t, `${name}: what one wrote the next one finds`, {}, async (t) => {
    const { another } = ground(t)
    t.equal((await another().read()).current, null, 'nothing yet')
    t.equal(await another().holder(), null)
    await holding(another(), async (journal, lock) => {
      t.equal(lock.token, 1)
      t.equal(lock.takenFrom, null)
      t.ok(existsSync(lock.file), 'something on this machine stands for the right to act')
      await journal.append(opened(1))
      const state = await journal.append(intended(1))
      t.equal(state.current?.stepCount, 1)
      t.equal((await another().read()).current?.stepCount, 1, 'at once, for everybody')
      t.match(await another().holder(), { pid: process.pid, released: false })
      t.match(await refusal(another().take(at)), { code: 'lock/held', exitCode: 6 }, 'one holds it')
      await Promise.all([2, 3, 4, 5].map((n) => journal.append(intended(n))))
    })
    t.equal(await another().holder(), null, 'released')
    const seen = await another().read()
    t.same(
      [...(seen.current?.steps.keys() ?? [])],
      ['s1', 's2', 's3', 's4', 's5'],
      'appends at once keep their order',
    )
    await holding(another(), async (journal, lock) => {
      t.equal(lock.token, 2, 'the number rises')
      t.equal(journal.state.current?.stepCount, 5)
      await journal.append(finished)
    })
    t.equal((await another().read()).remembered, sha(1))
    t.ok(((await another().writtenAt()) ?? 0) > Date.now() - 60_000)
  })

  await inQuick(t, `${name}: words wait for the holder`, {}, async (t) => {
    const { another } = ground(t)
    const [mine, theirs] = [another().mail, another().mail]
    const ids = [
      await mine.post({ n: 1 }, at),
      await mine.post({ n: 2 }, at),
      await mine.post({ n: 3 }, at - 60_000),
    ]
    const found = await theirs.letters()
    t.same(
      found.map((l) => [l.id, (JSON.parse(l.text ?? '') as { n: number }).n]),
      ids.map((id, i) => [id, i + 1]),
      'in the order in which they were said, also when a clock was set back',
    )
    const [one, two, three] = found
    t.same(await mine.fateOf(ids[0] ?? ''), { is: 'waiting' })
    await theirs.takeOut(one?.name ?? '')
    await theirs.takeOut(one?.name ?? '')
    t.same(await mine.fateOf(ids[0] ?? ''), { is: 'gone' })
    t.match(await theirs.setAside(two?.name ?? '', 'it makes no sense'), two?.id ?? '')
    t.same(await mine.fateOf(ids[1] ?? ''), { is: 'refused', why: 'it makes no sense' })
    t.match(theirs.placeOf(three?.name ?? ''), three?.name ?? '')
    t.same(
      (await another().mail.letters()).map((l) => l.id),
      [ids[2]],
    )
  })
}

const copyOf = (repository: string, name: string, more: object = {}): Store =>
  gitStore({
    repository,
    ref: 'refs/patchrun/lab',
    environment: 'prod',
    directory: `${repository}.${name}`,
    timeout: 60_000,
    ...more,
  })

await inQuick(t, 'git ref: the history reads with plain git', {}, async (t) => {
  const repository = bare(t)
  await holding(copyOf(repository, 'a'), async (journal) => {
    await journal.append(opened(1))
    await journal.append(intended(1, ['node01', 'node02']))
    await journal.append({
      type: 'halted',
      at,
      halt: { code: 'canary-failed', message: 'password=hunter2', hint: '', nodes: [] },
    })
  })
  const log = git(repository, 'log', '--format=%s', 'refs/patchrun/lab/prod/journal')
    .trim()
    .split('\n')
  t.match(log, [
    /^lock 1 released: .*, process \d+$/,
    'halted: canary-failed',
    's1 intended: 2 nodes',
    `r1 opened: at ${sha(1).slice(0, 12)}`,
    /^lock 1 taken: /,
  ])
  const files = git(repository, 'ls-tree', '-r', '--name-only', 'refs/patchrun/lab/prod/journal')
    .trim()
    .split('\n')
  t.same(files, ['holder.json', 'journal/0000000001.jsonl'])
  const lines = git(repository, 'show', 'refs/patchrun/lab/prod/journal:journal/0000000001.jsonl')
    .trim()
    .split('\n')
  t.same(
    lines.map((l) => (JSON.parse(l) as { event: JournalEvent }).event.type),
    ['opened', 'intended', 'halted'],
  )
})

await inQuick(
  t,
  'git ref: old records become a snapshot when a rollout opens, and what they amounted to stays',
  {},
  async (t) => {
    const repository = bare(t)
    const read = async (): Promise<unknown> =>
      JSON.parse(JSON.stringify(await copyOf(repository, `r${Math.random()}`).read()))
    await holding(copyOf(repository, 'a', { much: 1_000 }), async (journal) => {
      for (let n = 1; n <= 4; n++) {
        await journal.append(opened(n))
        for (let s = 1; s <= 3; s++) await journal.append(intended(s))
        await journal.append(finished)
        t.same(await read(), JSON.parse(JSON.stringify(journal.state)), `after rollout ${n}`)
      }
    })
    const files = git(repository, 'ls-tree', '-r', '--name-only', 'refs/patchrun/lab/prod/journal')
      .trim()
      .split('\n')
    t.ok(files.includes('snapshot.json'))
    t.equal(files.filter((f) => f.startsWith('journal/')).length, 1)
    t.equal((await copyOf(repository, 'b').read()).history.length, 3)
    t.equal(
      git(repository, 'log', '--format=%s', '--grep=opened', 'refs/patchrun/lab/prod/journal')
        .trim()
        .split('\n').length,
      4,
      'earlier commits still have them',
    )
    await holding(copyOf(repository, 'c', { much: 1_000 }), async (journal, lock) => {
      t.equal(lock.token, 2)
      await journal.append(opened(7))
    })
    t.equal((await copyOf(repository, 'd').read()).current?.id, 'r7')
  },
)

await inQuick(
  t,
  'git ref: what somebody else wrote into it is refused, with the place',
  {},
  async (t) => {
    const repository = bare(t)
    await holding(
      copyOf(repository, 'a'),
      async (journal) => void (await journal.append(opened(1))),
    )
    const work = `${repository}.work`
    execFileSync('git', ['init', '--quiet', work])
    const commit = (change: (file: string) => void): void => {
      git(work, 'fetch', '--quiet', repository, 'refs/patchrun/lab/prod/journal')
      git(work, 'checkout', '--quiet', '--detach', 'FETCH_HEAD')
      change(join(work, 'journal', '0000000001.jsonl'))
      git(work, '-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '--quiet', '-am', 'by hand')
      git(work, 'push', '--quiet', repository, 'HEAD:refs/patchrun/lab/prod/journal')
    }
    commit((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('"ops"', '"eve"')))
    t.match(await refusal(copyOf(repository, 'b').read()), {
      code: 'state/journal-damaged',
      problems: [
        {
          where: {
            file: /state\.git refs\/patchrun\/lab\/prod journal\/0000000001\.jsonl$/,
            line: 1,
          },
        },
      ],
    })
    commit((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('{"v":2', '{"v":9')))
    t.match(await refusal(copyOf(repository, 'c').read()), { code: 'state/journal-newer' })
  },
)

await inQuick(
  t,
  'git ref: a remote that is not there, or does not take it, is said',
  {},
  async (t) => {
    const repository = bare(t)
    t.match(await refusal(copyOf(`${repository}.none`, 'a').read()), {
      code: 'state/remote-refused',
      message: /no git repository/,
    })
    writeFileSync(
      join(repository, 'hooks', 'pre-receive'),
      '#!/bin/sh\necho "this branch is closed" >&2\nexit 1\n',
      { mode: 0o755 },
    )
    t.match(await refusal(copyOf(repository, 'b').take(at)), {
      code: 'state/remote-refused',
      message: /does not take the state/,
    })
    t.match(await refusal(copyOf(repository, 'c').probe?.() ?? Promise.resolve()), {
      code: 'state/remote-refused',
    })
  },
)

await inQuick(
  t,
  'git ref: the remote goes away for less than the lease: it is waited out',
  {},
  async (t) => {
    const repository = bare(t)
    const store = copyOf(repository, 'a')
    const lock = await store.take(at)
    const journal = await store.open(lock)
    await journal.append(opened(1))
    const away = (ms: number): void => {
      renameSync(repository, `${repository}.away`)
      setTimeout(() => renameSync(`${repository}.away`, repository), ms)
    }
    away(1_500)
    await journal.append(intended(1))
    away(1_000)
    t.same(await store.mail.letters(), [], 'who holds the lock waits to hear people, too')
    t.equal(lock.lost.aborted, false, 'an absence shorter than the lease is waited out')
    await journal.close()
    await lock.release()
    t.same([...((await copyOf(repository, 'b').read()).current?.steps.keys() ?? [])], ['s1'])
  },
)

await inFull(
  t,
  'git ref: the remote goes away for longer; nothing lands, and it is said; it comes back',
  {},
  async (t) => {
    const repository = bare(t)
    // The lease has to last for what comes before the remote goes away, however busy the machine.
    const store = copyOf(repository, 'a', { timeout: 15_000 })
    const lock = await store.take(at)
    const journal = await store.open(lock)
    await journal.append(opened(1))
    await journal.append(intended(1))
    renameSync(repository, `${repository}.away`)
    t.match(await refusal(journal.append(intended(2))), { code: /state\/remote-(away|refused)/ })
    t.ok(lock.lost.aborted, 'the run hears of it')
    t.notOk(existsSync(lock.file), 'and so does Ansible')
    renameSync(`${repository}.away`, repository)
    t.match(
      await refusal(journal.append(intended(3))),
      { code: /state\/remote-(away|refused)/ },
      'what was lost stays lost',
    )
    await journal.close()
    await lock.release()
    // Its process lives and has given up: whoever comes next waits until its time is over. Git
    // counts in seconds.
    await sleep(16_100)
    await holding(
      copyOf(repository, 'b', { timeout: 15_000 }),
      async (next, { takenBecause, token }) => {
        t.match({ takenBecause, token }, { takenBecause: 'silent', token: 2 })
        t.same([...(next.state.current?.steps.keys() ?? [])], ['s1'])
      },
    )
  },
)

await inQuick(
  t,
  'git ref: what could not be recorded does not go out with what comes next',
  {},
  async (t) => {
    const repository = bare(t)
    const store = copyOf(repository, 'a')
    const lock = await store.take(at)
    const journal = await store.open(lock)
    await journal.append(opened(1))
    t.equal((await store.read()).current?.id, 'r1', 'asked of the same store, while it writes')
    t.match(await store.holder(), { pid: process.pid })
    t.match(await refusal(store.take(at)), { code: 'lock/held' })
    // git finds its index locked: as good as any reason for a commit that fails.
    const [copy = ''] = readdirSync(`${repository}.a`)
    writeFileSync(join(`${repository}.a`, copy, '.git', 'index.lock'), '')
    await refusal(journal.append(intended(1)))
    rmSync(join(`${repository}.a`, copy, '.git', 'index.lock'))
    await refusal(journal.append(intended(2)))
    t.ok(lock.lost.aborted)
    await journal.close()
    await lock.release()
    t.same([...((await copyOf(repository, 'b').read()).current?.steps.keys() ?? [])], [])
  },
)

await inQuick(t, 'a file that says how long it holds: the guard goes by it', {}, async (t) => {
  const guard = (until: number | null): string => {
    const file = join(t.testdir(), 'fence')
    writeFileSync(
      file,
      JSON.stringify({ token: 1, ...(until !== null && { until: until.toFixed(3).padStart(16) }) }),
    )
    const plugins = new URL('../../../lib/ansible/plugins', import.meta.url).pathname
    return execFileSync(
      'python3',
      [
        '-B',
        '-c',
        'import sys; from patchrun_plugin.fence import Fence; print(Fence(sys.argv[1]).broken())',
        file,
      ],
      { encoding: 'utf8', env: { ...process.env, PYTHONPATH: plugins } },
    ).trim()
  }
  t.equal(guard(uptime() + 60), 'None')
  t.equal(guard(null), 'None', 'one that says nothing holds as long as it is there')
  t.match(guard(uptime() - 1), /could not renew its lock in time/)
})

await inQuick(t, 'no working copy is left by those that ended', {}, async (t) => {
  const repository = bare(t)
  const script = `import { gitStore } from '${new URL('../../lib/store/git/git-store.js', import.meta.url).pathname}'
await gitStore({ repository: process.argv[1], ref: 'refs/patchrun/lab', environment: 'prod', directory: process.argv[1] + '.copies', timeout: 60000 }).read()`
  execFileSync(process.execPath, ['--input-type=module', '-e', script, repository])
  t.same(readdirSync(`${repository}.copies`), [])
})
