// SPDX-License-Identifier: Apache-2.0
// Vault values in patchrun.yml, and the files and scripts that give the passwords.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  openToOthers,
  vaultFileProblems,
  vaultScriptProblems,
} from '../../lib/ansible/programs/vault-sources.js'
import { errorIn, hintFor } from '../../lib/outcome/summary/fault.js'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { openSession } from '../../lib/engine/site/session.js'
import type { Problem } from '../../lib/errors.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import type { VaultId } from '../../lib/fleet/declare/fleet.js'
import { checkDeclaration, parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { vaultTextFault } from '../../lib/fleet/declare/vault-values.js'
import { patchrun } from '../support/command.js'
import { LABELLED, pasted, SEALED } from '../support/vault-text.js'

const HEAD =
  'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: ["node[01-06]"], canary: [node01] }\n'
const check = (text: string, head = HEAD): readonly Problem[] =>
  checkDeclaration('/f.yml', head + text).problems
const at = (line: number, column: number): object => ({
  where: { file: '/f.yml', line, column, text: undefined },
})

t.test('a vault value stands where variables have values, at any depth', async (t) => {
  t.same(
    check(
      `inventory:\n  vars:\n    a: ${pasted(SEALED, 4)}    b:\n      - deep: ${pasted(LABELLED, 8)}  hostVars:\n    node01:\n      c: ${pasted(SEALED, 6)}  groupVars:\n    all:\n      d: ${pasted(SEALED, 6)}`,
    ),
    [],
  )
  t.same(
    check(`health:\n  - name: h\n    role: r\n    vars:\n      token: ${pasted(SEALED, 6)}`),
    [],
  )
  const targets = `notify:\n  ops:\n    slack: ${pasted(SEALED, 4)}  desk:\n    webhook:\n      url: ${pasted(LABELLED, 6)}      secret: ${pasted(SEALED, 6)}`
  t.same(check(targets), [])
  t.match(
    resolveFleet(
      parseDeclaration(
        '/f/patchrun.yml',
        `${HEAD}${targets}ansible: { executable: a/ansible-playbook, vault: [{ file: pw }] }\n`,
      ),
      { lists: new Map() },
    ).notify,
    [
      {
        name: 'ops',
        to: {
          slack: {
            vaulted: { __ansible_vault: /1\.1/ },
            where: { line: 8, column: 7 },
            directory: '/f',
            vault: [{ id: 'default', path: '/f/pw' }],
            executable: '/f/a/ansible-playbook',
          },
        },
      },
      { name: 'desk', to: { url: { vaulted: {}, where: { line: 17 } }, secret: { vaulted: {} } } },
    ],
    'with what it takes to open them',
  )
  t.match(check('notify: { ops: { slack: !vault https://hooks.example.org/x } }\n'), [
    { code: 'config/vault-value', ...at(5, 32) },
  ])
  const { declared } = checkDeclaration(
    '/f.yml',
    `${HEAD}inventory:\n  vars:\n    a: ${pasted(LABELLED, 4)}`,
  )
  t.same(
    declared?.config.inventory?.vars,
    { a: { __ansible_vault: `${LABELLED}\n` } },
    'and stays closed',
  )
})

t.test('anywhere else it is refused, once, at its place', async (t) => {
  const places: readonly (readonly [string, readonly [number, number], string])[] = [
    [`inventory:\n  vars: ${pasted(SEALED, 2)}`, [7, 5], 'inventory.vars'],
    [`inventory:\n  groupVars: ${pasted(SEALED, 2)}`, [7, 5], 'inventory.groupVars'],
    [
      `inventory:\n  source: !vault "${SEALED.split('\n')[0] ?? ''}"\n`,
      [6, 19],
      'inventory.source',
    ],
    [`windows: ${pasted(SEALED, 0)}`, [6, 3], 'windows'],
    [`environments: ${pasted(SEALED, 0)}`, [6, 3], 'environments'],
    [`failureDomains: ${pasted(SEALED, 0)}`, [6, 3], 'failureDomains'],
    [`notify:\n  ops: ${pasted(SEALED, 2)}`, [7, 5], 'notify.ops'],
    [`ansible:\n  forks: ${pasted(SEALED, 2)}`, [7, 5], 'ansible.forks'],
    [`health:\n  - name: ${pasted(SEALED, 6)}    role: r\n`, [7, 9], 'health[0].name'],
  ]
  for (const [text, [line, column], field] of places)
    t.match(
      check(text),
      [
        {
          code: 'config/vault-place',
          message: new RegExp(`^${field.replace('[', '\\[')} is a vault value`),
          ...at(line, column),
        },
      ],
      field,
    )
  for (const [text] of places) t.equal(check(text).length, 1, text)
  t.match(check('', HEAD.replace('demo', pasted(SEALED, 0).trimEnd())), [
    { code: 'config/vault-place', ...at(3, 3) },
  ])
  t.match(check('', HEAD.replace('"node[01-06]"', '!vault x')), [
    { code: 'config/vault-place', ...at(4, 25) },
  ])
  t.match(check('', '!vault x'), [{ code: 'config/vault-place', message: /the file/ }])
  t.throws(() => check('inventory: { vars: { a: !vault [x] } }\n'), {
    code: 'config/yaml-syntax',
    hint: /one encrypted text/,
  })
})

t.test('a text that is no vault text is told by its line, and not repeated', async (t) => {
  const bad: readonly (readonly [string, RegExp, number])[] = [
    ['hunter2', /does not begin/, 0],
    [SEALED.replace('AES256', 'AES'), /first line/, 0],
    [SEALED.replace('1.1', '1.2'), /first line/, 0],
    [LABELLED.replace('1.2', '1.1'), /first line/, 0],
    [SEALED.split('\n')[0] ?? '', /ends after/, 0],
    [SEALED.replace(/^6/m, 'g'), /digits/, 4],
    [SEALED.replace(/\n.*\n/, '\n'), /not complete/, 4],
    [SEALED.slice(0, -2), /not complete/, 5],
  ]
  t.same([SEALED, LABELLED, `${SEALED}\n\n`, SEALED.replaceAll('\n', '\r\n')].map(vaultTextFault), [
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  for (const [text, words, line] of bad) {
    const problems = check(`inventory:\n  vars:\n    a: ${pasted(text, 4)}`)
    t.match(
      problems,
      [{ code: 'config/vault-value', message: words, ...at(8 + line, 7) }],
      text.slice(0, 40),
    )
    t.notMatch(JSON.stringify(problems), /hunter2/)
  }
  t.match(check('inventory: { vars: { a: !vault hunter2, b: !vault "" } }\n'), [
    { code: 'config/vault-value', ...at(5, 32) },
    { code: 'config/vault-value' },
  ])
  t.match(check('inventory: { vars: { a: { __ansible_vault: 5 } } }\n'), [
    { code: 'config/vault-value', message: /no text/ },
  ])
})

const source = (kind: VaultId['kind'], path: string, id = 'lab'): VaultId => ({
  id,
  kind,
  path,
  where: { file: 'patchrun.yml', line: 7, column: 3 },
})

t.test('files and scripts that cannot give a password', async (t) => {
  const dir = t.testdir({
    good: 'right\n',
    empty: '',
    runs: 'right\n',
    open: 'right\n',
    quiet: '#!/bin/sh\n',
    'fails.sh': '#!/bin/sh\necho Tr4ce >&2\nexit 1\n',
    'lab-client.sh': '#!/bin/sh\n[ "$1 $2" = "--vault-id lab" ] || exit 2\necho right\n',
    broken: '#!/nosuch/interpreter\n',
    slow: '#!/bin/sh\nsleep 20\n',
    asks: '#!/bin/sh\nread x </dev/tty || exit 3\n',
    prints: '#!/bin/sh\necho right\n',
    d: {},
  })
  for (const name of ['good', 'empty']) chmodSync(join(dir, name), 0o600)
  chmodSync(join(dir, 'open'), 0o644)
  for (const name of [
    'runs',
    'quiet',
    'fails.sh',
    'lab-client.sh',
    'broken',
    'slow',
    'asks',
    'prints',
  ])
    chmodSync(join(dir, name), 0o700)
  const of = (kind: VaultId['kind'], name: string): Promise<readonly Problem[]> =>
    vaultFileProblems([source(kind, join(dir, name))])
  t.same(await of('file', 'good'), [])
  t.same(await of('script', 'prints'), [])
  const bad = [
    ['file', 'gone', /is not there/],
    ['file', 'prompt', /can not be asked for/],
    ['file', 'd', /is a directory/],
    ['file', 'empty', /is empty/],
    ['file', 'runs', /Ansible would run it/],
    ['script', 'good', /not executable/],
    ['script', 'gone', /is not there/],
    ['file', 'a$HOME', /holds \$/],
    ['file', '~/pw', /holds/],
  ] as const
  for (const [kind, name, words] of bad)
    t.match(
      await of(kind, name),
      [{ code: 'config/vault-password', message: words, where: { line: 7, column: 3 } }],
      name,
    )
  t.same(
    await openToOthers([
      source('file', join(dir, 'good')),
      source('file', join(dir, 'open')),
      source('script', join(dir, 'prints')),
    ]),
    [join(dir, 'open')],
  )

  const run = (name: string, id?: string, timeout?: number): Promise<readonly Problem[]> =>
    vaultScriptProblems([source('script', join(dir, name), id)], undefined, timeout)
  t.same(await vaultScriptProblems([source('file', join(dir, 'gone'))]), [], 'files are not run')
  t.same([...(await run('prints')), ...(await run('lab-client.sh'))], [])
  t.match(await run('lab-client.sh', 'prod'), [
    { message: /knows no password for the label "prod"/ },
  ])
  t.match(
    await run('fails.sh'),
    [
      {
        code: 'config/vault-password',
        message: /exit code 1$/,
        hint: /by hand/,
        where: { line: 7 },
      },
    ],
    'without what it printed',
  )
  t.match(await run('quiet'), [{ message: /printed no password/ }])
  t.match(await run('broken'), [{ message: /can not be run|exit code/ }])
  t.match(await run('asks'), [{ message: /exit code [123]/ }], 'there is no terminal')
  t.match(await run('slow', 'lab', 300), [{ message: /within 0.3 s/ }])
})

t.test('a declaration names them, and nothing is started without them', async (t) => {
  const dir = t.testdir({ bin: {}, 'ask.sh': '#!/bin/sh\necho "$#" >> asked\n' })
  writeFileSync(
    join(dir, 'bin/ansible-playbook'),
    '#!/bin/sh\necho "ansible-playbook [core 2.14.18]"\n',
    { mode: 0o755 },
  )
  writeFileSync(join(dir, 'pw'), 'right\n', { mode: 0o600 })
  const file = join(dir, 'patchrun.yml')
  const declare = (vault: string): void =>
    writeFileSync(file, `${HEAD}ansible:\n  executable: bin/ansible-playbook\n  vault: ${vault}\n`)
  declare('[{ file: pw }, { id: prod, script: ./ask.sh }, { file: gone }]')
  const open = (): Promise<unknown> => openFleet({ file, ansibleInventory: async () => '' })
  const ready = async (): Promise<unknown> => {
    const session = await openSession({ file })
    await session.observe()
    return session.findAnsible().catch((error: unknown) => error)
  }
  t.match(await open(), { name: 'demo' }, 'the status can be asked for without them')
  t.match(await patchrun(['validate'], { cwd: dir }), {
    code: 3,
    stderr: /config\/vault-password[^]*ask\.sh is not executable/,
  })
  t.match(await ready(), {
    problems: [
      {
        code: 'config/vault-password',
        message: /ask\.sh is not executable/,
        where: { line: 7, column: 45 },
      },
      { message: /"default": .*gone is not there/, where: { line: 7 } },
    ],
  })
  chmodSync(join(dir, 'ask.sh'), 0o700)
  declare('[{ file: pw }, { id: prod, script: ./ask.sh }]')
  t.match(await open(), {
    ansible: {
      vault: [
        { id: 'default', kind: 'file', path: join(dir, 'pw') },
        { id: 'prod', kind: 'script', path: join(dir, 'ask.sh') },
      ],
    },
  })
  const session = await openSession({ file })
  await session.observe()
  await t.rejects(
    session.findAnsible(),
    { code: 'config/vault-password', message: /printed no password/ },
    'before Ansible is started',
  )
  writeFileSync(join(dir, 'ask.sh'), '#!/bin/sh\necho x >> asked\necho right\n')
  t.match(await session.findAnsible(), { version: '2.14.18' }, 'asked again after it was mended')
  mkdirSync(join(dir, 'later'))
  t.match(await session.findAnsible(), { version: '2.14.18' })
})

t.test("Ansible's words on a vault it cannot open", async (t) => {
  const old =
    'ERROR! Decryption failed (no vault secrets were found that could decrypt) on /c/group_vars/all.yml'
  t.match(errorIn(old), {
    message:
      /none of the vault passwords fits it; name its password under ansible\.vault .*group_vars\/all\.yml/,
  })
  t.match(errorIn('[ERROR]: Attempting to decrypt but no vault secrets found.\n'), {
    message: /no vault password is given/,
  })
  t.match(hintFor(errorIn(old)?.message ?? ''), /patchrun doctor/)
  t.same(errorIn('ERROR! something else'), { message: 'something else' })
})

t.test('the examples of docs/usage/vault.md', async (t) => {
  const page = await readFile(join(process.cwd(), 'docs/usage/vault.md'), 'utf8')
  const blocks = (kind: string): readonly string[] =>
    [...page.matchAll(new RegExp(`\`\`\`${kind}\\n([^\`]*)\`\`\``, 'g'))].map((m) => m[1] ?? '')
  t.same(
    blocks('yaml').map((block) => check(block)),
    [[], []],
  )
  const script = join(t.testdir(), 'vault-pass.sh')
  writeFileSync(script, blocks('sh')[0] ?? '', { mode: 0o700 })
  const ask = (): Promise<readonly Problem[]> => vaultScriptProblems([source('script', script)])
  process.env['VAULT_PASSWORD'] = 'right'
  t.same(await ask(), [])
  delete process.env['VAULT_PASSWORD']
  t.match(await ask(), [{ message: /failed with exit code 2/ }])
})
