// SPDX-License-Identifier: Apache-2.0
// What must not start does not: each case proves it by a mark that was not left.
import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { endOrphan, runAnsible } from '../../lib/ansible/run/start-playbook.js'
import { groupsOf } from '../../lib/ansible/run/processes.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { pasted } from '../support/vault-text.js'
import {
  HEAD,
  install,
  LIMIT,
  mark,
  onEach,
  password as passwordFile,
  play,
  request,
  THIS,
  until,
} from './harness.js'
import { FREE } from '../support/policy.js'

t.setTimeout(LIMIT)

onEach(
  t,
  'guard',
  async ({ bin, scene, more }) => {
    const ansible = await install(bin)

    await scene('hot: handlers that are not hot', async (t) => {
      const site = (tags: string): string =>
        `${HEAD}${mark('change', 'tags: HotChange\nnotify: topic')}  handlers:\n${mark('handler', `listen: topic\n${tags}`)}`
      const drain = await play(t, ansible, {
        files: { 'site.yml': site('tags: [DrainChange, HotChange]') },
        mode: 'hot',
      })
      t.match(drain.summary.guard, {
        reason: 'drain-change',
        task: { name: 'handler', line: 9 },
        hosts: ['n1', 'n2'],
        message: /"handler".*DrainChange.*"change" \(site\.yml:4\)/,
      })
      t.match(drain.summary.guard?.notifiedBy, [{ task: { name: 'change', tags: ['HotChange'] } }])
      t.same(readdirSync(drain.marks), ['change'], 'the handler did not run')
      t.match(drain.summary.nodes.get('n1'), {
        result: 'cut',
        failure: { cause: 'guard', task: 'handler' },
      })
      t.equal(drain.summary.complete, false)
      t.equal(drain.summary.fault, undefined, 'a stop is no fault')
      const untagged = await play(t, ansible, { files: { 'site.yml': site('') }, mode: 'hot' })
      t.match(untagged.summary.guard, { reason: 'untagged-handler' })
      t.same(readdirSync(untagged.marks), ['change'])
    })

    await scene('hot: handlers that their own condition leaves out', async (t) => {
      const site = (drain: string, other: string): string =>
        `${HEAD}${mark('change', 'tags: HotChange\nnotify: topic')}  handlers:\n${mark('handler', `listen: topic\ntags: [DrainChange]\n${drain}`)}${mark('other', `listen: topic\n${other}`)}${mark('last', 'listen: topic\ntags: [HotChange]')}`
      const out = await play(t, ansible, {
        files: {
          'site.yml': site(
            "when: inventory_hostname == 'ctl1'",
            'when: inventory_hostname == item\nloop: [ctl1, ctl2]',
          ),
        },
        mode: 'hot',
      })
      t.equal(out.summary.guard, undefined, 'they are for other nodes')
      t.same(readdirSync(out.marks).sort(), ['change', 'last'])
      t.equal(out.summary.complete, true)
      for (const [drain, other, reason] of [
        ["when: inventory_hostname == 'n2'", 'when: false', 'drain-change'],
        ['when: false', 'when: inventory_hostname == item\nloop: [ctl1, n2]', 'untagged-handler'],
        ['when: nowhere', 'when: false', 'drain-change'],
        ["when: (item | default('')) == 'n2'\nwith_items: [n2]", 'when: false', 'drain-change'],
      ] as const) {
        const stopped = await play(t, ansible, {
          files: { 'site.yml': site(drain, other) },
          mode: 'hot',
        })
        t.match(stopped.summary.guard, { reason }, drain)
        t.same(readdirSync(stopped.marks), ['change'])
      }
    })

    await scene(
      'hot: only HotChange is selected, whatever else it carries; and hot handlers run',
      async (t) => {
        const out = await play(t, ansible, {
          files: {
            'site.yml': `${HEAD}${mark('hot', 'tags: HotChange\nnotify: topic')}${mark('both', 'tags: [HotChange, DrainChange]')}${mark('drain', 'tags: DrainChange')}${mark('none')}  handlers:\n${mark('handler', 'listen: topic\ntags: HotChange')}`,
          },
          mode: 'hot',
        })
        t.equal(out.summary.guard, undefined)
        t.same(readdirSync(out.marks).sort(), ['handler', 'hot'])
        t.equal(out.summary.complete, true)
      },
    )

    await scene('check: a task that would really run', async (t) => {
      for (const [kind, value] of [
        ['plain', 'false'],
        ['templated', '"{{ false }}"'],
      ] as const) {
        const site = `${HEAD}${mark('query', 'tags: DrainChange\ncheck_mode: false\nchanged_when: false')}${mark('really', `tags: DrainChange\ncheck_mode: ${value}`)}`
        const out = await play(t, ansible, { files: { 'site.yml': site }, mode: 'check' })
        t.match(
          out.summary.guard,
          { reason: 'unchecked-drain-change', task: { name: 'really' } },
          kind,
        )
        t.same(readdirSync(out.marks), ['query'], `${kind}: a query may run, and nothing after it`)
      }
    })

    const delegating = (to: string, loop = ''): string =>
      `${HEAD}${mark('delegated', `delegate_to: "${to}"\nvars: { ansible_connection: local, target: db1 }\n${loop}`)}`
    const stopped = async (t: Test, to: string, loop = ''): Promise<void> => {
      const out = await play(t, ansible, {
        files: { 'site.yml': delegating(to, loop) },
        denied: ['db1'],
      })
      t.match(out.summary.guard, { reason: 'denied-delegate', message: /db1/ }, to)
      t.same(readdirSync(out.marks), [], to)
    }
    await scene('denied delegates', async (t) => {
      await stopped(t, 'db1')
      await stopped(t, '{{ item }}', 'loop: [localhost, db1]')
      for (const hidden of ['', 'no_log: true\n']) {
        const late = await play(t, ansible, {
          files: {
            'site.yml': `${delegating('{{ item }}', `${hidden}with_items: [db1]`)}${mark('after')}`,
          },
          denied: ['db1'],
        })
        t.match(
          late.summary.guard,
          { reason: 'denied-delegate', message: /ran on db1/ },
          `told after the fact ${hidden}`,
        )
        t.equal(existsSync(join(late.marks, 'after')), false, 'nothing after it')
      }
    })
    await more('denied delegates by templates', async (t) => {
      for (const to of ['{{ target }}', "{{ hostvars[inventory_hostname]['x'] | default('db1') }}"])
        await stopped(t, to)
    })

    await scene('hosts nobody planned', async (t) => {
      const asked = request(t, ansible, {
        files: { 'site.yml': `${HEAD}${mark('first')}` },
        hosts: ['n1', 'n2'],
      })
      // The limit holds them off; here it is taken away behind its back.
      writeFileSync(
        join(asked.checkout, 'wrapper'),
        `#!/bin/sh\nprintf 'n1\\n' > "$PATCHRUN_HOSTS.less"\nPATCHRUN_HOSTS="$PATCHRUN_HOSTS.less" exec ${ansible.playbook} "$@"\n`,
        { mode: 0o755 },
      )
      const reasons: string[] = []
      await runAnsible({
        ...asked,
        install: { ...ansible, playbook: join(asked.checkout, 'wrapper') },
        onEvent: (event) =>
          void (event.ev === 'guard' && reasons.push(`${event.reason} ${event.hosts?.join()}`)),
      })
      t.same(reasons, ['unplanned-host n2'])
      t.same(readdirSync(asked.marks), [])
      const added = await play(t, ansible, {
        files: {
          'site.yml': `${HEAD}    - ansible.builtin.add_host: { name: late, ansible_connection: local, marks: "{{ marks }}" }\n- hosts: late\n  gather_facts: false\n  tasks:\n${mark('added')}`,
        },
      })
      t.same(readdirSync(added.marks), [], 'a host added on the way is held off by the limit')
    })

    await scene('plays for localhost beside the nodes of a visit', async (t) => {
      const files = {
        'site.yml': `- hosts: localhost\n  gather_facts: false\n  vars: { marks: "{{ hostvars['n1'].marks }}" }\n  tasks:\n${mark('calm', 'tags: HotChange')}${mark('drain', 'tags: DrainChange')}${HEAD}${mark('node')}`,
      }
      const ran = await play(t, ansible, { files, policy: { localhost: true } })
      t.match(
        ran.summary.guard,
        { reason: 'drain-change', task: { name: 'drain' }, message: /localhost is not drained/ },
        'nobody drains it',
      )
      t.same(readdirSync(ran.marks), ['calm'])
      const left = await play(t, ansible, { files })
      t.same([left.summary.guard, readdirSync(left.marks)], [undefined, ['node']])
    })

    const broken = async (
      t: Test,
      cases: readonly (readonly [string, string])[],
    ): Promise<void> => {
      const asked = request(t, ansible, { files: { 'site.yml': `${HEAD}${mark('first')}` } })
      for (const [name, line] of cases) {
        const playbook = join(asked.checkout, name)
        writeFileSync(playbook, `#!/bin/sh\n${line}\nexec ${ansible.playbook} "$@"\n`, {
          mode: 0o755,
        })
        const exit = await runAnsible({
          ...asked,
          directory: join(asked.directory, name),
          install: { ...ansible, playbook },
        })
        t.not(exit.exitCode, 0, name)
        t.same(readdirSync(asked.marks), [], name)
      }
    }
    await scene('a guard that cannot work starts nothing', (t) =>
      broken(t, [
        ['no-plugin', 'export ANSIBLE_CALLBACKS_ENABLED='],
        ['no-descriptor', 'export PATCHRUN_EVENTS_FD=77'],
        ['no-hosts', 'export PATCHRUN_HOSTS=/nowhere'],
      ]),
    )
    await more('a guard without its place or its mode starts nothing', (t) =>
      broken(t, [
        ['no-path', 'export ANSIBLE_CALLBACK_PLUGINS=/nowhere'],
        ['no-mode', 'export PATCHRUN_MODE=other'],
      ]),
    )

    await scene('vault secrets and no_log', async (t) => {
      const secret = 'S3cr3t-inline-"quoted"'
      const leaf = 'leaf-of-a-vaulted-file'
      const password = 'vault-password-file-text'
      const plain = {
        inline: secret,
        'more.yml': `db: { password: ${leaf} }\nlong: |\n  first long line of a key\n  second long line of a key\n`,
        'roles/r/vars/main.yml': 'role_secret: secret-of-the-role\n',
        'group_vars/all.yml': 'grouped: [grouped-secret-1, grouped-secret-1-and-its-end]\n',
      }
      const sealed = seal(bin, password, plain)
      t.match(sealed.inline, /^\$ANSIBLE_VAULT/)
      const site = `${HEAD.replace('  tasks:', `  vars_files: [more.yml]\n  vars:\n    inline: ${pasted(sealed.inline, 4)}  roles: [r]\n  tasks:`)}
    - name: diffs {{ inline }}
      ansible.builtin.copy: { content: "a={{ inline }}\\nb={{ db.password }}\\n{{ long }}", dest: "{{ marks }}/{{ inventory_hostname }}" }
    - name: prints
      ansible.builtin.debug: { msg: ["{{ inline }}", "{{ db }}", "{{ grouped }}"] }
    - name: loops
      ansible.builtin.debug: { msg: "{{ item }}" }
      loop: ["{{ inline }}", "{{ long }}"]
    - name: hides
      ansible.builtin.command: echo unheard {{ item.x }}
      loop: [{ x: "{{ 'hushed' ~ '-one' }}" }]
      no_log: true
    - name: fails
      ansible.builtin.command: sh -c 'echo "$DB" >&2; echo "$DB"; exit 1'
      environment: { DB: "{{ db.password }}" }
`
      const files = {
        ...sealed,
        pw: `${password}\n`,
        'site.yml': site,
        'roles/r/tasks/main.yml': '- ansible.builtin.debug: msg="{{ role_secret }}"\n',
      }
      const out = await play(t, ansible, {
        hosts: ['n1'],
        files,
        policy: { vault: [passwordFile('pw')], extraArgs: ['-v'] },
      })
      t.match(out.summary.nodes.get('n1')?.failure, { task: 'fails' }, out.log.slice(-800))
      t.match(readFileSync(join(out.marks, 'n1'), 'utf8'), leaf, 'the node got the secret')
      for (const [name, text] of [
        ['events', out.stream],
        ['log', out.log],
        ['summary', JSON.stringify([...out.summary.nodes])],
        ['stderr', out.exit.stderr],
      ] as const) {
        for (const word of [
          'S3cr3t-inline',
          leaf,
          'second long line',
          'grouped-secret',
          'and-its-end',
          'secret-of-the-role',
          'hushed-one',
          password,
        ])
          t.equal(text.includes(word), false, `${word} in ${name}`)
        if (name === 'events' || name === 'log') t.match(text, /\*{8}/)
      }
    })

    await scene('a node that hangs is cut loose, the other goes on', async (t) => {
      const hangs = (name: string, on: string, more = ''): string =>
        `    - name: ${name}\n      ansible.builtin.command: sleep 900\n      when: inventory_hostname == '${on}'\n${more}`
      // Each attempt is quick and has 20 s for itself. Together, with the delays between them, they
      // take longer.
      const retried =
        "    - name: fails again and again\n      ansible.builtin.command: sh -c 'exit 1'\n      when: inventory_hostname == 'n4'\n      register: tried\n      until: tried is succeeded\n      retries: 3\n      delay: 7\n      timeout: 20\n      no_log: true\n"
      const site = `${HEAD}${hangs('hangs', 'n1')}${hangs('hangs unseen', 'n3', '      no_log: true\n')}${retried}${mark('after', 'timeout: 600')}`
      const out = await play(t, ansible, {
        files: { 'site.yml': site },
        hosts: ['n1', 'n2', 'n3', 'n4'],
        policy: { hangTimeout: 3000 },
      })
      t.match(out.summary.nodes.get('n1'), {
        result: 'failed',
        failure: { cause: 'hung', task: 'hangs' },
      })
      t.match(out.summary.nodes.get('n2'), { result: 'ok' })
      t.match(out.summary.nodes.get('n3'), {
        result: 'failed',
        failure: { cause: 'hung', task: 'hangs unseen' },
      })
      t.match(
        out.summary.nodes.get('n4'),
        { result: 'failed', failure: { cause: 'failed', task: 'fails again and again' } },
        'attempts that fail take longer together, and hang not',
      )
      t.equal(existsSync(join(out.marks, 'after')), true)
      t.ok(out.exit.duration < 600_000, 'long before it would have come back')
    })

    await scene('an abort leaves no process', async (t) => {
      const controller = new AbortController()
      const asked = request(t, ansible, {
        hosts: ['n1'],
        files: {
          'site.yml': `${HEAD}    - name: long\n      ansible.builtin.command: sh -c 'touch "{{ marks }}/going"; exec sleep 901'\n${mark('after')}`,
        },
      })
      const summarizer = new RunSummarizer(asked.checkout)
      const run = runAnsible({
        ...asked,
        signal: controller.signal,
        onEvent: (event) => summarizer.add(event),
      })
      t.ok(await until(() => existsSync(join(asked.marks, 'going'))))
      const begun = performance.now()
      controller.abort()
      const exit = await run
      const summary = summarizer.finish(exit, asked.hosts)
      t.equal(exit.ended, 'aborted')
      t.ok(performance.now() - begun < 600_000, 'long before it would have ended')
      t.equal(groupsOf(asked.directory, pidOf(asked.directory)).size, 0)
      t.equal(summary.complete, false)
      t.match(summary.nodes.get('n1'), { result: 'cut' })
      t.same(readdirSync(asked.marks), ['going'])
      t.equal(await endOrphan(asked.directory), 'gone')
    })

    await scene('patchrun killed: ansible stops before its next task, or is ended', async (t) => {
      const asked = request(t, ansible, {
        hosts: ['n1'],
        files: {
          'site.yml': `${HEAD}    - name: long\n      ansible.builtin.command: sh -c 'until test -e "{{ marks }}/gone"; do sleep 0.1; done'\n${mark('after')}`,
        },
      })
      const orphan = async (directory: string): Promise<void> => {
        const run = JSON.stringify({ ...asked, directory })
        const child = spawn(
          process.execPath,
          [
            '--input-type=module',
            '-e',
            `import { runAnsible } from ${JSON.stringify(join(THIS, '../../lib/ansible/run/start-playbook.js'))}; await runAnsible({ ...${run}, onEvent: (e) => { if (e.ev === 'host_start') process.kill(process.pid, 'SIGKILL') } })`,
          ],
          { stdio: 'ignore' },
        )
        await new Promise((resolve) => child.once('close', resolve))
      }
      const first = join(asked.directory, 'first')
      await orphan(first)
      t.ok(groupsOf(first, pidOf(first)).size > 0, 'it goes on by itself')
      writeFileSync(join(asked.marks, 'gone'), '')
      t.ok(await until(() => groupsOf(first, pidOf(first)).size === 0), 'and stops')
      t.same(readdirSync(asked.marks), ['gone'], 'before the next task')
      rmSync(join(asked.marks, 'gone'))
      const second = join(asked.directory, 'second')
      await orphan(second)
      t.equal(await endOrphan(second), 'ended')
      t.equal(groupsOf(second, pidOf(second)).size, 0)
      const file = JSON.parse(readFileSync(join(second, 'process.json'), 'utf8')) as Record<
        string,
        unknown
      >
      writeFileSync(join(second, 'process.json'), JSON.stringify({ ...file, pid: process.pid }))
      t.equal(await endOrphan(second), 'not-ours', 'a pid that was given to somebody else')
    })

    const waits = `    - name: waits
      ansible.builtin.command: sh -c 'touch "{{ marks }}/going"; until test -e "{{ marks }}/gone"; do sleep 0.1; done'
      notify: handler
`
    const tasks = `${HEAD}${mark('first')}${waits}${mark('after')}  handlers:\n${mark('handler')}`
    const handlers = `${HEAD}${waits}  handlers:\n${mark('handler')}`
    const lost = async (
      t: Test,
      name: string,
      text: string,
      meanwhile: (
        directory: string,
        lock: Awaited<ReturnType<typeof takeLock>>,
      ) => Promise<unknown>,
    ): Promise<{ marks: string[]; guard: unknown; task: unknown }> => {
      const asked = request(t, ansible, { hosts: ['n1'], files: { 'site.yml': text } })
      const directory = join(asked.directory, 'lock')
      const lock = await takeLock(directory, 0)
      t.teardown(() => lock.release())
      const guards: { reason: string; message: string; task?: { name: string } | undefined }[] = []
      const done = runAnsible({
        ...asked,
        directory: join(asked.directory, name),
        fence: lock.file,
        onEvent: (event) => void (event.ev === 'guard' && guards.push(event)),
      })
      await Promise.race([until(() => existsSync(join(asked.marks, 'going'))), done])
      await meanwhile(directory, lock)
      writeFileSync(join(asked.marks, 'gone'), '')
      const exit = await done
      if (guards.length > 0) t.not(exit.exitCode, 0, name)
      return {
        marks: readdirSync(asked.marks)
          .filter((m) => !/^go/.test(m))
          .sort(),
        guard: guards.map((g) => g.reason),
        task: guards[0]?.task?.name,
      }
    }
    // As another process does it that takes this one for dead: the next number, then the lower ones
    // go.
    const takeOver =
      (t: Test) =>
      async (directory: string, lock: { file: string; token: number }): Promise<void> => {
        const holder = JSON.parse(readFileSync(lock.file, 'utf8')) as object
        writeFileSync(lock.file, JSON.stringify({ ...holder, started: 'x', pid: 2 ** 22 }))
        await takeLock(directory, 0).then((other) => t.teardown(() => other.release()))
      }
    await scene('a run whose patchrun lost the lock starts nothing more', async (t) => {
      t.same(
        await lost(t, 'held', tasks, async () => sleep(50)),
        { marks: ['after', 'first', 'handler'], guard: [], task: undefined },
        'while it is held nothing is stopped',
      )
      t.same(
        await lost(t, 'taken', tasks, takeOver(t)),
        { marks: ['first'], guard: ['fenced'], task: 'after' },
        'taken over',
      )
      t.same(
        await lost(t, 'taken-handler', handlers, takeOver(t)),
        { marks: [], guard: ['fenced'], task: 'handler' },
        'no handler either',
      )
    })
    await more('a lock that was replaced, marked or gone', async (t) => {
      const replace = async (directory: string, { file }: { file: string }): Promise<void> => {
        writeFileSync(join(directory, 'aside'), readFileSync(file))
        renameSync(join(directory, 'aside'), file)
      }
      t.same(
        await lost(t, 'replaced', tasks, replace),
        { marks: ['first'], guard: ['fenced'], task: 'after' },
        'replaced, as by one who took the same number anew',
      )
      t.same(
        await lost(t, 'marked', tasks, async (_, lock) =>
          writeFileSync(
            lock.file,
            readFileSync(lock.file, 'utf8').replace('"released":false', '"released":true'),
          ),
        ),
        { marks: ['first'], guard: ['fenced'], task: 'after' },
        'released on a full disk',
      )
      const late = request(t, ansible, { files: { 'site.yml': `${HEAD}${mark('first')}` } })
      await runAnsible({ ...late, fence: join(late.directory, 'none') })
      t.same(readdirSync(late.marks), [], 'lost before it began')
    })

    await scene('runs that go wrong as a whole', async (t) => {
      const cases = [
        ['a YAML error', { 'site.yml': '- hosts: all\n  tasks:\n   - debug: {\n' }, 'site.yml'],
        ['an unknown module', { 'site.yml': `${HEAD}    - nosuchmodule: {}\n` }, 'site.yml'],
        ['a missing playbook', { 'other.yml': '' }, undefined],
        [
          'nobody is meant',
          { 'site.yml': HEAD.replace('all', 'nobody') + '    - debug: msg=x\n' },
          undefined,
        ],
      ] as const
      for (const [name, files, file] of cases) {
        const out = await play(t, ansible, { files, mode: 'check' })
        t.equal(out.summary.complete, false, name)
        t.ok(out.summary.fault?.message, name)
        t.ok(out.summary.fault?.hint, name)
        if (file) t.match(out.summary.fault?.file, file, `${name}: ${out.exit.stderr}`)
        if (file) t.type(out.summary.fault?.line, 'number', name)
        for (const node of out.summary.nodes.values())
          t.match(findingOf(node, out.summary, FREE.changes).verdict, /ERROR|UNKNOWN/, name)
      }
      // Older ansible-core drops the host without a failed event; newer ones fail it.
      const role = await play(t, ansible, {
        files: {
          'site.yml': `${HEAD}    - ansible.builtin.debug: msg=x\n    - ansible.builtin.include_role: { name: nosuchrole }\n      when: inventory_hostname == 'n1'\n    - ansible.builtin.debug: msg=y\n`,
        },
        mode: 'check',
      })
      t.match(role.summary.nodes.get('n1'), {
        result: /cut|failed/,
        failure: { message: /nosuchrole/, file: /site\.yml$/, line: Number },
      })
      t.match(role.summary.nodes.get('n2'), { result: 'ok' })
      for (const node of role.summary.nodes.values())
        t.equal(
          findingOf(node, role.summary, FREE.changes).verdict,
          node.node === 'n1' || role.summary.fault ? 'ERROR' : 'GOOD',
        )
      const lost = await play(t, ansible, {
        files: {
          'site.yml': `- hosts: all\n  gather_facts: false\n  tasks: [{ debug: msg=x }]\n- hosts: all\n  serial: 1\n  gather_facts: false\n  tasks:\n    - ansible.builtin.fail:\n      when: inventory_hostname == 'n1'\n- hosts: all\n  gather_facts: false\n  tasks: [{ debug: msg=z }]\n`,
        },
      })
      t.match(
        [...lost.summary.nodes.values()].map((node) => node.result),
        ['failed', 'cut'],
        'a broken batch leaves the others out',
      )
      t.equal(lost.summary.complete, false)
      const cleared = await play(t, ansible, {
        files: {
          'site.yml': `${HEAD}    - ansible.builtin.fail:\n      when: inventory_hostname == 'n1'\n    - meta: clear_host_errors\n    - debug: msg=x\n`,
        },
      })
      t.equal(cleared.exit.exitCode, 0)
      t.match(cleared.summary.nodes.get('n1'), { result: 'failed' }, 'a forgotten failure is one')
    })
  },
  { more: true },
)

/** These texts by their names, each encrypted: one ansible-vault does all. */
function seal<K extends string>(
  bin: string,
  password: string,
  plain: Readonly<Record<K, string>>,
): Record<K, string> {
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-sealed-'))
  try {
    writeFileSync(join(directory, 'pw'), `${password}\n`)
    const names = Object.keys(plain) as K[]
    for (const [i, name] of names.entries()) writeFileSync(join(directory, `${i}`), plain[name])
    execFileSync(
      join(bin, 'ansible-vault'),
      ['encrypt', '--vault-password-file', 'pw', ...names.map((_, i) => `${i}`)],
      { cwd: directory, stdio: 'ignore', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
    )
    return Object.fromEntries(
      names.map((name, i) => [name, readFileSync(join(directory, `${i}`), 'utf8')]),
    ) as Record<K, string>
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function pidOf(directory: string): number {
  return (JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8')) as { pid: number }).pid
}
