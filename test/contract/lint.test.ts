// SPDX-License-Identifier: Apache-2.0
// What Ansible makes of a playbook's tags, on the oldest and the newest ansible-core; and that
// nothing runs meanwhile.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t, { type Test } from 'tap'
import { runEnvironment } from '../../lib/ansible/call/environment.js'
import type { LintTaskEvent } from '../../lib/ansible/events/run-events.js'
import { pluginDirectory } from '../../lib/ansible/programs/package-root.js'
import type { AnsibleInstall } from '../../lib/ansible/call/playbook-call.js'
import { auditTags } from '../../lib/outcome/tags/tag-audit.js'
import { listTasks, type ListedTasks } from '../../lib/engine/tags/audit.js'
import type { AnsiblePolicy } from '../../lib/fleet/declare/fleet.js'
import { LIMIT, onEach, password, until } from './harness.js'
import { inQuick } from '../support/size.js'

t.setTimeout(LIMIT)

const root = mkdtempSync(path.join(tmpdir(), 'patchrun-lint-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))

let counter = 0
function tree(files: Readonly<Record<string, string>>): string {
  const directory = path.join(root, `c${++counter}`)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), text)
  }
  return directory
}

function list(
  playbook: string,
  checkout: string,
  policy: Partial<AnsiblePolicy> = {},
  signal?: AbortSignal,
): Promise<ListedTasks> {
  const install: AnsibleInstall = { playbook, inventory: '', version: '', from: 'configured' }
  return listTasks({
    install,
    checkout,
    playbook: 'site.yml',
    policy: { ...POLICY, ...policy },
    directory: path.join(root, `run${++counter}`),
    signal,
  })
}

const POLICY: AnsiblePolicy = {
  forks: 5,
  config: 'none',
  hangTimeout: 60_000,
  connectTimeout: 5000,
  diff: true,
  extraArgs: [],
  vault: [],
}

/** What a lint of this checkout is started with. */
function environment(checkout: string): Record<string, string> {
  const hostsFile = path.join(root, 'nobody')
  writeFileSync(hostsFile, 'patchrun-lint-nobody\n')
  const places = {
    directory: root,
    hostsFile,
    limitFile: '',
    denyFile: '',
    plugins: pluginDirectory(),
    configFile: path.join(checkout, 'none.cfg'),
    configText: '',
  }
  return {
    ...runEnvironment(
      { mode: 'lint', checkout, policy: POLICY, untagged: 'drain' },
      process.env,
      places,
    ),
  }
}

onEach(
  t,
  'lint',
  async ({ bin, age, scene, more }) => {
    const audit = (
      checkout: string,
      policy: Partial<AnsiblePolicy> = {},
      signal?: AbortSignal,
    ): Promise<ListedTasks> => list(path.join(bin, 'ansible-playbook'), checkout, policy, signal)

    await scene('extra variables name hosts, files and roles', async (t) => {
      const checkout = tree({
        'site.yml': `- hosts: "{{ target }}"
  tasks:
    - include_tasks: "{{ chosen }}.yml"
    - include_role: { name: "{{ the_role }}", tasks_from: "{{ part }}" }
    - include_tasks: "{{ chosen | upper }}.yml"
    - include_tasks: "{{ nested }}.yml"
`,
        'go.yml': '- name: went\n  debug: { msg: x }\n  tags: DrainChange\n',
        'roles/web/tasks/two.yml': '- name: part two\n  debug: { msg: x }\n',
      })
      const { tasks, fault } = await audit(checkout, {
        extraVars: {
          target: 'all',
          chosen: 'go',
          the_role: 'web',
          part: 'two',
          nested: '{{ chosen }}',
        },
      })
      t.equal(fault, undefined)
      t.match(
        tasks
          .filter((e) => ['went', 'web : part two'].includes(e.task.name))
          .map((e) => e.task.name),
        ['went', 'web : part two'],
      )
      t.match(
        tasks.filter((e) => e.opaque !== undefined).map((e) => e.opaque),
        [/chosen \| upper/, /nested/],
        'nothing is evaluated',
      )
    })

    await scene('effective tags, places, includes, roles, handlers', async (t) => {
      const checkout = tree({
        'site.yml': `- name: first
  hosts: all
  tags: [play]
  pre_tasks:
    - name: pre
      ansible.builtin.debug: {msg: x}
  roles:
    - {role: web, tags: [HotChange]}
  tasks:
    - name: outer
      tags: blocktag
      block:
        - name: inner
          copy: {content: x, dest: /tmp/x}
          tags: DrainChange
          notify: [restart web, topic]
        - include_tasks: parts/more.yml
          tags: [notpassed]
        - include_tasks:
            file: parts/more.yml
            apply: {tags: [applied]}
      rescue:
        - name: rescued
          command: "true"
          check_mode: false
      always:
        - name: finally
          shell: echo > x
          args: {creates: x}
          changed_when: false
    - import_tasks: parts/more.yml
      tags: [passed]
    - include_tasks: "{{ where }}.yml"
    - name: tags in a template
      local_action: {module: command, _raw_params: ls}
      tags: "{{ where }}"
    - include_role: {name: web, tasks_from: extra}
    - include_role: {name: absent}
    - include_tasks: parts/loop.yml
    - import_role: {name: other}
      tags: [viaimport]
  handlers:
    - name: play handler
      listen: topic
      service: {name: x, state: restarted}
      tags: [DrainChange]
- import_playbook: second.yml
  tags: [fromimport]
`,
        'second.yml':
          '- name: second\n  hosts: none\n  gather_facts: false\n  tasks:\n    - name: last\n      ping:\n',
        'parts/more.yml':
          '- name: more\n  file: {path: /tmp/y, state: touch}\n- include_tasks: deep.yml\n',
        'parts/deep.yml':
          '- name: deep\n  stat: {path: /x}\n  register: deep_result\n- name: uses it\n  debug: {var: deep_result.stat}\n- name: uses it too\n  debug: {msg: "{{ deep_result.stat }}"}\n- name: says it\n  debug: {msg: deep_result}\n',
        'parts/loop.yml': '- name: round\n  ping:\n- include_tasks: loop.yml\n  when: false\n',
        'roles/web/tasks/main.yml':
          '- name: web task\n  template: {src: a, dest: /b}\n  notify: restart web\n- include_tasks: sub.yml\n',
        'roles/web/tasks/sub.yml': '- name: sub\n  ping:\n',
        'roles/web/tasks/extra.yml': '- name: extra\n  ping:\n',
        'roles/web/handlers/main.yml':
          '- name: restart web\n  service: {name: w, state: restarted}\n',
        'roles/other/tasks/main.yml': '- name: other task\n  ping:\n',
        'roles/other/meta/main.yml': 'dependencies: [{role: base, tags: [dep]}]\n',
        'roles/base/tasks/main.yml': '- name: base task\n  ping:\n',
      })
      const { tasks, fault } = await audit(checkout)
      t.equal(fault, undefined)
      const named = (name: string): LintTaskEvent[] => tasks.filter((e) => e.task.name === name)
      const tags = (name: string) => named(name).map((e) => [...e.task.tags])
      t.match(named('pre')[0], {
        play: 'first',
        playNumber: 0,
        task: {
          action: 'ansible.builtin.debug',
          tags: ['play'],
          file: 'site.yml',
          line: 5,
          handler: false,
          checkMode: true,
          role: null,
        },
      })
      t.same(tags('web : web task'), [['HotChange', 'play']])
      t.match(named('web : web task')[0], {
        task: { file: 'roles/web/tasks/main.yml', line: 1, role: 'web', notify: ['restart web'] },
      })
      t.same(
        tags('web : sub'),
        [['HotChange', 'play']],
        'tags of the role reach a dynamic include inside it',
      )
      t.same(tags('inner'), [['DrainChange', 'blocktag', 'play']])
      t.same(
        tags('more'),
        [
          ['blocktag', 'play'],
          ['applied', 'blocktag', 'play'],
          ['passed', 'play'],
        ],
        'tags of an include do not reach its tasks, unless applied',
      )
      t.equal(named('deep').length, 3)
      t.match(named('deep')[0], { registers: ['deep_result'], include: /^\d+$/ })
      t.match(named('uses it')[0], { uses: ['deep_result'] })
      t.match(named('uses it too')[0], { uses: ['deep_result'] })
      t.equal(named('says it')[0]?.uses, undefined)
      t.match(named('rescued')[0], { task: { checkMode: false } })
      t.match(named('finally')[0], { conditionalRun: true, task: { neverChanged: true } })
      t.match(
        tasks.filter((e) => e.opaque !== undefined).map((e) => e.opaque),
        [/name is a template/, /tags are a template/, /absent/],
      )
      t.match(named('tags in a template')[0], { task: { action: 'ansible.builtin.command' } })
      t.equal(named('round').length, 2 - 1, 'an include of itself is followed once')
      t.match(named('web : extra')[0], { task: { role: 'web' } })
      t.match(named('other : other task')[0], { task: { tags: ['play', 'viaimport'] } })
      t.same(tags('base : base task'), [['dep', 'play', 'viaimport']])
      t.match(named('play handler')[0], {
        listen: ['topic'],
        task: { handler: true, tags: ['DrainChange', 'play'] },
      })
      t.ok(named('web : restart web').some((e) => e.task.handler))
      t.match(named('last')[0], { play: 'second', playNumber: 1, task: { tags: ['fromimport'] } })
      const { findings } = auditTags(tasks, { untagged: 'drain' })
      t.ok(findings.some((f) => f.kind === 'untagged' && f.file === 'parts/more.yml'))
    })

    await scene("what a handler includes from its role's tasks", async (t) => {
      const { tasks } = await audit(
        tree({
          'site.yml': '- hosts: all\n  gather_facts: false\n  tags: [HotChange]\n  roles: [r]\n',
          'roles/r/tasks/main.yml':
            '- name: Configuration\n  copy: {content: x, dest: /etc/conf}\n  notify: Restart in turn\n',
          'roles/r/handlers/main.yml':
            '- name: Restart in turn\n  include_tasks: restart_in_turn.yml\n',
          'roles/r/tasks/restart_in_turn.yml':
            '- name: Restart\n  file: {path: /etc/restarted, state: touch}\n  tags: [DrainChange]\n',
        }),
      )
      t.equal(tasks.length, 3)
      t.equal(
        tasks.find((e) => e.opaque !== undefined),
        undefined,
        'it is found',
      )
      const { findings } = auditTags(tasks, { untagged: 'drain' })
      t.match(
        findings.find((f) => f.kind === 'hot-notifies-drain'),
        {
          file: 'roles/r/tasks/main.yml',
          line: 1,
          message: /"r : Configuration".*"r : Restart" \(roles\/r\/tasks\/restart_in_turn\.yml:1\)/,
        },
        'and the DrainChange behind it',
      )
    })

    await scene(
      'what is never GOOD, runs once a wave, or leaves a file beside the playbook',
      async (t) => {
        const { tasks, fault } = await audit(
          tree({
            'site.yml': `- hosts: all
  gather_facts: false
  tags: [HotChange]
  tasks:
    - { name: restarts, ansible.builtin.service: { name: d, state: restarted } }
    - { name: restarts when needed, ansible.builtin.service: { name: d, state: restarted }, when: changed }
    - { name: starts, ansible.builtin.service: { name: d, state: started } }
    - { name: reboots, ansible.builtin.reboot: {} }
    - { name: only looks, ansible.builtin.copy: { content: x, dest: /etc/a }, check_mode: true }
    - { name: in the background, ansible.builtin.command: /bin/long, async: 600, poll: 0 }
    - { name: waited for, ansible.builtin.command: /bin/long, async: 600, poll: 5 }
    - { name: whole, ansible.builtin.template: { src: x, dest: /etc/b } }
    - { name: part, ansible.builtin.lineinfile: { path: /etc/b, line: x } }
    - { name: part of another, ansible.builtin.lineinfile: { path: /etc/c, line: x } }
    - { name: whole where not, ansible.builtin.copy: { content: x, dest: /etc/c, force: false } }
    - { name: migrates, ansible.builtin.command: /bin/migrate, run_once: true }
    - { name: asks once, ansible.builtin.command: /bin/ask, run_once: true, changed_when: false, check_mode: false }
    - { name: fetches, ansible.builtin.fetch: { src: /etc/hostname, dest: fetched/ } }
    - { name: fetches elsewhere, ansible.builtin.fetch: { src: /etc/hostname, dest: /srv/fetched/ } }
    - { name: draws a password, ansible.builtin.copy: { dest: /etc/pw, content: "{{ lookup('password', 'credentials/' + inventory_hostname + ' length=12') }}" } }
    - { name: draws it elsewhere, ansible.builtin.copy: { dest: /etc/pw2, content: "{{ lookup('ansible.builtin.password', '/srv/credentials/x') }}" } }
    - { name: hides, ansible.builtin.copy: { content: x, dest: /etc/h }, when: not ansible_check_mode }
    - { name: hides its failure, ansible.builtin.service: { name: d, state: started }, ignore_errors: "{{ ansible_check_mode }}" }
    - { name: says so, ansible.builtin.debug: { msg: x }, when: not ansible_check_mode }
    - { name: reports, ansible.builtin.copy: { content: x, dest: /etc/i }, when: ansible_check_mode }
  handlers:
    - { name: restarts as a handler, ansible.builtin.service: { name: d, state: restarted } }
`,
          }),
        )
        t.equal(fault, undefined)
        const { findings } = auditTags(tasks, { untagged: 'drain' })
        const of = (kind: string): string[] =>
          findings.filter((f) => f.kind === kind).map((f) => f.task.name)
        t.same(of('not-idempotent'), [
          'restarts',
          'reboots',
          'only looks',
          'in the background',
          'whole',
        ])
        t.match(
          findings.find((f) => f.task.name === 'whole')?.message,
          /"part" \(site\.yml:13\).*\/etc\/b in turn/,
        )
        t.same(of('run-once'), ['migrates'])
        t.same(of('relative-path'), ['fetches', 'draws a password'])
        const unseen = findings.filter(
          (f) => f.kind === 'unpredictable' && /(copy|service|debug)$/.test(f.task.action),
        )
        t.match(unseen, [
          { task: { name: 'hides' }, message: /condition leaves it out of check mode/ },
          { task: { name: 'hides its failure' }, message: /ignore_errors depends on check mode/ },
        ])
        t.equal(unseen.length, 2)
      },
    )

    await scene('nothing runs: no task, no facts, no prompt, no other host', async (t) => {
      const marker = path.join(root, `marker-${age}`)
      const play = `- hosts: localhost
  connection: local
  gather_facts: true
  strategy: free
  vars_prompt: [{name: answer, prompt: "what?"}]
  tasks:
    - name: writes
      command: touch '${marker}'
      check_mode: false
- hosts: all
  gather_facts: false
  tasks:
    - name: delegated
      command: touch '${marker}'
      check_mode: false
      delegate_to: localhost
`
      const files = {
        'site.yml': play,
        'ansible.cfg':
          '[defaults]\ninventory = hosts\nstdout_callback = nosuch\ncallbacks_enabled = nosuch\nforks = 3\n',
        hosts: 'localhost ansible_connection=local\n',
      }
      for (const config of ['none', 'repository'] as const) {
        const { tasks, fault } = await audit(tree(files), { config })
        t.equal(fault, undefined)
        t.equal(tasks.length, 2)
      }
      t.notOk(existsSync(marker))
      // The playbook does write it when it is run: the test can fail.
      execFileSync(
        path.join(bin, 'ansible-playbook'),
        [
          '-i',
          'localhost,',
          '-c',
          'local',
          '-e',
          'answer=1',
          '-e',
          'ansible_python_interpreter={{ ansible_playbook_python }}',
          path.join(tree(files), 'site.yml'),
        ],
        { stdio: 'ignore', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      )
      t.ok(existsSync(marker))
      rmSync(marker)
    })

    const walls = (t: Test, plays: readonly string[]): void => {
      const marker = path.join(root, `wall-${age}`)
      const play = (head: string): string =>
        `- hosts: localhost\n  connection: local\n${head}  tasks: [{command: "touch '${marker}'", check_mode: false}]\n- hosts: all\n${head}  tasks: [{command: "touch '${marker}'", check_mode: false}]\n`
      for (const head of plays) {
        const checkout = tree({
          'site.yml': play(head),
          'i.ini': 'patchrun-lint-nobody ansible_connection=patchrun_none\n',
        })
        const { ANSIBLE_CALLBACKS_ENABLED, ANSIBLE_STDOUT_CALLBACK, ...env } = environment(checkout)
        t.same(
          [ANSIBLE_CALLBACKS_ENABLED, ANSIBLE_STDOUT_CALLBACK],
          ['patchrun_events', 'patchrun_output'],
        )
        const ended = spawnSync(
          path.join(bin, 'ansible-playbook'),
          ['-i', 'i.ini', '--limit', 'patchrun-lint-nobody', '--check', 'site.yml'],
          { cwd: checkout, env, encoding: 'utf8' },
        )
        t.match(
          ended.stderr + ended.stdout,
          /Invalid play strategy|UNREACHABLE|FAILED|no hosts matched/i,
        )
        t.notMatch(ended.stderr, /Unexpected Exception/)
        t.notOk(existsSync(marker), head)
      }
    }
    await scene('the walls behind the plugin hold without it', (t) =>
      walls(t, ['  strategy: free\n']),
    )
    await more('the walls hold with facts and without', (t) =>
      walls(t, ['', '  gather_facts: false\n']),
    )

    await scene('the plugin holds without the walls', async (t) => {
      const marker = path.join(root, `alone-${age}`)
      const checkout = tree({
        'site.yml': `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks: [{command: "touch '${marker}'"}]\n`,
      })
      const {
        ANSIBLE_STRATEGY,
        ANSIBLE_INVENTORY_ENABLED,
        ANSIBLE_CALLBACKS_ENABLED,
        ANSIBLE_STDOUT_CALLBACK,
        ...env
      } = environment(checkout)
      t.ok(ANSIBLE_STRATEGY && ANSIBLE_INVENTORY_ENABLED && ANSIBLE_STDOUT_CALLBACK)
      const args = [
        '-i',
        'localhost,',
        '-e',
        'ansible_python_interpreter={{ ansible_playbook_python }}',
        'site.yml',
      ]
      const ended = spawnSync(path.join(bin, 'ansible-playbook'), args, {
        cwd: checkout,
        env: { ...env, ANSIBLE_CALLBACKS_ENABLED },
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      })
      t.notOk(existsSync(marker))
      t.equal(ended.status, 99)
      spawnSync(path.join(bin, 'ansible-playbook'), args, { cwd: checkout, env, stdio: 'ignore' })
      t.ok(existsSync(marker), 'without the plugin it is written')
    })

    await scene(
      'faults: broken YAML, a missing role, a missing module, a missing file',
      async (t) => {
        t.match(
          await audit(tree({ 'site.yml': '- hosts: all\n  tasks:\n    - debug: {msg: "x}\n' })),
          { tasks: [], fault: { file: 'site.yml', line: Number } },
        )
        t.match(await audit(tree({ 'site.yml': '- hosts: all\n  roles: [nosuchrole]\n' })), {
          fault: { message: /nosuchrole/, file: 'site.yml', line: 2 },
        })
        t.match(
          await audit(
            tree({ 'site.yml': '- hosts: all\n  tasks:\n    - nosuch.collection.module: {}\n' }),
          ),
          { fault: { message: /nosuch\.collection\.module/, file: 'site.yml', line: 3 } },
        )
        t.match(await audit(tree({ 'other.yml': '' })), { fault: { message: /site\.yml/ } })
      },
    )

    await scene('a secret is in no event', async (t) => {
      writeFileSync(path.join(root, 'pw'), 'hunter2\n')
      const secret = execFileSync(
        path.join(bin, 'ansible-vault'),
        ['encrypt_string', '--vault-password-file', path.join(root, 'pw'), 'swordfish'],
        { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      )
      const indented = secret.trimEnd().replaceAll('\n          ', '\n        ')
      const checkout = tree({
        'site.yml': `- hosts: all\n  tasks:\n    - name: ${indented}\n      ping:\n`,
      })
      const { tasks } = await audit(checkout, { vault: [password(path.join(root, 'pw'))] })
      t.notMatch(JSON.stringify(tasks), /swordfish/)
      t.match(tasks, [{ task: { name: '********' } }], 'it was there to be found')
    })

    await scene('an abort ends it', async (t) => {
      const going = path.join(root, `going-${age}`)
      const checkout = tree({
        'site.yml': `- hosts: all\n  tasks:\n    - import_tasks: "{{ lookup('pipe', 'touch ${going}; sleep 904') }}x.yml"\n`,
      })
      const controller = new AbortController()
      const audited = t.rejects(audit(checkout, {}, controller.signal), { name: 'AbortError' })
      t.ok(await until(() => existsSync(going)))
      const begun = performance.now()
      controller.abort()
      await audited
      t.ok(performance.now() - begun < 600_000, 'long before it would have ended')
    })
  },
  { more: true, middle: true },
)

void inQuick(t, 'an ansible-playbook that is not there', {}, async (t) => {
  await t.rejects(list('/nonexistent/ansible-playbook', tree({ 'site.yml': '' })), {
    code: 'ansible/missing',
  })
})
