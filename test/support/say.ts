// SPDX-License-Identifier: Apache-2.0
// The real command over a playground, what its errors look like, and what it wrote.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../../lib/report/model/rollout-report.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { readJournal } from '../../lib/store/journal/journal.js'
import { patchrun, type CommandOptions, type Ended, type Running } from './command.js'
import { site, writeTask, type Playground } from './playground.js'

type Declared = Record<string, Record<string, unknown>>

const [oldest, middle, newest] = ['OLDEST', 'MIDDLE', 'NEWEST'].map(
  (age) => process.env[`PATCHRUN_TEST_ANSIBLE_${age}`] || undefined,
)
/** The ansible-core of tests of every run: the newest. */
export const OFTEN = newest ?? oldest ?? ''
/** That of tests that `--full` adds: the oldest. So both have seen the engine. */
export const SELDOM = oldest ?? newest ?? ''
/** One between them, where they differ in what is tested. */
export const MIDDLE = middle ?? OFTEN
/** Both, the newest first; one where there is but one, so that no test runs twice beside itself. */
export const BOTH: readonly string[] = [...new Set([OFTEN, SELDOM])].filter((bin) => bin !== '')
/** For tests that run Ansible. */
export const needsAnsible: { readonly skip?: string } =
  OFTEN === '' ? { skip: 'no ansible-core to test with (PATCHRUN_TEST_ANSIBLE_NEWEST)' } : {}

/** They ask before they begin, and nobody is there to answer. */
const ASKING = new Set(['rollback', 'retry', 'approve', 'release'])

/** The command in the directory of the fleet, with --yes where it would ask. */
export const say = (
  ground: Playground,
  args: readonly string[],
  more: Partial<CommandOptions> = {},
): Promise<Ended> =>
  patchrun(ASKING.has(args[0] ?? '') ? [...args, '--yes'] : args, {
    cwd: ground.directory,
    ...more,
  })
export const run = (ground: Playground, ...more: string[]): Promise<Ended> =>
  say(ground, ['run', '--yes', ...more])
export const siteOf = (v: string): string => site(writeTask('etc/version', `${v}\n`))
export const version = (v: string): Record<string, string> => ({ 'site.yml': siteOf(v) })

/**
 * A version of which a node waits for the file `go` of that node: in its looks, or while it is
 * changed. So a test can act meanwhile, for as long as that takes.
 */
export const held = (
  v: string,
  where: 'look' | 'change',
  go: string,
  node = 'node01',
): Record<string, string> => ({
  'site.yml': site(`${writeTask('etc/version', `${v}\n`)}- name: takes its time
  ansible.builtin.shell: "until [ -e '{{ node_root }}/${go}' ]; do sleep 0.2; done"
  changed_when: false
  check_mode: false
  when: inventory_hostname == '${node}' and ${where === 'change' ? 'not ' : ''}ansible_check_mode
  tags: [HotChange]`),
})

/**
 * A task that needs the file `licence` of the node. It is looked for where Ansible runs: no process
 * on the node.
 */
export const licence = `- name: read the licence
  ansible.builtin.assert: { that: "(node_root ~ '/licence') is exists", fail_msg: "no licence on {{ inventory_hostname }}", quiet: true }
`

/** Changes patchrun.yml. */
export function edit(ground: Playground, change: (declared: Declared) => void): void {
  const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as Declared
  change(declared)
  writeFileSync(ground.file, JSON.stringify(declared, null, 2))
}

/** An error on standard error: its code, a hint, and words that must be there. */
export const error = (
  code: number,
  problem: string,
  ...words: RegExp[]
): { readonly code: number; readonly stderr: RegExp } => ({
  code,
  stderr: new RegExp(
    [`error ${problem}: [^]*hint: `, ...words.map((w) => `(?:${w.source})`)]
      .map((w) => `(?=[^]*${w})`)
      .join(''),
  ),
})

/**
 * Until the command has said so; throws when it ended without. Only the test's own time limit ends
 * the waiting.
 */
export async function seen(running: Running, words: RegExp): Promise<void> {
  while (
    !words.test(running.stderr()) &&
    running.child.exitCode === null &&
    running.child.signalCode === null
  )
    await sleep(20)
  if (words.test(running.stderr())) return
  // What it said last may come after its end.
  const { stderr } = await running.ended
  if (!words.test(stderr)) throw new Error(`never said ${String(words)}: ${stderr}`)
}

/** A place in the state of an environment. */
export const stateOf = (ground: Playground, ...path: string[]): string =>
  join(ground.directory, '.patchrun', 'environments', 'default', ...path)
export const events = async (ground: Playground): Promise<JournalEvent[]> =>
  (await readJournal(stateOf(ground, 'journal.jsonl'))).map((e) => e.event)
export const intents = (all: readonly JournalEvent[]): string[] =>
  all.flatMap((e) => (e.type === 'intended' ? [e.step] : []))
export const statusOf = async (ground: Playground): Promise<Report> =>
  JSON.parse((await say(ground, ['status', '--json'])).stdout) as Report
