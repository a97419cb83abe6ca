// SPDX-License-Identifier: Apache-2.0
// The terminal: one listr task a wave, never one a node (its renderer does not scale with tasks).
// What goes on in the wave stands in the task's title and output, drawn anew on every event and
// once a second.
import { setTimeout as sleep } from 'node:timers/promises'
import { Listr, ListrLogger, ProcessOutput } from 'listr2'
import type { ListrTaskWrapper, DefaultRenderer, SimpleRenderer } from 'listr2'
import type { Stage } from '../../rollout/index.js'
import type { Paint } from '../../report/words/styles.js'
import { clean, count, durationText } from '../../report/words/words.js'
import { DOING, linesOf } from './lines.js'
import { RunModel } from './model.js'
import type { StepView, WaveView } from './model.js'
import { paintFor } from './terminal-paint.js'
import type { Screen, ScreenOptions } from './screen-types.js'

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** A task of listr that ends when it is told to. */
interface Shown {
  readonly index: number
  readonly ended: Promise<'done' | 'failed' | 'left'>
  readonly end: (how: 'done' | 'failed' | 'left') => void
  wrapper?: Wrapper
}

export function openLive({ fleet, color, level, zone, stderr }: ScreenOptions): Screen {
  const model = new RunModel(fleet)
  const paint = paintFor('stderr', color)
  const options = { paint, zone, verbose: level === 'verbose' }
  const later: string[] = []
  let shown: readonly Shown[] = []
  let drawn: Promise<void> | undefined
  let sleeping: string | undefined

  const write = (lines: readonly string[]): void =>
    void (lines.length > 0 && stderr.write(lines.map((line) => `${line}\n`).join('')))
  const draw = (): void => {
    for (const { index, wrapper } of shown) {
      const wave = model.waves.find((w) => w.index === index)
      if (!wave || !wrapper) continue
      wrapper.title = titleOf(wave, paint)
      const steps = model.steps
        .filter((s) => s.step.wave === index)
        .map((s) => stepText(s, Date.now()))
      const lines =
        index === model.activeWave
          ? [...steps, ...(steps.length === 0 && sleeping ? [sleeping] : []), ...later.slice(-2)]
          : steps
      wrapper.output = lines.join('\n')
    }
  }
  // Drawing must never end a rollout: what a renderer throws is dropped, and the summary says all
  // there is to say.
  const refresh = (): void => {
    try {
      draw()
    } catch {
      clearInterval(timer)
    }
  }
  const timer = setInterval(refresh, 1000)
  timer.unref()

  const titleAt = (index: number): string => {
    const wave = model.waves.find((w) => w.index === index)
    return wave ? titleOf(wave, paint) : ''
  }
  const begin = (): void => {
    shown = model.waves.map(({ index }) => shownWave(index))
    const tasks = shown.map((task) => ({
      title: titleAt(task.index),
      task: async (_: unknown, wrapper: Wrapper): Promise<void> => {
        task.wrapper = wrapper
        refresh()
        const how = await task.ended
        refresh()
        // listr forgets a task's output when it ends, and fails on more of it.
        delete task.wrapper
        if (how === 'failed') throw new Error(wrapper.title)
        if (how === 'left') wrapper.skip(wrapper.title)
      },
    }))
    // listr writes to what it takes for stdout; results belong there, progress does not.
    const logger = new ListrLogger({
      useIcons: true,
      toStderr: [],
      processOutput: new ProcessOutput(process.stderr, process.stdout, { leaveEmptyLine: false }),
    })
    const listr = new Listr(tasks, {
      concurrent: false,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: 'default',
      rendererOptions: { logger, formatOutput: 'truncate', collapseErrors: true },
    })
    drawn = listr.run().then(() => undefined)
  }

  return {
    onProgress: (progress) => {
      model.add(progress)
      if (progress.type === 'decided' && !drawn && model.waves.length > 0) begin()
      if (progress.type === 'sleeping') sleeping = linesOf(progress, model.waiting, options)[0]
      else if (progress.type === 'step-started') sleeping = undefined
      const quiet =
        progress.type === 'decided' ||
        progress.type === 'sleeping' ||
        progress.type === 'ansible' ||
        progress.type === 'step-started'
      const lines = quiet ? [] : linesOf(progress, model.waiting, options)
      if (!drawn) write(lines)
      else if (progress.type === 'notice' || progress.type === 'steered') later.push(...lines)
      if (progress.type === 'decided' || progress.type === 'step-started') endWaves(shown, model)
      // Events of Ansible come by the thousand; the timer shows them soon enough.
      if (progress.type !== 'ansible' || progress.event.ev === 'task') refresh()
    },
    notice: (text) => {
      if (!drawn) return write([text])
      later.push(text)
      refresh()
    },
    directoryOf: (node) => model.directoryOf(node),
    close: async () => {
      clearInterval(timer)
      for (const task of shown) {
        const wave = model.waves.find((w) => w.index === task.index)
        task.end(wave ? endOf(wave) : 'left')
      }
      // A renderer that fails must not take the result of the run with it.
      await Promise.race([drawn?.catch(() => undefined), sleep(2000, undefined, { ref: false })])
      // Said on the screen, which is gone: here they stay. Closing twice says nothing more.
      write(later.splice(0))
    },
  }
}

function shownWave(index: number): Shown {
  let end: Shown['end'] = () => undefined
  const ended = new Promise<'done' | 'failed' | 'left'>((resolve) => (end = resolve))
  return { index, ended, end }
}

/** A wave is over when it is good to the last node, or when a later one is worked on. */
function endWaves(shown: readonly Shown[], model: RunModel): void {
  const busy = new Set(model.steps.map((s) => s.step.wave))
  const newest = Math.max(-1, ...busy)
  for (const { index, end } of shown) {
    const wave = model.waves.find((w) => w.index === index)
    if (!wave || busy.has(index)) continue
    if (index < newest || wave.counts.good === wave.nodes.length) end(endOf(wave))
  }
}

const endOf = ({ counts, nodes }: WaveView): 'done' | 'failed' | 'left' =>
  counts.failed + counts.quarantined > 0 ? 'failed' : counts.good === nodes.length ? 'done' : 'left'

const STAGES: readonly (readonly [Stage, string, keyof Paint])[] = [
  ['good', 'good', 'good'],
  ['failed', 'failed', 'bad'],
  ['quarantined', 'quarantined', 'bad'],
  ['drain', 'need a drain', 'warn'],
  ['applied', 'changed', 'faint'],
  ['hot', 'to change', 'faint'],
  ['unseen', 'to look at', 'faint'],
]

export function titleOf({ name, nodes, counts }: WaveView, paint: Paint): string {
  const stages = STAGES.filter(([stage]) => counts[stage] > 0).map(([stage, word, colour]) =>
    paint[colour](`${counts[stage]} ${word}`),
  )
  return `${name}, ${count(nodes.length, 'node')}: ${stages.join(', ')}`
}

/**
 * Counts and time first: a narrow terminal cuts the end of the line, and the task is what may go.
 */
export function stepText({ step, task }: StepView, now: number): string {
  const { action, nodes, since } = step
  const progress = task
    ? `, ${task.done} of ${nodes.length} through "${clean(task.name, 120)}"`
    : ', starting Ansible'
  return `${durationText(Math.floor((now - since) / 1000) * 1000)} ${DOING[action]} ${count(nodes.length, 'node')}${progress}`
}
