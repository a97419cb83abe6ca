// SPDX-License-Identifier: Apache-2.0
// Exactly one commit: which may be looked at, which may be rolled out, and what is refused; with
// real repositories and real runs.
import t from 'tap'
import { pinCommit, pinToRoll } from '../../lib/engine/commit/pin.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import type { RolloutState } from '../../lib/rollout/index.js'
import { makePlayground } from '../support/playground.js'
import { makeRepository } from '../support/repository.js'
import { error, needsAnsible, run, say, SELDOM, version } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_200_000)

await inQuick(
  t,
  'what may be rolled out is on the ref, and nothing newer was begun or completed',
  {},
  async (t) => {
    const directory = t.testdir()
    const { commit, git } = makeRepository(`${directory}/playbooks`)
    const [a, b, c] = ['a', 'b', 'c'].map((name) =>
      commit(name, { 'site.yml': `# ${name}\n` }),
    ) as [string, string, string]
    git('checkout', '-q', '-b', 'feature', b)
    const side = commit('of a merge request', { 'site.yml': '# side\n' })
    git('update-ref', 'refs/merge-requests/7/head', side)
    git('checkout', '-q', 'main')
    git('branch', '-q', '-D', 'feature')
    const fleet = (onNewCommit: 'finish' | 'supersede' = 'finish'): Fleet =>
      ({
        playbooks: {
          repository: `${directory}/playbooks`,
          ref: 'main',
          playbook: 'site.yml',
          submodules: true,
        },
        stateDirectory: `${directory}/state`,
        environment: 'default',
        policy: { onNewCommit },
      }) as unknown as Fleet
    const begun = (
      sha: string,
      status: RolloutState['status'] = 'running',
      kind: RolloutState['kind'] = 'forward',
    ): RolloutState =>
      ({ status, kind, pin: { sha, ref: 'main', subject: '' } }) as unknown as RolloutState
    const roll = (
      sha: string | undefined,
      remembered: string | null = null,
      current: RolloutState | null = null,
      policy?: 'supersede',
    ): ReturnType<typeof pinToRoll> =>
      pinToRoll(fleet(policy), { remembered, current }, undefined, sha)

    t.match(await roll(undefined), { pin: { sha: c, ref: 'main' } })
    t.match(await roll(c, a), { pin: { sha: c, ref: 'main' }, comparison: { kind: 'forward' } })
    t.match(
      await roll(b.toUpperCase(), a),
      {
        pin: { sha: b, ref: 'main', subject: 'b' },
        details: { fullRef: b },
        comparison: { kind: 'forward', remembered: a },
      },
      'not the newest, but on the ref',
    )
    t.match(await roll(b, b), { comparison: { kind: 'same' } }, 'a job that is given again')
    t.match(await roll(b, null, begun(b)), { pin: { sha: b } })
    t.match(await roll(b, null, begun(a)), { pin: { sha: b } }, 'an older rollout is under way')
    t.match(await roll(b, null, begun(c, 'closed')), { pin: { sha: b } }, 'a newer one is closed')
    for (const status of ['running', 'halted', 'done'] as const)
      await t.rejects(
        roll(b, null, begun(c, status)),
        { code: 'pin/superseded', exitCode: 3, message: new RegExp(c.slice(0, 12)) },
        `a newer one is ${status}`,
      )
    await t.rejects(roll(a, b), { code: 'pin/superseded', message: /was completed/ })
    await t.rejects(
      roll(b, null, null, 'supersede'),
      { code: 'pin/superseded', message: /takes its place/ },
      'the policy would close it at once',
    )
    await t.rejects(roll(side), { code: 'pin/not-on-ref', hint: /--sha/ })
    await t.rejects(roll('f'.repeat(40)), { code: 'pin/sha-not-found' })
    for (const wrong of ['main', a.slice(0, 12), ''])
      await t.rejects(roll(wrong), { code: 'usage/not-a-sha', exitCode: 2 })
    t.match(
      await pinCommit(fleet(), a, undefined, side),
      { pin: { sha: side, ref: side }, comparison: { kind: 'forward' } },
      'any commit of the repository may be looked at',
    )
    await t.rejects(pinCommit(fleet(), a, undefined, 'main'), { code: 'usage/not-a-sha' })
  },
)

await inFull(t, 'run: one commit, wave by wave, in several commands', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), SELDOM, { nodes: 2, canary: 'node01' })
  const at = (): (string | undefined)[] =>
    [1, 2].map((n) => ground.read(`node0${n}`, 'etc/version')?.trim())
  const first = ground.commit('version 1', version('1'))
  const second = ground.commit('version 2', version('2'))
  const reached = await run(ground, '--until-wave', 'canary', '--sha', first)
  t.match(
    reached,
    { code: 0, stdout: new RegExp(`${first.slice(0, 12)}[^]*canary wave +1 node +1 good`) },
    'reached, and not at the end',
  )
  t.notMatch(reached.stdout, /done, every/)
  t.same(at(), ['1', undefined])
  t.match(await run(ground, '--until-wave', '0'), error(2, 'usage/unknown-wave'))
  // The older one is still under way: it goes first, and how far it came is not what was asked for.
  t.match(await run(ground, '--until-wave', 'canary', '--sha', second), {
    code: 5,
    stderr: /finishes [0-9a-f]{12} first/,
  })
  t.same(at(), ['1', undefined])
  t.match(
    await run(ground, '--sha', second, '--wait', '5m'),
    { code: 0, stdout: new RegExp(`GOOD at ${second.slice(0, 12)}`) },
    'the older one, and then this one',
  )
  t.match(
    (await say(ground, ['history'])).stdout,
    new RegExp(`${second.slice(0, 8)}[^]*${first.slice(0, 8)}`),
  )
  t.same(at(), ['2', '2'])
  t.match(await run(ground, '--sha', first), error(3, 'pin/superseded', /was completed/))
  t.same(at(), ['2', '2'], 'nothing was touched')
  t.match(
    await say(ground, ['detect', '--sha', first, '--canaries', '--json']),
    { code: 0, stdout: /"HOT": 1/ },
    'looking at it is allowed',
  )
  t.match(
    await say(ground, ['detect', '--canaries', '--limit', 'node01']),
    error(2, 'usage/canaries-and-limit'),
  )
})

await inFull(t, 'run: waits for a while, and then no longer', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), SELDOM, {
    nodes: 2,
    canary: 'node01',
    rollout: { soak: '1h' },
  })
  // A canary that is as it should be takes one look.
  ground.write('node01', 'etc/version', '1\n')
  ground.commit('version 1', version('1'))
  const started = Date.now()
  t.match(await run(ground, '--wait', '8s'), { code: 5, stdout: /soak/ })
  const first = Date.now() - started
  t.ok(first >= 8000, `${first} ms`)
  t.match(await run(ground, '--wait', '5s', '--once'), error(2, 'usage/once-and-wait'))
  t.match(await run(ground, '--wait', 'long'), error(2, 'usage/duration'))
})
