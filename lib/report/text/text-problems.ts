// SPDX-License-Identifier: Apache-2.0
// Problems in words: what was found, where (with the line and a mark under the place), and what to
// do about it.
import type { Place, Problem } from '../../errors.js'
import { clean, count, inZone } from '../words/words.js'
import type { Paint } from '../words/styles.js'

/** The line of a file that a place points at, where it can be read. */
export type LineOf = (place: Place) => string | undefined

/** `zone`: in which moments are told. */
export function problemsText(
  problems: readonly Problem[],
  paint: Paint,
  lineOf: LineOf = () => undefined,
  zone = 'UTC',
): string {
  const lines = problems.flatMap((problem, i) => [
    ...(i > 0 ? [''] : []),
    ...problemLines(
      { ...problem, message: inZone(problem.message, zone), hint: inZone(problem.hint, zone) },
      paint,
      lineOf,
    ),
  ])
  if (problems.length > 1) lines.push('', count(problems.length, 'problem'))
  return `${lines.join('\n')}\n`
}

function problemLines(
  { code, message, hint, where }: Problem,
  paint: Paint,
  lineOf: LineOf,
): string[] {
  const [first = '', ...more] = clean(message).trimEnd().split('\n')
  return [
    `${paint.bad('error')} ${paint.strong(code)}: ${first}`,
    ...more.map((line) => `  ${line}`),
    ...(where ? placeLines(where, paint, lineOf) : []),
    ...clean(hint)
      .split('\n')
      .map((line, i) => `  ${i === 0 ? paint.good('hint') + ': ' : '      '}${line}`),
  ]
}

function placeLines(where: Place, paint: Paint, lineOf: LineOf): string[] {
  const { file, line, column, text } = where
  const at = [clean(file, 4096), line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(':')
  const lines = [`  at ${at}`]
  const source = where.source ?? (line === undefined ? undefined : lineOf(where))
  const shown = source === undefined ? text : source
  if (shown === undefined || shown === '') return lines
  const gutter = line === undefined ? '' : String(line)
  const cut = window(shown, source === undefined ? 1 : (column ?? 1))
  lines.push(`  ${paint.faint(`${gutter} |`)} ${cut.text}`)
  // Without the line itself, a column says nothing about the text that is shown.
  if (source !== undefined && column !== undefined) {
    const length =
      text !== undefined && source.startsWith(text, column - 1)
        ? Math.min(text.length, cut.text.length - cut.column + 1)
        : 1
    lines.push(
      `  ${' '.repeat(gutter.length)} ${paint.faint('|')} ${' '.repeat(cut.column - 1)}${paint.bad('^'.repeat(Math.max(1, length)))}`,
    )
  }
  return lines
}

const WIDTH = 100

/**
 * At most so much of a line, the column in sight. Control characters become spaces, so that the
 * mark stays in place.
 */
function window(line: string, column: number): { readonly text: string; readonly column: number } {
  const start = column <= WIDTH ? 0 : column - 1 - WIDTH / 2

  const text = line
    .slice(start, start + WIDTH)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ')
  return { text: text.trimEnd() || ' ', column: Math.max(1, column - start) }
}
