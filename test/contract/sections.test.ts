// SPDX-License-Identifier: Apache-2.0
// One ansible-playbook that goes through several playbooks: what starts when, in which mode, and
// how it ends.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { AnsibleEvent } from '../../lib/ansible/events/run-events.js'
import { groupsOf } from '../../lib/ansible/run/processes.js'
import { startSections } from '../../lib/ansible/run/start-playbook.js'
import type {
  AnsibleInstall,
  LiveRun,
  Section,
  SectionEnd,
  SectionsRequest,
} from '../../lib/ansible/call/playbook-call.js'
import { HANG_GRACE } from '../../lib/ansible/run/run-limits.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { RunSummary } from '../../lib/outcome/summary/run-summary.js'
import {
  HEAD,
  install,
  LIMIT,
  mark as markOf,
  onEach,
  password,
  play,
  request,
  THIS,
  until,
  type Scene,
} from './harness.js'

t.setTimeout(LIMIT)

const mark = (name: string, more = ''): string =>
  markOf(name, more, `${name}-{{ inventory_hostname }}`)
const pidOf = (directory: string): number =>
  (JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8')) as { pid: number }).pid

interface Ended extends SectionEnd {
  readonly summary: RunSummary
  readonly events: readonly AnsibleEvent[]
}
interface Going {
  readonly asked: SectionsRequest & { readonly marks: string }
  readonly run: LiveRun
  /** That a task was started on a node, in the section under way. */
  started(task: string): boolean
  /** The end of the section under way. */
  end(): Promise<Ended>
  /** Goes on, to the end of the next section. */
  next(): Promise<Ended>
  marks(): readonly string[]
}

function ask(
  t: Test,
  ansible: AnsibleInstall,
  sections: readonly Section[],
  scene: Scene,
): Going['asked'] {
  const {
    mode: _mode,
    playbook: _playbook,
    ...rest
  } = request(t, ansible, { hosts: ['n1'], ...scene })
  return { ...rest, sections }
}

async function begin(
  t: Test,
  ansible: AnsibleInstall,
  sections: readonly Section[],
  scene: Scene,
): Promise<Going> {
  const asked = ask(t, ansible, sections, scene)
  let events: AnsibleEvent[] = []
  let summarizer = new RunSummarizer(asked.checkout)
  const onEvent = (event: AnsibleEvent): void => {
    events.push(event)
    summarizer.add(event)
  }
  const run = await startSections({ ...asked, onEvent })
  t.teardown(() => run.close())
  const end = async (): Promise<Ended> => {
    const told = await run.current
    return { ...told, events, summary: summarizer.finish(told.exit, asked.hosts) }
  }
  return {
    asked,
    run,
    end,
    started: (task) => {
      const ids = new Set(
        events.flatMap((event) =>
          event.ev === 'task' && event.task.name === task ? [event.task.id] : [],
        ),
      )
      return events.some((event) => event.ev === 'host_start' && ids.has(event.task))
    },
    next: () => {
      events = []
      summarizer = new RunSummarizer(asked.checkout)
      void run.go()
      return end()
    },
    marks: () => readdirSync(asked.marks).sort(),
  }
}

onEach(t, 'sections', async ({ bin, scene }) => {
  const ansible = await install(bin)

  await scene('one after the other, each on its word and with a summary of its own', async (t) => {
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'gate', playbook: 'one.yml' },
        { mode: 'full', playbook: 'site.yml' },
        { mode: 'gate', playbook: 'one.yml' },
      ],
      {
        hosts: ['n1', 'n2'],
        files: {
          'one.yml': `${HEAD}${mark('one')}    - name: warns\n      ansible.builtin.debug: { msg: x }\n`,
          'site.yml': `${HEAD}${mark('drain', 'tags: DrainChange\nnotify: late')}  handlers:\n${mark('late', 'tags: DrainChange')}`,
        },
      },
    )
    const first = await going.end()
    t.match(first, {
      parked: true,
      exit: { exitCode: 0, signal: null, ended: undefined, foreignLines: 0 },
      summary: { complete: true, fault: undefined },
    })
    t.same(
      first.events
        .filter(({ ev }) => ev === 'start' || ev === 'stats' || ev === 'parked')
        .map(({ ev }) => ev),
      ['start', 'stats', 'parked'],
    )
    await sleep(1500)
    t.same(going.marks(), ['one-n1', 'one-n2'], 'nothing of the next has begun')
    t.ok(groupsOf(going.asked.directory, pidOf(going.asked.directory)).size > 0, 'it waits')
    const second = await going.next()
    t.match(
      second,
      { parked: true, summary: { complete: true, fault: undefined, guard: undefined } },
      'a full section may do what a gate may not',
    )
    t.same(going.marks(), ['drain-n1', 'drain-n2', 'late-n1', 'late-n2', 'one-n1', 'one-n2'])
    t.same(second.events.map(({ ev }) => ev)[0], 'start')
    t.match(
      second.summary.nodes.get('n1'),
      { result: 'ok', stats: { ok: 2, changed: 2 } },
      'of this section alone',
    )
    t.same(
      second.summary.nodes.get('n1')?.changes.map(({ task }) => task),
      ['drain', 'late'],
    )
    rmSync(join(going.asked.marks, 'one-n2'))
    const third = await going.next()
    t.match(
      third,
      { parked: false, exit: { exitCode: 0 }, summary: { complete: true } },
      'after the last it ends by itself',
    )
    t.match(third.summary.nodes.get('n2')?.stats, { ok: 2, changed: 1 })
    t.ok(first.exit.duration + second.exit.duration + third.exit.duration > 0)
    const lines = readFileSync(join(going.asked.directory, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AnsibleEvent)
    t.same(
      lines.map(({ seq }) => seq),
      lines.map((_, at) => at + 1),
      'one stream',
    )
    t.equal(groupsOf(going.asked.directory, pidOf(going.asked.directory)).size, 0)
    await t.rejects(going.run.go(), /no section/)
    await going.run.close()
  })

  await scene('a node that fails ends it', async (t) => {
    const sections: readonly Section[] = [
      { mode: 'full', playbook: 'fails.yml' },
      { mode: 'full', playbook: 'next.yml' },
    ]
    const files = { 'next.yml': `${HEAD}${mark('next')}` }
    const going = await begin(t, ansible, sections, {
      hosts: ['n1', 'n2'],
      files: {
        ...files,
        'fails.yml': `${HEAD}    - ansible.builtin.fail:\n      when: inventory_hostname == 'n1'\n`,
      },
    })
    t.match(await going.end(), {
      parked: false,
      exit: { exitCode: 2 },
      summary: { complete: true, fault: undefined },
    })
    t.same(
      [...(await going.end()).summary.nodes.values()].map(({ result }) => result),
      ['failed', 'ok'],
    )
    const cleared = await begin(t, ansible, sections, {
      hosts: ['n1', 'n2'],
      files: {
        ...files,
        'fails.yml': `${HEAD}    - ansible.builtin.fail:\n      when: inventory_hostname == 'n1'\n    - meta: clear_host_errors\n    - ansible.builtin.debug: { msg: x }\n`,
      },
    })
    t.match(
      await cleared.end(),
      { parked: false, exit: { exitCode: 0 } },
      'Ansible itself would go on',
    )
    t.match((await cleared.end()).summary.nodes.get('n1'), { result: 'failed' })
    const dropped = await begin(t, ansible, sections, {
      files: {
        ...files,
        'fails.yml': `${HEAD}    - ansible.builtin.include_role: { name: nosuchrole }\n`,
      },
    })
    t.match(await dropped.end(), { parked: false, summary: { complete: Boolean } })
    t.match((await dropped.end()).summary.nodes.get('n1')?.result, /cut|failed/)
    for (const other of [going, cleared, dropped]) t.same(other.marks(), [])
  })

  await scene('what was rescued ends nothing, and what is broken ends it', async (t) => {
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'full', playbook: 'rescued.yml' },
        { mode: 'full', playbook: 'next.yml' },
        { mode: 'full', playbook: 'broken.yml' },
      ],
      {
        files: {
          'rescued.yml': `${HEAD}    - block: [{ ansible.builtin.command: /bin/false }]\n      rescue: [{ ansible.builtin.debug: { msg: x } }]\n    - ansible.builtin.fail:\n      ignore_errors: true\n`,
          'next.yml': `${HEAD}${mark('next')}`,
          'broken.yml': `${HEAD}    - nosuchmodule: {}\n`,
        },
      },
    )
    t.match(
      await going.end(),
      { parked: true, summary: { complete: true } },
      'what was rescued is no failure',
    )
    await going.next()
    t.same(going.marks(), ['next-n1'])
    t.match(await going.next(), {
      parked: false,
      exit: { exitCode: /[1-9]/ },
      summary: { complete: false, fault: { message: /nosuchmodule/ } },
    })
  })

  await scene('a check in the middle only predicts, and what follows is real again', async (t) => {
    // Check mode cannot say what these would do.
    const mark = (name: string, by = 'raw'): string =>
      `    - name: ${name}\n      ansible.builtin.${by}: touch "{{ marks }}/${name}-{{ inventory_hostname }}"\n`
    const copy =
      '    - name: copies\n      ansible.builtin.copy: { content: "{{ text }}", dest: "{{ marks }}/copied" }\n      notify: handled\n'
    const site = `- hosts: all
  gather_facts: false
  vars: { text: "{{ lookup('file', marks ~ '/../text') }}" }
  roles: [r]
  tasks:
${mark('command', 'command')}${copy}    - ansible.builtin.include_tasks: more.yml
    - ansible.builtin.debug: { msg: "check is {{ ansible_check_mode }} of type {{ ansible_check_mode | type_debug }}, remembered {{ seen is defined }}, {{ kept is defined }}, {{ loaded is defined }}" }
    - ansible.builtin.set_fact: { seen: true }
    - ansible.builtin.include_vars: { file: later.yml }
    - ansible.builtin.raw: echo query
      register: kept
      check_mode: false
      changed_when: false
  handlers:
${mark('handled')}`
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'full', playbook: 'site.yml' },
        { mode: 'check', playbook: 'site.yml' },
        { mode: 'full', playbook: 'site.yml' },
      ],
      {
        files: {
          'site.yml': site,
          'later.yml': 'loaded: true\n',
          'more.yml': mark('included').replace(/^ {4}/gm, ''),
          'roles/r/tasks/main.yml': mark('role').replace(/^ {4}/gm, ''),
        },
      },
    )
    const write = (text: string): void => writeFileSync(join(going.asked.marks, '../text'), text)
    write('one')
    const said = (ended: Ended): unknown =>
      ended.events.flatMap((event) =>
        event.ev === 'ok' && event.msg?.startsWith('check is') ? [event.msg] : [],
      )
    const first = await going.end()
    t.match(first.summary.nodes.get('n1'), { result: 'ok' }, going.asked.directory)
    const all = ['command-n1', 'copied', 'handled-n1', 'included-n1', 'role-n1']
    t.same(going.marks(), all)
    t.same(said(first), ['check is False of type bool, remembered False, False, False'])
    const wipe = (): void =>
      all
        .filter((name) => name !== 'copied')
        .forEach((name) => rmSync(join(going.asked.marks, name)))
    wipe()
    write('two')
    const second = await going.next()
    t.same(going.marks(), ['copied'], 'no command ran: of the play, a role, an include, a handler')
    t.equal(
      readFileSync(join(going.asked.marks, 'copied'), 'utf8'),
      'one',
      'nor was anything written',
    )
    t.same(
      said(second),
      ['check is True of type bool, remembered False, False, False'],
      'as a process of its own would see it',
    )
    t.match(second.events[0], { ev: 'start', check: true })
    t.same(
      second.summary.nodes.get('n1')?.changes.map(({ task }) => task),
      ['copies', 'handled'],
    )
    t.same(
      second.summary.nodes
        .get('n1')
        ?.blindSpots.map(({ task }) => task)
        .sort(),
      ['command', 'handled', 'included', 'r : role'],
    )
    t.match(second, { parked: true, summary: { complete: true } })
    const third = await going.next()
    t.same(going.marks(), all, 'run again')
    t.equal(readFileSync(join(going.asked.marks, 'copied'), 'utf8'), 'two')
    t.same(said(third), ['check is False of type bool, remembered False, False, False'])
    t.match(third, { parked: false, exit: { exitCode: 0 }, summary: { complete: true } })
  })

  await scene('a check may come first too, and is a check of the guard', async (t) => {
    const really = `${HEAD}${mark('real', 'tags: DrainChange\ncheck_mode: false')}`
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'check', playbook: 'plain.yml' },
        { mode: 'gate', playbook: 'plain.yml' },
        { mode: 'check', playbook: 'really.yml' },
      ],
      { files: { 'really.yml': really, 'plain.yml': `${HEAD}${mark('plain')}` } },
    )
    t.match((await going.end()).events[0], { ev: 'start', check: true })
    t.same(going.marks(), [])
    await going.next()
    t.same(going.marks(), ['plain-n1'])
    t.match(await going.next(), {
      parked: false,
      summary: { guard: { reason: 'unchecked-drain-change' }, complete: false },
    })
    t.same(going.marks(), ['plain-n1'])
  })

  await scene('the guard of each section', async (t) => {
    const drain = `${HEAD}${mark('drain', 'tags: DrainChange')}`
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'full', playbook: 'drain.yml' },
        { mode: 'gate', playbook: 'drain.yml' },
        { mode: 'full', playbook: 'drain.yml' },
      ],
      { files: { 'drain.yml': drain } },
    )
    t.match(await going.end(), { parked: true })
    rmSync(join(going.asked.marks, 'drain-n1'))
    t.match(await going.next(), {
      parked: false,
      exit: { exitCode: 99 },
      summary: { guard: { reason: 'drain-change' }, fault: undefined },
    })
    t.same(going.marks(), [])
    const fence = join(mkdtempSync(join(tmpdir(), 'patchrun-fence-')), 'lock')
    t.teardown(() => rmSync(join(fence, '..'), { recursive: true, force: true }))
    writeFileSync(fence, '{"released":false}')
    const asked = ask(
      t,
      ansible,
      [
        { mode: 'gate', playbook: 'one.yml' },
        { mode: 'gate', playbook: 'one.yml' },
      ],
      { files: { 'one.yml': `${HEAD}${mark('one')}` } },
    )
    const run = await startSections({ ...asked, fence })
    t.match(await run.current, { parked: true })
    rmSync(join(asked.marks, 'one-n1'))
    rmSync(fence)
    const guards: unknown[] = []
    t.match(await run.go((event) => void (event.ev === 'guard' && guards.push(event.reason))), {
      parked: false,
      exit: { exitCode: 99 },
    })
    t.same(guards, ['fenced'], 'lost while it was parked')
    t.same(readdirSync(asked.marks), [])
  })

  await scene('ended while it is parked', async (t) => {
    const sections: readonly Section[] = [
      { mode: 'gate', playbook: 'one.yml' },
      { mode: 'gate', playbook: 'two.yml' },
    ]
    const files = { 'one.yml': `${HEAD}${mark('one')}`, 'two.yml': `${HEAD}${mark('two')}` }
    const gone = (directory: string): boolean => groupsOf(directory, pidOf(directory)).size === 0

    const closed = await begin(t, ansible, sections, { files })
    t.match(await closed.end(), { parked: true })
    let begun = performance.now()
    await closed.run.close()
    t.ok(
      performance.now() - begun < 300_000,
      `closed in ${Math.round(performance.now() - begun)} ms`,
    )
    t.ok(gone(closed.asked.directory))
    const log = readFileSync(join(closed.asked.directory, 'ansible.log'), 'utf8')
    t.match(log, /PLAY RECAP/)
    t.notMatch(
      log,
      /interrupted|ERROR|not started/i,
      'who reads its log finds nothing that went wrong',
    )

    const controller = new AbortController()
    const aborted = await begin(t, ansible, sections, { files, signal: controller.signal })
    t.match(await aborted.end(), { parked: true })
    controller.abort()
    t.ok(await until(() => gone(aborted.asked.directory)), 'without being closed')
    t.match(await aborted.next(), {
      parked: false,
      exit: { ended: 'aborted' },
      summary: { complete: false },
    })

    const asked = ask(t, ansible, sections, { files })
    const script = `import { startSections } from ${JSON.stringify(join(THIS, '../../lib/ansible/run/start-playbook.js'))}; const run = await startSections(${JSON.stringify(asked)}); await run.current; process.kill(process.pid, 'SIGKILL')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: 'ignore',
    })
    t.equal(
      await new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal))),
      'SIGKILL',
    )
    begun = performance.now()
    t.ok(
      await until(() => gone(asked.directory)),
      `by itself, ${Math.round(performance.now() - begun)} ms after patchrun was killed`,
    )
    for (const marks of [closed.marks(), aborted.marks(), readdirSync(asked.marks)])
      t.same(marks, ['one-n1'])

    const early = await begin(t, ansible, sections, {
      files: {
        ...files,
        'one.yml': `${HEAD}    - name: sleeps\n      ansible.builtin.command: sleep 902\n`,
      },
    })
    t.ok(await until(() => early.started('sleeps')))
    await early.run.close()
    t.match(
      await early.end(),
      { parked: false, exit: { ended: 'aborted' } },
      'closed in the middle of a section',
    )
    t.ok(gone(early.asked.directory))

    const asked2 = ask(t, ansible, sections, { files })
    const throws = await startSections({
      ...asked2,
      onEvent: (event) => {
        if (event.ev === 'stats') throw new Error('listener')
      },
    })
    await t.rejects(throws.current, /listener/)
    await throws.close()
    t.ok(gone(asked2.directory))
  })

  await scene('silence while it is parked is no hang', async (t) => {
    const policy = { hangTimeout: 3_600_000 }
    const clock = holdTimers(t, policy.hangTimeout + HANG_GRACE)
    const going = await begin(
      t,
      ansible,
      [
        { mode: 'gate', playbook: 'one.yml' },
        { mode: 'gate', playbook: 'sleeps.yml' },
      ],
      {
        files: {
          'one.yml': `${HEAD}${mark('one')}`,
          'sleeps.yml': `${HEAD}    - name: sleeps\n      ansible.builtin.command: sleep 903\n`,
        },
        policy,
      },
    )
    t.match(await going.end(), { parked: true })
    t.ok(clock.refreshed() > 0, 'what it said in its section was a sign of life')
    clock.pass()
    const ended = going.next()
    await Promise.race([until(() => going.started('sleeps')), ended])
    t.ok(going.started('sleeps'), 'it goes on')
    clock.pass()
    t.match(
      await ended,
      { parked: false, exit: { ended: 'hung' } },
      'and in the next section it is',
    )
  })

  await scene('reports', async (t) => {
    const big = JSON.stringify({
      nodes: Array.from({ length: 14_000 }, (_, n) => ({
        name: `node${n}`,
        state: ['IDLE', '"quoted" \\ é'],
        cpus: n,
      })),
    })
    t.ok(big.length > 900_000)
    const task = (name: string, body: string): string =>
      `    - name: ${name}\n      vars: { patchrun_report: ${name} }\n${body
        .split('\n')
        .map((line) => `      ${line}\n`)
        .join('')}`
    const site = `${HEAD}${task('plain', `ansible.builtin.command: echo '{"a":[1,2.5,null,true],"b":"x"}'`)}${task('message', 'ansible.builtin.debug: { msg: { deep: { list: [1, two] } } }')}${task('big', 'ansible.builtin.raw: cat "{{ playbook_dir }}/big.json"')}${task('once', `ansible.builtin.raw: echo '{"nodes":{{ ansible_play_hosts | to_json }}}'\nrun_once: true\ndelegate_to: localhost`)}${task('loop', `ansible.builtin.raw: echo '{"item":{{ item }}}'\nloop: [1, 2, 3]\nwhen: item != 2`)}${task('hidden', `ansible.builtin.raw: echo '{"secret":1}'\nno_log: true`)}${task('text', 'ansible.builtin.raw: echo no json')}${task('empty', 'ansible.builtin.raw: "true"')}${task('neither', 'ansible.builtin.set_fact: { x: 1 }')}${task('nan', `ansible.builtin.raw: echo '[NaN]'`)}${task('failed', `ansible.builtin.raw: echo '{}'; exit 1\nignore_errors: true`)}    - block: [{ ansible.builtin.raw: echo inherited }]
      vars: { patchrun_report: block }
`
    const out = await play(t, ansible, {
      hosts: ['n1', 'n2'],
      files: { 'site.yml': site, 'big.json': big },
      mode: 'gate',
    })
    t.equal(out.summary.complete, true, out.log.slice(-600))
    const of = (name: string): unknown =>
      out.summary.reports
        .filter((report) => report.name === name)
        .map(({ host, data }) => [host, data])
    const both = (data: unknown): unknown => [
      ['n1', data],
      ['n2', data],
    ]
    const sorted = (value: unknown): unknown =>
      (value as readonly (readonly [string])[]).toSorted((a, b) => a[0].localeCompare(b[0]))
    t.same(sorted(of('plain')), both({ a: [1, 2.5, null, true], b: 'x' }))
    t.same(sorted(of('message')), both({ deep: { list: [1, 'two'] } }))
    t.same(sorted(of('big')), both(JSON.parse(big)))
    t.same(
      of('once'),
      [['n1', { nodes: ['n1', 'n2'] }]],
      'delegated and run once: of the host of the task, once',
    )
    t.same(sorted(of('loop')), both([{ item: 1 }, { item: 3 }]))
    for (const name of ['hidden', 'failed', 'block']) t.same(of(name), [], name)
    const bad = out.summary.badReports.filter(({ host }) => host === 'n2')
    t.match(bad, [
      {
        name: 'text',
        message:
          /^the report "text" of the task "text" \(site\.yml:\d+\) on n2 can not be read: its stdout is no JSON: .*"no json"/,
      },
      { name: 'empty', message: /stdout is empty/ },
      { name: 'neither', message: /neither stdout nor msg/ },
      { name: 'nan', message: /NaN is no value of JSON/ },
    ])
    t.equal(bad.length, 4)
    const lines = out.stream.split('\n')
    t.ok(Math.max(...lines.map((line) => line.length)) < 512 * 1024)
    t.ok(
      lines.filter((line) => line.includes('"ev":"report"') && line.includes('"name":"big"'))
        .length >=
        2 * 5,
      'in parts',
    )
  })

  await scene('reports and secrets', async (t) => {
    const secret = 'Opensesame-1'
    const asked = request(t, ansible, {
      files: { pw: 'password\n', plain: `word: ${secret}\nnumber: 123456\n` },
    })
    const child = spawn(
      join(bin ?? '', 'ansible-vault'),
      ['encrypt', '--vault-password-file', 'pw', 'plain'],
      { cwd: asked.checkout, stdio: 'ignore' },
    )
    await new Promise((resolve) => child.once('close', resolve))
    const site = `${HEAD.replace('  tasks:', '  vars_files: [vars.yml]\n  tasks:')}    - ansible.builtin.debug: { msg: { text: "it is {{ word }}", number: 123456, other: 7 } }\n      vars: { patchrun_report: told }\n`
    const out = await play(t, ansible, {
      hosts: ['n1'],
      files: {
        'site.yml': site,
        pw: 'password\n',
        'vars.yml': readFileSync(join(asked.checkout, 'plain'), 'utf8'),
      },
      policy: { vault: [password('pw')] },
    })
    t.same(
      out.summary.reports.map(({ data }) => data),
      [{ text: 'it is ********', number: '********', other: 7 }],
      out.log.slice(-600),
    )
    t.equal(existsSync(join(out.directory, 'events.jsonl')) && out.stream.includes(secret), false)
  })
})

/**
 * Timers of this length, which only the watch of a run has, are in the test's hand: a launch on a
 * busy machine is silent, too.
 */
function holdTimers(t: Test, length: number): { pass(): void; refreshed(): number } {
  const { setTimeout: start, clearTimeout: clear } = globalThis
  const held = new Map<unknown, () => void>()
  let refreshed = 0
  t.intercept(globalThis, 'setTimeout', {
    value: (callback: () => void, ms?: number, ...args: []) => {
      if (ms !== length) return start(callback, ms, ...args)
      const timer = { refresh: () => ((refreshed += 1), timer) }
      held.set(timer, callback)
      return timer
    },
  })
  t.intercept(globalThis, 'clearTimeout', {
    value: (timer: NodeJS.Timeout | undefined) => void (held.delete(timer) || clear(timer)),
  })
  return { pass: () => held.forEach((callback) => callback()), refreshed: () => refreshed }
}
