// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { parseInventory } from '../../lib/ansible/programs/ask-inventory.js'
import { buildInventory, hostVariables } from '../../lib/ansible/call/inventory-json.js'
import { writeInventory } from '../../lib/ansible/call/write-inventory.js'
import { openFleet, readDeclaration } from '../../lib/engine/site/open-fleet.js'
import { linesToEntries } from '../../lib/engine/site/list-source.js'
import { openSession } from '../../lib/engine/site/session.js'
import { PatchrunError, type Problem } from '../../lib/errors.js'
import { parseDuration } from '../../lib/fleet/time/duration.js'
import { limitTo } from '../../lib/fleet/lists/limit.js'
import { nearest } from '../../lib/fleet/names/nearest.js'
import { environmentsOf, resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { patchrunSchema } from '../../lib/fleet/declare/schema.generated.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { SEALED, pasted } from '../support/vault-text.js'

const run = promisify(execFile)
const EXAMPLE = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks, ref: main, playbook: site.yml }
nodes:
  allow:  ["node[01-06]"]
  deny:   ["db[1-2]"]
  canary: ["node[01-02]"]
`
const noAnsible = (): Promise<string> => Promise.reject(new Error('nobody asked for an inventory'))
const open = (text: string, options: { environment?: string } = {}) =>
  resolveFleet(parseDeclaration('/srv/patchrun.yml', text), { lists: new Map() }, options)

async function problems(work: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await work
  } catch (error) {
    if (error instanceof PatchrunError) return error.problems
    throw error
  }
  return []
}

t.test('the example, with every default filled in', async (t) => {
  t.same(open(EXAMPLE), {
    name: 'demo',
    environment: 'default',
    file: '/srv/patchrun.yml',
    playbooks: {
      repository: '/srv/playbooks',
      ref: 'main',
      playbook: 'site.yml',
      submodules: true,
      lfs: 'refuse',
      requirements: false,
    },
    nodes: ['01', '02', '03', '04', '05', '06'].map((n) => ({
      name: `node${n}`,
      canary: n < '03',
      groups: [],
      vars: {},
      domains: [],
      partitions: [],
      runsOn: null,
      scheduler: null,
    })),
    denied: ['db1', 'db2'],
    groupVars: {},
    groupChildren: {},
    policy: {
      soak: 600_000,
      waves: ['10%', '50%', '100%'],
      maxFailed: '5%',
      budget: { failed: null, unreachable: null, notConverged: null },
      retries: { attempts: 5, backoff: 60_000, longest: 1_800_000 },
      maxChanged: null,
      capacity: { fleet: null, groups: {}, partitions: {}, domains: null },
      pause: { nodes: 0, waves: 0 },
      deadline: null,
      timing: { zone: 'UTC', windows: [], freezes: [], expected: 600_000 },
      approval: [],
      onNewCommit: 'finish',
      health: [],
      promotion: { after: [], soak: 0 },
      protected: false,
      changes: {
        untagged: 'drain',
        beyond: 'apply',
        unforeseen: { hot: 'apply', drain: 'name', untagged: 'name' },
      },
      drain: {
        atOnce: '10%',
        timeout: 86_400_000,
        onTimeout: 'wait',
        foreign: 'leave',
        reservations: 'join',
        hotFirst: false,
        reboot: 'auto',
        rebootTimeout: 900_000,
        test: true,
      },
    },
    ansible: {
      forks: 20,
      config: 'repository',
      hangTimeout: 1_800_000,
      connectTimeout: 10_000,
      diff: true,
      extraArgs: [],
      extraVars: {},
      vault: [],
    },
    schedulers: [],
    notify: [],
    stateDirectory: '/srv/.patchrun',
    stateRemote: null,
    lockTimeout: 60_000,
  })
})

t.test('repositories: paths become absolute, addresses stay', async (t) => {
  const of = (repository: string) =>
    open(EXAMPLE.replace('./playbooks', repository)).playbooks.repository
  t.equal(of('../p'), '/p')
  t.equal(of('/x/p'), '/x/p')
  t.equal(of('https://git.example.org/p.git'), 'https://git.example.org/p.git')
  t.equal(of('git@git.example.org:hpc/p.git'), 'git@git.example.org:hpc/p.git')
})

t.test('groups, variables and domains as declared', async (t) => {
  const fleet = open(`${EXAMPLE}inventory:
  groups: { compute: ["node[01-04]", db1, nobody], rack1: ["node[01-03]"], empty: [db1] }
  vars:
    ntp: a
    flag: yes
    secret: ${pasted(SEALED, 4)}
  groupVars: { compute: { role: c }, empty: { password: x } }
  hostVars: { "node[01-06]": { ansible_user: root, a: 1 }, node03: { a: 3 }, db1: { a: 4 } }
failureDomains: { fromGroups: ["rack*"] }
`)
  t.same(fleet.nodes[2], {
    name: 'node03',
    canary: false,
    groups: ['compute', 'rack1'],
    vars: { ansible_user: 'root', a: 3 },
    domains: ['rack1'],
    partitions: [],
    runsOn: null,
    scheduler: null,
  })
  t.same(fleet.nodes[5]?.groups, [])
  t.same(fleet.groupVars, {
    all: { ntp: 'a', flag: 'yes', secret: { __ansible_vault: `${SEALED}\n` } },
    compute: { role: 'c' },
    empty: { password: 'x' },
  })
  t.notMatch(JSON.stringify(buildInventory(fleet)), /db1|nobody/)
  const racks = open(
    `${EXAMPLE}inventory: { vars: { rack: z }, hostVars: { "node[01-02]": { rack: [a, 7] } } }\nfailureDomains: { fromVariable: rack }\n`,
  )
  t.same(
    racks.nodes.map((n) => n.domains),
    [['a', '7'], ['a', '7'], ['z'], ['z'], ['z'], ['z']],
  )
  const named = open(
    `${EXAMPLE}failureDomains: { r1: ["node[01-03]"], r2: ["node[03-06]", db1] }\n`,
  )
  t.same(named.nodes[2]?.domains, ['r1', 'r2'])
})

t.test('an existing inventory under what is declared', async (t) => {
  const inventory = parseInventory(
    JSON.stringify({
      _meta: {
        hostvars: { node01: { a: 1, b: 1 }, db1: { password: 'x' } },
        profile: 'inventory_legacy',
      },
      all: { children: ['ungrouped', 'compute', 'db'], vars: { z: 1, y: 1 } },
      compute: { children: ['rack1'], vars: { rack: 'c', v: { __ansible_vault: 'x' } } },
      rack1: { hosts: ['node01', 'node02', 'db1'] },
      db: { hosts: ['db1'], vars: { password: 'x' } },
    }),
  )
  const declared = parseDeclaration(
    '/srv/patchrun.yml',
    `${EXAMPLE}inventory: { source: hosts, vars: { y: 2 }, groupVars: { compute: { w: 1 } }, hostVars: { node01: { b: 2 } } }\nfailureDomains: { fromVariable: rack }\n`,
  )
  const fleet = resolveFleet(declared, { lists: new Map(), inventory })
  t.match(fleet.nodes[0], { groups: ['rack1'], vars: { a: 1, b: 2 }, domains: ['c'] })
  t.same(fleet.groupVars, {
    all: { z: 1, y: 2 },
    compute: { rack: 'c', v: { __ansible_vault: 'x' }, w: 1 },
  })
  t.same(fleet.groupChildren, { compute: ['rack1'], rack1: [], db: [] })
  const built = buildInventory(fleet)
  t.same(
    built['db'],
    { hosts: [] },
    'a group without permitted nodes stays known, and keeps its variables to itself',
  )
  t.same(built.all, { children: ['compute', 'db', 'ungrouped'], vars: { z: 1, y: 2 } })
  t.same(built['rack1'], { hosts: ['node01', 'node02'] })
  t.notMatch(JSON.stringify(built), /db1|password/)
  t.same(hostVariables(built, 'node01'), { a: 1, b: 2 })
  t.same(hostVariables(built, 'db1'), {})
  t.same(hostVariables(built, 'constructor'), {})
  t.throws(() => parseInventory('[]'), TypeError)
  t.throws(() => parseInventory('{"all": {"hosts": "x"}}'), TypeError)
})

t.test('environments: own lists and overrides, deny of the fleet over all', async (t) => {
  const text = `${EXAMPLE.replace('  canary: ["node[01-02]"]\n', '')}rollout: { soak: 1h, maxFailed: 2 }
environments:
  test: { nodes: { allow: ["node[01-02]"], canary: [node01] }, rollout: { soak: 0s }, playbooks: { ref: next } }
  prod: { nodes: { allow: ["node[03-06]!node04"], deny: [node04], canary: [node03] } }
`
  t.same(environmentsOf(parseDeclaration('/x', text)), ['test', 'prod'])
  t.match(open(text, { environment: 'test' }), {
    environment: 'test',
    denied: ['db1', 'db2'],
    playbooks: { ref: 'next' },
    policy: { soak: 0, maxFailed: 2 },
    nodes: [
      { name: 'node01', canary: true },
      { name: 'node02', canary: false },
    ],
  })
  t.match(open(text, { environment: 'prod' }), {
    denied: ['node04', 'db1', 'db2'],
    playbooks: { ref: 'main' },
    policy: { soak: 3_600_000 },
    nodes: [{ name: 'node03' }, { name: 'node05' }, { name: 'node06' }],
  })
})

t.test('--limit', async (t) => {
  t.same(limitTo(open(EXAMPLE), 'node[05-06],node01!node06'), ['node01', 'node05'])
  for (const [limit, words, code = 'usage/host-expression'] of [
    ['db1,node01', /db1, which must never be touched/, 'usage/limit-not-permitted'],
    ['node07', /node07, not in environment/, 'usage/limit-not-permitted'],
    ['node[2-1]', /backwards/],
    ['all', /group of Ansible/],
    ['node01!node01', /empty/, 'usage/names-nobody'],
    ['', /empty/],
  ] as const) {
    try {
      limitTo(open(EXAMPLE), limit)
      t.fail(limit)
    } catch (error) {
      t.match(error, { code, exitCode: 2, message: words }, limit)
    }
  }
})

t.test('lists from files and commands, read afresh', async (t) => {
  const dir = t.testdir({
    'patchrun.yml': EXAMPLE.replace(
      '["node[01-06]"]',
      '[{ file: lists/a.txt }, { command: [cat, lists/b.txt] }, "!node04"]',
    ),
    lists: {
      'a.txt': '# compute\r\nnode[01-02]  # first rack\n\n  node03\n',
      'b.txt': 'node[04-05]\n',
    },
  })
  const file = join(dir, 'patchrun.yml')
  const names = async () =>
    (await openFleet({ file, ansibleInventory: noAnsible })).nodes.map((n) => n.name).join(' ')
  t.equal(await names(), 'node01 node02 node03 node05')
  await writeFile(join(dir, 'lists/b.txt'), 'node[04-07]\n')
  t.equal(await names(), 'node01 node02 node03 node05 node06 node07')

  await writeFile(join(dir, 'lists/a.txt'), 'node[01-02]\n   node03, node[9-8]\nall\nnode02\n')
  t.match(await problems(names()), [
    {
      code: 'config/host-expression',
      where: { file: join(dir, 'lists/a.txt'), line: 2, column: 17, text: '9-8' },
    },
    { code: 'config/host-name', where: { line: 3, column: 1, text: 'all' } },
    { code: 'config/duplicate-node', where: { line: 4, column: 1 } },
  ])
  const many = Array.from({ length: 500 }, (_, i) => `n${i}`).join('\n')
  await writeFile(join(dir, 'lists/a.txt'), many)
  await writeFile(
    file,
    EXAMPLE.replace('["node[01-06]"]', '[{ file: lists/a.txt }, "node[01-02]"]').replace(
      'db[1-2]',
      'n[0-499]',
    ),
  )
  const clashes = await problems(names())
  t.equal(clashes.length, 10, 'a list of one node a line does not flood the screen')
  t.match(clashes.at(-1)?.message, /^n\[9-499\] are on the deny list/)
  await writeFile(file, EXAMPLE.replace('["node[01-06]"]', '[{ file: lists/a.txt }]'))

  await writeFile(join(dir, 'lists/a.txt'), 'x'.repeat(1_000_000))
  t.match(await problems(names()), [{ code: 'config/line-too-long', where: { line: 1 } }])
  await writeFile(join(dir, 'lists/a.txt'), Buffer.alloc(5_000_000, 'x\n'))
  t.match(await problems(names()), [{ code: 'config/file-too-large' }])
  t.equal(linesToEntries('x', '\uFEFFa\n#b\nc#d').length, 2)
})

t.test('sources that fail: all of them named, with the place that names them', async (t) => {
  const dir = t.testdir({})
  const file = join(dir, 'patchrun.yml')
  const list = (source: string) =>
    writeFile(
      file,
      EXAMPLE.replace('["node[01-06]"]', () => `[${source}]`),
    )
  const opened = (signal?: AbortSignal) =>
    openFleet({ file, ansibleInventory: noAnsible, ...(signal ? { signal } : {}) })
  t.match(await problems(opened()), [
    { code: 'config/unreadable', message: /no such file/, hint: /init/ },
  ])
  await list(
    '{ file: gone.txt }, { file: . }, { command: [no-such-program-here] }, { command: [sh, -c, "echo node01; echo broken >&2; exit 3"] }',
  )
  t.match(await problems(opened()), [
    {
      code: 'config/list-unreadable',
      message: /no such file/,
      where: { line: 5, column: 20, text: 'gone.txt' },
    },
    { code: 'config/list-unreadable', where: { line: 5, column: 40 } },
    { code: 'config/list-command', message: /not found/, where: { line: 5, column: 56 } },
    { code: 'config/list-command', message: /exit code 3: broken/ },
  ])
  await run('mkfifo', [join(dir, 'pipe')])
  await list('{ file: pipe }')
  t.match(await problems(opened()), [{ code: 'config/list-unreadable', message: /no file/ }])
  await list('{ command: [sh, -c, "kill -9 $$"] }')
  t.match(await problems(opened()), [{ code: 'config/list-command', message: /SIGKILL/ }])
  await list('{ command: ["true"] }')
  t.match((await problems(opened()))[0], { code: 'config/empty-list', where: { line: 5 } })
  await list('{ command: [sleep, "60"] }')
  const started = process.hrtime.bigint()
  await t.rejects(opened(AbortSignal.timeout(200)), { name: 'TimeoutError' })
  t.ok(process.hrtime.bigint() - started < 40_000_000_000n, 'an abort ends the command')
  await list('{ inventory: gone.ini }')
  t.match(await problems(openFleet({ file, ansibleInventory: async () => '/bin/false' })), [
    { code: 'config/inventory-unreadable', where: { line: 5, column: 25 } },
  ])
  await list('{ inventory: patchrun.yml }')
  t.match(await problems(openFleet({ file, ansibleInventory: async () => '/bin/false' })), [
    { code: 'ansible/inventory-failed', where: { line: 5 } },
  ])
  t.match(await problems(openFleet({ file, ansibleInventory: async () => '/bin/echo' })), [
    { code: 'ansible/inventory-failed', message: /did not answer/ },
  ])
  await writeFile(
    file,
    (await readFile(file, 'utf8')) + 'ansible: { executable: ./own/ansible-playbook }\n',
  )
  const session = await openSession({ file })
  t.match(
    await problems(session.observe()),
    [{ code: 'ansible/missing', message: new RegExp(`${dirname(file)}/own/ansible-playbook`) }],
    'an inventory is asked through the Ansible that is declared',
  )
})

t.test('hosts of an inventory: literal names, the control machine left out', async (t) => {
  const dir = t.testdir({
    'hosts.json': JSON.stringify({
      _meta: { hostvars: {} },
      all: { children: ['ungrouped', 'compute'] },
      ungrouped: { hosts: ['localhost', 'node09'] },
      compute: { hosts: ['node01', 'node02'] },
    }),
    ask: '#!/bin/sh\necho call >> calls\ncat hosts.json\n',
  })
  await chmod(join(dir, 'ask'), 0o755)
  const file = join(dir, 'patchrun.yml')
  const opened = async (text: string) =>
    openFleet({
      file: (await writeFile(file, text), file),
      ansibleInventory: async () => join(dir, 'ask'),
    })
  t.same(
    (await opened(EXAMPLE.replace('["node[01-06]"]', '[{ inventory: hosts.json }]'))).nodes.map(
      (n) => n.name,
    ),
    ['node09', 'node01', 'node02'],
  )
  t.same(
    (
      await opened(
        `${EXAMPLE.replace('["node[01-06]"]', '[{ inventory: hosts.json, group: compute }]')}inventory: { source: hosts.json }\n`,
      )
    ).nodes.map((n) => n.groups),
    [['compute'], ['compute']],
  )
  t.equal(
    (await readFile(join(dir, 'calls'), 'utf8')).length,
    'call\n'.length * 2,
    'asked once for each opening',
  )
  t.match(
    await problems(
      opened(EXAMPLE.replace('["node[01-06]"]', '[{ inventory: hosts.json, group: compote }]')),
    ),
    [{ code: 'config/unknown-group', hint: /"compute"/, where: { text: 'compote' } }],
  )
  await writeFile(
    join(dir, 'hosts.json'),
    JSON.stringify({ _meta: {}, all: { hosts: ['~x', 'a,b'] } }),
  )
  t.match(
    await problems(opened(EXAMPLE.replace('["node[01-06]"]', '[{ inventory: hosts.json }]'))),
    [{ code: 'config/host-name' }, { code: 'config/host-name' }],
  )
})

t.test('the inventory on disk', async (t) => {
  const dir = join(t.testdir({}), 'run')
  await mkdir(dir)
  await writeFile(join(dir, 'inventory.json'), 'old', { mode: 0o644 })
  const built = buildInventory(open(EXAMPLE), ['node02', 'db1'])
  const script = await writeInventory(dir, built)
  t.same(JSON.parse((await run(script, ['--list'], { cwd: '/' })).stdout), built)
  t.same(Object.keys(built._meta.hostvars), ['node02'])
  t.equal((await run(script, ['--host', 'node02'])).stdout, '{}\n')
  t.equal((await stat(script)).mode & 0o777, 0o700)
  t.equal((await stat(join(dir, 'inventory.json'))).mode & 0o777, 0o600)
})

/** A scheduler has all nodes of the fleet where nothing is said. */
const WITHOUT_DEFAULT = /^environment|^scheduler\.nodes$/

t.test('the schema describes every field, and the generated files fit it', async (t) => {
  const root = process.cwd()
  t.same(
    JSON.parse(await readFile(join(root, 'schemas/patchrun.schema.json'), 'utf8')),
    patchrunSchema,
  )
  await t.resolves(
    run(process.execPath, [join(root, 'scripts/generate-types.mjs'), '--check'], { cwd: root }),
  )
  const definitions = patchrunSchema.definitions as unknown as Readonly<Record<string, Node>>
  interface Node {
    readonly $ref?: string
    readonly description?: string
    readonly examples?: readonly unknown[]
    readonly default?: unknown
    readonly type?: string
    readonly properties?: Readonly<Record<string, Node>>
    readonly required?: readonly string[]
    readonly additionalProperties?: unknown
    readonly anyOf?: readonly Node[]
    readonly items?: Node
  }
  const visit = (node: Node, path: string): void => {
    if (node.properties) t.equal(node.additionalProperties, false, `${path} is closed`)
    for (const [name, field] of Object.entries(node.properties ?? {})) {
      const target = field.$ref
        ? { ...definitions[field.$ref.replace('#/definitions/', '')], ...field }
        : field
      t.ok(target.description, `${path}.${name} has a description`)
      t.ok(target.examples?.length, `${path}.${name} has an example`)
      const wantsDefault =
        ['string', 'boolean', 'integer', 'array'].includes(target.type ?? '') &&
        !node.required?.includes(name) &&
        ![
          '$schema',
          'executable',
          'source',
          'canary',
          'maxChanged',
          'deadline',
          'calendar',
          'health',
          'feature',
          'repository',
          'ref',
        ].includes(name)
      if (wantsDefault && !WITHOUT_DEFAULT.test(`${path}.${name}`))
        t.not(target.default, undefined, `${path}.${name} has a default`)
      visit(field, `${path}.${name}`)
    }
    for (const inner of [...(node.anyOf ?? []), ...(node.items ? [node.items] : [])])
      visit(inner, path)
  }
  visit(patchrunSchema, '')
  for (const [name, node] of Object.entries(definitions)) visit(node, name)
})

t.test(
  'docs/usage/declare.md names every field, with its default, and its examples are valid',
  async (t) => {
    const text = await readFile(join(process.cwd(), 'docs/usage/declare.md'), 'utf8')
    for (const section of [
      'playbooks',
      'nodes',
      'inventory',
      'changes',
      'rollout',
      'scheduler',
      'drain',
      'ansible',
      'state',
    ] as const) {
      const fields: object = patchrunSchema.definitions[section].properties
      for (const [name, field] of Object.entries(fields) as [
        string,
        { readonly default?: unknown },
      ][]) {
        const row = text.split('\n').find((line) => line.startsWith(`| \`${section}.${name}\``))
        t.ok(row, `${section}.${name}`)
        const value = field.default
        if (row && value !== undefined && section !== 'nodes')
          t.ok(
            row.includes(
              `\`${typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ')}\``,
            ),
            `${section}.${name}: default`,
          )
      }
    }
    for (const name of Object.keys(patchrunSchema.properties))
      if (name !== '$schema') t.ok(text.includes(name), name)
    const blocks = [...text.matchAll(/```yaml\n([^`]*)```/g)].map((m) => m[1] ?? '')
    t.same(open(blocks[0] ?? '').nodes.length, 6)
    const environments = blocks.find((block) => block.startsWith('environments:')) ?? ''
    for (const environment of ['test01', 'prod'])
      t.match(
        open(EXAMPLE.replace('"node[01-06]"', '"node[01-60]", "test[01-04]"') + environments, {
          environment,
        }),
        { environment },
      )
    for (const line of (blocks.find((block) => block.startsWith('failureDomains:')) ?? '')
      .trim()
      .split('\n'))
      t.ok(
        open(
          `${EXAMPLE}inventory: { groups: { rack1: [node01] }, vars: { rack: a } }\n${line}\n`,
        ).nodes.some((n) => n.domains.length > 0),
        line,
      )
  },
)

t.test('the demo inventory opens', async (t) => {
  const file = join(process.cwd(), 'inventories/demo/patchrun.yml')
  const fleet = await openFleet({ file, ansibleInventory: noAnsible })
  t.equal(fleet.nodes.length, 6)
  t.equal(dirname(fleet.stateDirectory), dirname(file))
  t.equal((await readDeclaration(file)).file, file)
})

t.test('small helpers', async (t) => {
  t.same(['0s', '90s', '10m', '1h30m', '2d', '5ms', 'x', '', '1', '1.5h'].map(parseDuration), [
    0,
    90_000,
    600_000,
    5_400_000,
    172_800_000,
    5,
    NaN,
    NaN,
    NaN,
    NaN,
  ])
  t.equal(nearest('playbok', ['fleet', 'playbook']), 'playbook')
  t.equal(nearest('colour', ['fleet', 'playbook']), undefined)
})
