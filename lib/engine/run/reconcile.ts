// SPDX-License-Identifier: Apache-2.0
// The reconciler: observe -> decide -> journal the intent -> act -> journal the outcome, until
// nothing is left to do, or only waiting. It may be stopped anywhere: the journal says how far it
// came.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import {
  decide,
  emptyPartitions,
  forksBeside,
  nodeState,
  planWaves,
  STEERED,
  worldOf,
} from '../../rollout/index.js'
import type {
  Action,
  Decision,
  EnvironmentState,
  Concluded,
  OpenStep,
  RolloutState,
  StepAction,
} from '../../rollout/index.js'
import { unreachable } from '../../errors.js'
import { StepsUnderWay } from './steps-under-way.js'
import { gateWarnings, outcomeOfCheck, runCheck } from '../step/health-gate.js'
import { outcomeOf } from '../step/step-outcome.js'
import type { Observed, Reconcile, Reconciled } from './reconcile-types.js'
import { runStep } from '../step/step.js'
import type { PlainAction, StepContext } from '../step/step.js'
import { outcomeOfVisit } from '../step/visit-outcome.js'
import { isOfVisit, VisitProcesses } from '../visit/visit-processes.js'
import { reasonPrefix } from '../../workload/use.js'

/** Steps under way, and what went wrong in those that ended without an outcome. */
interface Running {
  readonly going: StepsUnderWay
  readonly faults: unknown[]
  /** People were told that the canaries proved nothing. */
  warned: boolean
  /** And that nobody is in a partition with a limit. */
  partitions: boolean
  readonly visits: VisitProcesses
  readonly endLooks: AbortController
}

/**
 * Lists from files and commands are looked at again this often, even while nothing else happens.
 */
const LONGEST_SLEEP = 60_000
/** How soon a word of a person is heard by a run that only waits. */
const LISTEN_EVERY = 2_000

export async function reconcile(run: Reconcile): Promise<Reconciled> {
  const running: Running = {
    going: new StepsUnderWay(),
    faults: [],
    warned: false,
    partitions: false,
    visits: new VisitProcesses(),
    endLooks: new AbortController(),
  }
  const { clock } = run
  const { going } = running
  let asked = clock.now()
  let observed: Observed | undefined
  try {
    for (;;) {
      if (running.faults.length > 0) throw running.faults[0]
      if (run.stop.aborted || run.kill.aborted) {
        // Nothing new is looked at or begun; what runs is waited for.
        running.endLooks.abort()
        await going.settled()
        if (running.faults.length > 0) throw running.faults[0]
        if (observed) return { ended: 'stopped', ...observed }
      }
      observed = await run.observe()
      await run.takeOrders()
      const { fleet } = observed
      // Asked for first: what ends while things are started here is not known to this decision.
      const {
        going: { ends },
        visits: { known },
      } = running
      const decision = decideNow(run, observed, running.visits.prepared)
      if (run.stop.aborted) continue
      warnOfIdleCanaries(run, fleet, decision, running)
      warnOfEmptyPartitions(run, observed, running)
      for (const done of decision.done ?? [])
        await run.journal.append({ type: 'wave-done', at: clock.now(), ...done })
      for (const action of decision.actions) await start(run, fleet, action, running)
      running.visits.closeIdle(clock.now(), known)
      if (
        decision.actions.some((a) => a.do === 'halt' || a.do === 'finish' || a.do === 'quarantine')
      )
        continue
      if (going.ends !== ends) continue
      const listens = decision.waiting.some((w) => STEERED.has(w.code))
      const late = isLate(run)
      const reached = isReached(decision)
      // A look that watches until something happens is not waited for any more; one that only asks
      // is.
      if (
        rolloutOf(run.journal).status !== 'running' ||
        reached ||
        (late && going.count('step') === 0 && going.has('watch'))
      )
        running.endLooks.abort()
      if (
        going.count('step') === 0 &&
        (going.isEmpty || running.endLooks.signal.aborted) &&
        (run.once || late || reached || (decision.wakeAt === null && !listens))
      ) {
        return {
          ended:
            rolloutOf(run.journal).status !== 'running'
              ? 'settled'
              : reached
                ? 'reached'
                : 'waiting',
          ...observed,
        }
      }
      await nextChange(run, going, ends, decision.wakeAt)
      if (going.count('step') === 0 && clock.now() >= asked + LONGEST_SLEEP && !run.stop.aborted) {
        asked = clock.now()
        if (await run.isSuperseded(fleet)) return { ended: 'superseded', ...observed }
      }
    }
  } finally {
    // Whatever went wrong above: a step that was started gets its outcome into the journal.
    running.endLooks.abort()
    await going.settled()
    await Promise.all([running.visits.close(), run.lookout.close()])
  }
}

function decideNow(
  run: Reconcile,
  { fleet, surroundings }: Observed,
  prepared: ReadonlySet<string>,
): Decision {
  const { journal, clock, onProgress } = run
  const { nodes, policy } = fleet
  const rollout = rolloutOf(journal)
  const decision = decide(
    worldOf(fleet, journal.state, rollout, clock.now(), {
      ...surroundings,
      prepared,
      hurried: run.once || isLate(run),
      processors: availableParallelism(),
    }),
  )
  const waves = planWaves(nodes, policy, rollout.limit).map((w) => w.nodes.length)
  onProgress({ type: 'decided', state: journal.state, decision, waves })
  return decision
}

/** The time to wait is over. */
const isLate = ({ clock, patientUntil = Infinity }: Reconcile): boolean =>
  clock.now() >= patientUntil

/** All that keeps nodes from moving is that this run was to go no further. */
const isReached = ({ actions, waiting }: Decision): boolean =>
  actions.length === 0 && waiting.length > 0 && waiting.every((w) => w.code === 'until')

/** Canaries that were GOOD from the start say nothing of a change that others are about to get. */
function warnOfIdleCanaries(
  { journal, onProgress }: Reconcile,
  { nodes }: Fleet,
  { actions }: Decision,
  running: Running,
): void {
  if (running.warned || !actions.some((a) => a.do === 'apply' && a.wave > 0)) return
  running.warned = true
  if (nodes.some((n) => n.canary && nodeState(rolloutOf(journal), n.name).touched)) return
  onProgress({
    type: 'notice',
    code: 'canaries-unchanged',
    text: 'no canary needed a change at this commit, other nodes do: the canary wave has not shown what the change does',
  })
}

/** A limit with a slip in its name holds nobody back, and nobody would notice. */
function warnOfEmptyPartitions(
  { onProgress }: Reconcile,
  { fleet, surroundings }: Observed,
  running: Running,
): void {
  const workload = surroundings.scheduler?.workload
  if (running.partitions || !workload) return
  running.partitions = true
  const empty = emptyPartitions(fleet, workload)
  if (empty.length > 0)
    onProgress({
      type: 'notice',
      code: 'empty-partition',
      text: `no node is in ${empty.join(', ')}, of which rollout.capacity.partitions speaks: such a limit holds nobody back`,
    })
}

async function start(
  run: Reconcile,
  fleet: Fleet,
  action: Action,
  running: Running,
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
    case 'observe': {
      const late = isLate(run)
      const kind = action.watch.length === 0 ? 'now' : late ? 'late' : 'watch'
      const context = {
        ...run.context,
        fleet,
        signal: AbortSignal.any([run.kill, running.endLooks.signal]),
      }
      const done = run.lookout
        .look(action.watch, !run.once && !late, context, rolloutOf(journal))
        .catch(
          (fault: unknown) => void (running.endLooks.signal.aborted || running.faults.push(fault)),
        )
      running.going.add('look', kind, done)
      return
    }
    case 'prepare':
      running.visits.prepare(
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
      const done = perform(run, fleet, step, running.visits).catch(
        (fault: unknown) => void running.faults.push(fault),
      )
      running.going.add('step', step.step, done)
      return
    }
    default:
      unreachable(action)
  }
}

type StartAction = Extract<Action, { readonly do: StepAction }>

async function intend(run: Reconcile, fleet: Fleet, action: StartAction): Promise<OpenStep> {
  const { journal, clock } = run
  const { do: verb, wave, nodes } = action
  const { forks: all } = fleet.ansible
  const forks = isBeside({ action: verb, nodes }, fleet, rolloutOf(journal))
    ? forksBeside(rolloutOf(journal), all)
    : all
  const step: OpenStep = {
    step: `${String(rolloutOf(journal).stepCount + 1).padStart(4, '0')}-${verb}`,
    action: verb,
    wave,
    nodes,
    forks,
    since: clock.now(),
    ...(action.do === 'check' ? { check: action.check } : flagsOf(action, run.once || isLate(run))),
  }
  const { since, ...said } = step
  await journal.append({ type: 'intended', at: since, ...said })
  return step
}

/** Who does only what needs no waiting waits for no node to be empty. */
const flagsOf = (
  {
    do: _do,
    wave: _wave,
    nodes: _nodes,
    wait,
    ...flags
  }: Exclude<StartAction, { readonly do: 'check' }>,
  once: boolean,
): Partial<OpenStep> => ({ ...flags, ...(wait !== undefined && !once && { wait }) })

async function perform(
  run: Reconcile,
  fleet: Fleet,
  step: OpenStep,
  visits: VisitProcesses,
): Promise<void> {
  const { journal, clock, context, kill, onProgress } = run
  const directory = stepDirectory(run.runs, rolloutOf(journal), step.step)
  onProgress({ type: 'step-started', step, directory })
  const inStep: StepContext = {
    ...context,
    fleet,
    signal: kill,
    onEvent: (event) => onProgress({ type: 'ansible', step, event }),
  }
  const outcome =
    step.action === 'check'
      ? await check(step, directory, inStep, run)
      : isOfVisit(step, rolloutOf(journal), step.nodes)
        ? await visit(step, directory, inStep, run, visits)
        : outcomeOf(
            step,
            await runStep(step.action as PlainAction, step.nodes, directory, {
              ...withForks(inStep, step),
              gentle: isBeside(step, fleet, rolloutOf(journal)),
              rollout: rolloutOf(journal),
            }),
            { changes: fleet.policy.changes, rollout: rolloutOf(journal) },
            clock.now(),
          )
  await journal.append(outcome)
  visits.settle(step)
  if (step.check)
    for (const text of gateWarnings(outcome, step.check.gate))
      onProgress({ type: 'notice', code: 'gate-changed', text })
  onProgress({ type: 'step-ended', step, outcome, rollout: rolloutOf(journal) })
}

/** A look at nodes that serve, beside visits, in each of which one does not. */
const isBeside = (
  { action, nodes }: Pick<OpenStep, 'action' | 'nodes'>,
  { scheduler }: Fleet,
  rollout: RolloutState,
): boolean =>
  scheduler !== null && action === 'detect' && nodes.every((n) => !nodeState(rollout, n).held)

const withForks = (
  context: StepContext,
  { forks = context.fleet.ansible.forks }: OpenStep,
): StepContext => ({
  ...context,
  fleet: { ...context.fleet, ansible: { ...context.fleet.ansible, forks } },
})

async function visit(
  step: OpenStep,
  directory: string,
  context: StepContext,
  { journal, clock, lookout }: Reconcile,
  visits: VisitProcesses,
): Promise<Concluded> {
  const { fleet } = context
  const result = await visits.run(step, directory, context, rolloutOf(journal))
  if (step.action === 'apply' || step.action === 'verify' || !fleet.scheduler)
    return outcomeOf(
      step,
      result,
      { changes: fleet.policy.changes, rollout: rolloutOf(journal) },
      clock.now(),
    )
  const { outcome, seen } = outcomeOfVisit(
    step,
    result,
    { names: fleet.scheduler.names, prefix: reasonPrefix(fleet.name, fleet.environment) },
    clock.now(),
  )
  if (seen) lookout.add(seen)
  return outcome
}

async function check(
  step: OpenStep,
  directory: string,
  context: StepContext,
  { journal, clock }: Reconcile,
): Promise<Concluded> {
  const gate = context.fleet.policy.health.find((g) => g.name === step.check?.gate)
  if (!gate || !step.check) throw new Error(`no health gate is called ${step.check?.gate ?? '?'}`)
  const result = await runCheck(step.check, step.nodes, directory, {
    ...context,
    gate,
    sha: rolloutOf(journal).pin.sha,
  })
  return outcomeOfCheck(step, result, clock.now())
}

/** Until a step ends, the time comes, a person says something, or somebody stops us. */
async function nextChange(
  run: Reconcile,
  going: StepsUnderWay,
  ends: number,
  wakeAt: number | null,
): Promise<void> {
  const { clock, stop, onProgress } = run
  // A step may run for an hour: what becomes due meanwhile begins beside it.
  const until = Math.max(
    clock.now(),
    going.isEmpty
      ? Math.min(wakeAt ?? Infinity, clock.now() + LONGEST_SLEEP, run.patientUntil ?? Infinity)
      : (wakeAt ?? Infinity),
  )
  if (going.isEmpty && going.ends === ends) onProgress({ type: 'sleeping', until: wakeAt ?? until })
  const awake = new AbortController()
  const stopped = AbortSignal.any([stop, awake.signal])
  const anEnd = going.next(ends)
  try {
    while (going.ends === ends && !stop.aborted && clock.now() < until) {
      // A word is heard beside a step as well: whoever said it is told that nothing begins from now
      // on.
      await Promise.race([anEnd, clock.sleep(Math.min(until - clock.now(), LISTEN_EVERY), stopped)])
      if (going.ends === ends && (await run.takeOrders())) return
    }
  } finally {
    awake.abort()
  }
}

export const stepDirectory = (runs: string, rollout: RolloutState, step: string): string =>
  join(runs, rollout.id, step)

export function rolloutOf({ state }: { readonly state: EnvironmentState }): RolloutState {
  if (!state.current) throw new Error('no rollout is open')
  return state.current
}
