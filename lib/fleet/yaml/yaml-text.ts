// SPDX-License-Identifier: Apache-2.0
// Offsets in a text to lines and columns, and the bounds on what is read at all.
import type { Place, Problem } from '../../errors.js'

/** Larger declarations belong into list files and inventories. Counted in characters. */
export const MAX_FILE = 4_000_000
/** A longer line is no line that somebody wrote. */
export const MAX_LINE = 100_000
const MAX_SHOWN = 120

export interface TextFile {
  readonly file: string
  readonly source: string
  /** Where each line begins. */
  readonly lines: readonly number[]
}

/** Takes the byte order mark off, so that offsets count from what the parser counts from. */
export function textFile(file: string, raw: string): TextFile {
  const source = raw.startsWith('\uFEFF') ? raw.slice(1) : raw
  const lines = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines.push(at + 1)
  return { file, source, lines }
}

/** At most one line, at most 120 characters. */
export function shown(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line
}

export function placeAt(text: TextFile, offset: number, end?: number): Place {
  let low = 0
  let high = text.lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((text.lines[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const from = text.lines[low] ?? 0
  const stop = end ?? (text.lines[low + 1] ?? text.source.length + 1) - 1
  const excerpt = shown(text.source.slice(offset, Math.max(stop, offset)).trimEnd())
  return {
    file: text.file,
    line: low + 1,
    column: offset - from + 1,
    ...(excerpt ? { text: excerpt } : {}),
  }
}

/** Refuses what is too large to be looked at, before a parser sees it. */
export function boundsProblem(text: TextFile): Problem | undefined {
  if (text.source.length > MAX_FILE) {
    return {
      code: 'config/file-too-large',
      message: `${text.file} has ${text.source.length.toLocaleString('en')} characters; the limit is ${MAX_FILE.toLocaleString('en')}`,
      hint: 'Move long lists into files of their own: {file: PATH}, and variables into an inventory: inventory.source.',
      where: { file: text.file },
    }
  }
  const long = text.lines.findIndex(
    (from, i) => (text.lines[i + 1] ?? text.source.length) - from > MAX_LINE,
  )
  if (long < 0) return undefined
  return {
    code: 'config/line-too-long',
    message: `line ${long + 1} has ${((text.lines[long + 1] ?? text.source.length) - (text.lines[long] ?? 0)).toLocaleString('en')} characters; the limit is ${MAX_LINE.toLocaleString('en')}`,
    hint: 'Break the line up, or fold the list into ranges such as node[001-120].',
    where: placeAt(text, text.lines[long] ?? 0),
  }
}

/** Whether a line of a declaration may hold a secret: it is named by its number only. */
export const mayHoldSecret = (line: string): boolean =>
  /pass|secret|token|key|slack|webhook|hooks?\b|\burl\b/i.test(line)
