// SPDX-License-Identifier: Apache-2.0
// Where the tasks of a playbook or of a file of tasks stand, and where their tags do. Pure.
import { rootsOf } from './yaml-nodes.js'
import type { YamlMapping, YamlNode } from './yaml-nodes.js'

/** What stands behind `tags:`. */
export type TagsPlace =
  | { readonly kind: 'scalar'; readonly end: number; readonly values: readonly string[] }
  | {
      readonly kind: 'list'
      readonly start: number
      /** In brackets. */
      readonly flow: boolean
      readonly values: readonly string[]
    }

/** A mapping that is an element of a list: a task, a block or a play. */
export interface TaskPlace {
  readonly start: number
  /** Behind its last character that is known; what closes it (brackets, quotes) comes after. */
  readonly end: number
  /** In braces. */
  readonly flow: boolean
  /** Line of its first key, counted from 1. */
  readonly line: number
  /**
   * It has the key `tags`; with no `tags` below, what stands behind that is left to people:
   * nothing, or a text over several lines.
   */
  readonly named: boolean
  readonly tags?: TagsPlace | undefined
}

/**
 * By the line they begin in, from top to bottom; of several in one line the outermost.
 * @throws YAMLException where the text is none that YAML 1.2 can read
 */
export function tasksByLine(text: string): ReadonlyMap<number, TaskPlace> {
  const lineOf = lineFinder(text)
  const tasks = new Map<number, TaskPlace>()
  for (const mapping of rootsOf(text).flatMap(listedMappings)) {
    const line = lineOf(mapping.start)
    if (!tasks.has(line)) tasks.set(line, taskAt(line, mapping))
  }
  return tasks
}

/** Mappings that are elements of a list, each before those within it. */
function listedMappings(node: YamlNode): readonly YamlMapping[] {
  switch (node.kind) {
    case 'list':
      return node.elements.flatMap((e) => [
        ...(e.kind === 'mapping' ? [e] : []),
        ...listedMappings(e),
      ])
    case 'mapping':
      return node.entries.flat().flatMap(listedMappings)
    default:
      return []
  }
}

function taskAt(line: number, { start, end, flow, entries }: YamlMapping): TaskPlace {
  const named = entries.flatMap(([key, value]) =>
    key.kind === 'scalar' && key.value === 'tags' ? [value] : [],
  )
  // Of a key that is given twice Ansible takes the last.
  const tags = named.map(tagsAt).findLast((t) => t !== undefined)
  return { line, start, end, flow, named: named.length > 0, tags }
}

/** undefined: nothing that a tag can be added to. */
function tagsAt(value: YamlNode): TagsPlace | undefined {
  if (value.kind === 'list')
    return {
      kind: 'list',
      start: value.start,
      flow: value.flow,
      values: value.elements.flatMap((e) => (e.kind === 'scalar' ? [e.value] : [])),
    }
  if (value.kind !== 'scalar' || value.start < 0 || value.block) return undefined
  return {
    kind: 'scalar',
    end: value.end,
    values: value.value.split(',').map((one) => one.trim()),
  }
}

/** Gives the line of an offset, counted from 1. */
function lineFinder(text: string): (at: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return (at) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
}
