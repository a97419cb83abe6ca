// SPDX-License-Identifier: Apache-2.0
// The action by which our roles run commands: what ansible.builtin.command gives, without its
// module.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../lib/ansible/programs/package-root.js'
import { LIMIT, onEach } from './harness.js'

t.setTimeout(LIMIT)

const ODD = `it's "odd"; $(id) \`id\` ü \\ *`

onEach(t, 'patchrun_command', async ({ t, bin }) => {
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-command-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  /** Runs tasks on this machine, all in one play; gives what each returned. */
  const run = (tasks: readonly object[], check = false): readonly Record<string, unknown>[] => {
    const names = tasks.map((_, i) => `r${i}`)
    const keep = {
      'ansible.builtin.copy': {
        dest: join(directory, 'results.json'),
        content: `{{ [${names.join(', ')}] | to_json }}`,
      },
      check_mode: false,
    }
    writeFileSync(
      join(directory, 'site.yml'),
      JSON.stringify([
        {
          hosts: 'all',
          gather_facts: false,
          roles: ['patchrun_command'],
          tasks: [
            ...tasks.map((task, i) => ({ ...task, register: names[i], ignore_errors: true })),
            keep,
          ],
        },
      ]),
    )
    writeFileSync(
      join(directory, 'inventory'),
      'n1 ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n',
    )
    const done = spawnSync(
      join(bin, 'ansible-playbook'),
      ['-i', 'inventory', 'site.yml', ...(check ? ['--check'] : [])],
      {
        cwd: directory,
        encoding: 'utf8',
        env: {
          PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
          HOME: directory,
          LC_ALL: 'C.UTF-8',
          PYTHONDONTWRITEBYTECODE: '1',
          ANSIBLE_ROLES_PATH: join(packageRoot(), 'roles'),
        },
      },
    )
    if (done.status !== 0) throw new Error(`${done.stdout}${done.stderr}`)
    return JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')) as Record<
      string,
      unknown
    >[]
  }
  const ours = (argv: readonly string[], more: object = {}): object => ({
    patchrun_command: { argv },
    ...more,
  })
  const script = {
    argv: ['python3', '-', ODD],
    stdin: 'import sys\nprint(sys.argv[1])\nprint(2, file=sys.stderr)',
  }
  const wrong = [{}, { argv: [] }, { argv: 'ls' }, { argv: ['ls'], chdir: '/' }]
  const [one, other, expanded, failed, input, environment, ...refused] = run([
    { patchrun_command: script },
    { 'ansible.builtin.command': script },
    ours(['echo', '$HOME', '~']),
    ours(['sh', '-c', 'echo why >&2; exit 3']),
    ours(['cat']),
    ours(['sh', '-c', 'echo $WHAT'], { environment: { WHAT: 'this' } }),
    ...wrong.map((args) => ({ patchrun_command: args })),
  ])
  for (const key of [
    'rc',
    'stdout',
    'stdout_lines',
    'stderr',
    'stderr_lines',
    'changed',
    'failed',
    'cmd',
  ])
    t.same(one?.[key], other?.[key], key)
  t.equal(one?.['stdout'], ODD)
  t.notOk('delta' in (one ?? {}), 'no module ran')
  t.match(expanded, { stdout: '$HOME ~' }, 'nothing is expanded')
  t.match(failed, { rc: 3, failed: true, msg: 'non-zero return code', stderr: 'why' })
  t.match(input, { rc: 0, stdout: '' }, 'input has an end')
  t.match(environment, { stdout: 'this' })
  for (const [i, result] of refused.entries())
    t.match(result, { failed: true, msg: /argv must be a list/ }, JSON.stringify(wrong[i]))
  t.match(
    run(
      [
        ours(['touch', join(directory, 'touched')]),
        ours(['echo', 'looked'], { check_mode: false }),
      ],
      true,
    ),
    [{ skipped: true }, { stdout: 'looked' }],
  )
  t.notOk(existsSync(join(directory, 'touched')))
  t.test(
    'su wants a terminal: by the module',
    process.getuid?.() === 0 ? {} : { skip: 'su asks for a password' },
    async (t) => {
      t.match(
        run([ours(['id', '-un'], { become: true, become_method: 'su', become_user: 'root' })]),
        [{ stdout: 'root', delta: String }],
      )
    },
  )
})
