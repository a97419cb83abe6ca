// SPDX-License-Identifier: Apache-2.0
// What people and machines get wrong, given to the real command: a clear error with a hint, the
// exit code that the docs promise, and, where something had begun, a next run that finishes it.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
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
  needsAnsible as options,
  OFTEN,
  run,
  say,
  seen,
  SELDOM,
  siteOf,
  version,
} from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_800_000)

type Tap = { testdir(): string }
const make = (t: Tap, fleet: PlaygroundFleet = {}, ansible = OFTEN): Playground =>
  makePlayground(t.testdir(), ansible, { nodes: 1, canary: 'node01', ...fleet })

await inQuick(
  t,
  'a declaration that is wrong: every mistake at once, by place, and nothing is touched',
  {},
  async (t) => {
    const ground = make(t)
    writeFileSync(
      ground.file,
      'schemaVersion: 1\nfleet: x\nplaybooks: { repository: ./playbooks, reff: main }\nnodes: { allow: [node01], canary: [node01] }\ncanaries: 3\nrollout: { maxFailed: [] }\n',
    )
    const told = await run(ground)
    t.equal(told.code, 3)
    const places = [...told.stderr.matchAll(/at .*patchrun\.yml:(\d+)/g)].map((m) => Number(m[1]))
    t.ok(places.length >= 3, told.stderr)
    t.same(
      places,
      [...places].sort((a, b) => a - b),
      'ordered by place',
    )
    t.match(told.stderr, /reff[^]*Did you mean|did you mean/)
    const { code, stdout } = await say(ground, ['validate', '--json'])
    const document = JSON.parse(stdout) as { problems: { where: { line: number } }[] }
    t.match({ code, document }, { code: 3, document: { kind: 'error', exitCode: 3 } })
    t.same(
      document.problems.map((p) => p.where.line),
      places,
    )

    const anchors = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefghi'].map(
        (n, i) =>
          `${n}: &${n} [${Array(9)
            .fill(`*${'abcdefgh'[i] ?? ''}`)
            .join(',')}]`,
      ),
    ].join('\n')
    for (const [name, text] of [
      ['broken', 'fleet: [\n'],
      ['a bomb', `${anchors}\n`],
      ['a line of a megabyte', `fleet: ${'x'.repeat(1 << 20)}\n`],
      ['from the future', 'schemaVersion: 99\nfleet: x\n'],
    ] as const) {
      writeFileSync(ground.file, text)
      const { code, stdout } = await say(ground, ['validate', '--json'])
      t.match(
        { code, ...(JSON.parse(stdout) as object) },
        {
          code: 3,
          kind: 'error',
          problems: [{ code: /^config\//, hint: /./, where: { file: ground.file } }],
        },
        name,
      )
    }
    t.throws(
      () => readdirSync(join(ground.directory, '.patchrun')),
      { code: 'ENOENT' },
      'nothing was begun',
    )
  },
)

type Faults = readonly (readonly [string, Record<string, string>, RegExp])[]
const FAULTS: Faults = [
  [
    'does not parse',
    { 'site.yml': '- hosts: all\n  tasks:\n    - name: x\n  - foo: [\n' },
    /Halted: .*YAML.*did not find expected.*\(site\.yml:4\)/,
  ],
  [
    'a role that is missing',
    { 'site.yml': '- hosts: all\n  gather_facts: false\n  roles: [nosuch]\n' },
    /Halted: .*'nosuch' was not found.*\(site\.yml:3\)[^]*Add the role/,
  ],
  [
    'a collection that is missing',
    { 'site.yml': site('- name: m\n  acme.tools.frob: { a: 1 }\n  tags: [HotChange]') },
    /Halted: .*acme\.tools\.frob.*\(site\.yml:5\)[^]*playbooks\.requirements: true/,
  ],
  [
    'hosts that match nothing',
    { 'site.yml': siteOf('1').replace('hosts: all', 'hosts: nosuch') },
    /no play of the playbook is for any[^]*`hosts:`/,
  ],
  [
    'an ansible.cfg that does not parse',
    { ...version('1'), 'ansible.cfg': 'this is no ini\n' },
    /Halted: .*(section header|no ini)/,
  ],
  [
    'a vault password that is missing',
    { ...version('1'), 'ansible.cfg': '[defaults]\nvault_password_file = ./nosuch\n' },
    /Halted: .*nosuch/,
  ],
]

async function haltsAt(
  t: Pick<Test, 'match' | 'notMatch'>,
  ground: Playground,
  faults: Faults,
): Promise<void> {
  for (const [name, files, words] of faults) {
    ground.commit(name, files)
    const { code, stdout, stderr } = await run(ground)
    t.match({ code, stdout }, { code: 4, stdout: words }, `${name} ${stderr}`)
    t.notMatch(stdout, /checkouts\/[0-9a-f]{40}\/site/, 'a place within the repository')
  }
  t.match(await say(ground, ['detect']), { code: 3, stderr: /error playbook\/fault/ })
  t.match(await run(ground), { code: 4 }, 'halted stays halted')
  ground.commit('mended', { ...version('1'), 'ansible.cfg': '' })
  t.match(await run(ground), { code: 0, stderr: /superseded/ })
}

await inQuick(
  t,
  'a playbook that cannot be run halts with its place, and the commit that mends it goes through',
  options,
  (t) => haltsAt(t, make(t), FAULTS.slice(0, 3)),
)

// What Ansible says differs between versions; what comes of it does not.
await inFull(
  t,
  'a playbook that cannot be run: the other faults, and the oldest Ansible on all of them',
  options,
  async (t) => {
    await haltsAt(t, make(t, {}, SELDOM), OFTEN === SELDOM ? FAULTS.slice(3) : FAULTS)
  },
)

await inFull(t, 'a commit without the playbook never opens a rollout', options, async (t) => {
  const ground = make(t, {}, SELDOM)
  ground.commit('misnamed', { 'sites.yml': siteOf('1') })
  t.match(await run(ground), error(3, 'playbook/not-found', /Did you mean sites\.yml/))
  t.match(JSON.parse((await say(ground, ['status', '--json'])).stdout), { rollout: null })
  ground.commit('mended', {
    'sites.yml': null,
    'site.yml': `${siteOf('1').replace('hosts: all', 'hosts: all\n  serial: 1\n  any_errors_fatal: true')}${site(writeTask('etc/second', '1\n')).replace('hosts: all', 'hosts: db*')}`,
  })
  t.match(
    await run(ground),
    { code: 0 },
    'a playbook with serial, any_errors_fatal, and a play for others',
  )
  t.match(
    [ground.read('node01', 'etc/version'), ground.read('node01', 'etc/second')],
    ['1\n', null],
  )

  // The rollout under way may lose its commit too: the branch was rewritten and the mirror made
  // afresh.
  ground.commit('soon gone', version('2'))
  const begun = start(['run', '--yes'], { cwd: ground.directory })
  await seen(begun, /0001-detect/)
  begun.child.kill('SIGKILL')
  await begun.ended
  ground.git('reset', '-q', '--hard', 'HEAD~1')
  ground.commit('instead', version('3'))
  ground.git('reflog', 'expire', '--expire=now', '--all')
  ground.git('gc', '-q', '--prune=now')
  rmSync(join(ground.directory, '.patchrun', 'playbooks'), { recursive: true })
  t.match(await run(ground), {
    code: 0,
    stderr: /is closed: superseded by [0-9a-f]+: there is no commit/,
  })
  t.equal(ground.read('node01', 'etc/version'), '3\n')
})

await inFull(t, 'a repository that is away, changed or tampered with', options, async (t) => {
  const ground = make(t, {}, SELDOM)
  // The node has it already, and so one look finishes the rollout. The last of this test changes
  // it.
  ground.write('node01', 'etc/version', '1\n')
  ground.commit('version 1', version('1'))
  const at = join(ground.directory, 'playbooks')
  renameSync(at, `${at}.away`)
  t.match(await run(ground), error(3, 'pin/not-a-repository', /playbooks/))
  renameSync(`${at}.away`, at)
  edit(ground, (d) => (d['playbooks']!['repository'] = 'ssh://git@127.0.0.1:1/x.git'))
  t.match(await run(ground), error(3, 'pin/remote-unreachable', /refused/))
  edit(ground, (d) => (d['playbooks']!['repository'] = './playbooks'))
  ground.git('branch', '-m', 'main', 'trunk')
  t.match(await run(ground), error(3, 'pin/ref-not-found', /trunk/))
  ground.git('branch', '-m', 'trunk', 'main')
  t.match(await run(ground), { code: 0 }, 'the cause is gone: it finishes')

  ground.write('node01', 'etc/version', '2\n')
  ground.commit('version 2', version('2'))
  ground.git('commit', '-q', '--amend', '--allow-empty', '-m', 'version 2')
  t.match(await say(ground, ['detect']), { code: 0 })
  const mirrors = join(ground.directory, '.patchrun', 'playbooks')
  const tree = readdirSync(mirrors, { recursive: true, encoding: 'utf8' }).find(
    (name) =>
      name.endsWith(`${ground.git('rev-parse', 'HEAD')}/site.yml`) ||
      name.endsWith(`${ground.git('rev-parse', 'HEAD')}-plain/site.yml`),
  )!
  appendFileSync(join(mirrors, tree), '# somebody was here\n')
  t.match(await say(ground, ['detect']), error(3, 'pin/tree-dirty', /site\.yml/))
  t.match(await run(ground), { code: 0 })

  ground.git('reset', '-q', '--hard', 'HEAD~1')
  ground.git('commit', '-q', '--amend', '--allow-empty', '-m', 'another past')
  const waits = await run(ground, '--once')
  t.match(
    waits,
    {
      code: 5,
      stderr: /the history of main was rewritten: [0-9a-f]+ does not descend/,
      stdout: /patchrun approve history-/,
    },
    'a person must say so',
  )
  t.match(await say(ground, ['approve', /history-[0-9a-f]{12}/.exec(waits.stdout)?.[0] ?? '']), {
    code: 0,
  })
  t.match(await run(ground), { code: 0 }, 'and it goes on')
})

await inQuick(t, 'an Ansible that is missing, old or broken', options, async (t) => {
  const ground = make(t)
  ground.commit('version 1', version('1'))
  const install = (name: string, script: string): void => {
    const file = join(ground.directory, name, 'ansible-playbook')
    mkdirSync(join(ground.directory, name))
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    edit(ground, (d) => (d['ansible']!['executable'] = file))
  }
  edit(ground, (d) => (d['ansible']!['executable'] = '/nowhere/ansible-playbook'))
  t.match(await run(ground), error(3, 'ansible/missing', /\/nowhere\/ansible-playbook/))
  install('old', 'echo "ansible-playbook 2.9.27"')
  t.match(await run(ground), error(3, 'ansible/too-old', /2\.9\.27/, /2\.14/))
  install('crashes', 'echo "Segmentation fault" >&2; exit 139')
  t.match(await run(ground), error(3, 'ansible/missing', /does not tell its version/))
  install(
    'garbage',
    `case "$1" in --version) echo "ansible-playbook [core 2.15.3]";; *) head -c 5000 /dev/urandom >&3; echo; echo '{"v":1,"seq":' >&3; echo hello; echo "ImportError: no module" >&2; exit 0;; esac`,
  )
  t.match(await run(ground), {
    code: 4,
    stdout: /before patchrun's callback plugin spoke.*ImportError: no module[^]*retry/,
  })
  edit(ground, (d) => (d['ansible']!['executable'] = join(OFTEN, 'ansible-playbook')))
  t.match(await say(ground, ['retry']), { code: 0 })
  t.match(await run(ground), { code: 0 })
})

await inQuick(
  t,
  'one node is unreachable, one hangs, one fails halfway: each is named, the others go on, and retry finishes',
  options,
  async (t) => {
    const ground = make(t, {
      nodes: 5,
      ansible: { hangTimeout: '10s' },
      hostVars: {
        node02: { ansible_connection: 'ssh', ansible_host: '127.0.0.1', ansible_port: 1 },
      },
    })
    // Only the one that is away and the one that hangs start a module: no other is near the time
    // limit, however busy the machine.
    const ok = "(node_root ~ '/ok') is exists"
    ground.commit('version 1', {
      'site.yml': site(`${writeTask('etc/version', '1\n')}- name: goes there
  ansible.builtin.command: sleep 300
  changed_when: false
  when: inventory_hostname in ['node02', 'node03'] and not ${ok}
  tags: [HotChange]
- name: ask the oracle
  ansible.builtin.assert: { that: "${ok}", quiet: true }
  when: not ansible_check_mode
  tags: [HotChange]
${writeTask('etc/later', '1\n')}`),
    })
    for (const node of ['node01', 'node05']) ground.write(node, 'ok', '')
    edit(ground, (d) => (d['rollout']!['maxFailed'] = 3))
    const { code, stdout } = await run(ground, '--json')
    const failures = (
      JSON.parse(stdout) as {
        rollout: { nodes: { node: string; failure?: { cause: string; task?: string } }[] }
      }
    ).rollout.nodes.map((n) => `${n.node} ${n.failure?.cause ?? 'good'}`)
    t.match(
      { code, failures },
      {
        code: 4,
        failures: [
          'node01 good',
          'node02 unreachable',
          'node03 hung',
          'node04 failed',
          'node05 good',
        ],
      },
      stdout,
    )
    t.match(
      [
        ground.read('node04', 'etc/version'),
        ground.read('node04', 'etc/later'),
        ground.read('node05', 'etc/later'),
      ],
      ['1\n', null, '1\n'],
    )
    for (const node of ['node02', 'node03', 'node04']) ground.write(node, 'ok', '')
    edit(ground, (d) => delete d['inventory']!['hostVars'])
    t.match(await say(ground, ['retry']), {
      code: 0,
      stdout: /3 nodes will be tried again: node\[02-04\]/,
    })
    t.match(await run(ground), { code: 0 })
    for (const node of ['node02', 'node03', 'node04'])
      t.equal(ground.read(node, 'etc/later'), '1\n', node)
  },
)

await inFull(
  t,
  'lists that fail, and one that changes while a rollout is under way',
  options,
  async (t) => {
    const ground = make(t, { nodes: 3, rollout: { soak: '15s' } }, SELDOM)
    // A canary that is as it should be takes one look.
    ground.write('node01', 'etc/version', '1\n')
    ground.commit('version 1', version('1'))
    const allow = (list: unknown): void => edit(ground, (d) => (d['nodes']!['allow'] = list))
    for (const [list, problem, words] of [
      [[{ file: 'nosuch.txt' }], 'config/list-unreadable', /nosuch\.txt/],
      [
        [{ command: ['sh', '-c', 'echo node01; echo "no database" >&2; exit 3'] }],
        'config/list-command',
        /exit code 3: no database/,
      ],
      [[{ command: ['nosuch-program'] }], 'config/list-command', /was not found/],
      [[{ command: ['printf', '\\377<html>\\n'] }], 'config/host-name', /is no host name/],
      [[{ command: ['true'] }], 'config/empty-list', /comes out empty/],
    ] as const) {
      allow(list)
      t.match(
        await run(ground),
        error(3, problem, words, /(?:patchrun\.yml:\d+|output of)/),
        problem,
      )
    }
    allow(['node[01-03]'])
    writeFileSync(join(ground.directory, 'deny.txt'), '# nobody yet\ndb1\n')
    edit(ground, (d) => (d['nodes']!['deny'] = [{ file: 'deny.txt' }]))
    const running = start(['run', '--yes'], { cwd: ground.directory })
    await seen(running, /waiting until/)
    writeFileSync(join(ground.directory, 'deny.txt'), 'node02\n')
    t.match(
      await running.ended,
      error(3, 'config/contradiction', /node02 is on the deny list/),
      'between canary and waves',
    )
    allow(['node01', 'node03'])
    t.match(await run(ground), { code: 0 })
    t.match(
      ['node01', 'node02', 'node03'].map((n) => ground.read(n, 'etc/version')),
      ['1\n', null, '1\n'],
      'the denied one was not touched',
    )
  },
)

await inQuick(
  t,
  '--limit that names a denied node, nobody, rubbish, a canary alone',
  options,
  async (t) => {
    const ground = make(t, { nodes: 2, deny: ['db1'] })
    ground.write('node01', 'etc/version', '1\n')
    ground.commit('version 1', version('1'))
    t.match(
      await run(ground, '--limit', 'db1'),
      error(2, 'usage/limit-not-permitted', /on the deny list/),
    )
    t.match(await run(ground, '--limit', 'node99'), error(2, 'usage/limit-not-permitted', /node99/))
    t.match(await run(ground, '--limit', ''), error(2, 'usage/host-expression'))
    t.match(await run(ground, '--limit', 'node[01-'), error(2, 'usage/host-expression', /bracket/))
    t.match(await run(ground, '--limit', 'node02!node02'), error(2, 'usage/names-nobody'))
    t.match(await run(ground, '--limit', 'node01'), { code: 0 })
    t.equal(ground.read('node02', 'etc/version'), null)
  },
)
