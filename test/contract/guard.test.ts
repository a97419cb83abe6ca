// SPDX-License-Identifier: Apache-2.0
// What must not start does not: each case proves it by a mark that was not left.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { endOrphan, runAnsible } from '../../lib/ansible/run.js'
import { groupsOf } from '../../lib/ansible/processes.js'
import { findingOf } from '../../lib/change/verdict.js'
import { takeLock } from '../../lib/store/lock.js'
import { install, password as passwordFile, play, request, THIS, VERSIONS } from './harness.js'

t.setTimeout(600_000)

const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'
const mark = (name: string, more = '', indent = '    '): string =>
  `${indent}- name: ${name}\n${indent}  ansible.builtin.command: touch "{{ marks }}/${name}"\n${more.split('\n').filter(Boolean).map((line) => `${indent}  ${line}\n`).join('')}`

for (const [label, bin] of VERSIONS) {
  void t.test(`guard, ${label} ansible-core`, { skip: bin ? false : `PATCHRUN_TEST_ANSIBLE_${label.toUpperCase()} is not set` }, async (t) => {
    const ansible = await install(bin ?? '')

    await t.test('hot: handlers that are not hot', async (t) => {
      const site = (tags: string): string => `${HEAD}${mark('change', 'tags: HotChange\nnotify: topic')}  handlers:\n${mark('handler', `listen: topic\n${tags}`)}`
      const drain = await play(t, ansible, { files: { 'site.yml': site('tags: [DrainChange, HotChange]') }, mode: 'hot' })
      t.match(drain.summary.guard, { reason: 'drain-change', task: { name: 'handler', line: 9 }, hosts: ['n1', 'n2'], message: /"handler".*DrainChange.*"change" \(site\.yml:4\)/ })
      t.match(drain.summary.guard?.notifiedBy, [{ task: { name: 'change', tags: ['HotChange'] } }])
      t.same(readdirSync(drain.marks), ['change'], 'the handler did not run')
      t.match(drain.summary.nodes.get('n1'), { result: 'cut', failure: { cause: 'guard', task: 'handler' } })
      t.equal(drain.summary.complete, false)
      t.equal(drain.summary.fault, undefined, 'a stop is no fault')
      const untagged = await play(t, ansible, { files: { 'site.yml': site('') }, mode: 'hot' })
      t.match(untagged.summary.guard, { reason: 'untagged-handler' })
      t.same(readdirSync(untagged.marks), ['change'])
      const hot = await play(t, ansible, { files: { 'site.yml': site('tags: HotChange') }, mode: 'hot' })
      t.equal(hot.summary.guard, undefined)
      t.same(readdirSync(hot.marks).sort(), ['change', 'handler'])
    })

    await t.test('hot: only HotChange is selected, whatever else it carries', async (t) => {
      const out = await play(t, ansible, { files: { 'site.yml': `${HEAD}${mark('hot', 'tags: HotChange')}${mark('both', 'tags: [HotChange, DrainChange]')}${mark('drain', 'tags: DrainChange')}${mark('none')}` }, mode: 'hot' })
      t.same(readdirSync(out.marks), ['hot'])
      t.equal(out.summary.complete, true)
    })

    await t.test('check: a task that would really run', async (t) => {
      const out = await play(t, ansible, { files: { 'site.yml': `${HEAD}${mark('really', 'tags: DrainChange\ncheck_mode: false')}` }, mode: 'check' })
      t.match(out.summary.guard, { reason: 'unchecked-drain-change', task: { name: 'really' } })
      t.same(readdirSync(out.marks), [])
      const templated = await play(t, ansible, { files: { 'site.yml': `${HEAD}${mark('really', 'tags: DrainChange\ncheck_mode: "{{ false }}"')}` }, mode: 'check' })
      t.match(templated.summary.guard, { reason: 'unchecked-drain-change' })
      t.same(readdirSync(templated.marks), [])
      const query = await play(t, ansible, { files: { 'site.yml': `${HEAD}${mark('query', 'tags: DrainChange\ncheck_mode: false\nchanged_when: false')}` }, mode: 'check' })
      t.equal(query.summary.guard, undefined, 'a query may run')
      t.same(readdirSync(query.marks), ['query'])
    })

    await t.test('denied delegates', async (t) => {
      const site = (to: string, more = ''): string => `${HEAD}${mark('delegated', `delegate_to: "${to}"\nvars: { ansible_connection: local, target: db1 }\n${more}`)}`
      for (const [to, more] of [['db1', ''], ['{{ target }}', ''], ['{{ item }}', 'loop: [localhost, db1]'], ["{{ hostvars[inventory_hostname]['x'] | default('db1') }}", '']] as const) {
        const out = await play(t, ansible, { files: { 'site.yml': site(to, more) }, denied: ['db1'] })
        t.match(out.summary.guard, { reason: 'denied-delegate', message: /db1/ }, to)
        t.same(readdirSync(out.marks), [], to)
      }
      const late = await play(t, ansible, { files: { 'site.yml': `${site('{{ item }}', 'with_items: [db1]')}${mark('after')}` }, denied: ['db1'] })
      t.match(late.summary.guard, { reason: 'denied-delegate', message: /ran on db1/ }, 'told after the fact')
      t.equal(existsSync(join(late.marks, 'after')), false, 'nothing after it')
    })

    await t.test('hosts nobody planned', async (t) => {
      const asked = request(t, ansible, { files: { 'site.yml': `${HEAD}${mark('first')}` }, hosts: ['n1', 'n2'] })
      // The limit holds them off; here it is taken away behind its back.
      writeFileSync(join(asked.checkout, 'wrapper'), `#!/bin/sh\nprintf 'n1\\n' > "$PATCHRUN_HOSTS.less"\nPATCHRUN_HOSTS="$PATCHRUN_HOSTS.less" exec ${ansible.playbook} "$@"\n`, { mode: 0o755 })
      const reasons: string[] = []
      await runAnsible({ ...asked, install: { ...ansible, playbook: join(asked.checkout, 'wrapper') }, onEvent: (event) => void (event.ev === 'guard' && reasons.push(`${event.reason} ${event.hosts?.join()}`)) })
      t.same(reasons, ['unplanned-host n2'])
      t.same(readdirSync(asked.marks), [])
      const added = await play(t, ansible, { files: { 'site.yml': `${HEAD}    - ansible.builtin.add_host: { name: late, ansible_connection: local, marks: "{{ marks }}" }\n- hosts: late\n  gather_facts: false\n  tasks:\n${mark('added')}` } })
      t.same(readdirSync(added.marks), [], 'a host added on the way is held off by the limit')
    })

    await t.test('a guard that cannot work starts nothing', async (t) => {
      const asked = request(t, ansible, { files: { 'site.yml': `${HEAD}${mark('first')}` } })
      const wrap = (name: string, line: string): string => {
        const path = join(asked.checkout, name)
        writeFileSync(path, `#!/bin/sh\n${line}\nexec ${ansible.playbook} "$@"\n`, { mode: 0o755 })
        return path
      }
      for (const [name, line] of [
        ['no-plugin', 'export ANSIBLE_CALLBACKS_ENABLED='], ['no-path', 'export ANSIBLE_CALLBACK_PLUGINS=/nowhere'],
        ['no-descriptor', 'export PATCHRUN_EVENTS_FD=77'], ['no-hosts', 'export PATCHRUN_HOSTS=/nowhere'], ['no-mode', 'export PATCHRUN_MODE=other'],
      ] as const) {
        const directory = join(asked.directory, name)
        const exit = await runAnsible({ ...asked, directory, install: { ...ansible, playbook: wrap(name, line) } })
        t.not(exit.exitCode, 0, name)
        t.same(readdirSync(asked.marks), [], name)
      }
    })

    await t.test('vault secrets and no_log', async (t) => {
      const secret = 'S3cr3t-inline-"quoted"'
      const leaf = 'leaf-of-a-vaulted-file'
      const password = 'vault-password-file-text'
      const vault = async (args: readonly string[], input: string): Promise<string> => {
        const child = spawn(join(bin ?? '', 'ansible-vault'), [...args], { stdio: ['pipe', 'pipe', 'ignore'], cwd: asked.checkout })
        child.stdin.end(input)
        let text = ''
        child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
        await new Promise((resolve) => child.once('close', resolve))
        return text
      }
      const asked = request(t, ansible, { files: { pw: `${password}\n` } })
      const encrypted = (await vault(['encrypt', '--vault-password-file', 'pw', '--output', '-'], `db: { password: ${leaf} }\nlong: |\n  first long line of a key\n  second long line of a key\n`)).trim()
      const role = (await vault(['encrypt', '--vault-password-file', 'pw', '--output', '-'], 'role_secret: secret-of-the-role\n')).trim()
      const inline = (await vault(['encrypt_string', '--vault-password-file', 'pw', '--stdin-name', 'inline'], secret)).trim()
      t.match(inline, /\$ANSIBLE_VAULT/)
      const site = `${HEAD.replace('  tasks:', `  vars_files: [more.yml]\n  vars:\n${inline.replace(/^/gm, '    ')}\n  roles: [r]\n  tasks:`)}
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
        pw: `${password}\n`, 'site.yml': site, 'more.yml': `${encrypted}\n`, 'roles/r/vars/main.yml': `${role}\n`,
        'roles/r/tasks/main.yml': '- ansible.builtin.debug: msg="{{ role_secret }}"\n',
        'group_vars/all.yml': `${(await vault(['encrypt', '--vault-password-file', 'pw', '--output', '-'], 'grouped: [grouped-secret-1]\n')).trim()}\n`,
      }
      const out = await play(t, ansible, { files, policy: { vault: [passwordFile('pw')], extraArgs: ['-v'] } })
      t.match(out.summary.nodes.get('n1')?.failure, { task: 'fails' }, out.log.slice(-800))
      t.match(readFileSync(join(out.marks, 'n1'), 'utf8'), leaf, 'the node got the secret')
      for (const [name, text] of [['events', out.stream], ['log', out.log], ['summary', JSON.stringify([...out.summary.nodes])], ['stderr', out.exit.stderr]] as const) {
        for (const word of ['S3cr3t-inline', leaf, 'second long line', 'grouped-secret', 'secret-of-the-role', 'hushed-one', password]) t.equal(text.includes(word), false, `${word} in ${name}`)
        if (name === 'events' || name === 'log') t.match(text, /\*{8}/)
      }
    })

    await t.test('a node that hangs is cut loose, the other goes on', async (t) => {
      const out = await play(t, ansible, { files: { 'site.yml': `${HEAD}    - name: hangs\n      ansible.builtin.command: sleep 60\n      when: inventory_hostname == 'n1'\n${mark('after', 'timeout: 60')}` }, policy: { hangTimeout: 3000 } })
      t.match(out.summary.nodes.get('n1'), { result: 'failed', failure: { cause: 'hung', task: 'hangs' } })
      t.match(out.summary.nodes.get('n2'), { result: 'ok' })
      t.equal(existsSync(join(out.marks, 'after')), true)
      t.ok(out.exit.duration < 20_000)
    })

    await t.test('an abort leaves no process', async (t) => {
      const controller = new AbortController()
      const out = await play(t, ansible, {
        files: { 'site.yml': `${HEAD}    - name: long\n      ansible.builtin.command: sleep 61\n${mark('after')}` },
        signal: controller.signal,
        onEvent: (event) => void (event.ev === 'host_start' && setTimeout(() => controller.abort(), 700)),
      })
      t.equal(out.exit.ended, 'aborted')
      t.ok(out.exit.duration < 15_000)
      t.equal(groupsOf(out.directory, pidOf(out.directory)).size, 0)
      t.equal(out.summary.complete, false)
      t.match(out.summary.nodes.get('n1'), { result: 'cut' })
      t.same(readdirSync(out.marks), [])
      t.equal(await endOrphan(out.directory), 'gone')
    })

    await t.test('patchrun killed: ansible stops before its next task, or is ended', async (t) => {
      const asked = request(t, ansible, { files: { 'site.yml': `${HEAD}    - name: long\n      ansible.builtin.command: sleep 3\n${mark('after')}` } })
      const orphan = async (directory: string): Promise<void> => {
        const run = JSON.stringify({ ...asked, directory })
        const child = spawn(process.execPath, ['--input-type=module', '-e', `import { runAnsible } from ${JSON.stringify(join(THIS, '../../lib/ansible/run.js'))}; await runAnsible({ ...${run}, onEvent: (e) => { if (e.ev === 'host_start') process.kill(process.pid, 'SIGKILL') } })`], { stdio: 'ignore' })
        await new Promise((resolve) => child.once('close', resolve))
      }
      const first = join(asked.directory, 'first')
      await orphan(first)
      t.ok(groupsOf(first, pidOf(first)).size > 0, 'it goes on by itself')
      for (let waited = 0; waited < 200 && groupsOf(first, pidOf(first)).size > 0; waited += 1) await sleep(100)
      t.equal(groupsOf(first, pidOf(first)).size, 0, 'and stops')
      t.same(readdirSync(asked.marks), [], 'before the next task')
      const second = join(asked.directory, 'second')
      await orphan(second)
      t.equal(await endOrphan(second), 'ended')
      t.equal(groupsOf(second, pidOf(second)).size, 0)
      const file = JSON.parse(readFileSync(join(second, 'process.json'), 'utf8')) as Record<string, unknown>
      writeFileSync(join(second, 'process.json'), JSON.stringify({ ...file, pid: process.pid }))
      t.equal(await endOrphan(second), 'not-ours', 'a pid that was given to somebody else')
    })

    await t.test('a run whose patchrun lost the lock starts nothing more', async (t) => {
      const waits = `    - name: waits
      ansible.builtin.command: sh -c 'touch "{{ marks }}/going"; until test -e "{{ marks }}/gone"; do sleep 0.1; done'
      notify: handler
`
      const site = `${HEAD}${mark('first')}${waits}${mark('after')}  handlers:\n${mark('handler')}`
      const handlers = `${HEAD}${waits}  handlers:\n${mark('handler')}`
      const run = async (name: string, text: string, meanwhile: (directory: string, lock: Awaited<ReturnType<typeof takeLock>>) => Promise<unknown>): Promise<{ marks: string[]; guard: unknown; task: unknown }> => {
        const asked = request(t, ansible, { files: { 'site.yml': text } })
        const directory = join(asked.directory, 'lock')
        const lock = await takeLock(directory, 0)
        t.teardown(() => lock.release())
        const guards: { reason: string; message: string; task?: { name: string } | undefined }[] = []
        const done = runAnsible({ ...asked, directory: join(asked.directory, name), fence: lock.file, onEvent: (event) => void (event.ev === 'guard' && guards.push(event)) })
        for (let i = 0; i < 600 && !existsSync(join(asked.marks, 'going')); i++) await sleep(50)
        await meanwhile(directory, lock)
        writeFileSync(join(asked.marks, 'gone'), '')
        const exit = await done
        if (guards.length > 0) t.not(exit.exitCode, 0, name)
        return { marks: readdirSync(asked.marks).filter((m) => !/^go/.test(m)).sort(), guard: guards.map((g) => g.reason), task: guards[0]?.task?.name }
      }
      // As another process does it that takes this one for dead: the next number, then the lower ones go.
      const takeOver = async (directory: string, lock: { file: string; token: number }): Promise<void> => {
        const holder = JSON.parse(readFileSync(lock.file, 'utf8')) as object
        writeFileSync(lock.file, JSON.stringify({ ...holder, started: 'x', pid: 2 ** 22 }))
        await takeLock(directory, 0).then((other) => t.teardown(() => other.release()))
      }
      t.same(await run('held', site, async () => sleep(50)), { marks: ['after', 'first', 'handler'], guard: [], task: undefined }, 'while it is held nothing is stopped')
      t.same(await run('taken', site, takeOver), { marks: ['first'], guard: ['fenced'], task: 'after' }, 'taken over')
      t.same(await run('taken-handler', handlers, takeOver), { marks: [], guard: ['fenced'], task: 'handler' }, 'no handler either')
      const replace = async (directory: string, { file }: { file: string }): Promise<void> => {
        writeFileSync(join(directory, 'aside'), readFileSync(file))
        renameSync(join(directory, 'aside'), file)
      }
      t.same(await run('replaced', site, replace), { marks: ['first'], guard: ['fenced'], task: 'after' }, 'replaced, as by one who took the same number anew')
      t.same(await run('marked', site, async (_, lock) => writeFileSync(lock.file, readFileSync(lock.file, 'utf8').replace('"released":false', '"released":true'))), { marks: ['first'], guard: ['fenced'], task: 'after' }, 'released on a full disk')
      const late = request(t, ansible, { files: { 'site.yml': `${HEAD}${mark('first')}` } })
      mkdirSync(join(late.directory, 'run'))
      await runAnsible({ ...late, directory: join(late.directory, 'run'), fence: join(late.directory, 'none') })
      t.same(readdirSync(late.marks), [], 'lost before it began')
    })

    await t.test('runs that go wrong as a whole', async (t) => {
      const cases = [
        ['a YAML error', { 'site.yml': '- hosts: all\n  tasks:\n   - debug: {\n' }, 'site.yml'],
        ['an unknown module', { 'site.yml': `${HEAD}    - nosuchmodule: {}\n` }, 'site.yml'],
        ['a missing playbook', { 'other.yml': '' }, undefined],
        ['nobody is meant', { 'site.yml': HEAD.replace('all', 'nobody') + '    - debug: msg=x\n' }, undefined],
      ] as const
      for (const [name, files, file] of cases) {
        const out = await play(t, ansible, { files, mode: 'check' })
        t.equal(out.summary.complete, false, name)
        t.ok(out.summary.fault?.message, name)
        t.ok(out.summary.fault?.hint, name)
        if (file) t.match(out.summary.fault?.file, file, `${name}: ${out.exit.stderr}`)
        if (file) t.type(out.summary.fault?.line, 'number', name)
        for (const node of out.summary.nodes.values()) t.match(findingOf(node, out.summary, 'drain').verdict, /ERROR|UNKNOWN/, name)
      }
      // Older ansible-core drops the host without a failed event; newer ones fail it.
      const role = await play(t, ansible, { files: { 'site.yml': `${HEAD}    - ansible.builtin.debug: msg=x\n    - ansible.builtin.include_role: { name: nosuchrole }\n      when: inventory_hostname == 'n1'\n    - ansible.builtin.debug: msg=y\n` }, mode: 'check' })
      t.match(role.summary.nodes.get('n1'), { result: /cut|failed/, failure: { message: /nosuchrole/, file: /site\.yml$/, line: Number } })
      t.match(role.summary.nodes.get('n2'), { result: 'ok' })
      for (const node of role.summary.nodes.values()) t.equal(findingOf(node, role.summary, 'drain').verdict, node.node === 'n1' || role.summary.fault ? 'ERROR' : 'GOOD')
      const lost = await play(t, ansible, { files: { 'site.yml': `- hosts: all\n  gather_facts: false\n  tasks: [{ debug: msg=x }]\n- hosts: all\n  serial: 1\n  gather_facts: false\n  tasks:\n    - command: /bin/false\n      when: inventory_hostname == 'n1'\n- hosts: all\n  gather_facts: false\n  tasks: [{ debug: msg=z }]\n` } })
      t.match([...lost.summary.nodes.values()].map((node) => node.result), ['failed', 'cut'], 'a broken batch leaves the others out')
      t.equal(lost.summary.complete, false)
      const cleared = await play(t, ansible, { files: { 'site.yml': `${HEAD}    - command: /bin/false\n      when: inventory_hostname == 'n1'\n    - meta: clear_host_errors\n    - debug: msg=x\n` } })
      t.equal(cleared.exit.exitCode, 0)
      t.match(cleared.summary.nodes.get('n1'), { result: 'failed' }, 'a forgotten failure is one')
    })
  })
}

function pidOf(directory: string): number {
  return (JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8')) as { pid: number }).pid
}
