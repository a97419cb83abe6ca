// SPDX-License-Identifier: Apache-2.0
// Approvals, retries and the end of a rollback, said by a second process at every turn: each is for
// what was shown, and for nothing else.
import t from 'tap'
import { start } from '../support/command.js'
import {
  makePlayground,
  site,
  writeTask,
  type Playground,
  type PlaygroundFleet,
} from '../support/playground.js'
import {
  edit,
  error,
  events,
  held,
  licence,
  needsAnsible as options,
  run,
  say,
  seen,
  SELDOM,
  statusOf,
  version,
} from '../support/say.js'
import { inFull } from '../support/size.js'

t.setTimeout(1_800_000)

type Tap = { testdir(): string }
const make = (t: Tap, fleet: PlaygroundFleet = {}): Playground =>
  makePlayground(t.testdir(), SELDOM, { nodes: 3, canary: 'node01', ...fleet })
const at = (ground: Playground, ...nodes: number[]): (string | undefined)[] =>
  nodes.map((n) => ground.read(`node0${n}`, 'etc/version')?.trim())

await inFull(t, 'an approval is for this commit and these nodes', options, async (t) => {
  const ground = make(t, { nodes: 4, rollout: { approval: ['wide'] } })
  // A canary that is as it should be takes one look.
  ground.write('node01', 'etc/version', '1\n')
  const sha = ground.commit('version 1', version('1'))
  t.match(await say(ground, ['approve', '--sha', sha]), error(2, 'usage/nothing-to-approve'))
  t.match(await say(ground, ['abort', '--reason', 'x']), error(2, 'usage/nothing-to-abort'))
  t.match(await run(ground, '--once'), {
    code: 5,
    stdout: /Needs an approval\n[^]*wave 1, 3 nodes: node\[02-04\]\n {4}patchrun approve wide-/,
  })
  const keyOf = async (): Promise<string> =>
    (await statusOf(ground)).rollout?.approvals[0]?.key ?? ''
  const key = await keyOf()
  t.match((await statusOf(ground)).rollout?.waiting, [{ code: 'approval', approval: key }])
  t.match(
    await say(ground, ['approve']),
    error(2, 'usage/which-approval', new RegExp(`Pending: ${key}`)),
  )
  t.match(
    await say(ground, ['approve', '--sha', sha.slice(0, 11)]),
    error(2, 'usage/not-the-pin', /12 digits/),
  )
  t.match(
    await say(ground, ['approve', '--sha', 'f'.repeat(40)]),
    error(2, 'usage/not-the-pin', new RegExp(sha)),
  )
  t.match(await say(ground, ['approve', 'wide-000000000000']), error(2, 'usage/approval-moved'))

  edit(ground, (d) => ((d['nodes'] as Record<string, unknown>)['allow'] = ['node[01-03]']))
  const moved = await keyOf()
  t.not(moved, key, 'other nodes, another key')
  t.match(
    await say(ground, ['approve', key]),
    error(2, 'usage/approval-moved', /have changed since it was shown.*node\[02-03\]/),
  )
  t.match(await say(ground, ['approve', moved, '--reason', 'canary is fine']), {
    code: 0,
    stdout: /approved wide-.*: canary is fine[^]*Next: patchrun run/,
  })
  edit(ground, (d) => ((d['nodes'] as Record<string, unknown>)['allow'] = ['node[01-04]']))
  t.match(
    await run(ground, '--once'),
    { code: 5, stdout: /approved other nodes than these, so it must be approved again/ },
    'and an approval that was given does not stretch',
  )
  t.equal(ground.read('node02', 'etc/version'), null)
  t.match(await say(ground, ['approve', key]), { code: 0 })
  t.match(await run(ground), { code: 0 })
  t.equal(ground.read('node04', 'etc/version'), '1\n')
  t.match(
    (await events(ground)).filter((e) => e.type === 'approved'),
    [{ key: moved, reason: 'canary is fine' }, { key }],
  )
})

await inFull(
  t,
  'retry: quarantined, never started, and while a run is under way',
  options,
  async (t) => {
    const ground = make(t, { nodes: 4, rollout: { maxFailed: 2 } })
    ground.commit('needs a licence', {
      'site.yml': site(`${licence}${writeTask('etc/version', '1\n')}`),
    })
    for (const n of ['node01', 'node03']) ground.write(n, 'licence', 'ok')
    ground.write('node01', 'etc/version', '1\n')
    t.match(await run(ground), { code: 4, stdout: /Quarantined: 2 nodes\n[^]*read the licence/ })
    t.match(
      await say(ground, ['retry', 'node01,node99']),
      error(2, 'usage/not-in-rollout', /node99[^]*usage\/nothing-to-retry[^]*node01.*GOOD/),
    )
    ground.write('node02', 'licence', 'ok')
    t.match(await say(ground, ['retry', 'node02', '--reason', 'licence renewed', '--json']), {
      code: 0,
      stdout: /"nodes": \[\s*"node02"\s*\]/,
    })
    t.match(await run(ground), { code: 4 })
    t.same(at(ground, 2, 4), ['1', undefined], 'who was in quarantine came through')
    ground.write('node04', 'licence', 'ok')
    t.match(await say(ground, ['retry']), { code: 0, stdout: /1 node will be tried again: node04/ })
    t.match(await run(ground), { code: 0 })

    ground.commit('version 2', held('2', 'look', 'go'))
    const running = start(['run', '--yes'], { cwd: ground.directory })
    await seen(running, /0001-detect/)
    t.match(
      await say(ground, ['retry', 'node04']),
      { code: 0, stdout: /1 node will be tried again: node04, handed to the run of/ },
      'one that was never started',
    )
    t.match(await say(ground, ['retry']), error(2, 'usage/nothing-to-retry'))
    t.match(await say(ground, ['abort', '--reason', 'stop before node04']), { code: 0 })
    ground.write('node01', 'go', '')
    t.match(await running.ended, { code: 4 })
    t.match(await say(ground, ['retry', 'node04']), { code: 0 })
    t.match(await run(ground), { code: 0 })
    t.match((await say(ground, ['history'])).stdout, /done/)
    t.equal(ground.read('node04', 'etc/version'), '2\n')
  },
)

await inFull(
  t,
  'rollback: of a rollout in the midst of its waves, and of one that was done',
  options,
  async (t) => {
    const ground = make(t, { rollout: { waves: [1, 2] } })
    t.match(
      await say(ground, ['rollback', '--reason', 'x']),
      error(2, 'usage/nothing-to-roll-back'),
    )
    for (const node of ['node01', 'node02', 'node03']) ground.write(node, 'etc/version', '1\n')
    const good = ground.commit('version 1', version('1'))
    t.match(await run(ground), { code: 0 })
    t.match(
      await say(ground, ['rollback', '--reason', 'x']),
      error(2, 'usage/no-commit-before', /no commit was completed/),
    )
    ground.commit('version 2', held('2', 'change', 'go', 'node02'))
    const running = start(['run', '--yes'], { cwd: ground.directory })
    await seen(running, /0005-apply/)
    t.match(await say(ground, ['abort', '--reason', 'jobs fail']), { code: 0 })
    ground.write('node02', 'go', '')
    t.match(await running.ended, { code: 4 })
    t.same(at(ground, 1, 2, 3), ['2', '2', '1'])

    t.match(await say(ground, ['rollback', '--reason', 'jobs fail to start']), { code: 0 })
    t.same(at(ground, 1, 2, 3), ['1', '1', '1'])
    const all = await events(ground)
    const life = all.slice(all.findLastIndex((e) => e.type === 'opened'))
    t.match(life[0], {
      kind: 'rollback',
      pin: { sha: good },
      limit: ['node02'],
      reason: 'jobs fail to start',
    })
    t.same(
      life.flatMap((e) => (e.type === 'intended' ? [`${e.action} ${e.nodes.join(',')}`] : [])),
      [
        'detect node01',
        'apply node01',
        'verify node01',
        'detect node02',
        'apply node02',
        'verify node02',
      ],
      'the canary first, and nobody who was not touched',
    )

    edit(ground, (d) => Object.assign(d['nodes'] ?? {}, { allow: ['node01'] }))
    ground.commit('version 3', version('3'))
    t.match(await run(ground), { code: 0 }, 'a newer commit goes through')
    t.same(at(ground, 1), ['3'])
    t.match(await say(ground, ['rollback', '--reason', 'also after it was done']), { code: 0 })
    t.same(at(ground, 1), ['1'])
    t.match(await run(ground, '--again'), { code: 0 }, 'or a person says so')
    t.same(at(ground, 1), ['3'])
  },
)
