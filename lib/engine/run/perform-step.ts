// SPDX-License-Identifier: Apache-2.0
// Performs one step whose intent is in the journal, and journals what came of it.
import { join } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { schedulerOfStep } from '../../fleet/policy/scheduler.js'
import { nodeState } from '../../rollout/index.js'
import type { CheckRef, Concluded, OpenStep, RolloutState } from '../../rollout/index.js'
import { managerOf } from '../../workload/managers.js'
import { reasonPrefix } from '../../workload/contract/reason.js'
import { gateWarnings, outcomeOfCheck, runCheck } from '../step/health-gate.js'
import { outcomeOf } from '../step/step-outcome.js'
import type { StepResult } from '../step/step-outcome.js'
import { runStep } from '../step/step.js'
import type { PlainAction, StepContext } from '../step/step.js'
import { outcomeOfVisit } from '../step/visit-outcome.js'
import { isOfVisit } from '../visit/visit-processes.js'
import type { VisitProcesses } from '../visit/visit-processes.js'
import { rolloutOf } from './reconcile-types.js'
import type { Reconcile } from './reconcile-types.js'

/** A step that has begun, and what its Ansible runs with. */
interface BegunStep {
  readonly step: OpenStep
  /** Of its evidence. */
  readonly directory: string
  readonly context: StepContext
}

/** Rejects when there is no outcome, or it could not be journaled. */
export async function performStep(
  run: Reconcile,
  fleet: Fleet,
  step: OpenStep,
  visits: VisitProcesses,
): Promise<void> {
  const { journal, kill, onProgress } = run
  const directory = join(run.runs, rolloutOf(journal).id, step.step)
  onProgress({ type: 'step-started', step, directory })
  const context: StepContext = {
    ...run.context,
    fleet,
    signal: kill,
    onEvent: (event) => onProgress({ type: 'ansible', step, event }),
  }
  const begun: BegunStep = { step, directory, context }
  const outcome =
    step.action === 'check'
      ? await check(begun, step.check, run)
      : isOfVisit(step, rolloutOf(journal), step.nodes)
        ? await visit(begun, run, visits)
        : judged(begun, await plainRun(begun, run), run)
  await journal.append(outcome)
  visits.settle(step)
  if (step.action === 'check')
    for (const text of gateWarnings(outcome, step.check.gate))
      onProgress({ type: 'notice', code: 'gate-changed', text })
  onProgress({ type: 'step-ended', step, outcome, rollout: rolloutOf(journal) })
}

/** Its own Ansible, over all of its nodes. */
const plainRun = (
  { step, directory, context }: BegunStep,
  { journal }: Reconcile,
): Promise<StepResult> =>
  runStep(step.action as PlainAction, step.nodes, directory, {
    ...withForks(context, step),
    gentle: isBeside(step, context.fleet, rolloutOf(journal)),
    rollout: rolloutOf(journal),
  })

/** What a look or a change came to. */
const judged = (
  { step, context }: BegunStep,
  result: StepResult,
  { journal, clock }: Reconcile,
): Concluded =>
  outcomeOf(
    step,
    result,
    { changes: context.fleet.policy.changes, rollout: rolloutOf(journal) },
    clock.now(),
  )

/** A look at nodes that serve, beside visits, in each of which one does not. */
export const isBeside = (
  { action, nodes }: Pick<OpenStep, 'action' | 'nodes'>,
  { schedulers }: Fleet,
  rollout: RolloutState,
): boolean =>
  schedulers.length > 0 && action === 'detect' && nodes.every((n) => !nodeState(rollout, n).held)

const withForks = (
  context: StepContext,
  { forks = context.fleet.ansible.forks }: OpenStep,
): StepContext => ({
  ...context,
  fleet: { ...context.fleet, ansible: { ...context.fleet.ansible, forks } },
})

async function visit(begun: BegunStep, run: Reconcile, visits: VisitProcesses): Promise<Concluded> {
  const { step, directory, context } = begun
  const { journal, clock, lookout } = run
  const { name, environment } = context.fleet
  const scheduler = schedulerOfStep(context.fleet, step.nodes)
  const result = await visits.run(step, directory, context, rolloutOf(journal))
  if (step.action === 'apply' || step.action === 'verify' || !scheduler)
    return judged(begun, result, run)
  const { outcome, seen } = outcomeOfVisit(
    step,
    result,
    {
      manager: managerOf(scheduler),
      names: scheduler.names,
      prefix: reasonPrefix(name, environment),
    },
    clock.now(),
  )
  if (seen) lookout.add(seen, scheduler)
  return outcome
}

async function check(
  { step, directory, context }: BegunStep,
  ref: CheckRef,
  { journal, clock }: Reconcile,
): Promise<Concluded> {
  const gate = context.fleet.policy.health.find((g) => g.name === ref.gate)
  if (!gate) throw new Error(`no health gate is called ${ref.gate}`)
  const result = await runCheck(ref, step.nodes, directory, {
    ...context,
    gate,
    sha: rolloutOf(journal).pin.sha,
  })
  return outcomeOfCheck(step, result, clock.now())
}
