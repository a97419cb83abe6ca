// SPDX-License-Identifier: Apache-2.0
// Gates as operators meet them, by the real command on real Ansible: health, promotion, limits, a
// frozen fleet, a newer commit.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'
import { start } from '../support/command.js'
import {
  edit,
  error,
  needsAnsible as options,
  OFTEN,
  run,
  say,
  seen,
  SELDOM,
  version,
} from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_800_000)

const make = (
  t: { testdir(): string },
  more: Parameters<typeof makePlayground>[2] = {},
  ansible = OFTEN,
): Playground => makePlayground(t.testdir(), ansible, { nodes: 3, canary: 'node01', ...more })
const at = (ground: Playground): (string | null)[] =>
  ['node01', 'node02', 'node03'].map((n) => ground.read(n, 'etc/version')?.trim() ?? null)
/** What a node has from the beginning needs no change. */
const begin = (ground: Playground, v: string, ...nodes: number[]): void =>
  nodes.forEach((n) => ground.write(`node0${n}`, 'etc/version', `${v}\n`))
const status = async (
  ground: Playground,
  ...more: string[]
): Promise<{
  rollout: { waiting: { code: string; text: string }[]; halt?: { code: string }; status: string }
}> =>
  JSON.parse((await say(ground, ['status', '--json', ...more])).stdout) as Awaited<
    ReturnType<typeof status>
  >

const GATE = `- name: storage must be there
  ansible.builtin.fail: { msg: "/scratch of {{ inventory_hostname }} is gone (asked at {{ patchrun_point }})" }
  when: (node_root ~ '/no-storage') is exists
`

await inQuick(
  t,
  'a health gate halts after the canaries with its message, and lets through when it has passed',
  options,
  async (t) => {
    const ground = make(t, { nodes: 2 })
    begin(ground, '1', 1, 2)
    edit(ground, (d) =>
      Object.assign(d, {
        health: [{ name: 'storage', role: 'gate', at: ['start', 'canaries', 'end'] }],
      }),
    )
    // The canary loses its storage with this version, and patchrun is the one who notices.
    ground.commit('version 2', {
      'site.yml': site(writeTask('no-storage', 'x') + writeTask('etc/version', '2\n')),
      'roles/gate/tasks/main.yml': GATE,
    })
    const halted = await run(ground)
    t.match(halted, {
      code: 4,
      stderr:
        /halted: the health gate "storage" failed on node01: .*\/scratch of node01 is gone \(asked at canaries\)/,
    })
    t.same(at(ground), ['2', '1', null], 'nobody but the canary was touched')
    rmSync(join(ground.directory, 'nodes/node01/no-storage'))
    ground.commit('version 3', { ...version('3') })
    begin(ground, '3', 2)
    const passed = await run(ground)
    t.equal(passed.code, 0, passed.stderr)
    t.equal(
      (passed.stderr.match(/asked a health gate of/g) ?? []).length,
      3,
      'at the start, after the canaries, at the end',
    )
    t.same(at(ground), ['3', '3', null])
    edit(ground, (d) =>
      Object.assign(d, { health: [{ name: 'storage', role: 'gates', at: ['start'] }] }),
    )
    ground.commit('version 4', version('4'))
    t.match(await run(ground), error(3, 'playbook/unknown-role', /Did you mean "gate"/))
  },
)

await inQuick(
  t,
  'an environment opens when the one before it has completed this very commit',
  options,
  async (t) => {
    const ground = make(t, { nodes: 2 })
    edit(ground, (d) => {
      Object.assign(d, {
        environments: {
          test: { nodes: { allow: ['node01'], canary: ['node01'] } },
          prod: { soakBefore: '0s', nodes: { allow: ['node02'], canary: ['node02'] } },
        },
      })
    })
    const sha = ground.commit('version 1', version('1'))
    t.match(await run(ground, '--once', '--env', 'prod'), {
      code: 5,
      stdout: new RegExp(`test must complete ${sha.slice(0, 12)} first`),
    })
    t.match(await run(ground, '--env', 'test'), { code: 0 })
    t.match(await run(ground, '--once', '--env', 'prod'), { code: 0 })
    t.same(at(ground), ['1', '1', null])
    ground.commit('version 2', version('2'))
    t.match(
      await run(ground, '--once', '--env', 'prod'),
      { code: 5, stdout: /test must complete/ },
      'each commit anew',
    )
    t.same(at(ground), ['1', '1', null])
  },
)

await inQuick(t, 'limits of a run: the hard limit, capacity, a freeze', options, async (t) => {
  const ground = make(t, { rollout: { maxChanged: 1, capacity: { fleet: 1 } } })
  begin(ground, '1', 1)
  ground.commit('version 1', version('1'))
  t.match(await run(ground, '--once'), { code: 5, stdout: /1 node at most is changed in one run/ })
  t.same(at(ground), ['1', '1', null])
  t.match(await run(ground, '--once'), { code: 0 }, 'the next run goes on')
  edit(ground, (d) =>
    Object.assign(d, {
      windows: { freeze: [{ from: '2020-01-01', to: '2120-01-01', reason: 'the long sleep' }] },
    }),
  )
  ground.commit('version 2', version('2'))
  t.match(await run(ground, '--once'), { code: 5, stdout: /frozen until .*: the long sleep/ })
  t.match(
    (await status(ground)).rollout.waiting.map((w) => w.code),
    ['freeze'],
  )
  t.same(at(ground), ['1', '1', '1'], 'nothing was touched')
})

await inQuick(
  t,
  'a newer commit takes the place of the one under way, where the policy says so',
  options,
  async (t) => {
    const ground = make(t, { rollout: { soak: '1h', onNewCommit: 'supersede' } })
    begin(ground, '1', 1)
    ground.commit('version 1', version('1'))
    t.match(await run(ground, '--once'), { code: 5 })
    ground.commit('version 2', version('2'))
    t.match(await run(ground, '--once'), { code: 5, stderr: /is closed: superseded by/ })
    t.same(at(ground), ['2', null, null], 'canaries first, again; nobody ever gets a mixture')
  },
)

await inFull(
  t,
  'a run that waits for long notices the newer commit by itself',
  options,
  async (t) => {
    const ground = make(t, { rollout: { soak: '1h', onNewCommit: 'supersede' } }, SELDOM)
    begin(ground, '1', 1)
    ground.commit('version 1', version('1'))
    const waiting = start(['run', '--yes'], { cwd: ground.directory })
    await seen(waiting, /waiting until/)
    ground.commit('version 2', version('2'))
    // It looks up once a minute.
    await seen(waiting, /is closed: superseded by[^]*waiting until/)
    t.same(at(ground), ['2', null, null])
    waiting.child.kill('SIGTERM')
    t.match(await waiting.ended, { code: 130 })
  },
)
