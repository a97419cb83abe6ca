// SPDX-License-Identifier: Apache-2.0
// A YAML text as a tree whose nodes know where they stand in it. Pure.
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml'
import type { Event } from 'js-yaml'

/** Lists and mappings within each other; what is deeper is refused. */
const MAX_DEPTH = 200

interface Placed {
  /** Offset of its first character; -1: nothing is written there, and the value is null. */
  readonly start: number
  /** Behind its last character that is known; what closes it (brackets, quotes) comes after. */
  readonly end: number
}

export interface YamlScalar extends Placed {
  readonly kind: 'scalar'
  readonly value: string
  /** A text behind | or >, over several lines. */
  readonly block: boolean
}

export interface YamlAlias extends Placed {
  readonly kind: 'alias'
}

export interface YamlList extends Placed {
  readonly kind: 'list'
  /** In brackets. */
  readonly flow: boolean
  readonly elements: readonly YamlNode[]
}

export interface YamlMapping extends Placed {
  readonly kind: 'mapping'
  /** In braces. */
  readonly flow: boolean
  readonly entries: readonly (readonly [key: YamlNode, value: YamlNode])[]
}

export type YamlNode = YamlScalar | YamlAlias | YamlList | YamlMapping

/**
 * What each document of the text holds.
 * @throws YAMLException where the text is none that YAML 1.2 can read
 */
export function rootsOf(text: string): readonly YamlNode[] {
  const roots: YamlNode[] = []
  const events = parseEvents(text, { maxDepth: MAX_DEPTH }).values()
  // Outside of all nodes stand only the beginnings of documents.
  while (!events.next().done) roots.push(...nodesToPop(text, events))
  return roots
}

/**
 * Keys and values that are written out, or left empty.
 * @throws YAMLException where the text is none that YAML 1.2 can read
 */
export const countScalars = (text: string): number =>
  parseEvents(text, { maxDepth: MAX_DEPTH }).filter((e) => e.type === EVENT_ID.SCALAR).length

/** The nodes up to the end of what they stand in. */
function nodesToPop(text: string, events: Iterator<Event>): readonly YamlNode[] {
  const nodes: YamlNode[] = []
  for (let next = events.next(); !next.done; next = events.next()) {
    const node = nodeOf(text, next.value, events)
    if (!node) break
    nodes.push(node)
  }
  return nodes
}

/** The node that begins with this event; null: none does. */
function nodeOf(text: string, event: Event, events: Iterator<Event>): YamlNode | null {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return {
        kind: 'scalar',
        start: event.valueStart,
        end: event.valueEnd,
        value: getScalarValue(text, event),
        block:
          event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK,
      }
    case EVENT_ID.ALIAS:
      return { kind: 'alias', start: event.anchorStart, end: event.anchorEnd }
    case EVENT_ID.SEQUENCE: {
      const { start } = event
      const elements = nodesToPop(text, events)
      const flow = event.style === COLLECTION_STYLE.FLOW
      return { kind: 'list', start, end: endOf(start, elements), flow, elements }
    }
    case EVENT_ID.MAPPING: {
      const { start } = event
      const nodes = nodesToPop(text, events)
      const flow = event.style === COLLECTION_STYLE.FLOW
      return { kind: 'mapping', start, end: endOf(start, nodes), flow, entries: inPairs(nodes) }
    }
    default:
      return null
  }
}

const endOf = (start: number, nodes: readonly YamlNode[]): number =>
  nodes.reduce((end, node) => Math.max(end, node.end), start)

/** Keys and values come in turn. */
const inPairs = (nodes: readonly YamlNode[]): YamlMapping['entries'] =>
  nodes.flatMap((key, i) => {
    const value = nodes[i + 1]
    return i % 2 === 0 && value ? [[key, value] as const] : []
  })
