// SPDX-License-Identifier: Apache-2.0
// lib/fleet/yaml/: YAML with the place of every value, and its numbers as written.
//
// YAML to a value in which every key and every value still knows its line and column. The parser's
// events carry offsets; one walk over them finds the places, the repeated keys and the aliases that
// would unfold into something huge.
import {
  CORE_SCHEMA,
  EVENT_ID,
  constructFromEvents,
  defineScalarTag,
  getScalarValue,
  parseEvents,
  YAMLException,
  type Event,
  type Schema,
} from 'js-yaml'
import { PatchrunError, refuse, type Place, type Problem } from '../../errors.js'
import { exactFloatTag, exactIntTag } from './exact-yaml.js'
import { unclosedMark, yamlHint } from './yaml-hint.js'
import {
  boundsProblem,
  mayHoldSecret,
  placeAt,
  shown,
  textFile,
  type TextFile,
} from './yaml-text.js'

const MAX_DEPTH = 50
/** Values after every alias is followed. */
const MAX_VALUES = 200_000

/** A parsed file. Pointers are JSON Pointers (RFC 6901), as ajv gives them. */
export interface Located {
  readonly file: string
  readonly value: unknown
  /** The same, with its numbers as they were written. */
  exact(): unknown
  /** Place of the value, of its key, or of the nearest thing around it that has one. */
  place(pointer: string, which?: 'key' | 'value'): Place
  /** Place of a part of a string value, `offset` counted from 0 in the string. */
  placeWithin(pointer: string, offset: number, text: string): Place
}

interface Span {
  readonly start: number
  readonly end: number
  /** Set when the string stands in the source exactly as it is. */
  readonly verbatim?: boolean
}
interface Spans {
  readonly keys: Map<string, Span>
  readonly values: Map<string, Span>
}

export const escapePointer = (key: string): string =>
  key.replaceAll('~', '~0').replaceAll('/', '~1')

/**
 * Ansible's own marks, kept in the form in which ansible-inventory writes them. Nothing here can
 * open a vault.
 */
const vault = defineScalarTag('!vault', {
  resolve: (source) => ({ __ansible_vault: source }),
  identify: () => false,
})
const unsafe = defineScalarTag('!unsafe', {
  resolve: (source) => ({ __ansible_unsafe: source }),
  identify: () => false,
})
const SCHEMA = CORE_SCHEMA.withTags(vault, unsafe)
const EXACT = SCHEMA.withTags(exactIntTag, exactFloatTag)

interface Frame {
  readonly kind: 'document' | 'sequence' | 'mapping'
  readonly pointer: string
  readonly anchor: string
  readonly keys: Map<string, Span>
  index: number
  /** Set between a key and its value. */
  key?: string
  keySpan?: Span
  size: number
}

/** Walks the events once. */
function survey(text: TextFile, events: readonly Event[]): { spans: Spans; problems: Problem[] } {
  const spans: Spans = { keys: new Map(), values: new Map() }
  const problems: Problem[] = []
  const anchors = new Map<string, number>()
  const stack: Frame[] = []
  let documents = 0
  let second: number | undefined

  const say = (
    code: Problem['code'],
    at: number,
    message: string,
    hint: string,
    end?: number,
  ): void => {
    problems.push({ code, message, hint, where: placeAt(text, at, end) })
  }
  /** Where the next node goes; undefined while a mapping waits for a key. */
  const slot = (frame: Frame | undefined): string | undefined => {
    if (!frame || frame.kind === 'document') return ''
    if (frame.kind === 'sequence') return `${frame.pointer}/${frame.index}`
    return frame.key === undefined ? undefined : `${frame.pointer}/${escapePointer(frame.key)}`
  }
  const filled = (frame: Frame | undefined, size: number): void => {
    if (!frame) return
    frame.size += size
    frame.index += 1
    delete frame.key
  }

  for (const event of events) {
    const top = stack.at(-1)
    const pointer = slot(top)
    if (documents > 1)
      second ??=
        'start' in event
          ? event.start
          : 'valueStart' in event
            ? Math.max(0, event.valueStart)
            : undefined
    switch (event.type) {
      case EVENT_ID.DOCUMENT: {
        documents += 1
        stack.push({
          kind: 'document',
          pointer: '',
          anchor: '',
          keys: new Map(),
          index: 0,
          size: 0,
        })
        break
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        if (pointer === undefined) {
          say(
            'config/yaml-key',
            event.start,
            'a list or a mapping is used as a key',
            'A key is a word; quote it if it holds brackets or braces.',
          )
          return { spans, problems }
        }
        spans.values.set(pointer, { start: event.start, end: event.start })
        const anchor =
          event.anchorStart < 0 ? '' : text.source.slice(event.anchorStart, event.anchorEnd)
        // A second anchor of that name replaces the first, also for an alias inside it.
        anchors.delete(anchor)
        stack.push({
          kind: event.type === EVENT_ID.MAPPING ? 'mapping' : 'sequence',
          pointer,
          anchor,
          keys: new Map(),
          index: 0,
          size: 1,
        })
        break
      }
      case EVENT_ID.SCALAR: {
        const value = getScalarValue(text.source, event)
        // A value that is not there stands where its key stands.
        const start = event.valueStart < 0 ? (top?.keySpan?.start ?? 0) : event.valueStart
        const end = event.valueStart < 0 ? (top?.keySpan?.end ?? start) : event.valueEnd
        const span = {
          start,
          end,
          verbatim: text.source.slice(event.valueStart, event.valueEnd) === value,
        }
        if (pointer === undefined && top) {
          const before = top.keys.get(value)
          if (before) {
            const first = placeAt(text, before.start)
            say(
              'config/duplicate-key',
              start,
              `"${shown(value)}" is given twice, first in line ${first.line}`,
              'Keep one of the two.',
              span.end,
            )
          }
          top.keys.set(value, span)
          top.key = value
          top.keySpan = span
          spans.keys.set(`${top.pointer}/${escapePointer(value)}`, span)
          break
        }
        spans.values.set(pointer ?? '', span)
        if (event.anchorStart >= 0)
          anchors.set(text.source.slice(event.anchorStart, event.anchorEnd), 1)
        filled(top, 1)
        break
      }
      case EVENT_ID.ALIAS: {
        const name = text.source.slice(event.anchorStart, event.anchorEnd)
        const at = event.anchorStart - 1
        const size = anchors.get(name)
        if (size === undefined) {
          say(
            'config/yaml-alias',
            at,
            `*${shown(name)} names no anchor that stands complete before it`,
            'Quote the text if the star is meant as one; otherwise put &NAME at an earlier value.',
            event.anchorEnd,
          )
          return { spans, problems }
        }
        if (pointer === undefined) {
          say(
            'config/yaml-key',
            at,
            'an alias is used as a key',
            'Write the key out.',
            event.anchorEnd,
          )
          return { spans, problems }
        }
        spans.values.set(pointer, { start: at, end: event.anchorEnd })
        filled(top, size)
        if (stack.reduce((sum, frame) => sum + frame.size, 0) > MAX_VALUES) {
          say(
            'config/yaml-alias',
            at,
            'aliases that repeat aliases unfold into more values than a declaration can have',
            `At most ${MAX_VALUES.toLocaleString('en')} values are read. Write the repeated part out, or leave it out.`,
            event.anchorEnd,
          )
          return { spans, problems }
        }
        break
      }
      case EVENT_ID.POP: {
        const closed = stack.pop()
        if (!closed) break
        if (closed.anchor) anchors.set(closed.anchor, closed.size)
        filled(stack.at(-1), closed.size)
        if (closed.kind === 'document') anchors.clear()
        break
      }
    }
  }
  if (documents !== 1 || spans.values.size === 0) {
    const empty = spans.values.size === 0
    problems.push({
      code: empty ? 'config/empty' : 'config/yaml-documents',
      message: empty
        ? `${text.file} declares nothing`
        : `${text.file} holds ${documents} YAML documents`,
      hint: empty
        ? '"patchrun init" writes one to start from.'
        : 'Keep one, and take the line "---" before the next one out.',
      where: second === undefined ? { file: text.file, line: 1, column: 1 } : placeAt(text, second),
    })
  }
  return { spans, problems }
}

/** A parser's error as a problem; anything else is a fault of ours and goes on up. */
function syntaxProblem(text: TextFile, error: unknown): Problem {
  if (!(error instanceof YAMLException)) throw error
  const stopped = error.mark?.position ?? 0
  const open = unclosedMark(text, stopped, error.reason)
  const at = open ?? stopped
  const { text: excerpt, ...place } = placeAt(text, Math.min(at, text.source.length))
  const line = text.source.slice(text.lines[(place.line ?? 1) - 1], text.lines[place.line ?? 1])
  // Problems are printed and logged; a line that may hold a secret is named by its number only.
  const where =
    excerpt === undefined || mayHoldSecret(line)
      ? { ...place, withheld: true as const }
      : { ...place, text: excerpt }
  if (open !== undefined)
    return {
      code: 'config/yaml-syntax',
      message: `not readable as YAML: the ${text.source.charAt(open)} in line ${place.line ?? 1} is not closed`,
      hint: /[[{]/.test(text.source.charAt(open))
        ? 'Close it, and quote texts that hold brackets: "node[01-06]".'
        : 'Put the same quote behind the text.',
      where,
    }
  return {
    code: 'config/yaml-syntax',
    message: `not readable as YAML: ${error.reason}`,
    hint: yamlHint(text, at, error.reason),
    where,
  }
}

/**
 * Reads YAML 1.2 text.
 * @throws PatchrunError config/yaml-*, config/duplicate-key, config/empty, config/file-too-large,
 * config/line-too-long
 */
export function parseYaml(file: string, raw: string): Located {
  const text = textFile(file, raw)
  const bounds = boundsProblem(text)
  if (bounds) throw new PatchrunError(bounds)
  let spans: Spans
  let value: unknown
  let exact: () => unknown
  try {
    const events = parseEvents(text.source, { filename: file, maxDepth: MAX_DEPTH })
    const surveyed = survey(text, events)
    refuse(surveyed.problems)
    spans = surveyed.spans
    const construct = (schema: Schema): unknown =>
      constructFromEvents(events, { source: text.source, filename: file, schema })[0]
    value = construct(SCHEMA)
    exact = () => construct(EXACT)
  } catch (error) {
    if (error instanceof PatchrunError) throw error
    throw new PatchrunError(syntaxProblem(text, error), { cause: error })
  }
  const find = (pointer: string, which: 'key' | 'value'): Span => {
    for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const span =
        (at === pointer && which === 'key' ? spans.keys.get(at) : spans.values.get(at)) ??
        spans.values.get(at)
      if (span) return span
    }
    return spans.values.get('') ?? { start: 0, end: 0 }
  }
  const place = (pointer: string, which: 'key' | 'value' = 'value'): Place => {
    const span = find(pointer, which)
    return placeAt(text, span.start, span.end > span.start ? span.end : undefined)
  }
  return {
    file,
    value,
    exact,
    place,
    placeWithin: (pointer, offset, part) => {
      const span = spans.values.get(pointer)
      if (!span?.verbatim) return { ...place(pointer), text: shown(part) }
      return { ...placeAt(text, span.start + offset), text: shown(part) }
    },
  }
}
