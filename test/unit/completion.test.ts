// SPDX-License-Identifier: Apache-2.0
// Completion, by the real shells: bash, zsh and fish, each on a terminal with somebody who presses
// Tab.
import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { complete } from '../../lib/cli/begin/complete.js'
import { commandsOf, namesOf, optionOf } from '../../lib/cli/shells/shell.js'
import { GLOBAL_OPTIONS, VERBS } from '../../lib/cli/verbs.js'
import { FileJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { answerOf, PATCHRUN } from '../support/command.js'
import { full, inQuick, quick } from '../support/size.js'
import { openTerminal } from '../support/terminal.js'
import type { Terminal } from '../support/terminal.js'

t.setTimeout(600_000)

const BROKEN = { 'bad.yml': 'nods: {}' }
const declaration = (allow: unknown[], more: object = {}): string =>
  JSON.stringify({
    schemaVersion: 1,
    fleet: 'f',
    playbooks: { repository: './p' },
    nodes: { allow, canary: ['node01'], deny: ['node05'] },
    ...more,
  })
const environments = {
  test: { nodes: { allow: ['test[1-2]'], canary: ['test1'] } },
  prod: { nodes: { allow: ['node[01-04]', 'node[06-12]'], canary: ['node01'] } },
}

function place(t: { testdir(files: Record<string, string>): string }): {
  readonly directory: string
  readonly env: Record<string, string>
} {
  const directory = t.testdir({
    'patchrun.yml': declaration(['test[1-2]', { file: 'nodes.txt' }], { environments }),
    'nodes.txt': 'node[01-04]  # rack 1\nnode[06-12]\n',
    'plan one.json': '{}',
    ...BROKEN,
  })
  writeFileSync(
    join(directory, 'patchrun'),
    `#!/bin/sh\nexec '${process.execPath}' '${PATCHRUN}' "$@"\n`,
  )
  chmodSync(join(directory, 'patchrun'), 0o755)
  return { directory, env: { PATH: `${directory}:${process.env['PATH'] ?? ''}`, HOME: directory } }
}

inQuick(
  t,
  'what the scripts ask for: names of the declaration, and nothing else, whatever is wrong',
  {},
  async (t) => {
    const { directory, env } = place(t)
    const start = (...argv: string[]): string => {
      const said = spawnSync(process.execPath, [PATCHRUN, '__complete', ...argv], {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, ...env },
      })
      t.match(said, { status: 0, stderr: '' }, argv.join(' '))
      return said.stdout.trimEnd().replaceAll('\n', ' ')
    }
    const before = process.cwd()
    t.teardown(() => process.chdir(before))
    process.chdir(directory)
    // What a process answers, without the process.
    const ask = async (...argv: string[]): Promise<string> => {
      let said = ''
      t.equal(
        await complete(argv, {
          stdout: { write: (text: string) => ((said += text), true) } as never,
        }),
        0,
        argv.join(' '),
      )
      return said.trimEnd().replaceAll('\n', ' ')
    }
    t.equal(start('environments', ''), 'test prod')
    t.equal(await ask('environments', 'p'), 'prod')
    t.equal(await ask('nodes', 'node0'), 'node01 node02 node03 node04 node06 node07 node08 node09')
    t.equal(await ask('nodes', '', '--env', 'test', 'retry'), 'test1 test2')
    t.equal(await ask('nodes', '', 'retry', '--env', '=', 'test'), 'test1 test2', 'as bash has it')
    t.equal(await ask('nodes', '', 'retry', '--env=test'), 'test1 test2', 'as the others have it')
    t.equal(
      await ask('nodes', 'node01,node1'),
      'node01,node10 node01,node11 node01,node12',
      'the last of several',
    )
    t.equal(start('nodes', '', '-c', '~/patchrun.yml', '--env', 'test'), 'test1 test2')
    t.equal(start('nodes', '', '-c', 'bad.yml'), '')
    for (const wrong of [
      ['nodes', '', '-c', 'nowhere.yml'],
      ['nodes', '', '-c', 'bad.yml'],
      ['secrets', ''],
      [],
    ])
      t.equal(await ask(...wrong), '', wrong.join(' '))
    // Where a list comes from elsewhere, the journal knows names; nobody is asked.
    const command = ['sh', '-c', `echo asked > '${directory}/asked'; echo node01`]
    writeFileSync(join(directory, 'elsewhere.yml'), declaration([{ command }, 'node01']))
    t.equal(await ask('nodes', '', '-c', 'elsewhere.yml'), 'node01')
    const own = join(directory, '.patchrun/environments/default')
    const lock = await takeLock(join(own, 'lock'), 0)
    const journal = await FileJournal.open(join(own, 'journal.jsonl'), lock)
    await journal.append({
      type: 'opened',
      at: 0,
      rollout: 'r1',
      kind: 'forward',
      pin: { sha: 'a'.repeat(40), ref: 'main', subject: 's' },
      previous: null,
      limit: null,
      by: { user: 'u', host: 'h', pid: 1 },
    })
    await journal.append({
      type: 'intended',
      at: 0,
      step: '1',
      action: 'detect',
      wave: 0,
      nodes: ['cn7', '$(touch evil)', 'cn8'],
    })
    await journal.close()
    await lock.release()
    t.equal(
      start('nodes', '', '-c', 'elsewhere.yml'),
      'cn7 cn8 node01',
      'and what a shell would run is not offered',
    )
    t.equal(spawnSync('ls', ['asked', 'evil'], { cwd: directory }).stdout.toString(), '')
  },
)

inQuick(t, 'it is there before one has looked up from the keyboard', {}, async (t) => {
  const { directory, env } = place(t)
  // Processor time, as the shell has it of what it started: what else runs on the machine does not
  // count.
  const spent = (...argv: string[]): number => {
    const said = spawnSync(
      'bash',
      ['-c', 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1', 'bash', process.execPath, ...argv],
      { cwd: directory, encoding: 'utf8', env: { ...process.env, ...env, LC_ALL: 'C' } },
    )
    const [user = NaN, system = NaN] = said.stderr.trim().split(' ').map(Number)
    return user + system
  }
  const times = Array.from(
    { length: 3 },
    () => spent(PATCHRUN, '__complete', 'nodes', '') / spent('-e', '0'),
  )
  t.ok(
    Math.min(...times) < 4,
    `${times.map((n) => n.toFixed(1)).join(', ')} times as much as Node itself takes`,
  )
})

/** What `patchrun completion SHELL` prints. */
const printed = async (shell: string): Promise<string> =>
  (await answerOf(['completion', shell], { cwd: '.' })).stdout

inQuick(t, 'bash: every verb with every option, and --env=, without a terminal', {}, async (t) => {
  const { directory, env } = place(t)
  writeFileSync(join(directory, 'script'), await printed('bash'))
  const completed = (...words: string[]): string[] => {
    const script = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _patchrun patchrun; printf '%s\\n' "\${COMPREPLY[@]}"`
    const said = spawnSync('bash', ['--norc', '-c', script, 'bash', 'patchrun', ...words], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })
    t.match(said.stderr, /^$|no job control|compopt/, words.join(' '))
    return said.stdout.split('\n').filter(Boolean)
  }
  t.same(completed('').sort(), [...VERBS.map((v) => v.name), 'help'].sort())
  for (const { name, options } of commandsOf(VERBS).filter((c) =>
    ['run', 'status', 'pause'].includes(c.name),
  )) {
    t.same(
      [...new Set(completed(name, '-'))].sort(),
      [
        ...new Set(
          [...options, ...GLOBAL_OPTIONS.map(optionOf)].flatMap(namesOf).concat('--version'),
        ),
      ].sort(),
      name,
    )
  }
  t.same(completed('-c', 'patchrun.yml', '--env', 'prod', 'sta'), ['status'], 'values are no verbs')
  t.same(completed('--env', '=', 'p'), ['prod'])
  t.same(completed('--env', '=', 'test', 'retry', 't'), ['test1', 'test2'])
  t.same(completed('report', '--format', 'j'), ['json', 'junit'])
  t.same(completed('report', '--env', '='), ['test', 'prod'])
  t.same(completed('run', '--plan', 'pl'), ['plan one.json'])
  t.same(completed('pause', '--reason', 'x'), [], 'nobody knows the reason')
  t.same(completed('completion', ''), ['bash', 'zsh', 'fish'])
  t.same(completed('help', 'roll'), ['rollback'])
})

const clear = (text: string): string =>
  text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[()][A-Z0-9]|[\r\u0007\u0008]/g, '')

/** Types a line and presses Tab; gives what stands there then, as soon as it is what is wanted. */
async function types(terminal: Terminal, line: string, wanted: RegExp): Promise<string> {
  const from = terminal.length
  terminal.keys(`${line}\t`)
  for (
    const end = Date.now() + 120_000;
    Date.now() < end && !wanted.test(clear(terminal.said(from)));
  )
    await sleep(20)
  return clear(terminal.said(from))
}

/** What is typed before the shell reads it is shown twice, or lost. */
async function prompted(terminal: Terminal): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20))
    if (/ready[^]*go> $/.test(clear(terminal.said()))) return
  throw new Error(`no prompt, but ${JSON.stringify(terminal.said().slice(-500))}`)
}

/** How it is started, how the page loads the completion, and what is set before and after. */
const SHELLS: readonly (readonly [
  name: string,
  argv: readonly string[],
  load: string,
  before: string,
  after: string,
])[] = [
  [
    'bash',
    ['bash', '--norc', '--noprofile', '-i'],
    'source <(patchrun completion bash)',
    `bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'`,
    `PS1='go> '`,
  ],
  [
    'zsh',
    ['zsh', '-f', '-i'],
    'source <(patchrun completion zsh)',
    'unsetopt beep; setopt interactivecomments; autoload -Uz compinit; compinit -D -u',
    'PS1="go> "',
  ],
  [
    'fish',
    ['fish', '--no-config', '-i'],
    'patchrun completion fish | source',
    'true',
    'function fish_prompt; printf "go> "; end',
  ],
]

for (const [name, argv, load, before, after] of SHELLS) {
  const missing = spawnSync(name, ['--version']).error ? { skip: `${name} is not here` } : {}
  t.test(`${name}, on a terminal`, missing, async (t) => {
    const { directory, env } = place(t)
    // The first terminal loads it as the page says; the others have what the command printed, which
    // is the same.
    writeFileSync(join(directory, 'script'), await printed(name))
    let how = load
    for (const [line, wanted] of (
      [
        ['patchrun roll', /back /],
        ['patchrun run --onc', /e /],
        ['patchrun --env=pr', /od/],
        ['patchrun -c patchrun.yml report --format ju', /nit /],
        ['patchrun retry node1', /node11/],
        ['patchrun --env test release test1,test', /t1,test2/],
        ['patchrun run --plan pl', /one/],
      ] as const
    ).filter((_, i) => (i % 3 === 0 ? quick : full))) {
      // Another one for each line: each shell has its own idea of what Ctrl-C ends while it still
      // completes.
      const terminal = openTerminal(argv, {
        cwd: directory,
        env: { ...env, PS1: '> ', LC_ALL: 'C.UTF-8' },
        columns: 200,
      })
      t.teardown(() => terminal.end())
      terminal.keys(`${before}; ${how}; ${after}; echo re''ady\r`)
      how = 'source ./script'
      await prompted(terminal)
      t.match(await types(terminal, line, wanted), wanted, line)
    }
  })
}
