// SPDX-License-Identifier: Apache-2.0
// The reconciler: observe -> decide -> journal the intent -> act -> journal the outcome, until nothing is left to do,
// or only waiting. It may be stopped anywhere: the journal says how far it came.
import { join } from 'node:path'
import type { Fleet } from '../fleet/types.js'
import { decide, nodeState, planWaves } from '../rollout/index.js'
import type { Action, Decision, EnvironmentState, OpenStep, RolloutState, StepAction } from '../rollout/index.js'
import { unreachable } from '../errors.js'
import type { Journal } from '../store/journal.js'
import { outcomeOf } from './outcome.js'
import type { Clock, OnProgress } from './progress.js'
import { runStep } from './step.js'
import type { StepContext } from './step.js'

export interface Reconcile {
  readonly journal: Journal
  /** Reads the declaration afresh: lists may have changed since the last pass. */
  readonly observe: () => Promise<Fleet>
  readonly context: Omit<StepContext, 'fleet' | 'onEvent' | 'signal'>
  /** Directory that gets one directory a step. */
  readonly runs: string
  readonly clock: Clock
  /** Do all that needs no waiting, then return. */
  readonly once: boolean
  /** No new step; what runs is finished. */
  readonly stop: AbortSignal
  /** What runs is ended. */
  readonly kill: AbortSignal
  readonly onProgress: OnProgress
}

/** Why the loop came to its end. */
export type Ended = 'settled' | 'waiting' | 'stopped'

export interface Reconciled {
  readonly ended: Ended
  /** As it was when the last decision was made. */
  readonly fleet: Fleet
}

/** Steps under way, and what went wrong in those that ended without an outcome. */
interface Running {
  readonly steps: Map<string, Promise<void>>
  readonly faults: unknown[]
  /** People were told that the canaries proved nothing. */
  warned: boolean
}

/** Lists from files and commands are looked at again this often, even while nothing else happens. */
const LONGEST_SLEEP = 60_000

export async function reconcile(run: Reconcile): Promise<Reconciled> {
  const running: Running = { steps: new Map(), faults: [], warned: false }
  let fleet: Fleet | undefined
  try {
    for (;;) {
      if (running.faults.length > 0) throw running.faults[0]
      if (run.stop.aborted || run.kill.aborted) {
        // Nothing new is looked at or begun; what runs is waited for.
        await Promise.all(running.steps.values())
        if (fleet) return { ended: 'stopped', fleet }
      }
      fleet = await run.observe()
      const decision = decideNow(run, fleet)
      if (run.stop.aborted) continue
      warnOfIdleCanaries(run, fleet, decision, running)
      for (const action of decision.actions) await start(run, fleet, action, running)
      if (decision.actions.some((a) => a.do === 'halt' || a.do === 'finish')) continue
      if (running.steps.size === 0 && (run.once || decision.wakeAt === null)) {
        return { ended: rolloutOf(run.journal).status === 'running' ? 'waiting' : 'settled', fleet }
      }
      await nextChange(run, running, decision.wakeAt)
    }
  } finally {
    // Whatever went wrong above: a step that was started gets its outcome into the journal.
    await Promise.all(running.steps.values())
  }
}

function decideNow({ journal, clock, onProgress }: Reconcile, { nodes, policy }: Fleet): Decision {
  const rollout = rolloutOf(journal)
  const decision = decide({ now: clock.now(), nodes, policy, rollout })
  const waves = planWaves(nodes, policy, rollout.limit).map((w) => w.nodes.length)
  onProgress({ type: 'decided', state: journal.state, decision, waves })
  return decision
}

/** Canaries that were GOOD from the start say nothing of a change that others are about to get. */
function warnOfIdleCanaries({ journal, onProgress }: Reconcile, { nodes }: Fleet, { actions }: Decision, running: Running): void {
  if (running.warned || !actions.some((a) => a.do === 'apply' && a.wave > 0)) return
  running.warned = true
  const rollout = rolloutOf(journal)
  if (nodes.some((n) => n.canary && nodeState(rollout, n.name).touched)) return
  onProgress({ type: 'notice', code: 'canaries-unchanged', text: 'no canary needed a change at this commit, other nodes do: the canary wave has not shown what the change does' })
}

async function start(run: Reconcile, fleet: Fleet, action: Action, running: Running): Promise<void> {
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
    case 'detect':
    case 'apply':
    case 'verify': {
      const step = await intend(run, action.do, action.wave, action.nodes)
      const done = perform(run, fleet, step)
        .catch((fault: unknown) => void running.faults.push(fault))
        .finally(() => void running.steps.delete(step.step))
      running.steps.set(step.step, done)
      return
    }
    default:
      unreachable(action)
  }
}

async function intend({ journal, clock }: Reconcile, action: StepAction, wave: number, nodes: readonly string[]): Promise<OpenStep> {
  const step = `${String(rolloutOf(journal).stepCount + 1).padStart(4, '0')}-${action}`
  const since = clock.now()
  await journal.append({ type: 'intended', at: since, step, action, wave, nodes })
  return { step, action, wave, nodes, since }
}

async function perform(run: Reconcile, fleet: Fleet, step: OpenStep): Promise<void> {
  const { journal, clock, context, kill, onProgress } = run
  const directory = stepDirectory(run.runs, rolloutOf(journal), step.step)
  onProgress({ type: 'step-started', step, directory })
  const result = await runStep(step.action, step.nodes, directory, {
    ...context,
    fleet,
    signal: kill,
    onEvent: (event) => onProgress({ type: 'ansible', step, event }),
  })
  const outcome = outcomeOf(step, result, fleet.policy.untagged, clock.now())
  await journal.append(outcome)
  onProgress({ type: 'step-ended', step, outcome })
}

/** Until a step ends, the time comes, or somebody stops us. */
async function nextChange({ clock, stop, onProgress }: Reconcile, running: Running, wakeAt: number | null): Promise<void> {
  if (running.steps.size > 0) {
    await Promise.race(running.steps.values())
    return
  }
  if (wakeAt === null) return
  onProgress({ type: 'sleeping', until: wakeAt })
  await clock.sleep(Math.min(Math.max(wakeAt - clock.now(), 0), LONGEST_SLEEP), stop)
}

export const stepDirectory = (runs: string, rollout: RolloutState, step: string): string => join(runs, rollout.id, step)

export function rolloutOf({ state }: { readonly state: EnvironmentState }): RolloutState {
  if (!state.current) throw new Error('no rollout is open')
  return state.current
}
