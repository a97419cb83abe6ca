// SPDX-License-Identifier: Apache-2.0
// The real command from an empty directory to a remembered commit: what `init` writes runs as it
// is, a commit that breaks halts, and a retry goes on.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { patchrun, type Ended } from '../support/command.js'

const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const options =
  bin === undefined ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' } : {}
t.setTimeout(1_200_000)

t.test('from init to history, through the command', options, async (t) => {
  const cwd = t.testdir()
  const say = (...args: string[]): Promise<Ended> =>
    patchrun(args, { cwd, env: { PATH: `${bin ?? ''}:${process.env['PATH'] ?? ''}` } })
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { stdout, stderr } = await say(...args, '--json')
    t.ok(stdout.startsWith('{'), `${args.join(' ')} --json prints one document ${stderr}`)
    return JSON.parse(stdout) as Record<string, unknown>
  }

  t.match(await say('init'), { code: 0 })
  // One node instead of six: each run of Ansible costs a second, whatever it does. The package is
  // tried out with all of them.
  const file = join(cwd, 'patchrun.yml')
  const declared = readFileSync(file, 'utf8')
    .replace(/node\[01-06\]/, 'node01')
    .replace(/canary: .*/, 'canary: ["node01"]')
    .replace(/soak: .*/, 'soak: 0s')
  writeFileSync(file, declared)
  t.match(await json('validate'), { kind: 'validate', nodes: ['node01'], canaries: ['node01'] })
  const pin = await json('pin')
  t.match(pin, { kind: 'pin', pin: { sha: /^[0-9a-f]{40}$/ } })
  t.match(await say('lint', '--strict'), { code: 0 })
  t.match(await json('detect'), { kind: 'detect', counts: { HOT: 1, GOOD: 0 } })
  t.match(await json('status'), { kind: 'rollout', rollout: null })

  const ran = await say('run', '--yes')
  t.match(ran, { code: 0, stdout: /done, every node is GOOD/ }, ran.stderr)
  const sha = (pin['pin'] as { sha: string }).sha
  t.match(await json('report'), {
    remembered: sha,
    rollout: { status: 'done', pin: { sha }, counts: { good: 1 } },
  })
  t.match(await say('status'), { code: 0, stdout: /canary wave  1 node  1 good/ })
  t.match(await json('history'), { kind: 'history', rollouts: [{ status: 'done', pin: { sha } }] })
  t.match(await say('retry', '--yes'), { code: 2, stderr: /usage\/nothing-to-retry/ })
  t.match(
    await say('run', '--yes'),
    { code: 0, stderr: /nothing new to install/ },
    'a second time there is nothing to do',
  )
})
