// SPDX-License-Identifier: Apache-2.0
// What the run of a health gate says of a node, and of the gate.
import t from 'tap'
import { checkedOf } from '../../lib/outcome/summary/health-answer.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { NodeSummary, RunSummary } from '../../lib/outcome/summary/run-summary.js'
import { gateWarnings, outcomeOfCheck } from '../../lib/engine/step/health-gate.js'
import type { AnsibleEvent, GuardEvent } from '../../lib/ansible/events/run-events.js'
import type { OpenStep } from '../../lib/rollout/index.js'

const RUN: RunSummary = {
  complete: true,
  nodes: new Map(),
  unplanned: [],
  localPlays: [],
  reports: [],
  badReports: [],
  foreignLines: 0,
}
const node = (more: Partial<NodeSummary>): NodeSummary => ({
  node: 'n1',
  result: 'ok',
  changes: [],
  blindSpots: [],
  owed: [],
  handled: [],
  ...more,
})
const failed = (more: Partial<NodeSummary> = {}): NodeSummary =>
  node({
    result: 'failed',
    failure: { cause: 'failed', message: 'the disk is full', task: 'look' },
    failedTags: ['x'],
    ...more,
  })
const guard = (reason: GuardEvent['reason']): GuardEvent => ({
  v: 1,
  seq: 1,
  ts: 1,
  ev: 'guard',
  reason,
  message: 'stopped',
})
const FAULT = { message: 'no such role', hint: 'look' }

t.test('pass, fail, inconclusive', async (t) => {
  const cases: readonly (readonly [
    string,
    NodeSummary,
    Partial<RunSummary>,
    string,
    string | undefined,
  ])[] = [
    ['clean', node({}), {}, 'pass', undefined],
    [
      'clean, with a change',
      node({ changes: [{ task: 'a', action: 'copy', tags: [], file: 'f', line: 1 }] }),
      {},
      'pass',
      undefined,
    ],
    ['a task failed', failed(), {}, 'fail', 'the disk is full'],
    [
      'a task failed, another node did something forbidden',
      failed(),
      { guard: guard('drain-change') },
      'fail',
      'the disk is full',
    ],
    [
      'a task tagged inconclusive failed',
      failed({ failedTags: ['always', 'inconclusive'] }),
      {},
      'inconclusive',
      'the disk is full',
    ],
    [
      'unreachable',
      failed({ failure: { cause: 'unreachable', message: 'no route', task: 'look' } }),
      {},
      'inconclusive',
      'no route',
    ],
    [
      'hung',
      failed({ failure: { cause: 'hung', message: 'took too long', task: 'look' } }),
      {},
      'inconclusive',
      'took too long',
    ],
    [
      'counted, and no task named',
      failed({
        failure: { cause: 'failed', message: 'Ansible counts a failure' },
        failedTags: undefined,
      }),
      {},
      'inconclusive',
      'Ansible counts a failure',
    ],
    [
      'cut',
      node({ result: 'cut', failure: { cause: 'unknown', message: 'ended before' } }),
      {},
      'inconclusive',
      'ended before',
    ],
    [
      'absent',
      node({ result: 'absent' }),
      {},
      'inconclusive',
      'the gate ended before this node was through',
    ],
    [
      'through, but the guard stopped the run',
      node({}),
      { guard: guard('denied-delegate') },
      'inconclusive',
      'stopped',
    ],
    [
      'through, but the run was damaged',
      node({}),
      { fault: FAULT },
      'inconclusive',
      'no such role',
    ],
    [
      'through, but strangers showed up',
      node({}),
      { unplanned: ['db1'] },
      'inconclusive',
      'hosts that were not planned showed up: db1',
    ],
  ]
  for (const [name, summary, run, checked, message] of cases) {
    const found = checkedOf(summary, { ...RUN, ...run })
    t.equal(found.checked, checked, name)
    t.equal(found.failure?.message, message, `${name}: message`)
  }
})

t.test('tags and items of the task that failed', async (t) => {
  const summarizer = new RunSummarizer()
  const base = { ts: 1, host: 'n1', changed: false, ignored: false, duration: 0, v: 1 as const }
  const task = (id: string, tags: readonly string[]): object => ({
    ev: 'task',
    task: {
      id,
      name: id,
      action: 'x',
      tags,
      role: null,
      file: 'f',
      line: 1,
      handler: false,
      checkMode: false,
      noLog: false,
      notify: [],
    },
  })
  const events = [
    { ev: 'start', check: false },
    { ev: 'play' },
    task('loop', ['inconclusive']),
    { ...base, ev: 'host_start', task: 'loop' },
    ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({
      ...base,
      ev: 'item_failed',
      task: 'loop',
      item: `disk${n}`,
      msg: 'full',
    })),
    { ...base, ev: 'failed', task: 'loop', msg: 'One or more items failed' },
    {
      ev: 'stats',
      stats: {
        n1: { ok: 0, changed: 0, unreachable: 0, failures: 1, skipped: 0, rescued: 0, ignored: 0 },
      },
    },
  ]
  events.forEach((event, at) =>
    summarizer.add({ v: 1, seq: at + 1, ts: 1, ...event } as unknown as AnsibleEvent),
  )
  const run = summarizer.finish({ exitCode: 2, signal: null, stderr: '', foreignLines: 0 }, ['n1'])
  t.match(run.nodes.get('n1'), {
    failedTags: ['inconclusive'],
    failure: { message: /^disk1: full\ndisk2: full\n.*\n.*\ndisk5: full$/ },
  })
})

t.test('the outcome of a gate', async (t) => {
  const step: OpenStep = {
    step: '0004-check',
    action: 'check',
    wave: 0,
    nodes: ['n1', 'n2', 'n3'],
    since: 1,
    check: { gate: 'ready', point: 'start', after: -1 },
  }
  const change = {
    task: 'touch',
    action: 'copy',
    tags: [],
    file: 'roles/x/tasks/main.yml',
    line: 7,
  }
  const nodes = new Map([
    ['n1', node({ changes: [change] })],
    ['n2', failed({ changes: [change] })],
  ])
  const outcome = outcomeOfCheck(step, { summary: { ...RUN, nodes }, exit: { signal: null } }, 9)
  t.same(outcome, {
    type: 'concluded',
    at: 9,
    step: '0004-check',
    tasks: [change],
    nodes: {
      n1: { checked: 'pass', changes: [0] },
      n2: {
        checked: 'fail',
        failure: { cause: 'failed', message: 'the disk is full', task: 'look' },
        changes: [0],
      },
    },
  })
  t.same(gateWarnings(outcome, 'ready'), [
    'the health gate "ready" changed 2 nodes in "touch" (roles/x/tasks/main.yml:7, step 0004-check): a gate must only look',
  ])
  t.same(
    gateWarnings(
      outcomeOfCheck(
        step,
        { summary: { ...RUN, nodes: new Map([['n1', node({})]]) }, exit: { signal: null } },
        9,
      ),
      'ready',
    ),
    [],
  )
  const alarm = (run: Partial<RunSummary>, exit = {}): unknown =>
    outcomeOfCheck(step, { summary: { ...RUN, ...run }, exit: { signal: null, ...exit } }, 9).alarm
  t.match(alarm({ guard: guard('drain-change') }), {
    code: 'guard',
    message: 'in the health gate "ready": stopped',
    hint: /looks and changes nothing/,
  })
  t.match(alarm({ guard: guard('denied-delegate') }), { code: 'guard', hint: /deny list/ })
  t.match(alarm({ fault: FAULT }), {
    code: 'playbook-fault',
    message: 'in the health gate "ready": no such role',
  })
  t.equal(alarm({ fault: FAULT }, { ended: 'aborted' }), undefined)
})
