// SPDX-License-Identifier: Apache-2.0
// Starts what was decided: a change of the rollout is journaled, a look at the scheduler begins, a
// step is journaled as intended and then begins.
import { join } from 'node:path'
import { unreachable } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { forksBeside, kindOf, kindToDo } from '../../rollout/index.js'
import type { Action, OpenStep, StepAction, StepToDo } from '../../rollout/index.js'
import { isBeside, performStep } from './perform-step.js'
import { isLate, rolloutOf } from './reconcile-types.js'
import type { Reconcile } from './reconcile-types.js'
import type { WorkUnderWay } from './work-under-way.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'

type StartStep = Extract<Action, { readonly do: StepAction }>

/** Settles when it is journaled; the looks and steps that it begins are added to `work`. */
export async function startAction(
  run: Reconcile,
  work: WorkUnderWay,
  fleet: Fleet,
  action: Action,
): Promise<void> {
  const { journal, clock, onProgress } = run
  switch (action.do) {
    case 'halt':
      await journal.append({ type: 'halted', at: clock.now(), halt: action.halt })
      onProgress({ type: 'halted', halt: action.halt })
      return
    case 'finish':
      await journal.append({ type: 'finished', at: clock.now() })
      onProgress({ type: 'finished' })
      return
    case 'quarantine':
      await journal.append({ type: 'quarantined', at: clock.now(), nodes: action.nodes })
      onProgress({ type: 'quarantined', nodes: action.nodes })
      return
    case 'observe':
      startLook(run, work, fleet, action)
      return
    case 'prepare':
      work.visits.prepare(
        {
          nodes: action.nodes,
          base: join(run.runs, rolloutOf(journal).id),
          now: clock.now(),
        },
        { ...run.context, fleet, signal: run.kill },
        rolloutOf(journal),
      )
      return
    case 'detect':
    case 'apply':
    case 'verify':
    case 'drain':
    case 'reboot':
    case 'release':
    case 'check': {
      const step = await intend(run, fleet, action)
      work.addStep(step.step, performStep(run, fleet, step, work.visits))
      return
    }
    default:
      unreachable(action)
  }
}

function startLook(
  run: Reconcile,
  work: WorkUnderWay,
  fleet: Fleet,
  { scheduler: name, watch }: Extract<Action, { readonly do: 'observe' }>,
): void {
  const scheduler = fleet.schedulers.find((s) => s.name === name)
  if (!scheduler) return
  const late = isLate(run)
  const kind = watch.length === 0 ? 'now' : late ? 'late' : 'watch'
  const context = {
    ...run.context,
    fleet,
    signal: AbortSignal.any([run.kill, work.looksEnd]),
  }
  const theirs = watch.map((node) => schedulerName(node, scheduler.names))
  const question = { scheduler, watch: theirs, waits: !run.once && !late }
  work.addLook(kind, name, run.lookout.look(question, context, rolloutOf(run.journal)))
}

async function intend(run: Reconcile, fleet: Fleet, action: StartStep): Promise<OpenStep> {
  const { journal, clock } = run
  const { do: verb, wave, nodes } = action
  const { forks: all } = fleet.ansible
  const forks = isBeside({ action: verb, nodes }, fleet, rolloutOf(journal))
    ? forksBeside(rolloutOf(journal), all)
    : all
  const step: OpenStep = {
    step: `${String(rolloutOf(journal).stepCount + 1).padStart(4, '0')}-${verb}`,
    ...kindToDo(run.once || isLate(run) ? withoutWait(action) : action),
    wave,
    nodes,
    forks,
    since: clock.now(),
  }
  await journal.append({
    type: 'intended',
    at: step.since,
    step: step.step,
    ...kindOf(step),
    wave,
    nodes,
    forks,
  })
  return step
}

/** Who does only what needs no waiting waits for no node to be empty. */
const withoutWait = (action: StepToDo): StepToDo =>
  action.do === 'drain' && action.wait !== undefined
    ? { do: 'drain', ...(action.scheduler !== undefined && { scheduler: action.scheduler }) }
    : action
