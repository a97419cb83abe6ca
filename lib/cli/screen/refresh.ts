// SPDX-License-Identifier: Apache-2.0
// The screen of `status --watch`: a text that is drawn anew in place, on the terminal's other
// screen, so that what stood there before comes back at the end. One write a frame, over the old
// one: nothing flickers.
import { frameOf } from './frame.js'

export interface WatchScreen {
  /** `foot`: what the last line says. */
  show(text: string, foot: string): void
  /** Aborted when the person at the keyboard wants no more. */
  readonly ended: AbortSignal
  close(): void
}

interface Streams {
  readonly stdout: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
}

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[0m\u001b[?25h\u001b[?1049l'

/** How far each key scrolls, of `page` rows; null: to the end. */
const KEYS: Readonly<Record<string, (page: number) => number>> = {
  '\u001b[A': () => -1,
  k: () => -1,
  '\u001b[B': () => 1,
  j: () => 1,
  '\u001b[5~': (page) => -page,
  b: (page) => -page,
  '\u001b[6~': (page) => page,
  ' ': (page) => page,
  '\u001b[H': () => -Infinity,
  g: () => -Infinity,
  '\u001b[F': () => Infinity,
  G: () => Infinity,
}
const CTRL_C = '\u0003'
const CTRL_Z = '\u001a'

export function openWatch({ stdout, stdin }: Streams): WatchScreen {
  const end = new AbortController()
  let shown = { text: '', foot: '' }
  let top = 0
  const size = (): { columns: number; rows: number } => ({
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
  })
  const draw = (): void => {
    const frame = frameOf(
      shown.text,
      size(),
      top,
      (where) =>
        `${shown.foot}${where === '' ? '' : `; ${where}${keys ? ' (arrows)' : ''}`}${keys ? '; q ends' : ''}`,
    )
    top = frame.top
    // Each row ends what stood in it before; what lies below the last one is of a larger window.
    stdout.write(
      `\u001b[0m\u001b[H${frame.rows.map((row) => `${row}\u001b[0m\u001b[K`).join('\r\n')}\u001b[J`,
    )
  }
  // Whoever holds a key down sends several at once.
  const onData = (chunk: Buffer): void =>
    chunk
      .toString()
      .match(/\u001b\[[\d;]*[A-Za-z~]|[^]/g)
      ?.forEach(onKey)
  const onKey = (key: string): void => {
    if (key === 'q' || key === CTRL_C) return end.abort()
    if (key === CTRL_Z) return suspend()
    const by = KEYS[key]?.(Math.max(1, size().rows - 2))
    if (by === undefined) return
    // Never beyond what can be shown: frameOf holds it back.
    top = Math.max(0, top + by)
    draw()
  }
  const keys = stdin.isTTY
  const enter = (): void => {
    stdout.write(ENTER)
    if (keys) stdin.setRawMode(true).resume()
  }
  const leave = (): void => {
    if (keys) stdin.setRawMode(false).pause()
    stdout.write(LEAVE)
  }
  // Raw keys are ours alone: so is what Ctrl-Z means.
  const suspend = (): void => {
    leave()
    process.once('SIGCONT', () => {
      if (end.signal.aborted) return
      enter()
      draw()
    })
    process.kill(process.pid, 'SIGTSTP')
  }
  enter()
  stdout.on('resize', draw)
  if (keys) stdin.on('data', onData)
  let open = true
  return {
    show: (text, foot) => {
      shown = { text, foot }
      draw()
    },
    ended: end.signal,
    close: () => {
      if (!open) return
      open = false
      stdout.off('resize', draw)
      stdin.off('data', onData)
      leave()
    },
  }
}
