// SPDX-License-Identifier: Apache-2.0
// lib/outcome/tags/: what the tags of a playbook will do to a rollout.
//
// What a playbook's tags will do to a rollout, task by task. Pure.
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import {
  dynamicInclude,
  harmless,
  skippedInCheckMode,
  understandsCreates,
} from '../summary/task-kinds.js'
import { notifies, waysTo } from './notify-graph.js'
import { adviceFor, type Untagged } from './tag-advice.js'
import type { AuditedTask, Subject, TagAudit, TagFinding, TagFindingKind } from './tag-types.js'

interface Entry extends Subject {
  readonly standing: AuditedTask['standing']
  readonly reason?: string
}

/**
 * Judges every task. `untagged` is the policy for changes with neither tag; it only chooses the
 * words. `localhost`: its plays run, too.
 */
export function auditTags(
  tasks: readonly LintTaskEvent[],
  { untagged, localhost = false }: { readonly untagged: Untagged; readonly localhost?: boolean },
): TagAudit {
  const entries = tasks.map(standing)
  const findings: TagFinding[] = []
  const kindsOf = new Map<Entry, TagFindingKind[]>()
  const add = (kind: TagFindingKind, entry: Entry, others: readonly Subject[] = []): void => {
    const { event } = entry
    findings.push({
      kind,
      task: event.task,
      play: event.play,
      file: event.task.file,
      line: event.task.line,
      ...adviceFor(kind, entry, others, untagged),
    })
    kindsOf.set(entry, [...(kindsOf.get(entry) ?? []), kind])
  }
  for (const entry of entries) onItsOwn(entry, entries, add)
  notifications(entries, add)
  hiddenByInclude(entries, add)
  skippedRegisters(entries, add)
  writtenInTurn(entries, add)
  if (!localhost) localPlays(entries, add)
  return {
    tasks: entries.map((entry) => ({
      play: entry.event.play,
      task: entry.event.task,
      standing: entry.standing,
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
      findings: kindsOf.get(entry) ?? [],
    })),
    findings,
    counts: count(entries, findings),
  }
}

type Add = (kind: TagFindingKind, entry: Entry, others?: readonly Subject[]) => void

const has = (event: LintTaskEvent, tag: string): boolean => event.task.tags.includes(tag)

/** A Hot run selects by `--tags HotChange`, which selects `always` too. */
const inHotRun = (event: LintTaskEvent): boolean => has(event, HOT) || has(event, 'always')

/** Whatever its tags say. */
const mayChange = ({ task }: LintTaskEvent): boolean =>
  harmless(task.action) === null && !task.neverChanged && !task.tags.includes('never')

function standing(event: LintTaskEvent): Entry {
  const hot = has(event, HOT)
  const drain = has(event, DRAIN)
  if (hot && drain) return { event, standing: 'both' }
  if (hot) return { event, standing: 'hot' }
  if (drain) return { event, standing: 'drain' }
  const reason =
    harmless(event.task.action) ??
    (event.task.neverChanged ? 'says changed_when: false' : null) ??
    // Only a run that asks for one of its other tags runs it, and patchrun asks for none.
    (has(event, 'never') ? 'is tagged never' : null)
  return reason === null ? { event, standing: 'untagged' } : { event, standing: 'exempt', reason }
}

function onItsOwn(entry: Entry, all: readonly Entry[], add: Add): void {
  const { event } = entry
  const { task } = event
  const neverRuns = entry.standing === 'exempt' && has(event, 'never')
  if (entry.standing === 'both') add('both-tags', entry)
  if (entry.standing === 'untagged')
    add(
      'untagged',
      entry,
      task.handler ? all.filter((other) => inHotRun(other.event) && notifies(other, entry)) : [],
    )
  if (event.opaque !== undefined && !neverRuns) add('opaque', entry)
  if (!neverRuns && isUnpredictable(event)) add('unpredictable', entry)
  if (has(event, DRAIN) && !task.checkMode && !dynamicInclude(task.action))
    add('drain-without-check', entry)
  if (has(event, DRAIN) && has(event, 'always')) add('always-drain', entry)
  if (event.notIdempotent !== undefined && mayChange(event)) add('not-idempotent', entry)
  if (event.runOnce && mayChange(event)) add('run-once', entry)
  if (event.relativePath !== undefined && !neverRuns) add('relative-path', entry)
  if (has(event, HOT) && has(event, 'never')) add('never-but-hot', entry)
}

function isUnpredictable({ task, unforeseen, conditionalRun }: LintTaskEvent): boolean {
  if (unforeseen !== undefined && (dynamicInclude(task.action) || harmless(task.action) === null))
    return true
  return (
    task.checkMode &&
    skippedInCheckMode(task.action) &&
    !(conditionalRun && understandsCreates(task.action))
  )
}

function notifications(entries: readonly Entry[], add: Add): void {
  const drains = waysTo(
    entries.filter(({ event }) => event.task.handler && has(event, DRAIN)),
    entries,
  )
  for (const entry of entries) {
    if (!inHotRun(entry.event) || entry.event.task.notify.length === 0) continue
    const reached = [...drains]
      .filter(([, ways]) => ways.some((handler) => notifies(entry, handler)))
      .map(([drain]) => drain)
    if (reached.length > 0) add('hot-notifies-drain', entry, reached)
  }
}

function hiddenByInclude(entries: readonly Entry[], add: Add): void {
  const byId = new Map(entries.map((entry) => [entry.event.task.id, entry]))
  const hidden = new Map<Entry, Entry[]>()
  for (const entry of entries) {
    // Handlers run when they are notified, whatever the tags.
    if (!has(entry.event, HOT) || entry.event.task.handler) continue
    for (let id = entry.event.include; id !== undefined;) {
      const include = byId.get(id)
      if (include === undefined) break
      if (!inHotRun(include.event)) hidden.set(include, [...(hidden.get(include) ?? []), entry])
      id = include.event.include
    }
  }
  for (const [include, inside] of hidden) add('hidden-by-include', include, inside)
}

/** One writes the whole file, another changes it: each finds wanting what the other left. */
function writtenInTurn(entries: readonly Entry[], add: Add): void {
  const files = new Map<string, Entry[]>()
  for (const entry of entries) {
    const { writes, playNumber } = entry.event
    if (!writes || !mayChange(entry.event) || entry.event.task.handler) continue
    const key = `${playNumber ?? 0} ${writes.path}`
    files.set(key, [...(files.get(key) ?? []), entry])
  }
  for (const writers of files.values()) {
    const whole = writers.find(({ event }) => event.writes?.whole)
    const others = writers.filter((other) => other !== whole)
    if (whole && others.length > 0) add('not-idempotent', whole, others)
  }
}

/** Once for each play. */
function localPlays(entries: readonly Entry[], add: Add): void {
  const seen = new Set<number | undefined>()
  for (const entry of entries) {
    const { local, playNumber } = entry.event
    if (!local || seen.has(playNumber)) continue
    seen.add(playNumber)
    add('local-play', entry)
  }
}

function skippedRegisters(entries: readonly Entry[], add: Add): void {
  const setters = new Map<string, Entry[]>()
  for (const entry of entries) {
    for (const name of entry.event.registers ?? [])
      setters.set(name, [...(setters.get(name) ?? []), entry])
  }
  for (const entry of entries) {
    if (!inHotRun(entry.event) || entry.event.task.handler) continue
    const missing = (entry.event.uses ?? [])
      .map((name) => setters.get(name) ?? [])
      .filter((all) => all.length > 0 && !all.some(({ event }) => inHotRun(event)))
    const first = [...new Set(missing.flat())]
    if (first.length > 0) add('register-skipped', entry, first)
  }
}

function count(entries: readonly Entry[], findings: readonly TagFinding[]): TagAudit['counts'] {
  const byStanding = { hot: 0, drain: 0, both: 0, untagged: 0, exempt: 0 }
  for (const entry of entries) byStanding[entry.standing]++
  const byKind: Record<TagFindingKind, number> = {
    untagged: 0,
    'both-tags': 0,
    unpredictable: 0,
    opaque: 0,
    'drain-without-check': 0,
    'hot-notifies-drain': 0,
    'hidden-by-include': 0,
    'always-drain': 0,
    'never-but-hot': 0,
    'register-skipped': 0,
    'not-idempotent': 0,
    'run-once': 0,
    'relative-path': 0,
    'local-play': 0,
  }
  for (const finding of findings) byKind[finding.kind]++
  return {
    tasks: entries.length,
    handlers: entries.filter(({ event }) => event.task.handler).length,
    standing: byStanding,
    findings: byKind,
  }
}
