// SPDX-License-Identifier: Apache-2.0
// Lines with times, for logs: CI jobs, pipes, NO_COLOR.
import { count, durationText, timeText } from '../../report/words/words.js'
import { DOING, linesOf } from './lines.js'
import { RunModel } from './model.js'
import { paintFor } from './terminal-paint.js'
import { openSections } from './sections.js'
import type { Screen, ScreenOptions } from './screen-types.js'

/**
 * CI systems end jobs that say nothing for long; a line a minute is enough to know that it lives.
 */
const SIGN_OF_LIFE = 60_000
/**
 * What is waited for is said again after this, ms: whoever looks at the terminal may not have seen
 * it begin.
 */
const SAID_AGAIN = 600_000

export function openPlain({
  fleet,
  color,
  level,
  zone,
  stderr,
  command = 'patchrun',
  folds = false,
}: ScreenOptions): Screen {
  const model = new RunModel(fleet)
  const paint = paintFor('stderr', color)
  const options = { paint, zone, verbose: level === 'verbose' }
  const sections = folds && level !== 'quiet' ? openSections(level === 'verbose') : null
  let saidAt = Date.now()
  let zoneSaid = false
  let slept = ''
  const say = (lines: readonly string[]): void => {
    if (level === 'quiet' || lines.length === 0) return
    saidAt = Date.now()
    const time = timeText(saidAt, zone)
    // The date and the zone once, then only the time: they would be most of every line.
    const stamp = zoneSaid ? time.slice(15, 23) : time
    zoneSaid = true
    stderr.write(lines.map((line) => `${paint.faint(stamp)} ${line}\n`).join(''))
  }
  const live = setInterval(() => {
    if (Date.now() - saidAt < SIGN_OF_LIFE) return
    if (model.steps.length === 0 && slept !== '' && Date.now() - saidAt >= SAID_AGAIN)
      say([`still ${slept}; Ctrl-C ends this command, and \`${command} run\` goes on later`])
    say(
      model.steps.map(
        ({ step, task }) =>
          `still ${DOING[step.action]} ${count(step.nodes.length, 'node')} after ${durationText(Date.now() - step.since)}${task ? `: task "${task.name}", ${task.done} of ${count(step.nodes.length, 'node')}` : ''}`,
      ),
    )
  }, SIGN_OF_LIFE / 4)
  live.unref()
  return {
    onProgress: (progress) => {
      model.add(progress)
      const lines = linesOf(progress, model.waiting, options)
      // The engine looks up from a long sleep now and then; that is no news.
      if (progress.type === 'sleeping') {
        if (lines.join() === slept) return
        slept = lines.join()
      } else if (lines.length > 0) slept = ''
      const { before = '', after = '' } = sections?.around(progress, Date.now()) ?? {}
      stderr.write(before)
      say(lines)
      stderr.write(after)
    },
    notice: (text) => say([text]),
    directoryOf: (node) => model.directoryOf(node),
    close: async () => {
      clearInterval(live)
      stderr.write(sections?.close(Date.now()) ?? '')
    },
  }
}
