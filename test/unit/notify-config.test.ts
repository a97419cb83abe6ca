// SPDX-License-Identifier: Apache-2.0
// Who is told, as it is declared: sources of secrets are opened, and a secret in the file itself is
// refused without being shown.
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkTargets } from '../../lib/engine/doctor/doctor-notify.js'
import { isOpenToOthers, openSecret } from '../../lib/engine/site/secrets.js'
import { PatchrunError, type Problem } from '../../lib/errors.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import type { Fleet, MessageKind } from '../../lib/fleet/declare/fleet.js'
import { answerOf } from '../support/command.js'

const GOOD = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks }
nodes:
  allow: ["node[01-06]"]
  canary: [node01]
`
const SECRET = 'https://hooks.slack.com/services/T0/B0/verysecret'
const open = (text: string, environment?: string): Fleet =>
  resolveFleet(
    parseDeclaration('/etc/fleet/patchrun.yml', text),
    { lists: new Map() },
    environment === undefined ? {} : { environment },
  )
const ALL: readonly MessageKind[] = [
  'started',
  'canary-passed',
  'halted',
  'waiting-approval',
  'quarantined',
  'done',
  'rolled-back',
]

function problemsOf(text: string): readonly Problem[] {
  try {
    open(text)
    return []
  } catch (error) {
    if (error instanceof PatchrunError) return error.problems
    throw error
  }
}

t.test(
  'targets: sources stay sources, paths become absolute, an environment has its own',
  async (t) => {
    t.same(open(GOOD).notify, [])
    const notify = `notify:
  ops: { slack: { env: OPS_SLACK }, on: [halted, quarantined] }
  desk: { webhook: { url: "https://desk.example.org/x", secret: { file: keys/desk } } }
`
    const desk = {
      name: 'desk',
      on: ALL,
      to: { url: 'https://desk.example.org/x', secret: { file: '/etc/fleet/keys/desk' } },
    }
    t.same(open(GOOD + notify).notify, [
      { name: 'ops', on: ['halted', 'quarantined'], to: { slack: { env: 'OPS_SLACK' } } },
      desk,
    ])
    const two = `${GOOD}${notify}environments:
  test: { nodes: { allow: [node01], canary: [node01] }, notify: { here: { webhook: { url: "http://[::1]:8080/", secret: { env: KEY } } } } }
  prod: { nodes: { allow: [node02], canary: [node02] } }
`
    t.same(open(two, 'test').notify, [
      { name: 'here', on: ALL, to: { url: 'http://[::1]:8080/', secret: { env: 'KEY' } } },
    ])
    t.match(open(two, 'prod').notify, [{ name: 'ops' }, desk])
  },
)

const BAD: readonly (readonly [name: string, notify: string, code: string, line: number])[] = [
  ['a URL of Slack', `{ ops: { slack: "${SECRET}" } }`, 'config/secret-in-file', 7],
  [
    'a key',
    `{ ops: { webhook: { url: "https://a.example/", secret: "${SECRET}" } } }`,
    'config/secret-in-file',
    7,
  ],
  [
    'a URL where a variable is named',
    `{ ops: { slack: { env: "${SECRET}" } } }`,
    'config/secret-in-file',
    7,
  ],
  ['a URL where a target belongs', `{ ops: "${SECRET}" }`, 'config/secret-in-file', 7],
  ['a URL where targets belong', SECRET, 'config/secret-in-file', 7],
  ['a list of URLs', `["${SECRET}"]`, 'config/wrong-type', 7],
  ['an unknown field', `{ ops: { slak: "${SECRET}" } }`, 'config/unknown-field', 7],
  [
    'both',
    `{ ops: { slack: { env: A }, webhook: { url: "https://a.example/", secret: { env: A } } } }`,
    'config/notify-target',
    7,
  ],
  ['neither', `{ ops: { on: [done] } }`, 'config/notify-target', 7],
  ['an empty source', `{ ops: { slack: {} } }`, 'config/wrong-type', 7],
  [
    'a kind there is not',
    `{ ops: { slack: { env: A }, on: [finished] } }`,
    'config/invalid-value',
    7,
  ],
  [
    'http',
    `{ ops: { webhook: { url: "http://verysecret.example/", secret: { env: A } } } }`,
    'config/notify-url',
    7,
  ],
  [
    'a password',
    `{ ops: { webhook: { url: "https://u:verysecret@a.example/", secret: { env: A } } } }`,
    'config/notify-url',
    7,
  ],
  [
    'no URL',
    `{ ops: { webhook: { url: verysecret, secret: { env: A } } } }`,
    'config/notify-url',
    7,
  ],
  [
    'a file',
    `{ ops: { webhook: { url: "file:///verysecret", secret: { env: A } } } }`,
    'config/notify-url',
    7,
  ],
  ['a line that is no YAML', `{ ops: { slack: @${SECRET} } }`, 'config/yaml-syntax', 7],
]

t.test('what is wrong is said, and what may be a secret is not shown', async (t) => {
  for (const [name, notify, code, line] of BAD) {
    const problems = problemsOf(`${GOOD}notify: ${notify}\n`)
    t.match(problems, [{ code, where: { line } }], name)
    t.equal(problems.length, 1, `${name}: said once`)
    t.notMatch(JSON.stringify(problems), /verysecret/, `${name}: nothing shown`)
  }
  t.match(
    problemsOf(`${GOOD}notify: { ops: { slack: { env: A }, on: [haltd] } }\n`),
    [{ hint: /Did you mean "halted"/ }],
    'a kind is no secret: it is shown, and a near one named',
  )
})

t.test('secrets are read when they are asked for', async (t) => {
  const dir = t.testdir({
    url: `${SECRET}\n`,
    windows: `${SECRET}\r\n`,
    bare: SECRET,
    empty: '\n',
    huge: 'x'.repeat(70_000),
  })
  for (const name of ['url', 'windows', 'bare'])
    t.equal(await openSecret({ file: join(dir, name) }, 'the URL'), SECRET, name)
  process.env['PATCHRUN_TEST_URL'] = SECRET
  t.equal(await openSecret({ env: 'PATCHRUN_TEST_URL' }, 'the URL'), SECRET)
  delete process.env['PATCHRUN_TEST_URL']
  const refused = async (
    source: Parameters<typeof openSecret>[0],
    words: RegExp,
  ): Promise<unknown> =>
    t.rejects(openSecret(source, 'the URL of the target ops'), {
      code: 'config/secret',
      exitCode: 3,
      message: new RegExp(`^the URL of the target ops is to come from .*${words.source}`),
    })
  await refused({ env: 'PATCHRUN_TEST_URL' }, /PATCHRUN_TEST_URL, which is not set/)
  await refused({ file: join(dir, 'nowhere') }, /which is not there/)
  await refused({ file: join(dir, 'empty') }, /which is empty/)
  await refused({ file: join(dir, 'huge') }, /more than any secret/)
  await refused({ file: dir }, /which is no file/)
  execFileSync('mkfifo', [join(dir, 'pipe')])
  await refused({ file: join(dir, 'pipe') }, /which is no file/)
})

t.test('a file that others may read is found', async (t) => {
  const file = join(t.testdir(), 'key')
  writeFileSync(file, 'k')
  for (const [mode, others] of [
    [0o600, false],
    [0o640, false],
    [0o644, true],
  ] as const) {
    chmodSync(file, mode)
    t.equal(await isOpenToOthers({ file }), others, mode.toString(8))
  }
  t.equal(await isOpenToOthers({ env: 'X' }), false)
})

t.test('doctor finds what would keep people from being told', async (t) => {
  const dir = t.testdir({ url: `${SECRET}\n`, short: 'short', http: 'http://verysecret.example/' })
  for (const name of ['url', 'short', 'http']) chmodSync(join(dir, name), 0o600)
  const file = (name: string): { readonly file: string } => ({ file: join(dir, name) })
  const slack = (name: string): Fleet['notify'][number] => ({
    name,
    on: ALL,
    to: { slack: file(name) },
  })
  const found = (...notify: Fleet['notify']): ReturnType<typeof checkTargets> =>
    checkTargets({ notify })
  t.same(await found(slack('url')), { result: 'ok', found: 'url' })
  t.match(await found(slack('url'), slack('nowhere')), {
    result: 'fail',
    found: /^the URL of the target nowhere is to come from .*which is not there$/,
  })
  t.match(await found(slack('http')), {
    result: 'fail',
    found: 'the URL of the target http is http, which anybody on the way can read',
  })
  t.match(
    await found({
      name: 'desk',
      on: ALL,
      to: { url: 'https://desk.example/', secret: file('short') },
    }),
    { result: 'warn', found: /^the key of the target desk is shorter than 24 bytes$/ },
  )
  chmodSync(join(dir, 'url'), 0o644)
  t.match(await found(slack('url')), {
    result: 'warn',
    found: /anybody on this machine may read its file/,
  })
})

t.test('a secret in the file is not printed, whatever is wrong with its line', async (t) => {
  const directory = t.testdir()
  const declared: readonly (readonly [string, RegExp])[] = [
    [`notify: { ops: { slack: ${SECRET} } }`, /config\/secret-in-file/],
    [`notify:\n  ops:\n    slack: ${SECRET}`, /config\/secret-in-file/],
    [`notify:\n  ops:\n    slack: [${SECRET}]`, /config\/wrong-type/],
    // Nothing in this line tells what it is.
    [
      'notify:\n  ops:\n    slack:\n      - https://chat.example.org/x/T0B0XYZ',
      /config\/wrong-type/,
    ],
    ['notify:\n  ops:\n    slack:\n      https://chat.example.org/x/T0B0XYZ', /secret-in-file/],
    [`notify: { ops: { slack: { env: OPS }, slak: ${SECRET} } }`, /config\/unknown-field/],
    [`notify: { ops: { slack: ${SECRET}, on: [never] } }`, /config\//],
    [
      `notify: { desk: { webhook: { url: "http://desk.example.org/${SECRET}", secret: { file: k } } } }`,
      /config\/notify-url/,
    ],
    [`notify: { "${SECRET}": { slack: { env: OPS } } }`, /hooks\.slack\.com\/…/],
    [`notify: { ops: { slack: { env: OPS }, on: ["${SECRET}"] } }`, /hooks\.slack\.com\/…/],
    [`notify:\n  ops:\n    slack: { env: OPS }\n    on:\n      - ${SECRET}`, /config\//],
    [`notify: { ops: { slack: ${SECRET} }`, /config\/yaml-syntax/],
    [`notify: { ops: { slack: ${SECRET} } }\nnotfy: { ops: ${SECRET} }`, /config\/unknown-field/],
  ]
  for (const [notify, code] of declared) {
    writeFileSync(join(directory, 'patchrun.yml'), `${GOOD}${notify}\n`)
    for (const form of [[], ['--json']]) {
      const { stdout, stderr } = await answerOf(['validate', ...form], { cwd: directory })
      t.match(stdout + stderr, code, notify)
      t.notMatch(stdout + stderr, /verysecret|T0B0XYZ/, `${notify} ${form.join()}`)
    }
  }
})
