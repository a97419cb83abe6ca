// SPDX-License-Identifier: Apache-2.0
// The writes of a journal that differ, by name, and the ways to die at one. The preloads kill-at.js
// and kill-at-push.js take aims from here, and the tests compute from a whole journal which aims
// there are.
//   PATCHRUN_TEST_KILL_AIMS   a JSON list of aims: the process dies at the first write that one of them names
//   PATCHRUN_TEST_KILL_NOTE   the file into which it writes first where it dies
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { JournalEvent } from '../../lib/rollout/index.js'

export const MODES = ['before', 'torn', 'written', 'synced'] as const
export type Mode = (typeof MODES)[number]
export interface Aim {
  readonly mode: Mode
  readonly name: string
}
export interface Note extends Aim {
  /** The line of the journal file, or the commit of the push. */
  readonly what: string
}

/**
 * Names the events of one journal, in their order: an outcome does not say itself which action and
 * wave it is of.
 */
export function namer(): (event: JournalEvent) => string {
  const steps = new Map<string, string>()
  return (event) => {
    if (event.type === 'intended')
      steps.set(event.step, `${event.action} ${event.wave === 0 ? 'canary' : 'later'}`)
    if (event.type === 'intended') return `intended ${steps.get(event.step)}`
    if (event.type === 'concluded')
      return `concluded ${steps.get(event.step)}${Object.values(event.nodes).some((o) => o.failure) ? ' failed' : ''}`
    return event.type
  }
}

/** The events that a commit of the journal's ref adds; what it is called. */
export function pushOf(
  directory: string,
  commit: string,
): { readonly subject: string; readonly events: readonly JournalEvent[] } {
  const [subject = '', ...lines] = execFileSync(
    'git',
    ['-C', directory, 'log', '-1', '--format=%s', '-p', '--unified=0', commit],
    { encoding: 'utf8' },
  ).split('\n')
  const events = lines
    .filter((l) => l.startsWith('+{"v":') && l.includes('"seq":'))
    .map((l) => (JSON.parse(l.slice(1)) as { event: JournalEvent }).event)
  return { subject, events }
}

/** Names of a push: of its events; taking and releasing the lock are pushes of their own. */
export const namesOf = (
  { subject, events }: ReturnType<typeof pushOf>,
  name: ReturnType<typeof namer>,
): readonly string[] =>
  events.length > 0
    ? events.map(name)
    : [subject.replace(/^(lock) \d+ (taken|released): .*/, '$1 $2')]

const aims = JSON.parse(process.env['PATCHRUN_TEST_KILL_AIMS'] ?? '[]') as readonly Aim[]

/** How to die at a write with these names, if at all; that is noted. */
export function aimedAt(names: readonly string[], what: string): Mode | undefined {
  const aim = aims.find((a) => names.includes(a.name))
  if (aim)
    writeFileSync(process.env['PATCHRUN_TEST_KILL_NOTE'] ?? '', JSON.stringify({ ...aim, what }))
  return aim?.mode
}
