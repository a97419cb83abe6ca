// SPDX-License-Identifier: Apache-2.0
// Puts a tag into a task of a YAML text, and leaves everything else as people wrote it: comments,
// order, quotes, line ends. Pure.
import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml'

const FLOW = 2
const [SINGLE, DOUBLE, LITERAL, FOLDED] = [2, 3, 4, 5]

interface Place {
  readonly start: number
  /** Behind its last character that is known; what closes it (brackets, quotes) comes after. */
  end: number
  readonly flow: boolean
}

interface Item extends Place {
  /** Line of its first key, counted from 1. */
  readonly line: number
  /**
   * It has the key `tags`; with no `tags` below, what stands behind that is left to people:
   * nothing, or a text over several lines.
   */
  named?: boolean
  /** What stands behind `tags:`. */
  tags?: Place & {
    readonly kind: 'scalar' | 'list'
    readonly quoted: boolean
    first?: number
    readonly values: string[]
  }
}

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
  const items = new Map([...itemsOf(text)].map((item) => [item.line, item]))
  const cuts: { readonly at: number; readonly put: string }[] = []
  for (const { line, tag } of edits) {
    const item = items.get(line)
    if (item && (item.tags || !item.named)) cuts.push(cutFor(text, item, tag))
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
  item: Item,
  tag: string,
): { readonly at: number; readonly put: string } {
  const { tags } = item
  if (tags?.kind === 'list' && tags.flow)
    return { at: tags.start + 1, put: tags.first === undefined ? tag : `${tag}, ` }
  if (tags?.kind === 'list')
    return {
      at: tags.start,
      put: `- ${tag}${newline(text)}${' '.repeat(columnOf(text, tags.start))}`,
    }
  if (tags) return { at: tags.end, put: `,${tag}` }
  if (item.flow) return { at: item.start + 1, put: ` tags: [${tag}],` }
  const end = lineEnd(text, item.end)
  return { at: end, put: `${newline(text)}${' '.repeat(columnOf(text, item.start))}tags: [${tag}]` }
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

/**
 * Mappings that are elements of a list, by the line they begin in; of several in one line the
 * outermost.
 */
function* itemsOf(text: string): Iterable<Item> {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const lineOf = (at: number): number => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
  interface Open {
    readonly kind: 'list' | 'mapping' | 'document'
    readonly item?: Item
    readonly tags?: NonNullable<Item['tags']>
    key?: string | undefined
    end: number
  }
  const stack: Open[] = []
  const seen = new Set<number>()
  const close = (end: number): void => {
    const top = stack.at(-1)
    if (!top) return
    top.end = Math.max(top.end, end)
    if (top.kind === 'mapping') top.key = undefined
  }
  for (const event of parseEvents(text, { maxDepth: 200 })) {
    const top = stack.at(-1)
    const ofTags =
      top?.kind === 'mapping' && top.item !== undefined && top.key === 'tags' ? top.item : undefined
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push({ kind: 'document', end: 0 })
        break
      case EVENT_ID.MAPPING: {
        const line = lineOf(event.start)
        const isItem = top?.kind === 'list' && !seen.has(line)
        if (isItem) seen.add(line)
        stack.push({
          kind: 'mapping',
          end: event.start,
          ...(isItem && {
            item: { start: event.start, end: event.start, flow: event.style === FLOW, line },
          }),
        })
        break
      }
      case EVENT_ID.SEQUENCE: {
        const tags = ofTags && {
          start: event.start,
          end: event.start,
          flow: event.style === FLOW,
          kind: 'list' as const,
          quoted: false,
          values: [],
        }
        if (ofTags && tags) ofTags.tags = tags
        stack.push({ kind: 'list', end: event.start, ...(tags && { tags }) })
        break
      }
      case EVENT_ID.SCALAR: {
        const value = getScalarValue(text, event)
        if (top?.kind === 'mapping' && top.key === undefined) {
          top.key = value
          if (top.item && value === 'tags') top.item.named = true
          top.end = Math.max(top.end, event.valueEnd)
          break
        }
        if (top?.tags) {
          top.tags.first ??= event.valueStart
          top.tags.values.push(value)
        }
        if (ofTags && event.valueStart >= 0 && event.style !== LITERAL && event.style !== FOLDED)
          ofTags.tags = {
            start: event.valueStart,
            end: event.valueEnd,
            flow: false,
            kind: 'scalar',
            quoted: event.style === SINGLE || event.style === DOUBLE,
            values: value.split(',').map((one) => one.trim()),
          }
        close(event.valueEnd)
        break
      }
      case EVENT_ID.ALIAS:
        if (top?.kind === 'mapping' && top.key === undefined) top.key = ''
        else close(event.anchorEnd)
        break
      case EVENT_ID.POP: {
        const closed = stack.pop()
        if (!closed) break
        if (closed.tags) closed.tags.end = closed.end
        if (closed.item) {
          closed.item.end = closed.end
          yield closed.item
        }
        close(closed.end)
        break
      }
    }
  }
}

const scalarsOf = (text: string): readonly string[] =>
  [...parseEvents(text, { maxDepth: 200 })].flatMap((e) =>
    e.type === EVENT_ID.SCALAR ? [getScalarValue(text, e)] : [],
  )

/** Scalars that a tag adds, by what there was. */
const ADDED = { scalar: 0, list: 1, none: 2 } as const

/**
 * Every edited task has its tag beside those it had, no other task has changed, and nothing else
 * was added.
 */
function isRight(before: string, after: string, edits: readonly TagEdit[]): boolean {
  let old: readonly Item[], fresh: readonly Item[]
  try {
    old = [...itemsOf(before)].sort((a, b) => a.start - b.start)
    fresh = [...itemsOf(after)].sort((a, b) => a.start - b.start)
    const added = edits.reduce(
      (sum, { line }) => sum + ADDED[old.find((i) => i.line === line)?.tags?.kind ?? 'none'],
      0 as number,
    )
    if (scalarsOf(after).length !== scalarsOf(before).length + added) return false
  } catch {
    return false
  }
  if (old.length !== fresh.length) return false
  return old.every((item, i) => {
    const wanted = [
      ...(item.tags?.values ?? []),
      ...edits.filter((e) => e.line === item.line).map((e) => e.tag),
    ].sort()
    return JSON.stringify(wanted) === JSON.stringify([...(fresh[i]?.tags?.values ?? [])].sort())
  })
}
