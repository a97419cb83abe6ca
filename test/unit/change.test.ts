// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { AnsibleEvent, HostStats, TaskInfo } from '../../lib/ansible/events/run-events.js'
import type { RunExit } from '../../lib/ansible/call/playbook-call.js'
import { errorIn, hintFor } from '../../lib/outcome/summary/fault.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { NodeSummary, RunSummary } from '../../lib/outcome/summary/run-summary.js'
import { findingOf } from '../../lib/outcome/summary/node-verdict.js'
import type { ChangesPolicy } from '../../lib/fleet/declare/fleet.js'
import type { Finding, WouldChange } from '../../lib/rollout/record/verdict.js'
import { FREE } from '../support/policy.js'

type Loose = Partial<Record<string, unknown>> & { readonly ev: AnsibleEvent['ev'] }
const START: Loose = { ev: 'start', check: true, ansible: '2.14.18' }
const PLAY: Loose = { ev: 'play', name: 'p', tags: [], strategy: 'linear', hosts: 2 }
const task = (id: string, more: Partial<TaskInfo> = {}): Loose => ({
  ev: 'task',
  task: {
    id,
    name: `task ${id}`,
    action: 'copy',
    tags: ['HotChange'],
    role: null,
    file: 'site.yml',
    line: 3,
    handler: false,
    checkMode: true,
    noLog: false,
    notify: [],
    ...more,
  },
})
const on = (ev: AnsibleEvent['ev'], host: string, id = 'a', more: object = {}): Loose => ({
  ev,
  host,
  task: id,
  ...(ev === 'host_start' ? {} : { changed: false, ignored: false, duration: 0 }),
  ...more,
})
const counts = (more: Partial<HostStats> = {}): HostStats => ({
  ok: 1,
  changed: 0,
  unreachable: 0,
  failures: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  ...more,
})
const stats = (given: Record<string, HostStats>, more: object = {}): Loose => ({
  ev: 'stats',
  stats: given,
  ...more,
})

function summarize(
  events: readonly Loose[],
  exit: Partial<RunExit> = {},
  planned: readonly string[] = ['n1', 'n2'],
): RunSummary {
  const summarizer = new RunSummarizer()
  events.forEach((event, at) =>
    summarizer.add({ v: 1, seq: at + 1, ts: at, ...event } as unknown as AnsibleEvent),
  )
  return summarizer.finish(
    { exitCode: 0, signal: null, stderr: '', foreignLines: 0, ...exit },
    planned,
  )
}
const outcome = (run: RunSummary): string[] => [...run.nodes.values()].map((node) => node.result)
const both = { n1: counts(), n2: counts() }
const clean = [
  START,
  PLAY,
  task('a'),
  on('host_start', 'n1'),
  on('host_start', 'n2'),
  on('ok', 'n1'),
  on('ok', 'n2'),
]

t.test('what becomes of each node', async (t) => {
  const failed = [
    ...clean,
    task('b'),
    on('host_start', 'n1', 'b'),
    on('failed', 'n1', 'b', { msg: 'no', stderr: 'why', rc: 1 }),
  ]
  const cases: readonly (readonly [
    string,
    readonly Loose[],
    Partial<RunExit>,
    string,
    boolean,
    boolean,
  ])[] = [
    ['all is well', [...clean, stats(both)], {}, 'ok ok', true, false],
    [
      'stats in parts',
      [...clean, stats({ n1: counts() }, { more: true }), stats({ n2: counts() })],
      {},
      'ok ok',
      true,
      false,
    ],
    [
      'stats torn off',
      [...clean, stats({ n1: counts() }, { more: true })],
      { exitCode: null, signal: 'SIGKILL' },
      'cut cut',
      false,
      true,
    ],
    [
      'one failed',
      [...failed, stats({ ...both, n1: counts({ failures: 1 }) })],
      { exitCode: 2 },
      'failed ok',
      true,
      false,
    ],
    [
      'rescued',
      [...failed, stats({ ...both, n1: counts({ rescued: 1 }) })],
      {},
      'ok ok',
      true,
      false,
    ],
    [
      'ignored',
      [
        ...clean,
        on('failed', 'n1', 'a', { ignored: true }),
        stats({ ...both, n1: counts({ ignored: 1 }) }),
      ],
      {},
      'ok ok',
      true,
      false,
    ],
    [
      'unreachable',
      [...clean, on('unreachable', 'n1'), stats({ ...both, n1: counts({ unreachable: 1 }) })],
      { exitCode: 4 },
      'failed ok',
      true,
      false,
    ],
    [
      'errors cleared: code 0 with failures',
      [...failed, stats({ ...both, n1: counts({ failures: 4 }) })],
      {},
      'failed ok',
      true,
      false,
    ],
    [
      'a role that does not exist: code 2, no failed event',
      [...clean, stats(both, { unfinished: ['n1'] })],
      { exitCode: 2, stderr: "ERROR! the role 'x' was not found in /r\n" },
      'cut ok',
      false,
      true,
    ],
    [
      'the same, hidden behind a failure elsewhere',
      [...failed, stats({ ...both, n1: counts({ failures: 1 }) }, { unfinished: ['n2'] })],
      { exitCode: 2, stderr: "ERROR! the role 'x' was not found in /r\n" },
      'failed cut',
      false,
      true,
    ],
    ['the same, nobody named', [...clean, stats(both)], { exitCode: 2 }, 'cut cut', false, true],
    [
      'left out by a broken batch',
      [
        ...clean.slice(0, 4),
        on('failed', 'n1'),
        stats({ n1: counts({ failures: 1 }) }, { unfinished: ['n2'] }),
      ],
      { exitCode: 2 },
      'failed absent',
      false,
      false,
    ],
    [
      'left out by a later broken batch',
      [...failed, stats({ ...both, n1: counts({ failures: 1 }) }, { unfinished: ['n2'] })],
      { exitCode: 2 },
      'failed cut',
      false,
      false,
    ],
    ['events but no stats', [...clean, stats({ n1: counts() })], {}, 'ok cut', false, false],
    [
      'YAML error',
      [],
      { exitCode: 4, stderr: 'ERROR! Syntax Error while loading YAML.\n' },
      'absent absent',
      false,
      true,
    ],
    [
      'no inventory: code 0',
      [START, PLAY, { ev: 'no_hosts', reason: 'unmatched' }, stats({})],
      {},
      'absent absent',
      false,
      true,
    ],
    [
      'killed under way',
      clean.slice(0, 6),
      { exitCode: null, signal: 'SIGKILL' },
      'cut cut',
      false,
      true,
    ],
    ['aborted', clean.slice(0, 6), { exitCode: 99, ended: 'aborted' }, 'cut cut', false, false],
    ['hung', [...failed], { exitCode: 99, ended: 'hung' }, 'failed cut', false, false],
    [
      'internal error after the stats',
      [...clean, stats(both)],
      { exitCode: 250 },
      'cut cut',
      false,
      true,
    ],
    ['a lost event', [...clean, { ...stats(both), seq: 20 }], {}, 'cut cut', false, true],
  ]
  for (const [name, events, exit, expected, complete, fault] of cases) {
    const run = summarize(events, exit)
    t.equal(outcome(run).join(' '), expected, name)
    t.equal(run.complete, complete, `${name}: complete`)
    t.equal(run.fault !== undefined, fault, `${name}: fault`)
  }
})

t.test('failures carry their words and place', async (t) => {
  const run = summarize(
    [
      ...clean,
      task('b', { line: 9 }),
      on('host_start', 'n1', 'b'),
      on('failed', 'n1', 'b', { msg: 'no', stderr: 'why' }),
      on('failed', 'n2', 'b', { timedOut: true }),
      stats({ n1: counts({ failures: 1 }), n2: counts({ failures: 1 }) }),
    ],
    { exitCode: 2 },
  )
  t.same(run.nodes.get('n1')?.failure, {
    cause: 'failed',
    message: 'no: why',
    task: 'task b',
    file: 'site.yml',
    line: 9,
  })
  t.match(run.nodes.get('n2')?.failure, { cause: 'hung', message: 'Ansible gave no message' })
  const said = (more: object): string | undefined =>
    summarize(
      [
        ...clean,
        task('b'),
        on('host_start', 'n1', 'b'),
        on('failed', 'n1', 'b', more),
        stats({ n1: counts({ failures: 1 }) }),
      ],
      { exitCode: 2 },
    ).nodes.get('n1')?.failure?.message
  t.equal(
    said({ msg: 'non-zero return code', rc: 32, stderr: 'mount: /x: no such device\n' }),
    'return code 32: mount: /x: no such device',
  )
  t.equal(said({ msg: 'failed to validate', rc: 1 }), 'failed to validate, return code 1')
  t.equal(said({ msg: 'it broke: why', rc: 0, stderr: 'why' }), 'it broke: why', 'said already')
  t.equal(
    said({ msg: 'non-zero return code', rc: 2, stderr: 'first\nlast\n' }),
    'return code 2: last\nfirst\nlast\n',
  )
})

t.test('a guard', async (t) => {
  const run = summarize(
    [
      ...clean,
      {
        ev: 'guard',
        reason: 'drain-change',
        message: 'stopped',
        task: { id: 'h', name: 'handler', file: 'h.yml', line: 2 },
      },
    ],
    { exitCode: 99 },
  )
  t.same(outcome(run), ['cut', 'cut'])
  t.match(run.nodes.get('n1')?.failure, {
    cause: 'guard',
    message: 'stopped',
    task: 'handler',
    file: 'h.yml',
  })
  t.equal(run.fault, undefined)
  t.equal(run.complete, false)
  t.match(
    summarize([START, { ev: 'guard', reason: 'plugin-fault', message: 'broken' }], { exitCode: 99 })
      .fault,
    { message: 'broken' },
  )
})

t.test('hosts that were not planned', async (t) => {
  const run = summarize([...clean, on('ok', 'n3'), stats({ ...both, n3: counts() })])
  t.same(run.unplanned, ['n3'])
  t.equal(run.complete, false)
  t.equal(run.nodes.has('n3'), false)
})

t.test('changes, diffs and blind spots', async (t) => {
  const run = summarize([
    START,
    PLAY,
    task('a'),
    task('h', { handler: true, tags: ['DrainChange'] }),
    task('c', { tags: [] }),
    on('host_start', 'n1'),
    on('item_ok', 'n1', 'a', { changed: true, item: '1', diff: '+1\n' }),
    on('item_ok', 'n1', 'a', { changed: true, item: '2', diff: '+2\n' }),
    on('ok', 'n1', 'a', { changed: true }),
    on('host_start', 'n2'),
    on('ok', 'n2', 'a', { changed: true, diff: '+1\n+2\n' }),
    on('host_start', 'n1', 'c'),
    on('item_skipped', 'n1', 'c', { unpredicted: true }),
    on('skipped', 'n1', 'c', { unpredicted: true }),
    on('host_start', 'n1', 'h'),
    on('skipped', 'n1', 'h', { unpredicted: true }),
    stats(both),
  ])
  const [one, two] = [run.nodes.get('n1'), run.nodes.get('n2')]
  t.same(
    one?.changes.map((change) => [change.task, change.diff]),
    [
      ['task a', '+1\n+2\n'],
      ['task h', undefined],
    ],
  )
  t.equal(one?.changes[0], two?.changes[0], 'equal diffs are kept once')
  t.same(
    one?.blindSpots.map((spot) => spot.task),
    ['task c', 'task h'],
  )
  const real = summarize([
    { ...START, check: false },
    task('h', { handler: true }),
    on('host_start', 'n1', 'h'),
    on('ok', 'n1', 'h'),
    stats(both),
  ])
  t.same(real.nodes.get('n1')?.changes, [], 'in a real run only what changed counts')
})

t.test('verdicts', async (t) => {
  const run: RunSummary = {
    complete: true,
    nodes: new Map(),
    unplanned: [],
    localPlays: [],
    reports: [],
    badReports: [],
    foreignLines: 0,
  }
  const change = (...tags: string[]): WouldChange => ({
    task: 'x',
    action: 'copy',
    tags,
    file: 'f',
    line: 1,
  })
  const node = (more: Partial<NodeSummary>): NodeSummary => ({
    node: 'n1',
    result: 'ok',
    changes: [],
    blindSpots: [],
    owed: [],
    handled: [],
    ...more,
  })
  const cases: readonly (readonly [Partial<NodeSummary>, string, string])[] = [
    [{}, 'GOOD', 'GOOD'],
    [{ blindSpots: [change()] }, 'GOOD', 'GOOD'],
    [{ changes: [change('HotChange')] }, 'HOT', 'HOT'],
    [{ changes: [change('HotChange', 'x'), change('a', 'HotChange')] }, 'HOT', 'HOT'],
    [{ changes: [change('HotChange'), change('DrainChange')] }, 'DRAIN', 'DRAIN'],
    [{ changes: [change('HotChange', 'DrainChange')] }, 'DRAIN', 'DRAIN'],
    [{ changes: [change()] }, 'DRAIN', 'ERROR'],
    [{ changes: [change('hotchange')] }, 'DRAIN', 'ERROR'],
    [{ changes: [change('always')] }, 'DRAIN', 'ERROR'],
    [{ result: 'failed', changes: [change('HotChange')] }, 'ERROR', 'ERROR'],
    [{ result: 'cut' }, 'ERROR', 'ERROR'],
    [{ result: 'absent' }, 'UNKNOWN', 'UNKNOWN'],
  ]
  const strict = { ...FREE.changes, untagged: 'error', beyond: 'error' } as const
  for (const [given, drain, error] of cases) {
    t.equal(findingOf(node(given), run, FREE.changes).verdict, drain, JSON.stringify(given))
    t.equal(findingOf(node(given), run, strict).verdict, error, JSON.stringify(given))
  }
  t.match(findingOf(node({ changes: [change()] }), run, strict).failure, {
    task: 'x',
    message: /neither/,
  })
  t.equal(
    findingOf(node({}), { ...run, fault: { message: 'm', hint: 'h' } }, FREE.changes).verdict,
    'ERROR',
  )
  t.equal(findingOf(node({}), { ...run, unplanned: ['n9'] }, FREE.changes).verdict, 'ERROR')

  const failure = {
    cause: 'failed',
    message: 'no such service',
    task: 'Start the service',
    file: 'main.yml',
    line: 12,
  } as const
  const fails = (
    more: Partial<NodeSummary>,
    failedTags: readonly string[] = ['HotChange'],
  ): Finding =>
    findingOf(node({ result: 'failed', failure, failedTags, ...more }), run, FREE.changes)
  const hot = [change('HotChange')]
  t.match(
    fails({ changes: hot }),
    { verdict: 'HOT', beyond: failure, failure: undefined },
    'all of it may run under load',
  )
  t.match(
    fails({ blindSpots: hot }),
    { verdict: 'HOT', beyond: failure },
    'what cannot be foreseen may be why',
  )
  t.match(
    fails({ blindSpots: [{ ...change(), query: true }] }),
    { verdict: 'DRAIN', beyond: failure },
    'a Hot run would not ask it either',
  )
  t.match(
    fails({ blindSpots: [{ ...change('always'), query: true }] }),
    { verdict: 'HOT', beyond: failure },
    'a Hot run asks it',
  )
  t.match(
    fails({ changes: hot }, []),
    { verdict: 'DRAIN', beyond: failure },
    'the task that failed is untagged',
  )
  t.match(fails({ changes: hot }, ['DrainChange']), { verdict: 'DRAIN' })
  t.match(fails({ changes: [...hot, change('DrainChange')] }), { verdict: 'DRAIN' })
  t.match(
    fails({ changes: hot, blindSpots: [change('DrainChange')] }),
    { verdict: 'DRAIN' },
    'a Hot run would not run it',
  )
  t.match(
    fails({}),
    { verdict: 'ERROR', failure, beyond: undefined },
    'nothing would have changed before it',
  )
  t.match(fails({ changes: hot, failure: { ...failure, cause: 'unreachable' } }), {
    verdict: 'ERROR',
  })
  t.match(
    findingOf(node({ result: 'failed', failure, failedTags: [], changes: hot }), run, {
      ...FREE.changes,
      untagged: 'error',
    }),
    { verdict: 'ERROR', beyond: undefined },
  )
  t.match(
    findingOf(
      node({ result: 'failed', failure, changes: hot, failedTags: ['HotChange'] }),
      { ...run, guard: { v: 1, seq: 1, ts: 1, ev: 'guard', reason: 'fenced', message: 'm' } },
      FREE.changes,
    ),
    { verdict: 'ERROR', beyond: undefined },
    'a run that was stopped says nothing',
  )

  const needs = (
    blindSpots: NodeSummary['blindSpots'],
    unforeseen: Partial<ChangesPolicy['unforeseen']> = {},
  ): unknown =>
    findingOf(node({ blindSpots }), run, {
      ...FREE.changes,
      unforeseen: { ...FREE.changes.unforeseen, ...unforeseen },
    }).unforeseen?.needs
  t.equal(needs(hot), 'HOT')
  t.equal(needs([{ ...change('HotChange'), query: true }]), undefined, 'changed_when: false')
  t.equal(needs(hot, { hot: 'name' }), undefined)
  t.equal(needs([change(), change('DrainChange')]), undefined)
  t.equal(needs([...hot, change('DrainChange')], { drain: 'apply' }), 'DRAIN')
  t.equal(needs([...hot, change()], { untagged: 'apply' }), 'DRAIN')
})

t.test('a section begins where the one before ended', async (t) => {
  const from = (seq: number, ...events: readonly Loose[]): Loose[] =>
    events.map((event, at) => ({ ...event, seq: seq + at }))
  t.match(summarize(from(57, ...clean, stats(both), { ev: 'parked', section: 2 })), {
    complete: true,
    fault: undefined,
  })
  t.match(summarize([...from(57, ...clean), ...from(65, stats(both))]), {
    complete: false,
    fault: { message: /^1 events/ },
  })
  t.match(
    summarize(from(57, PLAY, task('a'), stats(both))),
    { complete: false, fault: { message: /before patchrun's callback plugin spoke/ } },
    'the start is lost',
  )
})

t.test('reports', async (t) => {
  const report = (
    name: string,
    part: number,
    parts: number,
    text: string,
    more: object = {},
  ): Loose => ({ ev: 'report', host: 'n1', task: 'a', name, part, parts, text, ...more })
  const run = summarize([
    ...clean,
    report('x', 1, 3, '{"a":'),
    report('x', 2, 3, '[1,'),
    report('x', 3, 3, '2]}'),
    report('x', 1, 1, 'null'),
    stats(both),
  ])
  t.match(run, {
    complete: true,
    badReports: [],
    reports: [
      { name: 'x', host: 'n1', data: { a: [1, 2] } },
      { name: 'x', host: 'n1', data: null },
    ],
  })
  const bad = summarize([
    ...clean,
    report('said', 1, 1, '', { error: 'its stdout is empty' }),
    report('torn', 1, 1, '{'),
    report('skips', 1, 3, '['),
    report('skips', 3, 3, ']'),
    report('left', 1, 2, '['),
    report('good', 1, 1, '7'),
    report('middle', 2, 2, ']'),
    report('end', 1, 2, '['),
    stats(both),
  ])
  t.same(bad.reports, [{ name: 'good', host: 'n1', data: 7 }])
  t.same(
    bad.badReports.map(({ name, host }) => `${name} ${host}`),
    ['said n1', 'torn n1', 'skips n1', 'left n1', 'middle n1', 'end n1'],
  )
  t.equal(
    bad.badReports[0]?.message,
    'the report "said" of the task "task a" (site.yml:3) on n1 can not be read: its stdout is empty',
  )
})

t.test("ansible's words", async (t) => {
  const old = `[WARNING]: x\nERROR! couldn't resolve module/action 'nosuch'. This often indicates a misspelling,\nmissing collection, or incorrect module path.\n\nThe error appears to be in '/c/site.yml': line 4, column 7, but may\nbe elsewhere in the file depending on the exact syntax problem.\n`
  t.match(errorIn(old), {
    message:
      "couldn't resolve module/action 'nosuch'. This often indicates a misspelling, missing collection, or incorrect module path.",
    file: '/c/site.yml',
    line: 4,
  })
  const recent = `[ERROR]: couldn't resolve module/action 'nosuch'.\nOrigin: /c/site.yml:4:7\n\n2   x\n`
  t.same(errorIn(recent), {
    message: "couldn't resolve module/action 'nosuch'.",
    file: '/c/site.yml',
    line: 4,
  })
  t.equal(errorIn(' [ERROR]: User interrupted execution\n'), undefined)
  t.equal(errorIn('[WARNING]: nothing\n'), undefined)
  t.match(hintFor("couldn't resolve module/action"), /collection/)
  t.match(hintFor('odd'), /ansible\.log/)
})
