// SPDX-License-Identifier: Apache-2.0
// Tags for the tasks of the pin that have none: as a list, and as a patch of the repository.
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { suggestTags } from '../../outcome/tags/suggest-tags.js'
import { DRAIN } from '../../rollout/record/verdict.js'
import { ownTree, patchOf } from '../../git/index.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { SuggestReport, SuggestedTag } from '../../report/model/answers.js'
import { tasksOfPin } from './audit.js'
import type { AuditOptions } from './audit.js'
import type { Session } from '../site/session.js'
import { addTags } from './tag-edit.js'

/**
 * By place: a task that comes in several ways stands in one, and the graver tag holds for all of
 * them.
 */
export function suggestionsByPlace(tasks: readonly LintTaskEvent[]): readonly SuggestedTag[] {
  const found = new Map<string, SuggestedTag>()
  const suggested = suggestTags(tasks)
  for (const { task } of tasks) {
    const suggestion = suggested.get(task.id ?? '')
    if (!suggestion) continue
    const { name, action, file, line, handler } = task
    const place = `${file}:${line}`
    const before = found.get(place)
    if (!before || (before.tag !== DRAIN && suggestion.tag === DRAIN))
      found.set(place, { task: name, action, file, line, handler, ...suggestion })
  }
  return [...found.values()]
}

/** Throws what tasksOfPin does. */
export async function suggest(
  session: Session,
  options: AuditOptions = {},
): Promise<SuggestReport> {
  const { fleet, pin, checkout, tasks } = await tasksOfPin(session, options)
  const suggestions = suggestionsByPlace(tasks)
  const { patch, left } = await patchFor(checkout, suggestions, options.signal)
  const known = new Set(left.map(({ file, line }) => `${file}:${line}`))
  const { name, environment, playbooks } = fleet
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'suggest',
    fleet: name,
    environment,
    pin,
    playbook: playbooks.playbook,
    suggestions: suggestions.map((s) => ({ ...s, inPatch: !known.has(`${s.file}:${s.line}`) })),
    patch,
  }
}

type Spot = Pick<SuggestedTag, 'file' | 'line' | 'tag'>

/**
 * What cannot be edited, such as a task of a collection, or a file that is not read as Ansible
 * reads it, is left.
 */
async function patchFor(
  checkout: string,
  suggestions: readonly Spot[],
  signal: AbortSignal | undefined,
): Promise<{ readonly patch: string; readonly left: readonly Spot[] }> {
  const files = new Map<string, Spot[]>()
  for (const spot of suggestions) files.set(spot.file, [...(files.get(spot.file) ?? []), spot])
  const tree = await ownTree(checkout)
  const left: Spot[] = []
  try {
    for (const [file, spots] of files) left.push(...(await editFile(tree.path, file, spots)))
    return { patch: await patchOf(tree.path, signal), left }
  } finally {
    const kept = `${tree.path}.edited`
    await tree.giveBack(kept)
    await rm(kept, { recursive: true, force: true })
  }
}

async function editFile(
  tree: string,
  file: string,
  spots: readonly Spot[],
): Promise<readonly Spot[]> {
  const path = join(tree, file)
  if (isAbsolute(file) || inSubmodule(tree, file)) return spots
  try {
    const { text, left } = addTags(await readFile(path, 'utf8'), spots)
    await writeFile(path, text)
    return spots.filter(({ line }) => left.includes(line))
  } catch (error) {
    if (error instanceof Error && (error.name === 'YAMLException' || 'code' in error)) return spots
    throw error
  }
}

/** Its files belong to another repository. */
const inSubmodule = (tree: string, file: string): boolean =>
  file
    .split('/')
    .some((_, i, parts) => i > 0 && existsSync(join(tree, ...parts.slice(0, i), '.git')))
