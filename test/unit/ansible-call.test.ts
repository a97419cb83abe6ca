// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { extraArgsProblems, playbookArgv } from '../../lib/ansible/call/argv.js'
import { configValue, runEnvironment, type RunPlaces } from '../../lib/ansible/call/environment.js'
import { findAnsible } from '../../lib/ansible/programs/find-ansible.js'
import { compareVersions } from '../../lib/ansible/programs/versions.js'
import { pluginDirectory } from '../../lib/ansible/programs/package-root.js'
import { parseVersion, pythonOf } from '../../lib/ansible/programs/ask-version.js'
import { withoutSecrets } from '../../lib/ansible/run/processes.js'
import { PatchrunError } from '../../lib/errors.js'
import type { AnsiblePolicy } from '../../lib/fleet/declare/fleet.js'

const policy: AnsiblePolicy = {
  forks: 20,
  config: 'repository',
  hangTimeout: 900_500,
  connectTimeout: 10_000,
  diff: true,
  extraArgs: ['-b'],
  vault: [{ id: 'site', kind: 'file', path: '/a,b/p@w', where: { file: 'patchrun.yml' } }],
}
const call = {
  inventory: '/s/inventory.json',
  playbook: 'play/site.yml',
  policy,
  checkout: '/s/checkout',
  untagged: 'drain',
} as const
const places: RunPlaces = {
  directory: '/s/run',
  hostsFile: '/s/run/hosts',
  limitFile: '/s/run/hosts',
  denyFile: '/s/run/deny',
  plugins: '/p/plugins',
  configFile: '/s/run/ansible.cfg',
  configText: '',
}

t.test('argv of each mode', async (t) => {
  const head = ['-i', '/s/inventory.json', '--limit', '@/s/run/hosts']
  const tail = ['--forks', '20', '--vault-id', 'site@/a,b/p@w', '-b', '--', 'play/site.yml']
  t.same(playbookArgv({ ...call, mode: 'check' }, '/s/run/hosts'), [
    ...head,
    '--check',
    '--diff',
    ...tail,
  ])
  t.same(playbookArgv({ ...call, mode: 'hot' }, '/s/run/hosts'), [
    ...head,
    '--diff',
    '--tags',
    'HotChange',
    '--skip-tags',
    'DrainChange',
    ...tail,
  ])
  t.same(playbookArgv({ ...call, mode: 'full' }, '/s/run/hosts'), [...head, '--diff', ...tail])
  t.same(playbookArgv({ ...call, mode: 'lint' }, '/s/run/hosts'), [...head, '--check', ...tail])
  t.same(
    playbookArgv(
      { ...call, mode: 'full', policy: { ...policy, diff: false, extraArgs: [], vault: [] } },
      '/h',
    ),
    ['-i', '/s/inventory.json', '--limit', '@/h', '--forks', '20', '--', 'play/site.yml'],
  )
  t.same(
    playbookArgv({ ...call, mode: 'gate' }, '/s/run/hosts', [
      { mode: 'check', playbook: 'b.yml' },
      { mode: 'full', playbook: '/s/c.yml' },
    ]),
    [...head, '--diff', ...tail, 'b.yml', '/s/c.yml'],
    'sections: the first says whether it is a check',
  )
})

t.test('extra arguments', async (t) => {
  t.same(
    extraArgsProblems([
      '--private-key',
      '/k',
      '-e',
      '@vars.yml',
      '--extra-vars=@more.yml',
      '-b',
      '-vv',
    ]),
    [],
  )
  for (const bad of [
    ['--limit', 'x'],
    ['--lim=x'],
    ['-l', 'x'],
    ['-lx'],
    ['--tags=x'],
    ['-t'],
    ['--check'],
    ['-C'],
    ['-i', 'x'],
    ['other.yml'],
    ['--'],
    ['-bC'],
    ['--start-at-task', 'x'],
    ['--step'],
    ['-f', '1'],
    ['--list-hosts'],
    ['-ex=1'],
    ['-e'],
    ['-e', 'x=1'],
    ['-e', '--limit'],
  ]) {
    const problems = extraArgsProblems(bad)
    t.ok(problems.length > 0, bad.join(' '))
    t.equal(problems[0]?.code, 'ansible/argument')
  }
})

const fixed = {
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PYTHONDONTWRITEBYTECODE: '1',
  ANSIBLE_CONFIG: '/s/run/ansible.cfg',
  ANSIBLE_CALLBACK_PLUGINS: '/p/plugins/callback',
  ANSIBLE_CALLBACKS_ENABLED: 'patchrun_events',
  ANSIBLE_STDOUT_CALLBACK: 'patchrun_output',
  ANSIBLE_INVENTORY_ENABLED: 'script,yaml,ini',
  ANSIBLE_INVENTORY_UNPARSED_FAILED: 'True',
  ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: 'True',
  ANSIBLE_ANY_ERRORS_FATAL: 'False',
  ANSIBLE_DIFF_ALWAYS: 'True',
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_FORCE_COLOR: 'False',
  ANSIBLE_NOCOWS: '1',
  ANSIBLE_RETRY_FILES_ENABLED: 'False',
  ANSIBLE_DISPLAY_FAILED_STDERR: 'False',
  ANSIBLE_SHOW_CUSTOM_STATS: 'False',
  ANSIBLE_ENABLE_TASK_DEBUGGER: 'False',
  ANSIBLE_ASK_PASS: 'False',
  ANSIBLE_ASK_VAULT_PASS: 'False',
  ANSIBLE_BECOME_ASK_PASS: 'False',
  ANSIBLE_TASK_TIMEOUT: '901',
  ANSIBLE_TIMEOUT: '10',
  ANSIBLE_SSH_EXTRA_ARGS: '-o ServerAliveInterval=5 -o ServerAliveCountMax=2',
  ANSIBLE_SFTP_EXTRA_ARGS: '-o ServerAliveInterval=5 -o ServerAliveCountMax=2',
  ANSIBLE_SCP_EXTRA_ARGS: '-o ServerAliveInterval=5 -o ServerAliveCountMax=2',
  ANSIBLE_PIPELINING: 'True',
  PATCHRUN_EVENTS_FD: '3',
  PATCHRUN_UNTAGGED: 'drain',
  PATCHRUN_HOSTS: '/s/run/hosts',
  PATCHRUN_DENY: '/s/run/deny',
  PATCHRUN_ROOT: '/s/checkout',
  PATCHRUN_RUN: '/s/run',
}

t.test('environment of each mode', async (t) => {
  const all = { ANSIBLE_RUN_TAGS: 'all', ANSIBLE_SKIP_TAGS: '' }
  for (const mode of ['check', 'full'] as const)
    t.same(runEnvironment({ ...call, mode }, {}, places), { ...fixed, ...all, PATCHRUN_MODE: mode })
  t.same(runEnvironment({ ...call, mode: 'lint' }, {}, places), {
    ...fixed,
    ...all,
    PATCHRUN_MODE: 'lint',
    ANSIBLE_STRATEGY: 'patchrun_runs_nothing',
  })
  t.same(runEnvironment({ ...call, mode: 'check', fence: '/s/lock/lock.3' }, {}, places), {
    ...fixed,
    ...all,
    PATCHRUN_MODE: 'check',
    PATCHRUN_FENCE: '/s/lock/lock.3',
  })
  t.same(runEnvironment({ ...call, mode: 'hot' }, {}, places), {
    ...fixed,
    ANSIBLE_RUN_TAGS: 'HotChange',
    ANSIBLE_SKIP_TAGS: 'DrainChange',
    PATCHRUN_MODE: 'hot',
  })
  t.same(
    runEnvironment({ ...call, mode: 'gate' }, {}, places, [
      { mode: 'check', playbook: 'b.yml' },
      { mode: 'full', playbook: 'c.yml' },
    ]),
    { ...fixed, ...all, PATCHRUN_MODE: 'gate,check,full' },
  )
})

t.test('what is inherited', async (t) => {
  const dropped = [
    'ANSIBLE_INVENTORY',
    'ANSIBLE_RUN_TAGS',
    'ANSIBLE_SKIP_TAGS',
    'ANSIBLE_STDOUT_CALLBACK',
    'ANSIBLE_CALLBACK_WHITELIST',
    'ANSIBLE_LOG_PATH',
    'ANSIBLE_STRATEGY',
    'ANSIBLE_VERBOSITY',
    'PATCHRUN_ANYTHING',
    'ANSIBLE_LIMIT',
    'ANSIBLE_DISPLAY_OK_HOSTS',
    'ANSIBLE_SSH_TIMEOUT',
  ]
  const kept = {
    PATH: '/bin',
    HOME: '/h',
    ANSIBLE_REMOTE_USER: 'ops',
    ANSIBLE_ROLES_PATH: '/r',
    SSH_AUTH_SOCK: '/a',
  }
  const env = runEnvironment(
    { ...call, mode: 'full' },
    { ...kept, ...Object.fromEntries(dropped.map((name) => [name, 'theirs'])), UNSET: undefined },
    places,
  )
  t.same(env, {
    ...kept,
    ...fixed,
    ANSIBLE_RUN_TAGS: 'all',
    ANSIBLE_SKIP_TAGS: '',
    PATCHRUN_MODE: 'full',
  })
  const theirs = {
    ANSIBLE_VAULT_PASSWORD_FILE: '/v',
    ANSIBLE_VAULT_IDENTITY_LIST: 'a@/v',
    ANSIBLE_VAULT_ID_MATCH: 'True',
  }
  t.match(
    runEnvironment({ ...call, mode: 'full', policy: { ...policy, vault: [] } }, theirs, places),
    theirs,
    'vault passwords of the environment hold ...',
  )
  t.same(
    Object.keys(runEnvironment({ ...call, mode: 'full' }, theirs, places)).filter((name) =>
      /VAULT_/.test(name),
    ),
    ['ANSIBLE_VAULT_ID_MATCH', 'ANSIBLE_ASK_VAULT_PASS'],
    '... where none is declared',
  )
})

t.test("what a site's settings keep", async (t) => {
  const config =
    '# x\n[defaults]\nlog_path = /var/log/a\n[ssh_connection]\nssh_extra_args = -o ProxyJump=gw\n; pipelining = no\npipelining = False\n'
  const env = runEnvironment(
    { ...call, mode: 'full' },
    { ANSIBLE_SCP_EXTRA_ARGS: '-q' },
    { ...places, configText: config },
  )
  t.equal(
    env['ANSIBLE_SSH_EXTRA_ARGS'],
    '-o ProxyJump=gw -o ServerAliveInterval=5 -o ServerAliveCountMax=2',
  )
  t.equal(env['ANSIBLE_SCP_EXTRA_ARGS'], '-q -o ServerAliveInterval=5 -o ServerAliveCountMax=2')
  t.equal(env['ANSIBLE_PIPELINING'], undefined)
  t.equal(env['ANSIBLE_LOG_PATH'], '/dev/null')
  t.equal(
    runEnvironment({ ...call, mode: 'full' }, { ANSIBLE_SSH_PIPELINING: 'no' }, places)[
      'ANSIBLE_PIPELINING'
    ],
    undefined,
  )
  t.equal(configValue('[a]\nx = 1\n[b]\nx: 2\n#x=3\n', 'b', 'x'), '2')
  t.equal(configValue('x = 1', 'a', 'x'), undefined)
})

t.test('secrets are not in what is kept of the arguments', async (t) => {
  t.same(
    withoutSecrets([
      'a',
      '-e',
      'p=1',
      '--extra-vars=p=1',
      '--ssh-common-args',
      'x',
      '--forks',
      '5',
    ]),
    [
      'a',
      '-e',
      '********',
      '--extra-vars=********',
      '--ssh-common-args',
      '********',
      '--forks',
      '5',
    ],
  )
})

t.test('versions', async (t) => {
  t.equal(parseVersion('ansible-playbook [core 2.14.18]\n  config file = None'), '2.14.18')
  t.equal(parseVersion('ansible-playbook 2.9.27\n'), '2.9.27')
  t.equal(parseVersion('[WARNING]: something\nansible-playbook [core 2.19.0rc1] (x)'), '2.19.0rc1')
  t.equal(parseVersion('something else 1.2'), undefined)
  t.equal(compareVersions('2.9.27', '2.14'), -1)
  t.equal(compareVersions('2.14.18', '2.14'), 0)
  t.equal(compareVersions('2.20.1', '2.19'), 1)
  t.match(pluginDirectory(), /lib\/ansible\/plugins$/)
})

t.test('the Python of a program', async (t) => {
  const path = join(t.testdir(), 'program')
  const of = (text: string): readonly string[] | undefined => {
    writeFileSync(path, text)
    return pythonOf(path)
  }
  t.same(of('#!/usr/bin/python3\nimport re\n'), ['/usr/bin/python3'])
  t.same(of('#!/opt/venv/bin/python3.11 -sP\nimport re\n'), ['/opt/venv/bin/python3.11', '-sP'])
  t.same(of('#! /opt/venv/bin/python\n'), ['/opt/venv/bin/python'])
  for (const text of [
    '#!/bin/sh\necho python\n',
    '#!/usr/bin/env python3\n',
    '#!/bin/sh\n\'\'\'exec\' /opt/a/very/long/python "$0" "$@"\n',
    '#!/opt/python3/bin/wrapper\n',
    '\x7fELF',
    '',
  ])
    t.equal(of(text), undefined, JSON.stringify(text))
  t.equal(pythonOf(join(path, 'nowhere')), undefined)
})

t.test('where ansible is found', async (t) => {
  const base = mkdtempSync(join(tmpdir(), 'patchrun-find-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const fake = (where: string, version: string): string => {
    const dir = join(base, where)
    mkdirSync(dir, { recursive: true })
    writeFileSync(
      join(dir, 'ansible-playbook'),
      `#!/bin/sh\necho "ansible-playbook [core ${version}]"\n`,
    )
    chmodSync(join(dir, 'ansible-playbook'), 0o755)
    return dir
  }
  const old = fake('old', '2.13.9')
  const good = fake('good', '2.16.1')
  const future = fake('future', '2.30.0')
  t.match(await findAnsible({ env: { PATH: `${old}:${good}` }, cwd: base }), {
    playbook: join(good, 'ansible-playbook'),
    inventory: join(good, 'ansible-inventory'),
    version: '2.16.1',
    from: 'path',
  })
  t.match(await findAnsible({ env: { PATH: future }, cwd: base }), {
    from: 'path',
    warning: /newer than/,
  })
  t.match(
    await findAnsible({
      configured: join(good, 'ansible-playbook'),
      env: { PATH: future },
      cwd: base,
    }),
    { from: 'configured', version: '2.16.1' },
  )
  await t.rejects(findAnsible({ configured: join(old, 'ansible-playbook'), env: {}, cwd: base }), {
    code: 'ansible/too-old',
    message: /2\.13\.9/,
    exitCode: 3,
  })
  await t.rejects(findAnsible({ configured: 'nowhere', env: {}, cwd: base }), {
    code: 'ansible/missing',
    hint: /ansible\.executable/,
  })
  fake('.patchrun-tools/ansible/bin', '2.15.0')
  t.match(await findAnsible({ env: { PATH: old }, cwd: base }), {
    from: 'project',
    version: '2.15.0',
  })
  await t.rejects(findAnsible({ configured: '/bin/true' }), PatchrunError)
})

t.test(
  'what the commit wants installed: after what lies in the repository, before what the machine has',
  async (t) => {
    const given = { ...call, mode: 'check', policy: { ...policy, installed: '/s/req' } } as const
    const env = (
      inherited: Readonly<Record<string, string>>,
      configText = '',
    ): Readonly<Record<string, string>> => {
      const { ANSIBLE_ROLES_PATH: roles = '', ANSIBLE_COLLECTIONS_PATH: collections = '' } =
        runEnvironment(given, inherited, { ...places, configText })
      return { roles, collections }
    }
    t.same(env({}), {
      roles: '/s/req/roles:~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles',
      collections: '/s/req/collections:~/.ansible/collections:/usr/share/ansible/collections',
    })
    t.same(
      env({}, '[defaults]\nroles_path = /opt/roles:vendor/roles\ncollections_path = ./vendor\n'),
      { roles: 'vendor/roles:/s/req/roles:/opt/roles', collections: './vendor:/s/req/collections' },
    )
    t.same(
      env(
        { ANSIBLE_ROLES_PATH: '/theirs', ANSIBLE_COLLECTIONS_PATHS: '/old' },
        '[defaults]\nroles_path = vendor\n',
      ),
      { roles: '/s/req/roles:/theirs', collections: '/s/req/collections:/old' },
      'the environment goes over the file',
    )
  },
)
