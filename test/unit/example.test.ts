// SPDX-License-Identifier: Apache-2.0
// The example of `init`, rolled out by the real Ansible to two of its nodes: what a first user
// meets.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { answerOf, PATCHRUN } from '../support/command.js'
import { inFull } from '../support/size.js'

t.setTimeout(600_000)

const root = resolve(import.meta.dirname, '../../..')
const schema = JSON.parse(readFileSync(join(root, 'schemas/report.schema.json'), 'utf8')) as object
const check = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema)
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const needsAnsible =
  ansible === undefined
    ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' }
    : {}

inFull(
  t,
  'the example of init, rolled out: every answer fits the schema',
  needsAnsible,
  async (t) => {
    const directory = t.testdir()
    const env = {
      ...process.env,
      PATH: `${ansible ?? ''}:${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
      TZ: 'Europe/Oslo',
    }
    t.match(await answerOf(['init'], { cwd: directory }), { code: 0 })
    const file = join(directory, 'patchrun.yml')
    // Two canaries and no wave: every wave costs three launches of Ansible. The package test rolls
    // it out in four waves to all six.
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('soak: 3s', 'soak: 0s')
        .replace('allow: ["node[01-06]"]', 'allow: ["node[01-02]"]'),
    )
    const judge = (
      argv: readonly string[],
      status: number,
      {
        code,
        stdout,
        stderr,
      }: { readonly code: number | null; readonly stdout: string; readonly stderr: string },
    ): unknown => {
      t.equal(code, status, `${argv.join(' ')}: ${stderr.slice(-500)}`)
      const document: unknown = JSON.parse(stdout)
      t.ok(check(document), `${argv.join(' ')}: ${JSON.stringify(check.errors).slice(0, 500)}`)
      return document
    }
    const start = (...argv: string[]): unknown => {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [PATCHRUN, ...argv, '--json'],
        { cwd: directory, encoding: 'utf8', env },
      )
      return judge(argv, 0, { code: status, stdout, stderr })
    }
    const ask = async (status: number, ...argv: string[]): Promise<unknown> =>
      judge(argv, status, await answerOf([...argv, '--json'], { cwd: directory, env }))
    t.match(start('lint', '--strict'), { kind: 'lint', counts: { tasks: 2 } })
    t.match(start('plan'), { kind: 'plan', waves: [{ apply: ['node01', 'node02'] }] })
    t.match(start('run', '--yes'), {
      kind: 'rollout',
      rollout: { status: 'done', counts: { good: 2 } },
    })
    t.match(start('detect'), { kind: 'detect', counts: { GOOD: 2 } })
    for (const verb of ['status', 'report', 'history', 'pin', 'validate']) await ask(0, verb)
    t.equal(readFileSync(join(directory, 'nodes/node02/etc/motd'), 'utf8'), 'Welcome to node02.\n')
    t.match(await ask(2, 'retry', '--yes'), {
      kind: 'error',
      problems: [{ code: 'usage/nothing-to-retry' }],
    })
  },
)
