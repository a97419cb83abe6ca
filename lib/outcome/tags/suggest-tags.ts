// SPDX-License-Identifier: Apache-2.0
// Tags for tasks that have none: by what each does, by the handlers it notifies, and by the tasks
// whose results it needs. Pure.
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import { notifies, waysTo } from './notify-graph.js'
import { auditTags } from './tag-audit.js'
import { ruleFor, type Suggestion } from './tag-rules.js'
import { dynamicInclude, shortAction } from '../summary/task-kinds.js'

export type { Suggestion } from './tag-rules.js'

/** Fills variables that later tasks may stand on. */
const LOADS = new Set(['include_vars', 'group_by', 'add_host'])

interface Entry {
  readonly event: LintTaskEvent
  readonly untagged: boolean
  readonly exempt: boolean
  suggestion?: Suggestion
}

const tagged = ({ event, suggestion }: Entry, tag: string): boolean =>
  event.task.tags.includes(tag) || suggestion?.tag === tag
const inHotRun = (entry: Entry): boolean =>
  tagged(entry, HOT) || entry.event.task.tags.includes('always')

/** By the `id` of a task. A task that comes in several ways is there as often. */
export function suggestTags(tasks: readonly LintTaskEvent[]): ReadonlyMap<string, Suggestion> {
  const { tasks: audited } = auditTags(tasks, { untagged: 'drain' })
  const entries = tasks.map((event, i): Entry => ({
    event,
    untagged: audited[i]?.standing === 'untagged',
    exempt: audited[i]?.standing === 'exempt' && !event.task.tags.includes('never'),
  }))
  for (const entry of entries) if (entry.untagged) entry.suggestion = ruleFor(entry.event)
  while (throughHandlers(entries) || throughResults(entries)) {
    // What one of them has found may be news for the other.
  }
  forHotRuns(entries)
  return new Map(
    entries.flatMap(({ event, suggestion }) =>
      suggestion ? [[event.task.id ?? '', suggestion] as const] : [],
    ),
  )
}

/**
 * A handler runs whatever its own tags say: who notifies a DrainChange is one. True: something has
 * changed.
 */
function throughHandlers(entries: readonly Entry[]): boolean {
  const drains = waysTo(
    entries.filter((e) => e.event.task.handler && tagged(e, DRAIN)),
    entries,
  )
  let news = false
  for (const entry of entries) {
    if (!entry.untagged || entry.suggestion?.tag !== HOT || entry.event.task.notify.length === 0)
      continue
    const [found] =
      [...drains].find(([, ways]) => ways.some((handler) => notifies(entry, handler))) ?? []
    if (!found) continue
    entry.suggestion = {
      tag: DRAIN,
      reason: `it notifies "${found.event.task.name}", which is DrainChange${found.suggestion ? `: ${found.suggestion.reason}` : ''}`,
    }
    news = true
  }
  return news
}

/** Who needs what only a DrainChange registers cannot run in a Hot run. */
function throughResults(entries: readonly Entry[]): boolean {
  const setters = settersOf(entries)
  let news = false
  for (const entry of entries) {
    if (!entry.untagged || entry.suggestion?.tag !== HOT) continue
    for (const name of entry.event.uses ?? []) {
      const all = setters.get(name) ?? []
      const [first] = all
      if (!first || !all.every((e) => tagged(e, DRAIN))) continue
      entry.suggestion = {
        tag: DRAIN,
        reason: `it needs what "${first.event.task.name}" registers, which is DrainChange`,
      }
      news = true
      break
    }
  }
  return news
}

/**
 * Tasks that change nothing, and without which a HotChange would not come to run, or would fail.
 */
function forHotRuns(entries: readonly Entry[]): void {
  const byId = new Map(entries.map((entry) => [entry.event.task.id, entry]))
  const setters = settersOf(entries)
  const anyHot = entries.some((e) => tagged(e, HOT))
  const wanted: Entry[] = entries.filter((e) => inHotRun(e))
  const want = (entry: Entry | undefined, reason: string): void => {
    if (!entry?.exempt || inHotRun(entry) || tagged(entry, DRAIN)) return
    entry.suggestion = { tag: HOT, reason }
    wanted.push(entry)
  }
  for (const entry of entries)
    if (anyHot && LOADS.has(shortAction(entry.event.task.action)))
      want(entry, 'it changes no node, and HotChange tasks may need what it loads')
  for (let entry = wanted.shift(); entry; entry = wanted.shift()) {
    const { name } = entry.event.task
    for (const used of entry.event.uses ?? [])
      for (const setter of setters.get(used) ?? [])
        want(setter, `it changes no node, and "${name}" needs what it sets`)
    const include = byId.get(entry.event.include ?? '')
    if (include && dynamicInclude(include.event.task.action)) want(include, `it includes "${name}"`)
  }
}

function settersOf(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const setters = new Map<string, Entry[]>()
  for (const entry of entries)
    for (const name of entry.event.registers ?? [])
      setters.set(name, [...(setters.get(name) ?? []), entry])
  return setters
}
