// SPDX-License-Identifier: Apache-2.0
// A text on a terminal of a certain size: long lines are broken, what does not fit is scrolled.
// Draws nothing.

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Frame {
  readonly rows: readonly string[]
  /** The first row that is shown, as far down as there is something to show. */
  readonly top: number
}

/** `foot` takes the last row, cut to fit; `where` says there what is shown, where not all is. */
export function frameOf(
  text: string,
  { columns, rows }: Size,
  top: number,
  foot: (where: string) => string,
): Frame {
  const width = Math.max(10, columns)
  const body = text
    .trimEnd()
    .split('\n')
    .flatMap((line) => broken(line, width))
  const room = Math.max(1, rows - 1)
  const first = Math.max(0, Math.min(top, body.length - room))
  const shown = body.slice(first, first + room)
  const where =
    body.length > room ? `lines ${first + 1}-${first + shown.length} of ${body.length}` : ''
  return {
    top: first,
    rows: [
      ...shown,
      ...Array.from({ length: room - shown.length }, () => ''),
      foot(where).slice(0, width),
    ],
  }
}

/**
 * The line in pieces that fit, broken at spaces where there are some; those that follow are
 * indented. Colours take no room.
 */
export function broken(line: string, width: number): string[] {
  const indent = ' '.repeat(
    Math.min((/^ */.exec(line)?.[0].length ?? 0) + 2, Math.floor(width / 2)),
  )
  const rows: string[] = []
  let row = ''
  let used = 0
  /** After the last space of the row, and how much was used there. */
  let space = { at: 0, used: 0 }
  for (const [token] of line.matchAll(/\u001b\[[0-9;]*m|[^]/gu)) {
    const more = widthOf(token)
    if (used + more > width) {
      const cut = space.at > 0 && token !== ' ' ? space : { at: row.length, used }
      rows.push(row.slice(0, cut.at).trimEnd())
      row = indent + row.slice(cut.at)
      used += indent.length - cut.used
      space = { at: 0, used: 0 }
      if (token === ' ') continue
    }
    row += token
    used += more
    if (token === ' ' && row.trim() !== '') space = { at: row.length, used }
  }
  return [...rows, row]
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

/** Columns of the terminal that a character takes. */
const widthOf = (token: string): number =>
  token.startsWith('\u001b') || /^[\p{M}\u200b-\u200d\ufeff]$/u.test(token)
    ? 0
    : WIDE.test(token)
      ? 2
      : 1
