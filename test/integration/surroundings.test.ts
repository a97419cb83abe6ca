// SPDX-License-Identifier: Apache-2.0
// What a run finds around it: a repository's own settings and callbacks, secrets, odd names, a bare
// environment.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filesBelow } from '../support/files-below.js'
import { makePlayground, site, writeTask, type Playground } from '../support/playground.js'
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

t.setTimeout(1_200_000)

const make = (t: { testdir(): string }): Playground =>
  makePlayground(t.testdir(), OFTEN, { nodes: 1, canary: 'node01' })

await inQuick(
  t,
  "a repository's own ansible.cfg and callbacks change nothing",
  options,
  async (t) => {
    const plugin = (
      name: string,
      body: string,
    ): string => `from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = '${name}'

    def v2_playbook_on_task_start(self, task, is_conditional):
        ${body}

    v2_runner_on_ok = lambda self, result: self.v2_playbook_on_task_start(None, None)
    v2_playbook_on_stats = lambda self, stats: self.v2_playbook_on_task_start(None, None)
`
    const ground = make(t)
    ground.commit('version 1', {
      ...version('1'),
      'callback_plugins/chatty.py': plugin('chatty', `print('{"v":1,"seq":1} 0.1s')`),
      'callback_plugins/angry.py': plugin('angry', `raise RuntimeError('angry')`),
      'hosts.ini': 'stranger ansible_connection=local\n',
      'ansible.cfg':
        '[defaults]\ncallbacks_enabled = chatty, angry, profile_tasks\nstdout_callback = minimal\nany_errors_fatal = True\ninventory = hosts.ini\nlog_path = ./ansible.log\nretry_files_enabled = True\n[inventory]\nenable_plugins = yaml,ini\n[tags]\nskip = HotChange\n',
    })
    t.match(await run(ground), { code: 0 })
    t.equal(ground.read('node01', 'etc/version'), '1\n', 'skip = HotChange did not hold')
    t.match(
      await say(ground, ['detect', '--json']),
      { code: 0, stdout: /"GOOD": 1/ },
      'and the checkout is clean: nothing was written into it',
    )
  },
)

await inQuick(t, 'secrets are in no output and in no file of the state', options, async (t) => {
  const ground = make(t)
  const password = join(ground.directory, 'password')
  writeFileSync(password, 'open sesame\n')
  const vaulted = execFileSync(
    join(OFTEN, 'ansible-vault'),
    [
      'encrypt_string',
      '--vault-password-file',
      password,
      '--name',
      'token',
      'vaulted-S3CRET-plugh',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  ground.commit('secrets', {
    'group_vars/all.yml': `${vaulted}\nplain: plain-S3CRET-xyzzy\n`,
    'site.yml':
      site(`${writeTask('plain', '{{ plain }}\n', '[HotChange]', 'no_log: true')}- name: from the vault {{ token }}
  ansible.builtin.copy: { dest: "{{ node_root }}/vaulted", content: "{{ token }}\\n", mode: "0600" }
  tags: [HotChange]
- name: fails with it
  ansible.builtin.command: "ls /nosuch/{{ token }}"
  changed_when: false
  check_mode: false
  ignore_errors: true
- name: loops over them
  ansible.builtin.debug: { msg: "{{ item }}" }
  loop: ["{{ token }}", "{{ plain }}"]
  no_log: true`),
  })
  const env = { ANSIBLE_VAULT_PASSWORD_FILE: password }
  for (const args of [
    ['detect', '-v'],
    ['run', '--yes', '-v'],
    ['report', '--json'],
    ['report', '--format', 'junit'],
    ['lint', '-v'],
    ['history', '--json'],
  ]) {
    const { code, stdout, stderr } = await say(ground, args, { env })
    t.match(
      { code, clean: !/S3CRET|sesame/.test(stdout + stderr) },
      { code: 0, clean: true },
      args.join(' '),
    )
  }
  t.match(
    [ground.read('node01', 'vaulted'), ground.read('node01', 'plain')],
    [/S3CRET/, /S3CRET/],
    'the nodes have them',
  )
  const state = join(ground.directory, '.patchrun')
  const leaks = filesBelow(state).filter(
    (path) =>
      !/checkouts|mirror\.git/.test(path) && /S3CRET|sesame/.test(readFileSync(path, 'utf8')),
  )
  t.same(leaks, [])
})

await inFull(t, 'odd names and a bare environment', options, async (t) => {
  const odd = ['Rack1.Node-A_1.example.ORG', 'x'.repeat(63), '7of9']
  const ground = makePlayground(join(t.testdir(), `it's "Ünder" 5$; été`), SELDOM, {
    nodes: 1,
    canary: 'node01',
  })
  edit(ground, (d) => {
    d['nodes'] = { allow: odd, canary: odd }
  })
  for (const node of odd) ground.write(node, 'etc/hostname', node)
  ground.commit('version 1', version('1'))
  edit(ground, (d) => (d['state'] = { directory: './$HOME,x' }))
  t.match(await run(ground), error(3, 'config/state-directory', /patchrun\.yml:\d+/))
  edit(ground, (d) => delete d['state'])
  const env = {
    HOME: undefined,
    XDG_CACHE_HOME: undefined,
    LANG: 'C',
    LC_ALL: 'C',
    TERM: 'dumb',
    CI: undefined,
  }
  t.match(
    await say(ground, ['run', '--yes'], {
      env,
      prefix: ['sh', '-c', 'umask 077; exec "$@" <&-', 'sh'],
    }),
    { code: 0 },
  )
  for (const node of odd) t.equal(ground.read(node, 'etc/version'), '1\n', node)
  ground.commit('version 2', version('2'))
  const cut = await say(ground, ['run', '--yes', '-v'], {
    env,
    prefix: ['bash', '-c', '"$@" 2> >(head -1 >&2) | head -0; exit "${PIPESTATUS[0]}"', 'bash'],
  })
  t.equal(cut.code, 0, 'nobody reads on: the rollout is finished all the same')
  for (const node of odd) t.equal(ground.read(node, 'etc/version'), '2\n', node)
})
