// SPDX-License-Identifier: Apache-2.0
// Rollouts steered from a second process: real commands, real Ansible, real files on the nodes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Report } from '../../lib/report/model/rollout-report.js'
import { start, type Ended } from '../support/command.js'
import { makePlayground, type Playground, type PlaygroundFleet } from '../support/playground.js'
import {
  edit,
  error,
  events,
  held,
  intents,
  needsAnsible as options,
  OFTEN,
  run,
  say,
  seen,
  SELDOM,
  stateOf,
  statusOf,
  version,
} from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_800_000)

type Tap = { testdir(): string }
const make = (t: Tap, fleet: PlaygroundFleet = {}, ansible = SELDOM): Playground =>
  makePlayground(t.testdir(), ansible, { nodes: 1, canary: 'node01', ...fleet })
const answer = (
  ended: Ended,
): {
  readonly environments: readonly {
    readonly taken: string
    readonly holder?: { readonly pid: number }
  }[]
  readonly halted?: boolean
} => JSON.parse(ended.stdout) as never

await inQuick(t, 'one rollout is steered from a second process', options, async (t) => {
  const ground = make(t, { nodes: 2, rollout: { approval: ['wide'] } }, OFTEN)
  const at = (): (string | undefined)[] =>
    ['node01', 'node02'].map((n) => ground.read(n, 'etc/version')?.trim())
  const good = ground.commit('version 1', held('1', 'look', 'go'))

  await t.test(
    'paused: nothing new begins, what runs is finished, and it goes on by itself; approved by the SHA of the pin',
    async (t) => {
      const running = start(['run', '--yes'], { cwd: ground.directory })
      await seen(running, /0001-detect/)
      const paused = await say(ground, ['pause', '--json', '--reason', 'storage maintenance'])
      t.match(
        { code: paused.code, ...answer(paused) },
        {
          code: 0,
          kind: 'steer',
          verb: 'pause',
          environments: [
            { environment: 'default', taken: 'by-run', holder: { pid: running.child.pid } },
          ],
        },
        'beside a step that runs',
      )
      t.same(intents(await events(ground)), ['0001-detect'])
      ground.write('node01', 'go', '')
      while ((await events(ground)).at(-1)?.type !== 'concluded') await sleep(100)
      await sleep(3_000)
      const still = await events(ground)
      t.same(intents(still), ['0001-detect'], 'no new step began')
      t.equal(still.at(-1)?.type, 'concluded', 'and what ran was finished')
      const { rollout, pause } = await statusOf(ground)
      t.match(pause, { reason: 'storage maintenance', scope: 'fleet' })
      t.match(rollout?.waiting, [
        { code: 'pause', text: /^the fleet is paused by .+: storage maintenance$/ },
      ])
      t.match((await say(ground, ['status'])).stdout, /Next: patchrun unpause\n/)
      t.match(await say(ground, ['unpause', '--reason', 'storage is back']), {
        code: 0,
        stdout: /handed to the run of .*process \d+, which goes on: storage is back/,
      })
      await seen(running, /waiting: .*wide-/)
      t.match(
        await say(ground, ['approve', '--sha', good.slice(0, 12), '--json']),
        { code: 0, stdout: /"taken": "by-run"/ },
        'for jobs: by the SHA of the pin',
      )
      t.match(await running.ended, {
        code: 0,
        stderr:
          /paused by .*storage maintenance[^]*unpaused by .*storage is back[^]*0002-apply[^]*wide-\w+ approved by[^]*done/,
      })
      t.same(readdirSync(stateOf(ground, 'orders')), [], 'nothing is left in the mailbox')
      t.same(at(), ['1', '1'])
    },
  )

  const bad = ground.commit('version 2', held('2', 'change', 'go-on'))
  await t.test(
    'aborted in the middle of a change: it is finished and verified, then the rollout halts',
    async (t) => {
      const before = (await events(ground)).length
      const running = start(['run', '--yes'], { cwd: ground.directory })
      await seen(running, /0002-apply/)
      t.match(
        await say(ground, ['rollback', '--reason', 'jobs fail']),
        error(6, 'lock/held', /patchrun abort/),
      )
      t.match(await say(ground, ['abort', '--reason', 'wrong branch']), {
        code: 0,
        stdout:
          /abort handed to the run of .*process \d+: it begins nothing new; what runs is finished, then it halts: wrong branch/,
      })
      ground.write('node01', 'go-on', '')
      t.match(await running.ended, {
        code: 4,
        stderr: /aborted by .*wrong branch[^]*0003-verify/,
        stdout: /Halted: aborted by .*wrong branch/,
      })
      const all = (await events(ground)).slice(before)
      t.same(intents(all), ['0001-detect', '0002-apply', '0003-verify'])
      t.match(
        all.findLast((e) => e.type !== 'told' && e.type !== 'noticed'),
        { type: 'halted', halt: { code: 'aborted' } },
      )
      t.match((await statusOf(ground)).rollout?.nodes[0], { node: 'node01', stage: 'good' })
      t.same(at(), ['2', '1'])
      t.match(await run(ground), { code: 4 }, 'and stays halted')
      t.match(await say(ground, ['retry', '--reason', 'right branch after all']), {
        code: 0,
        stdout: /no longer halted/,
      })
      t.match(
        await say(ground, ['abort', '--json', '--reason', 'no, really']),
        { code: 0, stdout: /"halted": true/ },
        'where nobody runs it halts at once',
      )
      t.match(await say(ground, ['retry', '--reason', 'once more']), { code: 0 })
      const declared = readFileSync(ground.file, 'utf8')
      edit(ground, (d) => void (d['nodes'] = { ...d['nodes'], allow: [{ command: ['false'] }] }))
      t.match(
        await say(ground, ['abort', '--reason', 'the lists are away']),
        { code: 0, stdout: /abort/ },
        'also while a list cannot be read',
      )
      writeFileSync(ground.file, declared)
      t.match(
        await run(ground),
        { code: 4, stdout: /Halted: aborted by .*the lists are away/ },
        'and the next run begins nothing',
      )
    },
  )

  await t.test(
    'rolled back: what was there before is there again, and the commit is refused',
    async (t) => {
      t.match(await say(ground, ['rollback']), error(2, 'usage/reason-missing'))
      const back = await say(ground, ['rollback', '--reason', 'jobs fail to start'])
      t.match(back, {
        code: 0,
        stdout:
          /rolled back, every node that was touched is GOOD at[^]*Rejected [0-9a-f]{12}: rolled back by .*: jobs fail to start/,
      })
      t.same(at(), ['1', '1'])
      const all = await events(ground)
      const life = all.slice(all.findLastIndex((e) => e.type === 'opened'))
      t.match(life[0], { kind: 'rollback', pin: { sha: good }, reason: 'jobs fail to start' })
      t.same(
        life.flatMap((e) => (e.type === 'intended' ? [`${e.action} ${e.nodes.join(',')}`] : [])),
        ['detect node01', 'apply node01', 'verify node01'],
        'nobody who was not touched',
      )
      t.equal((await statusOf(ground)).remembered, good)
      t.not(bad, good)
      t.match(
        (await say(ground, ['history'])).stdout,
        /done, a rollback[^]*rolled back by .*: jobs fail to start/,
      )
      t.match(await run(ground), {
        code: 4,
        stderr: /rolled [0-9a-f]{12} back \(jobs fail to start\)/,
      })
      t.match(
        await say(ground, ['rollback', '--reason', 'x']),
        error(2, 'usage/nothing-to-roll-back', /is a rollback already/),
      )
      t.same(at(), ['1', '1'])
    },
  )
})

await inFull(t, 'paused while nobody runs: --once says so, --for ends it', options, async (t) => {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  t.match(await say(ground, ['pause', '--reason', ' ']), error(2, 'usage/reason-missing'))
  t.match(await say(ground, ['pause', '--reason', 'exams', '--for', '2h']), {
    code: 0,
    stdout: /^default: paused, until \w{3} \d{4}-.* UTC: exams\nNext: patchrun unpause\n/,
  })
  t.match(await run(ground, '--once'), {
    code: 5,
    stdout: /the fleet is paused by .*: exams, until[^]*Next: patchrun unpause, or wait until/,
  })
  t.equal(ground.read('node01', 'etc/version'), null)
  const running = start(['run', '--yes'], { cwd: ground.directory })
  await seen(running, /waiting until/)
  t.match(
    await say(ground, ['pause', '--reason', 'exams are over soon', '--for', '3s']),
    { code: 0 },
    'a shorter one takes its place',
  )
  t.match(await running.ended, { code: 0 }, 'the pause ended by itself, and the run went on')
  t.equal(ground.read('node01', 'etc/version'), '1\n')
  t.match(
    await say(ground, ['pause', '--reason', 'x', '--until', '2020-01-01T00:00Z']),
    error(2, 'usage/until-passed'),
  )
})

await inFull(
  t,
  'a pause without --env holds every environment, also where a list is broken',
  options,
  async (t) => {
    const ground = make(t, { nodes: 2 })
    edit(
      ground,
      (d) =>
        (d['environments'] = {
          test01: { nodes: { allow: ['node01'], canary: ['node01'] } },
          prod: { nodes: { allow: [{ file: 'no-such-list' }], canary: ['node02'] } },
        }),
    )
    t.match(await say(ground, ['pause', '--reason', 'incident']), {
      code: 0,
      stdout: /^test01: paused: incident\nprod: paused: incident\n/,
    })
    t.match(
      (JSON.parse((await say(ground, ['status', '--env', 'test01', '--json'])).stdout) as Report)
        .pause,
      { scope: 'fleet' },
    )
    t.match(await say(ground, ['unpause', '--env', 'prod']), {
      code: 0,
      stdout: /^prod: not paused any more\n/,
    })
    t.match(
      (JSON.parse((await say(ground, ['status', '--env', 'test01', '--json'])).stdout) as Report)
        .pause,
      { reason: 'incident' },
    )
    t.match(await say(ground, ['abort', '--reason', 'x']), error(2, 'usage/no-environment'))
  },
)

await inFull(
  t,
  'killed between the journal and the mailbox, an order counts once',
  options,
  async (t) => {
    const ground = make(t)
    ground.commit('version 1', version('1'))
    t.match(
      await say(ground, ['pause', '--reason', 'once'], {
        env: {
          NODE_OPTIONS: `--import ${fileURLToPath(new URL('../support/kill-at-removal.js', import.meta.url))}`,
        },
      }),
      { signal: 'SIGKILL' },
    )
    t.equal(readdirSync(stateOf(ground, 'orders')).length, 1, 'it was not taken out')
    t.match(
      (await events(ground)).map((e) => e.type),
      ['paused'],
      'but it is in the journal',
    )
    t.match(await say(ground, ['status']), { code: 0, stdout: /Paused by|The fleet is paused by/ })
    t.match(await say(ground, ['unpause']), { code: 0 }, 'the lock of the dead is taken over')
    t.same(
      (await events(ground)).map((e) => e.type),
      ['paused', 'unpaused'],
    )
    t.same(readdirSync(stateOf(ground, 'orders')), [])
    t.match(await run(ground), { code: 0 })
  },
)

await inFull(
  t,
  'a process that was stopped is given an order, and says when it has read it',
  options,
  async (t) => {
    const ground = make(t, { rollout: { approval: ['start'] } })
    ground.commit('version 1', version('1'))
    const running = start(['run', '--yes'], { cwd: ground.directory })
    await seen(running, /waiting: the start of this rollout needs an approval \(start-/)
    running.child.kill('SIGSTOP')
    const handed = await say(ground, ['pause', '--reason', 'asleep'])
    running.child.kill('SIGCONT')
    t.match(
      handed,
      {
        code: 0,
        stdout:
          /pause handed to the run of .*: it has not answered yet, and reads it before it begins anything/,
      },
      'what was not confirmed is not promised',
    )
    await seen(running, /paused by .*asleep/)
    running.child.kill('SIGTERM')
    t.match(await running.ended, { code: 130 })
    t.match(readFileSync(stateOf(ground, 'journal.jsonl'), 'utf8'), /"type":"paused"/)
  },
)
