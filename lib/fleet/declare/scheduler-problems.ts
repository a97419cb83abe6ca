// SPDX-License-Identifier: Apache-2.0
// What a declaration says of a scheduler that it does not have, or has wrongly: told by the file
// alone.
import type { Problem } from '../../errors.js'
import type { Declaration, HealthGates } from './config.generated.js'
import { parseDuration } from '../time/duration.js'
import { hostNameFault, isControlMachine } from '../names/host-name.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/** Everybody's jobs wait for the scheduler: no question comes sooner after the last, ms. */
const OFTEN = 1_000

/**
 * A drain, and a health gate within a visit, without anything that could drain; a controller that
 * is no host; a scheduler that is asked all the time.
 */
export function schedulerProblems(config: Declaration, places: Located): Problem[] {
  const { scheduler, drain, health, environments = {} } = config
  if (scheduler) {
    const { controller: name, every } = scheduler
    const fault = name === undefined || isControlMachine(name) ? undefined : hostNameFault(name)
    const often: Problem[] =
      every === undefined || parseDuration(every) >= OFTEN
        ? []
        : [
            {
              code: 'config/scheduler-every',
              message: `the scheduler is asked again after ${every}`,
              hint: 'Write at least "1s": everybody\'s jobs wait for it. The default is meant for jobs of minutes and hours.',
              where: places.place('/scheduler/every'),
            },
          ]
    return fault
      ? [
          ...often,
          {
            ...fault,
            hint: 'Name the host on which its commands run, or leave it out for this machine.',
            where: places.place('/scheduler/controller'),
          },
        ]
      : often
  }
  const parts = Object.entries(environments).map(([name, part]) => ({
    drain: part.drain,
    health: part.health,
    pointer: `/environments/${escapePointer(name)}`,
  }))
  return [{ drain, health, pointer: '' }, ...parts].flatMap((part): Problem[] => [
    ...(part.drain === undefined
      ? []
      : [missing('a drain', places.place(`${part.pointer}/drain`, 'key'))]),
    ...visits(part.health, `${part.pointer}/health`).map((at) =>
      missing('a health gate within a visit', places.place(at)),
    ),
  ])
}

const visits = (gates: HealthGates | undefined, pointer: string): string[] =>
  (gates ?? []).flatMap(({ at }, i) =>
    (at ?? []).flatMap((point, j) => (point === 'visit' ? [`${pointer}/${i}/at/${j}`] : [])),
  )

const missing = (what: string, where: Problem['where'] & object): Problem => ({
  code: 'config/no-scheduler',
  message: `${what} is declared, and no scheduler that could drain a node`,
  hint: 'Declare the scheduler, such as scheduler: { type: slurm, controller: ctl }, or take this out.',
  where,
})
