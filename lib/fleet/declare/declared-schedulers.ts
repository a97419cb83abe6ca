// SPDX-License-Identifier: Apache-2.0
// The schedulers of a declaration, one or several, and what it has wrongly of them: told by the file
// alone.
import type { Problem } from '../../errors.js'
import type { Declaration, HealthGates, SchedulerDeclared } from './config.generated.js'
import { parseDuration } from '../time/duration.js'
import { hostNameFault, isControlMachine } from '../names/host-name.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/** Name of the scheduler where the file has `scheduler`, which stands for all. */
export const DEFAULT_SCHEDULER = 'default'

export interface DeclaredScheduler {
  readonly name: string
  /** Its field, as people write it. */
  readonly field: string
  /** Where it stands in the file, as a JSON pointer. */
  readonly pointer: string
  readonly set: SchedulerDeclared
}

export const declaredSchedulers = ({
  scheduler,
  schedulers = {},
}: Pick<Declaration, 'scheduler' | 'schedulers'>): readonly DeclaredScheduler[] => [
  ...(scheduler
    ? [{ name: DEFAULT_SCHEDULER, field: 'scheduler', pointer: '/scheduler', set: scheduler }]
    : []),
  ...Object.entries(schedulers).map(([name, set]) => ({
    name,
    field: `schedulers.${name}`,
    pointer: `/schedulers/${escapePointer(name)}`,
    set,
  })),
]

/** Everybody's jobs wait for the scheduler: no question comes sooner after the last, ms. */
const OFTEN = 1_000

/**
 * A drain, and a health gate within a visit, without anything that could drain; what is wrong with
 * each scheduler, and with several of them.
 */
export function schedulerProblems(config: Declaration, places: Located): Problem[] {
  const { drain, health, environments = {} } = config
  const declared = declaredSchedulers(config)
  if (declared.length > 0)
    return [
      ...declared.flatMap((one) => problemsOf(one, places)),
      ...severalProblems(config, declared, places),
    ]
  // What was wrong with it is told, and it is not there any more.
  const written = new Set(Object.keys(places.value ?? {}))
  if (written.has('schedulers') || written.has('scheduler')) return []
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

/** A controller that is no host; a scheduler that is asked all the time. */
function problemsOf({ pointer, set }: DeclaredScheduler, places: Located): Problem[] {
  const { controller: name, every } = set
  const fault = name === undefined || isControlMachine(name) ? undefined : hostNameFault(name)
  return [
    ...(every === undefined || parseDuration(every) >= OFTEN
      ? []
      : [
          {
            code: 'config/scheduler-every' as const,
            message: `the scheduler is asked again after ${every}`,
            hint: 'Write at least "1s": everybody\'s jobs wait for it. The default is meant for jobs of minutes and hours.',
            where: places.place(`${pointer}/every`),
          },
        ]),
    ...(fault
      ? [
          {
            ...fault,
            hint: 'Name the host on which its commands run, or leave it out for this machine.',
            where: places.place(`${pointer}/controller`),
          },
        ]
      : []),
  ]
}

/** One for all beside several; several that would all have the rest. */
function severalProblems(
  { scheduler, schedulers }: Declaration,
  declared: readonly DeclaredScheduler[],
  places: Located,
): Problem[] {
  if (scheduler && schedulers)
    return [
      {
        code: 'config/scheduler-nodes',
        message: 'both scheduler and schedulers are declared',
        hint: 'Write every scheduler below schedulers, each with a name of your own and its nodes.',
        where: places.place('/schedulers', 'key'),
      },
    ]
  const [first, ...rest] = declared.filter(({ set }) => set.nodes === undefined)
  return rest.map(({ name, pointer }) => ({
    code: 'config/scheduler-nodes',
    message: `the schedulers "${first?.name}" and "${name}" both have no nodes, so that each would have all that no other one names`,
    hint: 'Say under nodes which ones are whose; one of them may have the rest.',
    where: places.place(pointer, 'key'),
  }))
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
