// SPDX-License-Identifier: Apache-2.0
// Rollouts with the real engine, real git and real ansible-playbook; the nodes are directories on
// this machine.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { layoutOf } from '../../lib/engine/site/layout.js'
import type { Progress } from '../../lib/engine/step/progress.js'
import { retry } from '../../lib/engine/verbs/retry.js'
import { runRollout } from '../../lib/engine/verbs/rollout.js'
import type { RunOptions, RunResult } from '../../lib/engine/verbs/rollout.js'
import { openSession } from '../../lib/engine/site/session.js'
import { status } from '../../lib/engine/verbs/status.js'
import { readJournal } from '../../lib/store/journal/journal.js'
import { copyTask, makePlayground, site, writeTask } from '../support/playground.js'
import type { Playground, PlaygroundFleet } from '../support/playground.js'
import { licence, needsAnsible as options, OFTEN, SELDOM } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_800_000)
interface Played extends RunResult {
  readonly progress: readonly Progress[]
  /** "detect node01,node02" for each step, in order. */
  readonly steps: readonly string[]
  readonly notices: readonly string[]
}

async function play(
  ground: Playground,
  options: RunOptions & { readonly limit?: string } = {},
): Promise<Played> {
  const progress: Progress[] = []
  const { limit, ...rest } = options
  const session = await openSession({ file: ground.file, ...(limit !== undefined && { limit }) })
  const result = await runRollout(session, {
    ...rest,
    onEvent: (p) => {
      progress.push(p)
      options.onEvent?.(p)
    },
  })
  const steps = progress.flatMap((p) =>
    p.type === 'step-started' ? [`${p.step.action} ${p.step.nodes.join(',')}`] : [],
  )
  const notices = progress.flatMap((p) => (p.type === 'notice' ? [p.code] : []))
  return { ...result, progress, steps, notices }
}
const make = (t: Tap, fleet: PlaygroundFleet = {}, ansible = OFTEN): Playground =>
  makePlayground(t.testdir(), ansible, { nodes: 2, canary: 'node01', ...fleet })
type Tap = { testdir(): string }
const nodes = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `node0${from + i}`)
const version = (v: string, task = writeTask): Record<string, string> => ({
  'site.yml': site(task('etc/version', `${v}\n`)),
})

await inQuick(
  t,
  'canaries first, and remembered; one that breaks halts, nobody else is touched, and the fix goes through',
  options,
  async (t) => {
    const ground = make(t, { nodes: 4, canary: 'node[01-02]', deny: ['db[1-2]'] })
    const sha = ground.commit('version 1', version('1.0'))
    const first = await play(ground)
    t.match(first, {
      exitCode: 0,
      outcome: 'done',
      report: { remembered: sha, rollout: { status: 'done', pin: { sha }, counts: { good: 4 } } },
    })
    t.same(first.steps, [
      'detect node01,node02',
      'apply node01,node02',
      'verify node01,node02',
      'detect node03,node04',
      'apply node03,node04',
      'verify node03,node04',
    ])
    for (const node of nodes(1, 4)) t.equal(ground.read(node, 'etc/version'), '1.0\n', node)

    const layout = layoutOf(await (await openSession({ file: ground.file })).observe())
    const story = (await readJournal(layout.journal)).map(({ event }) =>
      'step' in event ? `${event.type} ${event.step}` : event.type,
    )
    const steps = (...names: string[]): string[] =>
      names.flatMap((s) => [`intended ${s}`, `concluded ${s}`])
    t.same(story, [
      'opened',
      ...steps('0001-detect', '0002-apply', '0003-verify'),
      'wave-done',
      ...steps('0004-detect', '0005-apply', '0006-verify'),
      'finished',
    ])
    const directory = join(layout.runs, first.report.rollout?.id ?? '', '0005-apply')
    t.equal(await readFile(join(directory, 'hosts'), 'utf8'), 'node03\nnode04\n')
    t.match(await readFile(join(directory, 'ansible.log'), 'utf8'), /PLAY RECAP/)
    t.match(await readFile(join(directory, 'events.jsonl'), 'utf8'), /"ev":"stats"/)

    const again = await play(ground)
    t.match(
      again,
      { exitCode: 0, steps: [], notices: ['pin-unmoved'] },
      'the pointer has not moved: nothing is run, and it is said',
    )

    ground.write('node03', 'etc/version', 'changed by hand\n')
    t.match(
      await play(ground, { again: true }),
      { exitCode: 0, notices: ['pin-unmoved', 'canaries-unchanged'] },
      'canaries that needed no change prove nothing, and it is said',
    )

    const broken = ground.commit('version 2, broken', {
      'site.yml': site(
        writeTask(
          'etc/version',
          '2.0\n',
          '[HotChange]',
          'register: written\nfailed_when: inventory_hostname == "node02" and not ansible_check_mode',
        ),
      ),
    })
    const halted = await play(ground)
    t.match(halted, {
      exitCode: 4,
      outcome: 'halted',
      steps: ['detect node01,node02', 'apply node01,node02'],
    })
    t.match(halted.report.rollout?.halt, {
      code: 'canary-failed',
      nodes: ['node02'],
      message: /node02: task "write etc\/version".*\(site\.yml:5\)/,
    })
    for (const node of nodes(3, 4))
      t.equal(ground.read(node, 'etc/version'), '1.0\n', `${node} is as it was`)
    t.match(
      await play(ground),
      { exitCode: 4, steps: [] },
      'the same commit is not tried again by itself',
    )
    t.equal((await status(await openSession({ file: ground.file }))).rollout?.pin.sha, broken)

    ground.write('node04', 'etc/version', '3.0\n')
    const fixed = ground.commit('version 3', version('3.0'))
    const last = await play(ground)
    t.match(last, {
      exitCode: 0,
      notices: ['superseded'],
      report: { remembered: fixed, rollout: { previous: sha } },
    })
    for (const node of nodes(1, 4)) t.equal(ground.read(node, 'etc/version'), '3.0\n')
    t.notOk(
      last.steps.some((s) => s.startsWith('apply') && s.includes('node04')),
      'a node that is at the pin already is only looked at',
    )
    t.match(
      last.progress.find((p) => p.type === 'pinned'),
      { comparison: { kind: 'forward', commits: { count: 2 } } },
    )
  },
)

await inFull(t, 'wave after wave, by the module that playbooks use', options, async (t) => {
  const ground = make(t, { nodes: 4, rollout: { waves: ['10%', '50%', '100%'] } }, SELDOM)
  ground.commit('version 1', version('1.0', copyTask))
  const { exitCode, steps, report } = await play(ground)
  t.match({ exitCode, report }, { exitCode: 0, report: { rollout: { counts: { good: 4 } } } })
  t.same(steps, [
    'detect node01',
    'apply node01',
    'verify node01',
    'detect node02',
    'apply node02',
    'verify node02',
    'detect node03',
    'apply node03',
    'verify node03',
    'detect node04',
    'apply node04',
    'verify node04',
  ])
  for (const node of nodes(1, 4)) t.equal(ground.read(node, 'etc/version'), '1.0\n', node)
})

await inQuick(t, 'retry goes on where a halt was', options, async (t) => {
  const ground = make(t)
  ground.commit('needs a file', {
    'site.yml': site(`${licence}${writeTask('etc/version', '1\n')}`),
  })
  ground.write('node01', 'licence', 'ok')
  const halted = await play(ground)
  t.match(halted, {
    exitCode: 4,
    report: {
      rollout: {
        halt: {
          code: 'too-many-failed',
          nodes: ['node02'],
          message: /node02: task "read the licence": .*licence/s,
        },
        counts: { good: 1 },
      },
    },
  })
  ground.write('node02', 'licence', 'ok')
  const session = await openSession({ file: ground.file })
  await t.rejects(retry(session, 'node01'), { code: 'usage/nothing-to-retry', exitCode: 2 })
  t.same(await retry(session, null), ['node02'])
  t.match(await play(ground), { exitCode: 0, report: { rollout: { counts: { good: 2 } } } })
})

await inFull(
  t,
  'the soak is waited for; --once leaves it to the next run; a newer commit waits its turn',
  options,
  async (t) => {
    const ground = make(t, { nodes: 3, canary: 'node[01-02]', rollout: { soak: '20s' } }, SELDOM)
    const sha = ground.commit('version 1', version('1.0'))
    const waiting = await play(ground, { once: true })
    t.match(waiting, {
      exitCode: 5,
      outcome: 'waiting',
      steps: ['detect node01,node02', 'apply node01,node02', 'verify node01,node02'],
    })
    t.match(waiting.report.rollout?.waiting, [{ code: 'soak', nodes: ['node03'] }])
    t.ok(
      Date.parse(waiting.report.rollout?.wakeAt ?? '') > Date.parse(waiting.report.at),
      'it says until when',
    )
    ground.commit('version 2', version('2.0'))
    const rest = await play(ground)
    t.match(
      rest,
      { exitCode: 0, notices: ['resumed', 'newer-commit'], report: { rollout: { pin: { sha } } } },
      'never a mixture: the rollout ends at its own pin',
    )
    for (const node of nodes(1, 3)) t.equal(ground.read(node, 'etc/version'), '1.0\n')
    // The canaries are there already: it takes one look.
    for (const node of nodes(1, 2)) ground.write(node, 'etc/version', '2.0\n')
    t.match(await play(ground, { once: true }), {
      exitCode: 5,
      report: { rollout: { pin: { subject: 'version 2' } } },
    })
  },
)

await inQuick(
  t,
  'a Hot task that check mode cannot see and that leads to a DrainChange handler is stopped in time',
  options,
  async (t) => {
    const handlers = `- name: restart storage\n  ansible.builtin.copy: { dest: "{{ node_root }}/restarted", content: "x", mode: "0644" }\n  tags: [DrainChange]`
    const ground = make(t)
    ground.commit('hidden', {
      'site.yml': site(
        `${writeTask('etc/version', '1.0\n')}- name: run a tool\n  ansible.builtin.command: /bin/true\n  tags: [HotChange]\n  notify: restart storage`,
        handlers,
      ),
    })
    const halted = await play(ground)
    t.match(halted, {
      exitCode: 4,
      report: {
        rollout: {
          halt: {
            code: 'guard',
            message:
              /handler "restart storage" \(site\.yml:\d+, DrainChange\).*notified by task "run a tool" \(site\.yml:\d+, HotChange\)/,
          },
        },
      },
    })
    for (const node of nodes(1, 2))
      t.equal(ground.read(node, 'restarted'), null, `the handler never ran on ${node}`)
    t.match(
      halted.report.rollout?.nodes[0]?.blindSpots,
      [{ task: 'run a tool' }],
      'the blind spot was named',
    )

    ground.commit('seen', {
      'site.yml': site(
        writeTask('etc/version', '2.0\n', '[HotChange]', 'notify: restart storage'),
        handlers,
      ),
    })
    const waiting = await play(ground)
    t.match(
      waiting,
      { exitCode: 5, outcome: 'waiting', steps: ['detect node01'] },
      'where check mode sees it, nothing is touched',
    )
    t.match(waiting.report.rollout?.nodes[0], { stage: 'drain', waiting: /restart storage/ })

    ground.write('node02', 'etc/version', '2.0\n')
    const beyond = ground.commit('the way round it', version('2.0'))
    t.match(
      await play(ground),
      { exitCode: 0, notices: ['superseded'], report: { remembered: beyond } },
      'a rollout that cannot move by itself gives way to a newer commit',
    )
  },
)

await inFull(
  t,
  'a limited rollout takes the canaries along and is not remembered',
  options,
  async (t) => {
    const ground = make(t, { nodes: 3 }, SELDOM)
    ground.commit('version 1', version('1.0'))
    t.match(await play(ground, { limit: 'node03' }), {
      exitCode: 0,
      report: { remembered: null, rollout: { limited: true, counts: { good: 2 } } },
    })
    t.equal(ground.read('node02', 'etc/version'), null)
    await t.rejects(play(ground, { limit: 'node99' }), {
      code: 'usage/limit-not-permitted',
      exitCode: 2,
    })
    t.match(await play(ground), { exitCode: 0, report: { rollout: { counts: { good: 3 } } } })
  },
)

await inFull(
  t,
  'stopped between two waves it goes on from there; stopped at once it looks before it touches',
  options,
  async (t) => {
    const ground = make(t, {}, SELDOM)
    ground.commit('version 1', version('1.0'))
    const stop = new AbortController()
    const stopped = await play(ground, {
      signal: stop.signal,
      onEvent: (p) => {
        if (p.type === 'step-started' && p.step.action === 'apply') stop.abort()
      },
    })
    t.match(
      stopped,
      { exitCode: 130, outcome: 'interrupted', steps: ['detect node01', 'apply node01'] },
      'what ran was finished',
    )
    t.match(await play(ground, { once: true }), { exitCode: 0, notices: ['resumed'] })

    ground.commit('slow', {
      'site.yml': site(
        `- name: slow\n  ansible.builtin.command: sleep 300\n  changed_when: false\n  check_mode: false\n  tags: [HotChange]\n${writeTask('etc/version', '2.0\n')}`,
      ),
    })
    const kill = new AbortController()
    const killed = await play(ground, {
      kill: kill.signal,
      onEvent: (p) => {
        if (p.type === 'ansible' && p.event.ev === 'host_start') kill.abort()
      },
    })
    t.match(killed, { exitCode: 130 })
    t.match(killed.report.rollout?.nodes[0], { stage: 'unseen' })
  },
)
