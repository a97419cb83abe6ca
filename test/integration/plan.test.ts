// SPDX-License-Identifier: Apache-2.0
// A plan that is kept binds a run to what was shown; doctor names what is broken and how to mend
// it.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makePlayground, type Playground } from '../support/playground.js'
import {
  edit,
  error,
  needsAnsible as options,
  OFTEN,
  run,
  say,
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
const planned = (ground: Playground): Promise<{ code: number | null; stdout: string }> =>
  say(ground, ['plan', '--out', 'plan.json', '--json'])

await inQuick(t, 'a plan is rolled out as it was shown', options, async (t) => {
  const ground = make(t, {
    rollout: { approval: ['wide'], expected: '7m' },
    hostVars: { node02: { token: 'hush-hush' } },
  })
  const sha = ground.commit('version 1', version('1'))
  const { code, stdout } = await planned(ground)
  t.equal(code, 0)
  const report = JSON.parse(stdout) as { waves: { before: string[]; expected: number }[] }
  t.match(report, {
    pin: { sha },
    expected: { visit: 420_000, measured: false },
    waves: [{ apply: ['node01'], before: [], expected: 420_000 }, { apply: ['node02', 'node03'] }],
  })
  const key = /approval (wide-[0-9a-f]{12})/.exec(report.waves[1]?.before.join() ?? '')?.[1]
  t.ok(key, 'it names what must be approved')
  t.notMatch(
    readFileSync(join(ground.directory, 'plan.json'), 'utf8'),
    /hush-hush/,
    'no variable is in the file',
  )
  const begun = await run(ground, '--plan', 'plan.json', '--once')
  t.match(
    begun,
    { code: 5, stdout: new RegExp(key ?? '?') },
    'the key of the plan is the one the rollout waits for',
  )
  t.equal(ground.read('node01', 'etc/version'), '1\n')

  ground.commit('version 2', version('2'))
  t.match(
    await run(ground, '--plan', 'plan.json', '--once'),
    error(3, 'plan/moved', /main is at [0-9a-f]{12}, the plan was made for/),
  )
})

await inFull(t, 'a run refuses what is no longer as planned', options, async (t) => {
  const ground = make(t, { hostVars: { node02: { colour: 'red' } } }, SELDOM)
  ground.commit('version 1', version('1'))
  await planned(ground)
  const before = readFileSync(ground.file, 'utf8')
  const refused = async (change: Parameters<typeof edit>[1], words: RegExp): Promise<void> => {
    edit(ground, change)
    t.match(await run(ground, '--plan', 'plan.json'), error(3, 'plan/moved', words))
    writeFileSync(ground.file, before)
  }
  await refused(
    (d) => Object.assign(d['nodes'] ?? {}, { allow: ['node[01-02]'] }),
    /not permitted any more, or not in the rollout: node03/,
  )
  await refused(
    (d) => Object.assign(d['nodes'] ?? {}, { allow: ['node[01-04]'] }),
    /not in the plan: node04/,
  )
  await refused(
    (d) => Object.assign(d['nodes'] ?? {}, { canary: ['node02'] }),
    /in another wave than planned: node\[01-02\]/,
  )
  await refused(
    (d) => Object.assign(d['inventory'] ?? {}, { hostVars: { node02: { colour: 'blue' } } }),
    /the inventory says something else of node02/,
  )
  await refused(
    (d) => Object.assign(d['inventory']?.['vars'] ?? {}, { mirror: 'b' }),
    /groups of the inventory, or their variables/,
  )
  t.match(
    await run(ground, '--plan', 'plan.json', '--limit', 'node02'),
    error(2, 'usage/plan-and-limit'),
  )
  t.match(
    await run(ground, '--plan', 'missing.json'),
    error(3, 'plan/unreadable', /there is no such file/),
  )
  writeFileSync(join(ground.directory, 'other.json'), '{"kind":"plan"}')
  t.match(
    await run(ground, '--plan', 'other.json'),
    error(3, 'plan/unreadable', /its kind is another/),
  )
  t.equal(ground.read('node01', 'etc/version'), null, 'nothing was touched')
  t.match(await run(ground, '--plan', 'plan.json'), { code: 0 })
  t.equal(ground.read('node03', 'etc/version'), '1\n')
})

await inQuick(t, 'doctor: all is well, or what is not, and how to mend it', options, async (t) => {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  const well = await say(ground, ['doctor', '--json'])
  t.match(
    { ...well, stdout: JSON.parse(well.stdout) as unknown },
    { code: 0, stdout: { kind: 'doctor', healthy: true } },
  )
  t.match((JSON.parse(well.stdout) as { checks: readonly unknown[] }).checks, [
    { name: 'config' },
    { name: 'ansible', result: 'ok', found: /^ansible-core \S+ \(.*\): (tried with|supported)/ },
  ])
  const names = (JSON.parse(well.stdout) as { checks: { name: string }[] }).checks.map(
    (c) => c.name,
  )
  t.same(
    names,
    ['config', 'ansible', 'state directory', 'disk', 'journal', 'lock', 'clock', 'git', 'canaries'],
    'no ssh is looked for where nothing goes over ssh',
  )

  const before = readFileSync(ground.file, 'utf8')
  edit(ground, (d) => {
    Object.assign(d['inventory']?.['vars'] ?? {}, {
      ansible_connection: 'ssh',
      ansible_host: '127.0.0.1',
      ansible_port: 1,
    })
    Object.assign(d['playbooks'] ?? {}, { repository: './elsewhere' })
    Object.assign(d, { ansible: { ...(d['ansible'] as object), connectTimeout: '1s' } })
  })
  mkdirSync(join(ground.directory, '.patchrun'), { recursive: true })
  chmodSync(join(ground.directory, '.patchrun'), 0o777)
  const ill = await say(ground, ['doctor'])
  t.equal(ill.code, 3)
  t.match(ill.stdout, /look +state directory .*can be written by others[^]*chmod go-w/)
  t.match(ill.stdout, /bad +git /)
  t.match(ill.stdout, /ok +ssh +OpenSSH/)
  t.match(ill.stdout, /bad +canaries +1 of 1 does not answer: node01: unreachable[^]*ansible\.log/)

  writeFileSync(ground.file, before.replace('"fleet"', '"flet"'))
  const env = { PATH: `${OFTEN}:${process.env['PATH'] ?? ''}` }
  t.match(await say(ground, ['doctor'], { env }), {
    code: 3,
    stdout:
      /bad +config .*patchrun\.yml:\d+:\d+: the file has no "fleet"[^]*:\d+:\d+: an unknown field: "flet"[^]*ok +ansible/,
  })
})
