// SPDX-License-Identifier: Apache-2.0
// What CI systems read: JUnit, Markdown, code quality, sections of a log; and how a verb is asked
// for them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import t from 'tap'
import type { Context } from '../../lib/cli/call/context.js'
import { formatsOf, printAs } from '../../lib/cli/call/answer.js'
import { openSections } from '../../lib/cli/screen/sections.js'
import { waitOf, waveOf } from '../../lib/cli/call/until.js'
import type { Progress } from '../../lib/engine/step/progress.js'
import type { LintReport } from '../../lib/report/model/answers.js'
import { codeQualityJson } from '../../lib/report/formats/code-quality.js'
import { lintJunit, lookJunit } from '../../lib/report/formats/junit.js'
import { junitDocument } from '../../lib/report/formats/junit-xml.js'
import type { JunitCase, JunitLimits } from '../../lib/report/formats/junit-xml.js'
import {
  code,
  detectMarkdown,
  lintMarkdown,
  planMarkdown,
  rolloutMarkdown,
} from '../../lib/report/formats/markdown.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import type { DetectReport, PlanReport, Report } from '../../lib/report/model/rollout-report.js'

const options = { paint: PLAIN, zone: 'UTC', verbose: false, command: 'patchrun --env prod' }
const sha = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const of = {
  schemaVersion: 1,
  fleet: 'lab',
  environment: 'prod',
  pin: { sha, ref: 'main', subject: 'Raise `labpkg` | @all <b>' },
} as const
const parse = (xml: string): { testsuites: { testsuite: Record<string, unknown>[] } } => {
  t.equal(XMLValidator.validate(xml), true, 'well-formed')
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  }).parse(xml) as ReturnType<typeof parse>
}

const task = (
  title: string,
  line: number,
  findings: LintReport['tasks'][number]['findings'],
  file = 'site.yml',
): LintReport['tasks'][number] => ({
  play: 'site',
  task: title,
  action: 'copy',
  role: null,
  file,
  line,
  tags: [],
  handler: false,
  standing: 'untagged',
  findings,
})
const finding = (
  kind: LintReport['findings'][number]['finding'],
  title: string,
  line: number,
  file = 'site.yml',
): LintReport['findings'][number] => ({
  finding: kind,
  play: 'site',
  task: title,
  file,
  line,
  message: 'it may change a node',
  hint: 'Tag it.',
})
const lint: LintReport = {
  ...of,
  kind: 'lint',
  playbook: 'site.yml',
  counts: {
    standing: { hot: 1, drain: 0, both: 0, untagged: 3, exempt: 0 },
  } as LintReport['counts'],
  tasks: [
    task('fine', 4, []),
    task('motd | `x`', 7, ['untagged']),
    task('motd | `x`', 9, ['untagged']),
    task('shell', 12, ['unpredictable']),
    task('away', 3, ['hot-notifies-drain'], '/usr/share/roles/x/tasks/main.yml'),
  ],
  findings: [
    finding('untagged', 'motd | `x`', 7),
    finding('untagged', 'motd | `x`', 9),
    finding('unpredictable', 'shell', 12),
    finding('hot-notifies-drain', 'away', 3, '/usr/share/roles/x/tasks/main.yml'),
  ],
}
const change = {
  task: 'Install <labpkg>',
  action: 'apt',
  tags: ['HotChange'],
  file: 'site.yml',
  line: 4,
}
const detect: DetectReport = {
  ...of,
  kind: 'detect',
  at: '2026-03-01T12:00:00.000Z',
  directory: '/x',
  counts: { GOOD: 1, HOT: 1, DRAIN: 0, ERROR: 1, UNKNOWN: 1 },
  nodes: [
    { node: 'n1', verdict: 'GOOD', changes: [], blindSpots: [{ ...change, task: 'make' }] },
    { node: 'n2', verdict: 'HOT', changes: [change], blindSpots: [] },
    {
      node: 'n3',
      verdict: 'ERROR',
      failure: {
        cause: 'failed',
        task: 'Install <labpkg>',
        file: 'site.yml',
        line: 4,
        message: 'no\n```\n@all\n```',
      },
      changes: [],
      blindSpots: [],
    },
    { node: 'n4', verdict: 'UNKNOWN', changes: [], blindSpots: [] },
  ],
}

t.test(
  'code quality: file and line, alike findings told apart, and the same after a task has moved',
  async (t) => {
    type Violation = {
      fingerprint: string
      check_name: string
      severity: string
      location: { path: string; lines: { begin: number } }
      description: string
    }
    const read = (report: LintReport): Violation[] =>
      JSON.parse(codeQualityJson(report)) as Violation[]
    const all = read(lint)
    t.match(
      all.map((v) => [v.check_name, v.severity, v.location.path, v.location.lines.begin]),
      [
        ['patchrun/untagged', 'major', 'site.yml', 7],
        ['patchrun/untagged', 'major', 'site.yml', 9],
        ['patchrun/unpredictable', 'info', 'site.yml', 12],
        ['patchrun/hot-notifies-drain', 'critical', 'site.yml', 1],
      ],
    )
    t.match(
      all[3]?.description,
      '/usr/share/roles/x/tasks/main.yml:3',
      'what lies outside of the repository is named',
    )
    t.equal(new Set(all.map((v) => v.fingerprint)).size, 4)
    const moved = read({
      ...lint,
      findings: lint.findings.map((f) => ({ ...f, line: f.line + 5 })),
    })
    t.same(
      moved.map((v) => v.fingerprint),
      all.map((v) => v.fingerprint),
    )
  },
)

t.test('JUnit of lint: a case a task; a blind spot is no failure', async (t) => {
  const {
    testsuites: { testsuite },
  } = parse(lintJunit(lint))
  t.match(testsuite, [
    { name: 'site.yml', tests: '4', failures: '2' },
    { name: /main\.yml$/, failures: '1' },
  ])
  t.match(testsuite[0]?.['testcase'], [
    { name: 'fine (line 4)' },
    { file: 'site.yml', line: '7', failure: { type: 'untagged' } },
    { failure: {} },
    { 'system-out': /unpredictable/ },
  ])
})

t.test('JUnit: no larger than GitLab reads', async (t) => {
  const long = 'x'.repeat(1900)
  const cases = Array.from({ length: 40 }, (_, i): JunitCase =>
    i % 10 === 9
      ? { name: `n${i}`, classname: 'c', failed: { message: `m${i}`, type: 'failed', text: long } }
      : { name: `n${i}`, classname: 'c', out: long },
  )
  const of = (limits: JunitLimits): { xml: string; names: string[] } => {
    const xml = junitDocument(
      'all',
      [
        { name: 'one', cases: cases.slice(0, 20) },
        { name: 'two', cases: cases.slice(20) },
      ],
      limits,
    )
    return {
      xml,
      names: parse(xml).testsuites.testsuite.flatMap((s) =>
        ((s['testcase'] as { name: string }[] | undefined) ?? []).map((c) => c.name),
      ),
    }
  }
  const whole = of({ bytes: 100_000, cases: 40 })
  t.ok(whole.xml.length > 40 * 1900)
  t.equal(whole.names.length, 40)
  const cut = of({ bytes: 50_000, cases: 40 })
  t.ok(cut.xml.length < 50_000)
  t.match(cut.xml, 'x …</system-out>', 'texts are cut first')
  t.equal(cut.names.length, 40)
  const few = of({ bytes: 1e6, cases: 10 })
  t.same(
    few.names,
    ['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n9', 'n19', 'n29', 'n39', '30 more'],
    'those that failed stay',
  )
  t.match(few.xml, '30 of 40 test cases are left out')
  const small = of({ bytes: 3000, cases: 40 })
  t.ok(small.xml.length < 3000)
  t.ok(
    small.names.includes('n9') && small.names.some((n) => n.endsWith(' more')),
    small.names.join(),
  )
  t.same(
    parse(junitDocument('x', [{ name: 's', cases: [cases[0], cases[0]] as JunitCase[] }]))
      .testsuites.testsuite[0]?.['testcase'],
    [{ name: 'n0' }, { name: 'n0 #2' }].map((c) => ({
      ...c,
      classname: 'c',
      time: '0.000',
      'system-out': long,
    })),
  )
})

t.test('JUnit of a look: red where the pin fails, or nobody knows', async (t) => {
  for (const report of [detect, { ...detect, kind: 'plan' } as unknown as PlanReport]) {
    const {
      testsuites: { testsuite },
    } = parse(lookJunit(report))
    t.match(testsuite, [{ name: report.kind, tests: '4', failures: '2', timestamp: detect.at }])
    t.match(testsuite[0]?.['testcase'], [
      { 'system-out': 'GOOD' },
      { 'system-out': /^HOT\nwould change: "Install <labpkg>" \(site\.yml:4, HotChange\)$/ },
      { failure: { type: 'failed' } },
      { failure: { type: 'UNKNOWN' } },
    ])
  }
})

t.test('Markdown: what others wrote stands in code, whatever it holds', async (t) => {
  t.equal(code('a `b` c'), '``a `b` c``')
  t.equal(code('`'), '`` ` ``')
  t.equal(code('a\nb\u001b[31m'), '`a b`')
  t.equal(code(''), '')
  const outside = (text: string): string =>
    text.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '').replace(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, '')
  for (const text of [detectMarkdown(detect), lintMarkdown(lint)])
    t.notMatch(outside(text), /[@<]|labpkg/, text)
  t.match(
    detectMarkdown(detect),
    /^### patchrun detect: `lab \(prod\)` 1 ERROR, 1 UNKNOWN, 1 HOT, 1 GOOD\n/,
  )
  t.match(
    detectMarkdown(detect),
    /\n\| `Install <labpkg>` \| `site\.yml:4` \| `HotChange` \| `n2` \|\n/,
  )
  t.match(
    detectMarkdown(detect),
    /\n````text\nno\n```\n@all\n```\n````\n/,
    'a fence that the message cannot end',
  )
  t.match(lintMarkdown(lint), /\n\| untagged \| major \| `site\.yml:7` \| `` motd \\\| `x` `` \|/)
  const plan = {
    ...detect,
    kind: 'plan',
    hold: { code: 'window', text: 'window opens Mon 08:00', until: detect.at },
    waves: [
      {
        wave: 0,
        name: 'canary wave',
        nodes: 1,
        before: [],
        expected: 60_000,
        good: ['n1'],
        apply: [],
        waitForDrain: [],
        fail: ['n3'],
      },
    ],
  } as unknown as PlanReport
  t.match(
    planMarkdown(plan, options),
    /would halt in its first wave\n[^]*Would wait: `window opens Mon 08:00` until Sun 2026-03-01 12:00:00 UTC\n[^]*\| canary wave \| 1 \| 1: `n1` \|/,
  )
  const counts = { unseen: 0, hot: 0, drain: 0, applied: 0, good: 1, failed: 0, quarantined: 0 }
  const wave = (name: string, index: number) => ({ name, wave: index, nodes: 1, counts })
  const report = {
    ...of,
    kind: 'rollout',
    at: detect.at,
    rollout: {
      pin: of.pin,
      status: 'running',
      waves: [wave('canary wave', 0)],
      nodes: [
        {
          node: 'n9',
          wave: 1,
          stage: 'quarantined',
          failure: { cause: 'failed', message: 'disk' },
        },
      ],
      waiting: [{ nodes: ['n5'], code: 'approval', text: 'needs an approval' }],
      approvals: [{ key: 'wide-1', waves: [{ name: 'wave 1', nodes: ['n5'] }] }],
    },
  } as unknown as Report
  t.match(
    rolloutMarkdown(report, options),
    /`lab \(prod\)` waits\n[^]*\| canary wave \| 1 \| 1 \|[^]*- `n5`: `needs an approval`[^]*- `patchrun --env prod approve wide-1`: wave 1, 1 node\n[^]*\*\*Quarantined\*\* `n9`[^]*disk/,
  )
  t.match(rolloutMarkdown({ ...report, rollout: null }, options), 'has not begun')
})

t.test(
  'a verb is asked for formats before it works, and writes them from one answer',
  async (t) => {
    const directory = t.testdir()
    let out = ''
    const context = {
      global: { json: false, color: false, level: 'normal', config: 'patchrun.yml' },
      zone: 'UTC',
      io: { stdout: { write: (text: string) => void (out += text) }, env: {} },
    } as unknown as Context
    const known = { text: () => 'words\n', junit: () => '<x/>' }
    const ask = (given: Record<string, unknown>, json = false): ReturnType<typeof formatsOf> =>
      formatsOf(
        { ...context, global: { ...context.global, json } },
        { args: [], options: given },
        known,
      )
    await printAs(
      context,
      ask({ save: [`junit=${directory}/a=b.xml`, `json=${directory}/a.json`] }),
      { a: 1 },
    )
    t.same(
      [
        out,
        readFileSync(join(directory, 'a=b.xml'), 'utf8'),
        JSON.parse(readFileSync(join(directory, 'a.json'), 'utf8')),
      ],
      ['words\n', '<x/>', { a: 1 }],
    )
    out = ''
    await printAs(context, ask({ format: 'junit' }), {})
    t.equal(out, '<x/>')
    t.throws(() => ask({ format: 'markdown' }), {
      code: 'usage/unknown-format',
      hint: /text, json, junit\./,
    })
    t.throws(() => ask({ save: ['markdown=a.md'] }), { code: 'usage/unknown-format' })
    t.throws(() => ask({ format: 'junit' }, true), { code: 'usage/two-formats' })
    for (const wrong of ['junit', '=a', 'junit='])
      t.throws(() => ask({ save: [wrong] }), { code: 'usage/save' })
    await t.rejects(printAs(context, ask({ save: [`junit=${directory}/none/a.xml`] }), {}), {
      code: 'usage/cannot-write',
    })
  },
)

t.test('sections of a log: never crossed, each ended, with times', async (t) => {
  const step = (id: string, wave: number): unknown => ({
    step: id,
    wave,
    action: 'detect',
    nodes: ['n1'],
    since: 0,
  })
  const started = (id: string, wave: number): Progress =>
    ({ type: 'step-started', step: step(id, wave), directory: '' }) as Progress
  const ended = (id: string, wave: number): Progress =>
    ({ type: 'step-ended', step: step(id, wave), outcome: {} }) as Progress
  const log = (verbose: boolean, events: readonly Progress[]): string => {
    const sections = openSections(verbose)
    return [
      ...events.map((e, i) => Object.values(sections.around(e, i * 1000)).join(`${e.type}\n`)),
      sections.close(99_999),
    ].join('')
  }
  const events = [
    started('0001-detect', 0),
    started('0002-detect', 0),
    ended('0001-detect', 0),
    ended('0002-detect', 0),
    started('0003-apply', 1),
    { type: 'sleeping', until: 0 } as Progress,
    started('0004-verify', 0),
  ]
  for (const verbose of [false, true]) {
    const text = log(verbose, events)
    const open: string[] = []
    for (const [, kind, at, name = ''] of text.matchAll(
      /\u001b\[0Ksection_(start|end):(\d+):(\w+)(?:\[collapsed=true\])?\r\u001b\[0K/g,
    )) {
      t.match(at, /^\d+$/)
      if (kind === 'start') open.push(name)
      else t.equal(open.pop(), name, 'the innermost one is ended')
    }
    t.same(open, [])
    t.equal(
      text.match(/section_start:\d+:patchrun_wave/g)?.length,
      3,
      'a wave that comes again has a section of its own',
    )
    t.equal(text.match(/section_start:\d+:patchrun_step/g)?.length ?? 0, verbose ? 3 : 0)
    t.equal(
      text.match(/\u001b/g)?.length,
      (text.match(/section_/g)?.length ?? 0) * 2,
      'nothing else of the terminal is used',
    )
  }
  t.match(log(false, events), /section_start:0:patchrun_wave_0_1\r\u001b\[0Kcanary wave\n/)
  t.match(log(true, events), 'patchrun_step_0001_detect_2[collapsed=true]')
})

t.test('how far, and how long', async (t) => {
  const call = (given: Record<string, unknown>) => ({ args: [], options: given })
  t.same(
    [waveOf(call({})), waveOf(call({ untilWave: 'canary' })), waveOf(call({ untilWave: '3' }))],
    [undefined, 0, 3],
  )
  for (const wrong of ['0', '-1', 'all', '1.5', ''])
    t.throws(() => waveOf(call({ untilWave: wrong })), { code: 'usage/unknown-wave' })
  t.same([waitOf(call({})), waitOf(call({ wait: '1h30m' }))], [undefined, 5_400_000])
})
