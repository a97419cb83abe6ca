// SPDX-License-Identifier: Apache-2.0
// Puts a tag into a task of a YAML text, and leaves everything else as people wrote it: comments,
// order, quotes, line ends. Pure.
import { tasksByLine } from './task-places.js'
import type { TaskPlace } from './task-places.js'
import { countScalars } from './yaml-nodes.js'

/** One edit of a file: `line` is the task's, as Ansible tells it. */
export interface TagEdit {
  readonly line: number
  readonly tag: string
}

export interface Edited {
  readonly text: string
  /** Lines of tasks that could not be edited. */
  readonly left: readonly number[]
}

/** @throws YAMLException where the text is none that YAML 1.2 can read */
export function addTags(text: string, edits: readonly TagEdit[]): Edited {
  const left: number[] = []
  const tasks = tasksByLine(text)
  const cuts: { readonly at: number; readonly put: string }[] = []
  for (const { line, tag } of edits) {
    const task = tasks.get(line)
    if (task && (task.tags || !task.named)) cuts.push(cutFor(text, task, tag))
    else left.push(line)
  }
  const edited = cuts
    .sort((a, b) => b.at - a.at)
    .reduce((done, { at, put }) => done.slice(0, at) + put + done.slice(at), text)
  // Another reader than Ansible's has found the places: what came out is looked at once more, and
  // nothing is better than half of it.
  return isRight(
    text,
    edited,
    edits.filter((e) => !left.includes(e.line)),
  )
    ? { text: edited, left }
    : { text, left: edits.map((e) => e.line) }
}

function cutFor(
  text: string,
  task: TaskPlace,
  tag: string,
): { readonly at: number; readonly put: string } {
  const { tags } = task
  if (tags?.kind === 'list' && tags.flow)
    return { at: tags.start + 1, put: tags.values.length === 0 ? tag : `${tag}, ` }
  if (tags?.kind === 'list')
    return {
      at: tags.start,
      put: `- ${tag}${newline(text)}${' '.repeat(columnOf(text, tags.start))}`,
    }
  if (tags) return { at: tags.end, put: `,${tag}` }
  if (task.flow) return { at: task.start + 1, put: ` tags: [${tag}],` }
  const end = lineEnd(text, task.end)
  return { at: end, put: `${newline(text)}${' '.repeat(columnOf(text, task.start))}tags: [${tag}]` }
}

/** Of the line in which something ends: closing brackets may stand on lines of their own. */
function lineEnd(text: string, from: number): number {
  let at = text.slice(0, from).trimEnd().length
  for (
    let closing = /^["']?\s*(?:#[^\n]*\n\s*)*,?\s*[\]}]/.exec(text.slice(at));
    closing;
    closing = /^\s*(?:#[^\n]*\n\s*)*,?\s*[\]}]/.exec(text.slice(at))
  )
    at += closing[0].length
  const end = text.indexOf('\n', at)
  if (end < 0) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

const newline = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n')
const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1)

/** Scalars that a tag adds, by what there was. */
const ADDED = { scalar: 0, list: 1, none: 2 } as const

/**
 * Every edited task has its tag beside those it had, no other task has changed, and nothing else
 * was added.
 */
function isRight(before: string, after: string, edits: readonly TagEdit[]): boolean {
  let old: ReadonlyMap<number, TaskPlace>, fresh: readonly TaskPlace[]
  try {
    old = tasksByLine(before)
    fresh = [...tasksByLine(after).values()]
    const added = edits.reduce(
      (sum, { line }) => sum + ADDED[old.get(line)?.tags?.kind ?? 'none'],
      0 as number,
    )
    if (countScalars(after) !== countScalars(before) + added) return false
  } catch {
    return false
  }
  if (old.size !== fresh.length) return false
  return [...old.values()].every((task, i) => {
    const wanted = [
      ...(task.tags?.values ?? []),
      ...edits.filter((e) => e.line === task.line).map((e) => e.tag),
    ].sort()
    return JSON.stringify(wanted) === JSON.stringify([...(fresh[i]?.tags?.values ?? [])].sort())
  })
}
