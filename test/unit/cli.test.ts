// SPDX-License-Identifier: Apache-2.0
// The command as people and scripts meet it. Where the process is the point, it is one.
import { spawn, spawnSync } from 'node:child_process'
import type { SpawnSyncReturns } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { Ajv } from 'ajv'
import t from 'tap'
import { mustAsk, mustAskThere } from '../../lib/cli/steer/confirm.js'
import { commandText, typedWith } from '../../lib/cli/call/context.js'
import { exitOf } from '../../lib/cli/look/detect.js'
import { explain } from '../../lib/cli/call/explain.js'
import { errorManners, parse } from '../../lib/cli/parse.js'
import { isLive } from '../../lib/cli/screen/screen.js'
import { linesOf } from '../../lib/cli/screen/lines.js'
import { RunModel } from '../../lib/cli/screen/model.js'
import { listenForSignals } from '../../lib/cli/call/signals.js'
import { VERBS } from '../../lib/cli/verbs.js'
import type { Io } from '../../lib/cli/call/context.js'
import { PatchrunError } from '../../lib/errors.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import type { Concluded, NodeOutcome, RolloutState } from '../../lib/rollout/index.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import { answerOf, PATCHRUN } from '../support/command.js'
import type { Ended } from '../support/command.js'
import { policyOf } from '../support/policy.js'

t.setTimeout(600_000)

const root = resolve(import.meta.dirname, '../../..')
const schema = JSON.parse(readFileSync(join(root, 'schemas/report.schema.json'), 'utf8')) as object
const check = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema)

const patchrun = (cwd: string, ...argv: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [PATCHRUN, ...argv], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', TZ: 'Europe/Oslo' },
  })
const answer = (cwd: string, ...argv: string[]): Promise<Ended> =>
  answerOf(argv, { cwd, env: { TZ: 'Europe/Oslo' } })

function fakeIo(
  env: Io['env'] = {},
): Io & { readonly out: () => string; readonly err: () => string } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  // Chunk by chunk: what one read() gives of several writes differs between versions of Node.
  const text = (stream: PassThrough) => (): string => {
    let all = ''
    for (let chunk: unknown; (chunk = stream.read()) !== null;) all += (chunk as Buffer).toString()
    return all
  }
  return {
    stdin: process.stdin,
    stdout: stdout as never,
    stderr: stderr as never,
    env,
    out: text(stdout),
    err: text(stderr),
  }
}

t.test('arguments: global options before and after the verb, and wrong usage', async (t) => {
  const call = (...argv: string[]): ReturnType<typeof parse> => parse(argv, fakeIo())
  for (const argv of [
    ['-c', 'x.yml', '--env', 'prod', '--json', '-v', '--no-color', 'run', '--once'],
    ['run', '--once', '-c', 'x.yml', '--env', 'prod', '--json', '-v', '--no-color'],
  ]) {
    t.match(
      call(...argv),
      {
        kind: 'call',
        verb: { name: 'run' },
        call: { options: { once: true } },
        global: { config: 'x.yml', env: 'prod', json: true, color: false, level: 'verbose' },
      },
      argv.join(' '),
    )
  }
  t.match(call('status'), {
    global: { config: 'patchrun.yml', json: false, color: true, level: 'normal' },
  })
  t.match(
    parse(['status'], fakeIo({ NO_COLOR: '1' })),
    { global: { color: false, screen: true } },
    'colours, and nothing else',
  )
  t.match(call('retry', 'node[01-02]'), { call: { args: ['node[01-02]'] } })
  t.match(call('detect', '--limit', 'node01', '--strict'), {
    call: { options: { limit: 'node01', strict: true } },
  })

  const wrong: readonly (readonly [string[], string, RegExp])[] = [
    [['rnu'], 'usage/unknown-verb', /run/],
    [['detekt'], 'usage/unknown-verb', /detect/],
    [['run', '--onse'], 'usage/unknown-option', /--once/],
    [['run', '--jsno'], 'usage/unknown-option', /--json/],
    [['run', '--enviroment', 'prod'], 'usage/unknown-option', /Did you mean --env\?/],
    [['help', 'rollbak'], 'usage/unknown-verb', /rollback/],
    [['help', 'xyzzy'], 'usage/unknown-verb', /--help/],
    [['validate', 'extra'], 'usage/excess-arguments', /help/],
    [['-c'], 'usage/option-missing-argument', /help/],
    [['status', '-v', '-q'], 'usage/conflicting-option', /help/],
    [['--json'], 'usage/no-verb', /help/],
  ]
  for (const [argv, code, hint] of wrong) {
    try {
      parse(argv, fakeIo())
      t.fail(`${argv.join(' ')} was understood`)
    } catch (error) {
      t.match(error, { code, exitCode: 2, hint }, argv.join(' '))
    }
  }
})

t.test('help begins with examples, for the program and for every verb', async (t) => {
  for (const argv of [['--help'], ...VERBS.map((v) => [v.name, '--help'])]) {
    const io = fakeIo()
    t.same(parse(argv, io), { kind: 'told', exitCode: 0 })
    const text = io.out()
    t.match(text, /^Examples:\n {2}\S/, argv.join(' '))
    t.match(text, '--config <file>', 'and shows the global options')
    t.match(text, /patchrun \w/)
  }
  // An example that the parser does not understand would teach people a mistake.
  for (const [line] of VERBS.flatMap((v) => v.examples)) {
    const argv =
      line
        .replace(/^cd \w+ && /, '')
        .replace(/ (&&|>) .*$/, '')
        .match(/"[^"]*"|\S+/g)
        ?.slice(1) ?? []
    t.match(parse(argv, fakeIo()), { kind: 'call' }, line)
  }
})

t.test('real processes: version, help, exit codes, stdout and stderr kept apart', async (t) => {
  const empty = t.testdir({ 'bad.yml': 'schemaVersion: 1\nfleet: x\nnods: {}\n' })
  const version = patchrun(empty, '--version')
  t.match(version, { status: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: '' })
  t.match(await answer(empty), { code: 2, stdout: '', stderr: /Usage: patchrun VERB/ })
  t.match(patchrun(empty, 'rnu'), {
    status: 2,
    stdout: '',
    stderr: /unknown verb 'rnu'\n {2}hint: Did you mean run\?/,
  })
  t.match(patchrun(empty, 'status'), { status: 3, stdout: '', stderr: /error config\/unreadable/ })
  t.match(await answer(empty, 'validate', '-c', 'bad.yml'), {
    code: 3,
    stderr: /bad\.yml:3:1\n {2}3 \| nods: \{\}\n {4}\| \^\^\^\^\n/,
  })
  const refused = patchrun(empty, '--json', 'validate', '-c', 'bad.yml')
  t.equal(refused.status, 3)
  const document = JSON.parse(refused.stdout) as { problems: unknown[] }
  t.match(document, { schemaVersion: 1, kind: 'error', exitCode: 3 })
  t.ok(document.problems.length > 1, 'all problems, not only the first')
  t.ok(check(document), JSON.stringify(check.errors))
  t.match(JSON.parse((await answer(empty, 'schema')).stdout), { title: 'Declaration' })
  t.match(JSON.parse((await answer(empty, 'schema', '--report')).stdout), schema)
})

t.test('validate warns of what would wait for ever', async (t) => {
  const yml = (rollout: string): string => `schemaVersion: 1
fleet: cloud
playbooks: { repository: ./playbooks }
nodes: { allow: ["hyp[1-2]", "vm[1-4]", "node[1-4]"], canary: [node1] }
scheduler: { type: slurm, controller: ctl }
runsOn: { hyp1: ["vm[1-3]"], hyp2: [vm4] }
rollout: { waves: ["100%"], ${rollout} }
`
  const warned = async (rollout: string): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await answer(
      t.testdir({ 'patchrun.yml': yml(rollout) }),
      'validate',
      '--json',
    )
    t.equal(code, 0, stderr)
    return (JSON.parse(stdout) as { warnings: string[] }).warnings
  }
  t.same(await warned('capacity: { fleet: 4 }'), [])
  t.same(await warned('capacity: { fleet: 3 }'), [
    'hyp1 and what runs on it can never be drained: 4 nodes go out together, and 3 may be out at once (of the fleet): raise that limit',
  ])
  t.equal((await warned('capacity: { fleet: 10% }')).length, 2, 'shares are counted')
  t.same(await warned('maxChanged: 3'), [
    'hyp1 and what runs on it can never be drained: 4 nodes go out together, and 3 at most are changed in one run: raise rollout.maxChanged',
  ])
  const open = (to: string): string =>
    `capacity: { fleet: 4 } }\nwindows: { zone: UTC, open: [{ days: [sat], from: "22:00", to: "${to}" }]`
  t.same(await warned(open('22:25')), [])
  t.same(await warned(open('22:24')), [
    'no window is as long as a visit of a drained node may take, 25 min: 10 min for the change (rollout.expected), and up to 15 min for the reboot (drain.rebootTimeout). While none was measured, no drain begins',
  ])
  t.same(await warned(open('22:09')), [
    'no window is as long as a change is expected to take, 10 min (rollout.expected): nothing ever begins',
  ])
  t.match(await answer(t.testdir({ 'patchrun.yml': yml('capacity: { fleet: 3 }') }), 'validate'), {
    code: 0,
    stdout: /^valid: [^]*\nwarning: hyp1 and what runs on it/,
  })
})

t.test('a reader that goes away is no fault', async (t) => {
  const child = spawn(process.execPath, [PATCHRUN, 'schema', '--report'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise((done) => child.on('close', done))
  t.same([code, stderr], [0, ''])
})

t.test('init: whole or not at all, and nothing is overwritten', async (t) => {
  const directory = t.testdir()
  t.match(await answer(directory, 'init', 'fleet'), { code: 0, stdout: /written to .*fleet/ })
  const fleet = join(directory, 'fleet')
  t.match(
    await answer(fleet, 'validate'),
    { code: 0, stdout: /nodes +6: node\[01-06\]/ },
    'what it writes is valid',
  )
  t.match(
    readFileSync(join(fleet, 'patchrun.yml'), 'utf8'),
    /^# yaml-language-server: \$schema=patchrun\.schema\.json\n/,
  )
  const again = await answer(directory, 'init', 'fleet')
  t.match(again, { code: 2, stderr: /4 problems/ }, 'everything that is in the way is named')
  const partly = join(directory, 'partly')
  mkdirSync(partly)
  writeFileSync(join(partly, 'patchrun.yml'), 'mine')
  t.equal((await answer(directory, 'init', 'partly')).code, 2)
  t.equal(readFileSync(join(partly, 'patchrun.yml'), 'utf8'), 'mine')
  const inventory = JSON.parse((await answer(fleet, 'inventory', '--list')).stdout) as {
    _meta: { hostvars: object }
  }
  t.same(Object.keys(inventory._meta.hostvars), [
    'node01',
    'node02',
    'node03',
    'node04',
    'node05',
    'node06',
  ])
  t.match(await answer(fleet, 'inventory', '--host', 'db1'), {
    code: 2,
    stderr: /db1 is on the deny list/,
  })
  t.match(await answer(fleet, 'status'), { code: 0, stdout: /nothing has been rolled out yet/ })
  t.match(await answer(fleet, 'pin', '--json'), { code: 0, stdout: /"kind": "pin"/ })
})

t.test('errors: places, unknown exceptions, interruptions', async (t) => {
  const manners = {
    json: false,
    color: false,
    verbose: false,
    command: 'patchrun',
    zone: 'UTC',
    interrupted: false,
  }
  const told = async (
    error: unknown,
    more: Partial<typeof manners> = {},
  ): Promise<{ code: number; err: string; out: string }> => {
    const io = fakeIo()
    return { code: await explain(error, { io, ...manners, ...more }), err: io.err(), out: io.out() }
  }
  const file = join(
    t.testdir({ 'x.yml': 'a: 1\nrepository: https://me:hunter2@host/x\n' }),
    'x.yml',
  )
  const placed = await told(
    new PatchrunError({
      code: 'config/x',
      message: 'm',
      hint: 'h',
      where: { file, line: 2, column: 1, text: 'repository' },
    }),
  )
  t.match(
    placed,
    { code: 3, err: 'repository: https://***@host/x' },
    'the line is shown, without its credential',
  )
  t.notMatch(placed.err, /hunter2/)
  const hinted = new PatchrunError({
    code: 'usage/x',
    message: 'm',
    hint: 'Give `patchrun run`, "patchrun plan", `patchrun help run` or `patchrun --env x run`.',
  })
  t.match(
    await told(hinted, { command: 'patchrun --env prod' }),
    {
      err: 'Give `patchrun --env prod run`, "patchrun --env prod plan", `patchrun help run` or `patchrun --env x run`.',
    },
    'hints work as they are typed',
  )
  t.same(
    ['-c a.yml --env=p run', 'run --config=b.yml -- --env x', 'run'].map(
      (line) => errorManners(line.split(' '), { env: {} }).command,
    ),
    ['patchrun -c a.yml --env p', 'patchrun -c b.yml', 'patchrun'],
  )
  t.notMatch(placed.err, 'secret')
  t.match(
    await told(new Error('boom\nmore')),
    { code: 1, err: /^error internal\/unexpected: boom\n {2}hint: .* -v .*\n$/ },
    'one line, and how to see more',
  )
  t.match(await told(new Error('boom'), { verbose: true }), { code: 1, err: /at .*cli\.test/ })
  t.match(await told(new Error('aborted'), { interrupted: true }), {
    code: 130,
    err: /interrupted/,
  })
  t.match(JSON.parse((await told(new Error('boom'), { json: true })).out), {
    kind: 'error',
    exitCode: 1,
  })
})

t.test('signals: once stops, twice ends; a verb that changes nothing ends at once', async (t) => {
  const source = new EventEmitter()
  const signals = listenForSignals(source as never)
  let told = 0
  signals.onStop(() => (told += 1))
  source.emit('SIGTERM')
  t.same([signals.stop.aborted, signals.kill.aborted, told], [true, false, 1])
  source.emit('SIGINT')
  t.same([signals.kill.aborted, told], [true, 1])
  signals.dispose()
  t.equal(source.listenerCount('SIGINT'), 0)
  const other = new EventEmitter()
  const looking = listenForSignals(other as never)
  other.emit('SIGINT')
  t.ok(looking.kill.aborted)
  looking.dispose()
})

t.test(
  'the screen: live only where somebody watches; a thousand nodes are a few lines',
  async (t) => {
    const facts = {
      stdoutIsTTY: true,
      stderrIsTTY: true,
      screen: true,
      level: 'normal',
      env: {},
    } as const
    t.equal(isLive(facts), true)
    for (const less of [
      { stdoutIsTTY: false },
      { stderrIsTTY: false },
      { screen: false },
      { level: 'quiet' },
      { env: { CI: 'true' } },
      { env: { TERM: 'dumb' } },
    ] as const)
      t.equal(isLive({ ...facts, ...less }), false, JSON.stringify(less))
    t.equal(isLive({ ...facts, env: { CI: 'false' } }), true)
    const names = Array.from({ length: 1000 }, (_, i) => `n${i}`)
    const step = { step: '0001-detect', action: 'detect', wave: 1, nodes: names, since: 0 } as const
    const failure = { cause: 'failed', message: 'no', task: 'T', file: 'a.yml', line: 1 } as const
    const outcome: Concluded = {
      type: 'concluded',
      at: 9000,
      step: step.step,
      tasks: [],
      nodes: Object.fromEntries(
        names.map((n, i): [string, NodeOutcome] => [
          n,
          i < 50 ? { verdict: 'ERROR', failure } : { verdict: 'HOT' },
        ]),
      ),
    }
    const rollout = wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, 0)
    const lines = linesOf({ type: 'step-ended', step, outcome, rollout }, [], {
      paint: PLAIN,
      zone: 'UTC',
      verbose: false,
    })
    t.equal(lines.length, 22)
    t.match(lines, [
      'wave 1: looked at 1000 nodes in 9 s: 50 ERROR, 950 HOT',
      '  failed n0: task "T": no (a.yml:1)',
    ])
    t.equal(lines.at(-1), '  and 30 more')
    const good = {
      ...outcome,
      nodes: Object.fromEntries(names.map((n) => [n, { verdict: 'GOOD' as const }])),
    }
    const owing: RolloutState = {
      ...rollout,
      nodes: new Map([
        ['n0', { ...UNSEEN, stage: 'hot', unfinished: { mode: 'hot', owed: null } }],
        ['n1', { ...UNSEEN, stage: 'drain' }],
      ]),
    }
    t.same(
      linesOf({ type: 'step-ended', step, outcome: good, rollout: owing }, [], {
        paint: PLAIN,
        zone: 'UTC',
        verbose: false,
      }),
      [
        'wave 1: looked at 1000 nodes in 9 s: 1 HOT (to be applied again), 1 DRAIN (to run once), 998 GOOD',
      ],
      'nothing would change, and it is changed',
    )
    const model = new RunModel({ nodes: [], policy: policyOf() })
    model.add({ type: 'step-started', step, directory: '/d' })
    const task = {
      id: 't1',
      name: 'T',
      action: 'a',
      tags: [],
      role: null,
      file: 'a.yml',
      line: 1,
      handler: false,
      checkMode: true,
      noLog: false,
      notify: [],
    } as const
    model.add({ type: 'ansible', step, event: { v: 1, seq: 1, ts: 0, ev: 'task', task } })
    for (const host of ['n1', 'n2'])
      model.add({
        type: 'ansible',
        step,
        event: {
          v: 1,
          seq: 2,
          ts: 0,
          ev: 'ok',
          host,
          task: 't1',
          changed: false,
          ignored: false,
          duration: 0,
        },
      })
    t.match(model.steps, [{ task: { name: 'T', done: 2 } }])
    t.equal(model.directoryOf('n7'), '/d')
  },
)

t.test('small decisions', async (t) => {
  const counts = { GOOD: 1, HOT: 1, DRAIN: 1, ERROR: 0, UNKNOWN: 0 }
  t.same(
    [
      exitOf({ counts }, true),
      exitOf({ counts: { ...counts, ERROR: 1 } }, false),
      exitOf({ counts: { ...counts, ERROR: 1 } }, true),
      exitOf({ counts: { ...counts, UNKNOWN: 1 } }, false),
    ],
    [0, 0, 4, 7],
  )
  t.equal(commandText({ config: 'patchrun.yml' }, fakeIo({})), 'patchrun')
  t.equal(
    commandText({ config: "my fleet's.yml", env: 'prod' }, fakeIo({ npm_command: 'exec' })),
    "npx patchrun -c 'my fleet'\\''s.yml' --env prod",
  )
})

t.test(
  'what a run waits for is told with its own time, not with that of the next look',
  async (t) => {
    const at = (seconds: number): number => Date.UTC(2026, 2, 1, 12, 0, seconds)
    const told = (
      until: number,
      ...waits: readonly { readonly text: string; readonly until?: number }[]
    ): readonly string[] =>
      linesOf(
        { type: 'sleeping', until },
        waits.map((w) => ({ ...w, nodes: ['n1'], code: 'visit', reason: 'until-empty' as const })),
        { paint: PLAIN, zone: 'UTC', verbose: false },
      )
    const waits = [
      { text: 'drained' },
      { text: 'late', until: at(40) },
      { text: 'soon', until: at(20) },
    ]
    t.same(told(at(1), ...waits), ['waiting until Sun 2026-03-01 12:00:20 UTC: soon'])
    t.same(told(at(2), ...waits), told(at(1), ...waits), 'so it is told once')
    t.same(told(at(40), ...waits), ['waiting until Sun 2026-03-01 12:00:40 UTC: late'])
    t.same(told(at(1), { text: 'drained' }), ['waiting until Sun 2026-03-01 12:00:01 UTC'])
  },
)

t.test('nothing begins by accident', async (t) => {
  const terminal = { isTTY: true }
  const asked = (
    argv: readonly string[],
    io: Partial<Record<'stdin' | 'stderr', object>> = {},
    env: Io['env'] = {},
  ): boolean => {
    const all = { ...fakeIo(env), stdin: terminal, stderr: terminal, ...io } as never
    const { call, global } = parse(argv, all) as Extract<
      ReturnType<typeof parse>,
      { readonly kind: 'call' }
    >
    return mustAsk({ io: all, global, argv } as never, call)
  }
  for (const verb of [
    ['run'],
    ['rollback', '--reason', 'x'],
    ['retry', 'node01'],
    ['approve'],
    ['release', 'node01'],
  ]) {
    t.equal(asked(verb), true, verb.join(' '))
    t.equal(asked([...verb, '--yes'], { stdin: {} }), false)
    for (const [more, io, env, why] of [
      [[], { stdin: {} }, {}, /standard input is no terminal/],
      [[], { stderr: {} }, {}, /standard error is no terminal/],
      [['--json'], {}, {}, /--json/],
      [['-q'], {}, {}, /--quiet/],
      [[], {}, { CI: 'true' }, /job of CI/],
    ] as const)
      t.throws(() => asked([...verb, ...more], io, env), {
        code: 'usage/needs-yes',
        exitCode: 2,
        message: why,
        hint: new RegExp(`: patchrun ${[...verb, ...more].join(' ')} --yes$`),
      })
  }
  const config = join(
    t.testdir({
      'patchrun.yml':
        'schemaVersion: 1\nfleet: f\nplaybooks: { repository: ./p }\nnodes: { allow: [a, b] }\nenvironments:\n  test: { nodes: { allow: [a], canary: [a] } }\n  prod: { nodes: { allow: [b], canary: [b] } }\n',
    }),
    'patchrun.yml',
  )
  for (const [env, code] of [
    [undefined, 'usage/no-environment'],
    ['prod', 'usage/needs-yes'],
    ['x', 'usage/unknown-environment'],
  ] as const) {
    const io = { ...fakeIo({}), stdin: {}, stderr: {} }
    await t.rejects(
      mustAskThere(
        {
          io,
          argv: ['run'],
          global: {
            config,
            ...(env !== undefined && { env }),
            json: false,
            color: false,
            screen: false,
            level: 'normal',
          },
        } as never,
        { args: [], options: {} },
      ),
      { code },
      `with --yes it would not work either: ${env}`,
    )
  }
  t.equal(
    typedWith({ argv: ['retry', '--reason', "it's mended", '--', '-x'], io: fakeIo({}) }, '--yes'),
    "patchrun retry --reason 'it'\\''s mended' --yes -- -x",
  )
})
