// SPDX-License-Identifier: Apache-2.0
// Where a log of GitLab can be folded: a section a wave, and one a step where its tasks are told. A
// section is opened and closed by a line of its own with the time, from which GitLab shows how long
// it took; nothing else of the terminal is used.
import type { Progress } from '../../engine/step/progress.js'
import { waveName } from '../../rollout/index.js'

export interface Sections {
  /** What to write before the lines of this event, and after them. Times are ms since the epoch. */
  around(progress: Progress, now: number): { readonly before: string; readonly after: string }
  /** Ends what is open. */
  close(now: number): string
}

export function openSections(verbose: boolean): Sections {
  let count = 0
  let wave: { readonly index: number; readonly name: string } | null = null
  let step: { readonly id: string; readonly name: string } | null = null
  const start = (name: string, header: string, collapsed: boolean, now: number): string =>
    `\u001b[0Ksection_start:${Math.floor(now / 1000)}:${name}${collapsed ? '[collapsed=true]' : ''}\r\u001b[0K${header}\n`
  const end = (name: string, now: number): string =>
    `\u001b[0Ksection_end:${Math.floor(now / 1000)}:${name}\r\u001b[0K\n`
  const endStep = (now: number): string => {
    const text = step ? end(step.name, now) : ''
    step = null
    return text
  }
  const close = (now: number): string => {
    const text = endStep(now) + (wave ? end(wave.name, now) : '')
    wave = null
    return text
  }
  return {
    around: (progress, now) => {
      switch (progress.type) {
        case 'step-started': {
          const { step: id, wave: index } = progress.step
          let before = ''
          if (wave?.index !== index) {
            before += close(now)
            wave = { index, name: `patchrun_wave_${index}_${++count}` }
            before += start(wave.name, waveName(index), false, now)
          }
          // Steps may overlap, sections may not: one that begins within another has its lines
          // there.
          if (!verbose || step) return { before, after: '' }
          step = { id, name: `patchrun_step_${id.replaceAll('-', '_')}_${++count}` }
          return { before, after: start(step.name, `tasks of step ${id}`, true, now) }
        }
        case 'step-ended':
          return { before: progress.step.step === step?.id ? endStep(now) : '', after: '' }
        // What a person must not overlook stands outside.
        case 'halted':
        case 'finished':
        case 'sleeping':
          return { before: close(now), after: '' }
        default:
          return { before: '', after: '' }
      }
    },
    close,
  }
}
