// SPDX-License-Identifier: Apache-2.0
// The reconciler: observe -> decide -> journal the intent -> act -> journal the outcome, until
// nothing is left to do, or only waiting. It may be stopped anywhere: the journal says how far it
// came.
import { availableParallelism } from 'node:os'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { decide, planWaves, STEERED, withHeldSchedulers, worldOf } from '../../rollout/index.js'
import type { Decision } from '../../rollout/index.js'
import { DecisionWarnings } from './decision-warnings.js'
import { isLate, rolloutOf } from './reconcile-types.js'
import type { Ended, Observed, Reconcile, Reconciled } from './reconcile-types.js'
import { startAction } from './start-action.js'
import type { StepsUnderWay } from './steps-under-way.js'
import { WorkUnderWay } from './work-under-way.js'

/**
 * Lists from files and commands are looked at again this often, even while nothing else happens.
 */
const LONGEST_SLEEP = 60_000
/** How soon a word of a person is heard by a run that only waits. */
const LISTEN_EVERY = 2_000

export async function reconcile(run: Reconcile): Promise<Reconciled> {
  const work = new WorkUnderWay()
  try {
    return await untilTheEnd(run, work)
  } finally {
    // Whatever went wrong above: a step that was started gets its outcome into the journal.
    await work.finish()
    await Promise.all([work.visits.close(), run.lookout.close()])
  }
}

async function untilTheEnd(run: Reconcile, work: WorkUnderWay): Promise<Reconciled> {
  const { clock } = run
  const { going, visits } = work
  const warnings = new DecisionWarnings(run)
  let asked = clock.now()
  let observed: Observed | undefined
  for (;;) {
    work.throwFault()
    if (run.stop.aborted || run.kill.aborted) {
      // Nothing new is looked at or begun; what runs is waited for.
      await work.finish()
      work.throwFault()
      if (observed) return { ended: 'stopped', ...observed }
    }
    observed = await run.observe()
    await run.takeOrders()
    const fleet = withHeldSchedulers(
      observed.fleet,
      rolloutOf(run.journal),
      observed.surroundings.schedulers,
    )
    // Asked for first: what ends while things are started here is not known to this decision.
    const { ends } = going
    const { known } = visits
    const decision = decideNow(run, observed, visits.prepared)
    if (run.stop.aborted) continue
    warnings.tell(observed, decision)
    await begin(run, work, fleet, decision)
    visits.closeIdle(clock.now(), known)
    if (changesRollout(decision) || going.ends !== ends) continue
    const ended = endOf(run, work, decision)
    if (ended) return { ended, ...observed }
    await nextChange(run, going, ends, decision.wakeAt)
    if (going.count('step') === 0 && clock.now() >= asked + LONGEST_SLEEP && !run.stop.aborted) {
      asked = clock.now()
      if (await run.isSuperseded(fleet)) return { ended: 'superseded', ...observed }
    }
  }
}

/** Settles when all that was decided is journaled and under way. */
async function begin(
  run: Reconcile,
  work: WorkUnderWay,
  fleet: Fleet,
  { done = [], actions }: Decision,
): Promise<void> {
  for (const wave of done)
    await run.journal.append({ type: 'wave-done', at: run.clock.now(), ...wave })
  for (const action of actions) await startAction(run, work, fleet, action)
}

/** After one of these the next decision is made at once. */
const changesRollout = ({ actions }: Decision): boolean =>
  actions.some((a) => a.do === 'halt' || a.do === 'finish' || a.do === 'quarantine')

/** Why the run ends with this decision; null: it goes on. */
function endOf(run: Reconcile, work: WorkUnderWay, decision: Decision): Ended | null {
  const { going } = work
  const listens = decision.waiting.some((w) => STEERED.has(w.code))
  const late = isLate(run)
  const reached = isReached(decision)
  const settled = rolloutOf(run.journal).status !== 'running'
  // A look that watches until something happens is not waited for any more; one that only asks is.
  if (settled || reached || (late && going.count('step') === 0 && work.isWatching)) work.endLooks()
  const waits = !run.once && !late && !reached && (decision.wakeAt !== null || listens)
  if (waits || !work.isIdle) return null
  return settled ? 'settled' : reached ? 'reached' : 'waiting'
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
    worldOf(
      { fleet, state: journal.state, rollout, now: clock.now() },
      {
        ...surroundings,
        prepared,
        hurried: run.once || isLate(run),
        processors: availableParallelism(),
      },
    ),
  )
  const waves = planWaves(nodes, policy, rollout.limit).map((w) => w.nodes.length)
  onProgress({ type: 'decided', state: journal.state, decision, waves })
  return decision
}

/** All that keeps nodes from moving is that this run was to go no further. */
const isReached = ({ actions, waiting }: Decision): boolean =>
  actions.length === 0 && waiting.length > 0 && waiting.every((w) => w.code === 'until')

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
