// SPDX-License-Identifier: Apache-2.0
// The real command, interrupted: killed, stopped, doubled, out of room. Whatever happened, the next
// run finishes, no completed step is done twice, and nothing of the run before goes on.
import { applyOutcome } from '../../lib/rollout/index.js'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readJournal } from '../../lib/store/journal/journal.js'
import { patchrun, start, type Ended, type Running } from '../support/command.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'
import { inFull, inQuick } from '../support/size.js'

const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_OLDEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']
const options =
  bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_OLDEST)' } : {}
t.setTimeout(900_000)

const RUN = ['run', '--yes'] as const
type Tap = { testdir(): string }
const make = (t: Tap, nodes = 1): Playground =>
  makePlayground(t.testdir(), bin ?? '', { nodes, canary: 'node01' })
const run = (ground: Playground): Promise<Ended> => patchrun(RUN, { cwd: ground.directory })
const own = (ground: Playground, ...path: string[]): string =>
  join(ground.directory, '.patchrun', 'environments', 'default', ...path)
const version = (v: string): Record<string, string> => ({
  'site.yml': site(writeTask('etc/version', `${v}\n`)),
})
/**
 * Changes a file, waits for as long as the test holds it, and changes another. It says that it
 * waits, and in which mode.
 */
const slow = (v: string): Record<string, string> => ({
  'site.yml': site(`${writeTask('etc/version', `${v}\n`)}- name: takes its time
  ansible.builtin.command: sh -c 'touch waits-{{ ansible_check_mode }}; while test -e hold-{{ ansible_check_mode }}; do sleep 0.1; done'
  args:
    chdir: "{{ node_root }}"
  changed_when: false
  check_mode: false
  tags: [HotChange]
${writeTask('etc/later', `${v}\n`)}`),
})
type Mode = 'looks' | 'changes'
const file = (ground: Playground, what: 'hold' | 'waits', mode: Mode): string =>
  join(ground.directory, 'nodes', 'node01', `${what}-${mode === 'looks' ? 'True' : 'False'}`)
/** From here on what looks, or changes, waits. */
function hold(ground: Playground, mode: Mode): void {
  rmSync(file(ground, 'waits', mode), { force: true })
  writeFileSync(file(ground, 'hold', mode), '')
}
const letGo = (ground: Playground, mode: Mode): void =>
  rmSync(file(ground, 'hold', mode), { force: true })
const waits = (ground: Playground, mode: Mode): Promise<void> =>
  until(`it ${mode} and waits`, () => existsSync(file(ground, 'waits', mode)))

async function until(what: string, seen: () => boolean): Promise<void> {
  for (let i = 0; i < 15_000; i++) {
    if (seen()) return
    await sleep(20)
  }
  throw new Error(`never: ${what}`)
}

const says = (running: Running, words: RegExp): Promise<void> =>
  until(String(words), () => words.test(running.stderr()))

/** ansible-playbook processes of this playground's steps. */
const ansibles = (ground: Playground): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readFileSync(`/proc/${pid}/environ`, 'latin1').includes(
          `PATCHRUN_RUN=${ground.directory}/`,
        ) &&
        readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('ansible-playbook')
      )
    } catch {
      return false
    }
  })

/**
 * Every step has at most one outcome, and no node is applied to again after an apply that came out.
 */
async function checkJournal(t: Pick<Test, 'same' | 'equal'>, ground: Playground): Promise<void> {
  const events = (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event)
  const concluded = events.flatMap((e) => (e.type === 'concluded' ? [e.step] : []))
  t.same(concluded, [...new Set(concluded)], 'no step came out twice')
  const applied = events.flatMap((e) =>
    e.type === 'concluded'
      ? Object.entries(e.nodes).flatMap(([node, o]) =>
          applyOutcome(o).applied === 'ok' ? [node] : [],
        )
      : [],
  )
  t.same(applied, [...new Set(applied)], 'no node was changed again after it was changed')
  t.equal(events.at(-1)?.type, 'finished')
}

await inQuick(
  t,
  'one rollout that is killed, stopped and cut in the middle of every step ends well, and does nothing twice',
  options,
  async (t) => {
    const ground = make(t)
    const sha = ground.commit('slow', slow('1'))
    // Nothing may wait on when the test fails.
    t.teardown(() => (['looks', 'changes'] as const).forEach((mode) => letGo(ground, mode)))
    const begin = (): Running => {
      const running = start(RUN, { cwd: ground.directory })
      t.teardown(() => running.child.kill('SIGKILL'))
      return running
    }
    const kill = async (running: Running): Promise<void> => {
      running.child.kill('SIGKILL')
      t.match(await running.ended, { signal: 'SIGKILL' })
      t.not(ansibles(ground).length, 0, 'its Ansible goes on')
    }
    const orphan = (action: string): RegExp =>
      new RegExp(
        `took over from process \\d+[^]*ended an ansible-playbook of the run before \\(${action} on 1 node\\)[^]*has no outcome, its nodes are looked at again`,
      )

    hold(ground, 'looks')
    const inDetect = begin()
    await waits(ground, 'looks')
    t.match(inDetect.stderr(), /0001-detect/)
    await kill(inDetect)

    hold(ground, 'changes')
    const inApply = begin()
    await says(inApply, /0002-detect/)
    t.match(inApply.stderr(), orphan('detect'))
    letGo(ground, 'looks')
    await waits(ground, 'changes')
    t.match(inApply.stderr(), /0003-apply/)
    await kill(inApply)

    // ansible-playbook killed from outside; then two signals, which end what runs.
    hold(ground, 'changes')
    const twice = begin()
    await waits(ground, 'changes')
    t.match(twice.stderr(), orphan('apply'))
    hold(ground, 'changes')
    process.kill(
      (
        JSON.parse(
          readFileSync(
            join(
              own(ground, 'runs'),
              readdirSync(own(ground, 'runs'))[0] ?? '',
              '0005-apply',
              'process.json',
            ),
            'utf8',
          ),
        ) as { pid: number }
      ).pid,
      'SIGKILL',
    )
    await says(twice, /1 cut\n.*SIGKILL[^]*0006-detect[^]*0007-apply/)
    await waits(ground, 'changes')
    twice.child.kill('SIGINT')
    await says(twice, /stopping/)
    twice.child.kill('SIGINT')
    t.match(await twice.ended, { code: 130, stderr: /1 (cut|absent)\n/ })
    t.same(ansibles(ground), [])
    t.equal(ground.read('node01', 'etc/version'), '1\n')
    t.equal(ground.read('node01', 'etc/later'), null)

    // One signal finishes what runs.
    hold(ground, 'changes')
    const once = begin()
    await waits(ground, 'changes')
    t.match(once.stderr(), /0008-detect[^]*0009-apply/, 'looked at before it is touched again')
    once.child.kill('SIGTERM')
    await says(once, /stopping/)
    letGo(ground, 'changes')
    t.match(await once.ended, {
      code: 130,
      stderr: /stopping: no new step begins[^]*1 ok\n[^]*To go on: patchrun run/,
    })
    t.equal(ground.read('node01', 'etc/later'), '1\n', 'what ran was finished')

    hold(ground, 'looks')
    const inVerify = begin()
    await waits(ground, 'looks')
    t.match(inVerify.stderr(), /0010-verify/, 'and is not done again')
    await kill(inVerify)
    letGo(ground, 'looks')
    await until('ansible ends without its listener', () => ansibles(ground).length === 0)

    t.match(await run(ground), {
      code: 0,
      stderr: /took over from process \d+[^]*has no outcome, its nodes are looked at again/,
    })
    t.same(ansibles(ground), [], 'nothing of any run is left')
    t.match(JSON.parse((await patchrun(['status', '--json'], { cwd: ground.directory })).stdout), {
      remembered: sha,
      rollout: { status: 'done' },
    })
    await checkJournal(t, ground)
    const again = await run(ground)
    t.match(again, { code: 0, stderr: /nothing new to install/ })
    t.notMatch(again.stderr, /took over/, 'the lock is free')
    await damage(t, ground)
  },
)

await inQuick(
  t,
  'a run that is stopped while it reads its lists begins nothing more',
  options,
  async (t) => {
    const ground = make(t)
    ground.commit('version 1', version('1'))
    // Once the rollout is open it stops the run that asks, and answers only then.
    writeFileSync(
      join(ground.directory, 'list.sh'),
      `#!/bin/sh\necho node01\nif grep -q '"opened"' ${own(ground, 'journal.jsonl')}; then kill -TERM $PPID; sleep 1; fi\n`,
      { mode: 0o755 },
    )
    const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as { nodes: object }
    writeFileSync(
      ground.file,
      JSON.stringify({
        ...declared,
        nodes: { ...declared.nodes, allow: [{ command: ['./list.sh'] }] },
      }),
    )
    t.match(await run(ground), { code: 130, stderr: /stopping: no new step begins/ })
    const events = (await readJournal(own(ground, 'journal.jsonl'))).map((e) => e.event.type)
    t.same(
      events.filter((type) => type === 'intended' || type === 'concluded'),
      [],
    )
    t.ok(events.includes('opened'), 'the rollout was open')
  },
)

/** The journal of a finished rollout, damaged and torn. */
async function damage(t: Test, ground: Playground): Promise<void> {
  const file = own(ground, 'journal.jsonl')
  const whole = readFileSync(file, 'utf8')
  const lines = whole.split('\n')
  const at = lines.findIndex((line, i) => i >= 2 && line.includes('node01'))
  writeFileSync(file, lines.with(at, lines[at]?.replace('node01', 'node09') ?? '').join('\n'))
  for (const verb of ['run', 'status', 'detect'])
    t.match(
      await patchrun(verb === 'run' ? [verb, '--yes'] : [verb], { cwd: ground.directory }),
      {
        code: 1,
        stderr: new RegExp(
          `error state/journal-damaged: line ${at + 1} [^]*journal\\.jsonl:${at + 1}[^]*hint: `,
        ),
      },
      verb,
    )
  t.equal(readFileSync(file, 'utf8').split('\n').length, lines.length, 'it was left as it is')
  writeFileSync(file, `${whole}{"v":1,"seq":99,"tok`)
  t.match(await run(ground), { code: 0, stderr: /nothing new/ }, 'a torn tail is cut off')
  t.equal(readFileSync(file, 'utf8'), whole)
}

const mounts = ((): string | null => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' })
    return null
  } catch {
    return 'no file system can be mounted here (needs root): a full disk and a read-only state directory are not tested'
  }
})()

const mounting = bin === undefined ? options : { skip: mounts ?? false }
/** Runs with a file system of its own, mounted where the state is to be. */
function disk(t: Tap): {
  readonly ground: Playground
  readonly state: string
  readonly on: (mount: string, then?: string) => Promise<Ended>
} {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  const file = JSON.parse(readFileSync(ground.file, 'utf8')) as object
  writeFileSync(ground.file, JSON.stringify({ ...file, state: { directory: './state' } }))
  const state = join(ground.directory, 'state')
  mkdirSync(state)
  return {
    ground,
    state,
    on: (mount, then = 'true') =>
      patchrun(RUN, {
        cwd: ground.directory,
        prefix: [
          'unshare',
          '-m',
          'bash',
          '-c',
          `mount -t tmpfs ${mount} none "$0" && { "$@"; code=$?; ${then}; exit $code; }`,
          state,
        ],
      }),
  }
}

async function fills(t: Test, { ground, on }: ReturnType<typeof disk>, kib: number): Promise<void> {
  t.match(
    await on(`-o size=${kib}k`, 'grep -h released "$0"/environments/default/lock/lock.* >&2'),
    { code: 1, stderr: /error state\/no-space: [^]*hint: Make room[^]*"released":true/ },
    `${kib} KiB`,
  )
  t.same(ansibles(ground), [])
}

await inQuick(
  t,
  'a full disk is named, and a state that cannot be written',
  mounting,
  async (t) => {
    const place = disk(t)
    await fills(t, place, 40)
    t.match(await place.on('-o ro'), { code: 1, stderr: /error state\/unwritable: [^]*hint: / })
    rmSync(place.state, { recursive: true })
    writeFileSync(place.state, 'a file')
    t.match(await run(place.ground), { code: 1, stderr: /error state\/unwritable: [^]*ENOTDIR/ })
  },
)

await inFull(
  t,
  'a full disk is named wherever it fills up, and with room the rollout finishes',
  mounting,
  async (t) => {
    const place = disk(t)
    // The checkout, the lock and the journal (40), the events and the log of a step: each fills up
    // at another size.
    for (const kib of [8, 64, 80]) await fills(t, place, kib)
    t.match(
      await place.on('-o size=72k', 'mount -o remount,size=50m "$0"; "$@"; code=$?'),
      { code: 0, stderr: /state\/no-space[^]*GOOD at the pin/ },
      'with room the same state goes on',
    )
    rmSync(place.state, { recursive: true })
    t.match(await run(place.ground), { code: 0 }, 'nor does it miss the directory')
  },
)
