// SPDX-License-Identifier: Apache-2.0
// Reports made by the real builder from real events, rendered as text and JUnit, and held against
// their schema.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import t from 'tap'
import type { Fleet, FleetNode } from '../../lib/fleet/declare/fleet.js'
import { buildHistory, buildReport } from '../../lib/report/model/build.js'
import { junitXml } from '../../lib/report/formats/junit.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { detectText } from '../../lib/report/text/text-detect.js'
import { historyText } from '../../lib/report/text/text-history.js'
import { problemsText } from '../../lib/report/text/text-problems.js'
import { rolloutText } from '../../lib/report/text/text.js'
import type { DetectReport } from '../../lib/report/model/rollout-report.js'
import { clean, durationText, nodesText, timeText } from '../../lib/report/words/words.js'
import { NO_STATE, replay } from '../../lib/rollout/index.js'
import type { Finding, JournalEvent } from '../../lib/rollout/index.js'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/report.schema.json'), 'utf8'),
) as object
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => new Date(text).toISOString() === text },
})
const check = ajv.compile(schema)
const fits = (t: Tap, document: unknown, name: string): void =>
  void t.ok(
    check(JSON.parse(JSON.stringify(document))),
    `${name} fits the schema: ${ajv.errorsText(check.errors).slice(0, 2000)}`,
  )
import { policyOf } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

type Tap = Pick<typeof t, 'ok'>

const options = {
  paint: PLAIN,
  zone: 'Europe/Oslo',
  verbose: false,
  command: 'patchrun --env prod',
}
const sha = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const at = Date.UTC(2026, 2, 1, 12, 0, 0)
const by = { user: 'ola', host: 'login1', pid: 42 }
const failure = {
  cause: 'failed',
  message: 'No package "labpkg-1.1" <none> & nothing\u001b[31m',
  task: 'Install labpkg',
  file: 'roles/labpkg/tasks/main.yml',
  line: 4,
} as const
const kernel = {
  task: 'Install kernel',
  action: 'ansible.builtin.apt',
  tags: ['DrainChange'],
  file: 'site.yml',
  line: 9,
}

const nodes = Array.from({ length: 6 }, (_, i): FleetNode => ({
  name: `node0${i + 1}`,
  canary: i < 2,
  groups: [],
  vars: {},
  domains: [],
  partitions: [],
  runsOn: null,
  scheduler: 'default',
}))
const fleet = {
  name: 'lab',
  environment: 'prod',
  nodes,
  groupChildren: {},
  schedulers: [],
  ansible: { forks: 10 },
  policy: policyOf({ soak: 600_000, waves: ['50%', '100%'] }),
}

const opened: JournalEvent = {
  type: 'opened',
  at,
  rollout: 'r1-a1b2c3d4',
  kind: 'forward',
  pin: { sha, ref: 'main', subject: 'Raise labpkg to 1.1' },
  previous: null,
  limit: null,
  by,
}
const canaries = ['node01', 'node02']
const step = (
  n: number,
  action: 'detect' | 'apply' | 'verify',
  names: readonly string[],
  outcome: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
  wave = 0,
): JournalEvent[] => [
  {
    type: 'intended',
    at: at + n * 1000,
    step: `000${n}-${action}`,
    ...stepKind(action),
    wave,
    nodes: names,
  },
  {
    type: 'concluded',
    at: at + n * 1000 + 500,
    step: `000${n}-${action}`,
    tasks: [kernel],
    nodes: outcome,
  },
]
const good: JournalEvent[] = [
  opened,
  ...step(1, 'detect', canaries, { node01: { verdict: 'GOOD' }, node02: { verdict: 'GOOD' } }),
]
const reportOf = (
  events: readonly JournalEvent[],
  now = at + 60_000,
  holder?: Parameters<typeof buildReport>[0]['holder'],
): ReturnType<typeof buildReport> =>
  buildReport({
    fleet: fleet as unknown as Fleet,
    state: replay(events, NO_STATE),
    now,
    holder: holder ?? null,
  })
const halted: JournalEvent[] = [
  opened,
  ...step(1, 'detect', canaries, { node01: { verdict: 'HOT' }, node02: { verdict: 'HOT' } }),
  ...step(2, 'apply', canaries, {
    node01: { applied: 'failed', failure },
    node02: { applied: 'failed', failure },
  }),
  {
    type: 'halted',
    at: at + 5000,
    halt: {
      code: 'canary-failed',
      message: '2 canaries failed: …',
      hint: 'Mend it.',
      nodes: canaries,
    },
  },
]

t.test('the text says what stands, what waits and why, and what to do', async (t) => {
  const soaking = rolloutText(reportOf(good), options)
  t.match(soaking, /^lab \(prod\): waiting\n/)
  t.match(soaking, 'a1b2c3d4e5f6 (main) "Raise labpkg to 1.1"')
  t.match(
    soaking,
    'begun Sun 2026-03-01 13:00:00 CET by ola@login1',
    'times in the zone that was asked for, which is named',
  )
  t.match(
    soaking,
    '  node[03-06] (4): the canaries are verified and soak, until Sun 2026-03-01 13:10:01 CET',
  )
  t.match(soaking, 'Next: patchrun --env prod run goes on, not before Sun 2026-03-01 13:10:01 CET')

  const failed = rolloutText(reportOf(halted), {
    ...options,
    logOf: (node) => `/state/${node}.log`,
  })
  t.match(failed, /^lab \(prod\): halted\n/)
  t.match(
    failed,
    '  node[01-02] (2): task "Install labpkg" (roles/labpkg/tasks/main.yml:4)\n    No package "labpkg-1.1" <none> & nothing\n    log: /state/node01.log',
    'nodes that failed alike are one entry',
  )
  t.match(failed, 'Halted: 2 nodes of the canary wave failed; no other node was touched')
  t.match(failed, 'Next: Mend it.')
  t.notMatch(failed, '\u001b', 'no escape sequence of a node reaches the terminal')

  const drain = rolloutText(
    reportOf([
      opened,
      ...step(1, 'detect', canaries, {
        node01: { verdict: 'DRAIN', changes: [0] },
        node02: { verdict: 'GOOD', blindSpots: [0] },
      }),
    ]),
    options,
  )
  t.match(drain, 'node01: its change needs the node drained ("Install kernel", site.yml:9)')
  t.match(
    drain,
    '1 task cannot be predicted, check mode skips it\n  "Install kernel" (site.yml:9, DrainChange) on node02',
  )

  t.match(
    rolloutText(reportOf([]), options),
    'nothing has been rolled out yet\n\nTo begin: patchrun --env prod run',
  )
  const held = rolloutText(
    reportOf([opened, step(1, 'detect', canaries, {})[0] as JournalEvent], at + 9000, {
      ...by,
      since: at,
    }),
    options,
  )
  t.match(
    held,
    /under way\n[^]*A run is under way: ola@login1, process 42, since Sun 2026-03-01 13:00:00 CET\n {2}step 0001-detect on 2 nodes/,
  )
  t.match(
    rolloutText(reportOf([opened, step(1, 'detect', canaries, {})[0] as JournalEvent]), options),
    'step 0001-detect on 2 nodes, begun Sun 2026-03-01 13:00:01 CET, has no outcome',
  )
})

t.test('a thousand nodes with a few causes are a few lines', async (t) => {
  const finding = (i: number): Finding =>
    i % 100 === 0
      ? { verdict: 'ERROR', failure, changes: [], blindSpots: [] }
      : i % 2
        ? {
            verdict: 'HOT',
            changes: [
              {
                ...kernel,
                tags: ['HotChange'],
                diff: `--- before: /tmp/x${i}\n+++ after: /tmp/y${i}\n@@ -1 +1 @@\n-1.0\n+1.1\n`,
              },
            ],
            blindSpots: [kernel],
          }
        : { verdict: 'GOOD', changes: [], blindSpots: [kernel] }
  const seen = Array.from({ length: 1000 }, (_, i) => ({
    node: `m3a${String(i).padStart(4, '0')}`,
    ...finding(i),
  }))
  const report: DetectReport = {
    schemaVersion: 1,
    kind: 'detect',
    fleet: 'm3',
    environment: 'prod',
    at: new Date(at).toISOString(),
    pin: { sha, ref: 'main', subject: 's' },
    counts: { GOOD: 490, HOT: 500, DRAIN: 0, ERROR: 10, UNKNOWN: 0 },
    nodes: seen,
    directory: '/state/looks/1',
  }
  fits(t, report, 'detect')
  const text = detectText(report, options)
  t.ok(text.split('\n').length < 20, `${text.split('\n').length} lines`)
  t.match(text, '1000 nodes: 10 ERROR, 500 HOT, 490 GOOD')
  t.match(
    text,
    /HOT {5}500 nodes: m3a\[0001,0003,[\d,]+\] and \d+ more\n {2}would change: "Install kernel" \(site.yml:9, HotChange\)/,
  )
  t.ok(
    text.split('\n').every((line) => line.length < 200),
    'no line is a list of hundreds of nodes',
  )
  t.match(text, '1 task cannot be predicted')
  const verbose = detectText(report, { ...options, verbose: true })
  t.equal(
    verbose.split('+1.1').length - 1,
    1,
    'the same diff on many nodes is shown once, whatever temporary files it names',
  )
})

t.test(
  'JUnit: well-formed whatever the nodes say, a case a node, red when it must be',
  async (t) => {
    const parser = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => name === 'testcase' || name === 'testsuite',
    })
    const cases = (
      xml: string,
    ): { name: string; failure?: { message: string }; skipped?: { message: string } }[] => {
      t.equal(XMLValidator.validate(xml), true, 'well-formed')
      const { testsuites } = parser.parse(xml) as {
        testsuites: { testsuite: { testcase: Record<string, unknown>[] }[] }
      }
      const inner = (value: unknown): { message: string } | undefined =>
        value === undefined
          ? undefined
          : { message: (value as Record<string, string>)['@_message'] ?? '' }
      return testsuites.testsuite.flatMap((s) =>
        s.testcase.map((c) => ({
          name: String(c['@_name']),
          ...(c['failure'] !== undefined && { failure: inner(c['failure']) }),
          ...(c['skipped'] !== undefined && { skipped: inner(c['skipped']) }),
        })),
      )
    }
    const xml = junitXml(reportOf(halted))
    t.match(cases(xml), [
      {
        name: 'node01',
        failure: {
          message:
            'task "Install labpkg": No package "labpkg-1.1" <none> & nothing (roles/labpkg/tasks/main.yml:4)',
        },
      },
      { name: 'node02', failure: {} },
      { name: 'node03', skipped: { message: 'the rollout is halted' } },
      { name: 'node04' },
      { name: 'node05' },
      { name: 'node06' },
    ])
    t.match(xml, 'tests="6" failures="2" errors="0" skipped="4" time="2.000"')
    t.match(
      xml,
      /<testcase name="node01"[^>]* time="1\.000">[^]*<testcase name="node03"[^>]* time="0\.000">/,
      'half a second of looking, and half a second of applying',
    )
    t.match(
      xml,
      />No package|>task &quot;Install labpkg/,
      'and in the content, which is what GitLab shows',
    )
    t.match(xml, '>the rollout is halted</skipped>')
    t.equal(
      xml.match(/<test(?:suite|case|suites) /g)?.length,
      xml.match(/ time="\d+\.\d{3}"/g)?.length,
      'a time everywhere',
    )
    t.match(cases(junitXml(reportOf(good))), [
      { name: 'node01', failure: undefined, skipped: undefined },
    ])
    t.equal(XMLValidator.validate(junitXml(reportOf([]))), true, 'before the first rollout')
    const guard = junitXml(
      reportOf([
        ...good,
        {
          type: 'halted',
          at: at + 9000,
          halt: { code: 'guard', message: 'handler "x" was stopped', hint: 'Tag it.', nodes: [] },
        },
      ]),
    )
    t.equal(XMLValidator.validate(guard), true)
    t.match(
      guard,
      /errors="1"[^]*<error message="handler &quot;x&quot; was stopped"/,
      "a halt that is no node's failure is not green",
    )
  },
)

t.test('reports fit the schema, and the schema refuses what does not', async (t) => {
  for (const [name, events] of Object.entries({ nothing: [], good, halted })) {
    fits(t, reportOf(events), name)
    fits(
      t,
      buildHistory({
        fleet: fleet as unknown as Fleet,
        state: replay(events, NO_STATE),
        now: at + 1,
      }),
      `history of ${name}`,
    )
  }
  fits(t, reportOf(good, at, { ...by, since: at }), 'with a holder')
  t.notOk(check({ ...reportOf(good), surprise: 1 }), 'an unknown field')
  t.notOk(check({ ...reportOf(good), kind: 'other' }), 'an unknown kind')
  t.match(
    historyText(
      buildHistory({
        fleet: fleet as unknown as Fleet,
        state: replay(halted, NO_STATE),
        now: at + 1,
      }),
      options,
    ),
    /r1-a1b2c3d4 {2}halted {2}"Raise labpkg to 1.1"\n {2}0 good, 2 failed of 2 nodes looked at/,
  )
})

t.test('problems: the place is pointed at, and all of them are told', async (t) => {
  const line = '  canry: ["node01"]'
  const text = problemsText(
    [
      {
        code: 'config/unknown-field',
        message: 'unknown field "canry"',
        hint: 'Did you mean "canary"?',
        where: { file: 'patchrun.yml', line: 17, column: 3, text: 'canry' },
      },
      {
        code: 'config/host-name',
        message: 'bad name',
        hint: 'Rename it.',
        where: { file: 'list.txt', line: 2, column: 400, text: 'x' },
      },
    ],
    PLAIN,
    ({ file }) => (file === 'patchrun.yml' ? line : `${'y'.repeat(399)}x${'z'.repeat(1_000_000)}`),
  )
  t.match(
    text,
    'error config/unknown-field: unknown field "canry"\n  at patchrun.yml:17:3\n  17 |   canry: ["node01"]\n     |   ^^^^^\n  hint: Did you mean "canary"?',
  )
  const [shown = '', mark = ''] = text
    .split('\n')
    .filter((l) => l.includes('yyy') || l.endsWith('^'))
    .slice(-2)
  t.ok(shown.length < 150, 'a line of a million characters is cut')
  t.equal(shown[mark.indexOf('^')], 'x', 'and the mark is still under the place')
  t.match(text, /\n2 problems\n$/)
})

t.test('words', async (t) => {
  t.same([100, 9_940, 42_000, 59_700, 192_000, 7_500_000, 273_600_000].map(durationText), [
    '0.1 s',
    '9.9 s',
    '42 s',
    '1 min',
    '3 min 12 s',
    '2 h 5 min',
    '3 d 4 h',
  ])
  t.equal(
    timeText(Date.UTC(2026, 6, 1, 22, 30), 'Australia/Melbourne'),
    'Thu 2026-07-02 08:30:00 AEST',
  )
  t.equal(nodesText(['node01', 'node02', 'node03', 'db1']), 'db1,node[01-03]')
  t.equal(clean('a\u001b[2Jb\u0007c\u202ed\r\ne\tf'), 'abcd\ne\tf')
})
