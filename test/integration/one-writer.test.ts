// SPDX-License-Identifier: Apache-2.0
// One writer, whatever happens: many real runs at once on one state; and one that is stopped for
// longer than its lock holds, overtaken, and continued. It must not do anything more, and must say
// why.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
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
/** The shortest that is allowed, s. */
const SHORT = 10
/** Longer than any run here takes on a busy machine, s. */
const LONG = 3600
const me = `${userInfo().username}@${hostname()}`
const own = (ground: Playground, ...path: string[]): string =>
  join(ground.directory, '.patchrun', 'environments', 'default', ...path)

/**
 * One node, that is changed, then something waits where it is not check mode and a file says so,
 * then it is changed again.
 */
function make(t: { testdir(): string }, lockTimeout: number): Playground {
  const ground = makePlayground(t.testdir(), bin ?? '', { nodes: 1, canary: 'node01' })
  declare(ground, lockTimeout)
  ground.commit('slow', {
    'site.yml': site(`${writeTask('etc/version', '1\n')}- name: takes its time
  ansible.builtin.command: sh -c 'while test -e hold; do sleep 0.1; done'
  args:
    chdir: "{{ node_root }}"
  changed_when: false
  tags: [HotChange]
${writeTask('etc/later', '1\n')}`),
  })
  return ground
}
const hold = (ground: Playground): string => join(ground.directory, 'nodes', 'node01', 'hold')

/**
 * After how many seconds without a sign of life a run that begins from here on takes the lock over.
 */
function declare(ground: Playground, lockTimeout: number): void {
  const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as object
  writeFileSync(
    ground.file,
    JSON.stringify({ ...declared, state: { lockTimeout: `${lockTimeout}s` } }),
  )
}

/** The holder of this token gave no sign of life for so long. */
const silent = (ground: Playground, token: number): Promise<void> =>
  until(
    'it is silent',
    () =>
      Date.now() - statSync(own(ground, 'lock', `lock.${token}`)).mtimeMs > (SHORT + 0.5) * 1000,
  )

async function until(what: string, seen: () => boolean): Promise<void> {
  for (let i = 0; i < 30_000; i++) {
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
        readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`PATCHRUN_RUN=${ground.directory}/`)
      )
    } catch {
      return false
    }
  })

/** By token: the steps that were begun, those that came out, and how it ended. */
async function acts(
  ground: Playground,
): Promise<Record<string, { begun: string[]; ended: string[]; last: string }>> {
  const all: Record<string, { begun: string[]; ended: string[]; last: string }> = {}
  for (const { token, event } of await readJournal(own(ground, 'journal.jsonl'))) {
    const one = (all[token] ??= { begun: [], ended: [], last: '' })
    if (event.type === 'intended') one.begun.push(event.step)
    if (event.type === 'concluded') one.ended.push(event.step)
    one.last = event.type
  }
  return all
}

for (const [count, inSize] of [
  [2, inQuick],
  [8, inFull],
] as const) {
  await inSize(t, `of ${count} runs at once one acts, the others name it`, options, async (t) => {
    const ground = make(t, LONG)
    const all = Array.from({ length: count }, () => start(RUN, { cwd: ground.directory }))
    const ended = await Promise.all(
      all.map(async (r): Promise<Ended & { pid?: number | undefined }> => ({
        pid: r.child.pid,
        ...(await r.ended),
      })),
    )
    const winner = ended.find((e) => e.code === 0)
    t.same(
      ended.map((e) => e.code).sort(),
      [0, ...Array.from({ length: count - 1 }, () => 6)],
      ended.map((e) => e.stderr.slice(-300)).join('\n--\n'),
    )
    const holder = new RegExp(
      `lock/held: another run holds the lock: ${me}, process ${winner?.pid}, since \\w{3} \\d{4}-`,
    )
    for (const loser of ended.filter((e) => e !== winner)) {
      t.match(loser.stderr, holder)
      t.notMatch(loser.stderr, /0001-detect/, 'it began nothing')
    }
    const steps = ['0001-detect', '0002-apply', '0003-verify']
    t.same(
      Object.values(await acts(ground)),
      [{ begun: steps, ended: steps, last: 'finished' }],
      'all of it under one token, each step once',
    )
    t.same(readdirSync(own(ground, 'lock')), ['lock.1'])
    t.match(JSON.parse(readFileSync(own(ground, 'lock', 'lock.1'), 'utf8')), {
      released: true,
      pid: winner?.pid,
    })
  })
}

await inQuick(
  t,
  'runs that are stopped, overtaken and continued do nothing more and say why: one that waits, and one whose Ansible is at work',
  options,
  async (t) => {
    const ground = make(t, SHORT)
    const say = (...args: string[]): Promise<Ended> => patchrun(args, { cwd: ground.directory })
    const begin = (): Running => {
      const running = start(RUN, { cwd: ground.directory })
      t.teardown(() => running.child.kill('SIGKILL'))
      return running
    }
    const lostTo = (other: Running): RegExp =>
      new RegExp(
        `error lock/lost: the lock was taken over by ${me}, process ${other.child.pid}, at \\w{3} \\d{4}-.*: this process does nothing more`,
      )
    const tookOver = (from: Running): string =>
      `took over from process ${from.child.pid} of ${userInfo().username}, which gave no sign of life for 10 s`

    // The first waits for a person.
    t.match(await say('pause', '--reason', 'a moment'), { code: 0 })
    const waiting = begin()
    await says(waiting, /a moment/)
    waiting.child.kill('SIGSTOP')
    const first = tokenOf(ground)
    // A word waits for the holder, or is carried by whoever says it to one that is silent.
    declare(ground, LONG)
    t.match(await say('unpause'), { code: 0 })
    declare(ground, SHORT)
    await silent(ground, first)
    writeFileSync(hold(ground), '')
    t.teardown(() => rmSync(hold(ground), { force: true }))
    const working = begin()
    await says(working, /apply/)
    await until('it changes the node', () => ground.read('node01', 'etc/version') === '1\n')
    t.match(working.stderr(), new RegExp(tookOver(waiting)))
    const second = tokenOf(ground)
    const [ansible = ''] = ansibles(ground)
    t.ok(
      readFileSync(`/proc/${ansible}/environ`, 'latin1')
        .split('\0')
        .includes(`PATCHRUN_FENCE=${own(ground, 'lock', `lock.${second}`)}`),
      'Ansible looks at the same lock',
    )
    working.child.kill('SIGSTOP')
    const before = readFileSync(own(ground, 'journal.jsonl'), 'utf8')
    waiting.child.kill('SIGCONT')
    // It would wait for days.
    const woken = await Promise.race([waiting.ended, sleep(120_000, 'still there', { ref: false })])
    t.match(woken, { code: 6, stderr: lostTo(working) }, 'at once, not when the pause is over')
    t.equal(readFileSync(own(ground, 'journal.jsonl'), 'utf8'), before)

    declare(ground, LONG)
    t.match(
      await start(RUN, { cwd: ground.directory }).ended,
      { code: 6, stderr: /lock\/held/ },
      'before its time it is not taken over',
    )
    declare(ground, SHORT)
    await silent(ground, second)
    const other = begin()
    await says(other, /took over/)
    await until('the Ansible of the one before is ended', () => !ansibles(ground).includes(ansible))
    rmSync(hold(ground))
    t.match(await other.ended, {
      code: 0,
      stderr: new RegExp(
        `${tookOver(working)}[^]*(has|have) no outcome, (its|their) nodes are looked at again`,
      ),
    })
    t.equal(ground.read('node01', 'etc/later'), '1\n')
    const journal = readFileSync(own(ground, 'journal.jsonl'), 'utf8')
    const runs = readdirSync(own(ground, 'runs'), { recursive: true }).length
    working.child.kill('SIGCONT')
    t.match(await working.ended, { code: 6, stderr: lostTo(other) })
    t.equal(readFileSync(own(ground, 'journal.jsonl'), 'utf8'), journal, 'no line in the journal')
    t.equal(
      readdirSync(own(ground, 'runs'), { recursive: true }).length,
      runs,
      'no step of Ansible',
    )
    t.same(ansibles(ground), [])
    const third = tokenOf(ground)
    const { [second]: overtaken, [third]: last } = await acts(ground)
    t.same(overtaken, {
      begun: ['0001-detect', '0002-apply'],
      ended: ['0001-detect'],
      last: 'intended',
    })
    t.same(last, {
      begun: ['0003-detect', '0004-apply', '0005-verify'],
      ended: ['0003-detect', '0004-apply', '0005-verify'],
      last: 'finished',
    })
    t.match(
      JSON.parse(readFileSync(own(ground, 'lock', `lock.${third}`), 'utf8')),
      { released: true, pid: other.child.pid },
      'nor does it touch the lock',
    )
    t.same(readdirSync(own(ground, 'lock')), [`lock.${third}`])
  },
)

function tokenOf(ground: Playground): number {
  return Math.max(...readdirSync(own(ground, 'lock')).map((name) => Number(name.split('.')[1])))
}
