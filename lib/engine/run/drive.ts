// SPDX-License-Identifier: Apache-2.0
// lib/engine/run/: a rollout under the lock: observe, decide, journal, act, tell people.
//
// Takes the lock, lets somebody say which rollout this is about, and drives it as far as the policy
// lets it go.
import { dirname } from 'node:path'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { EXIT } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { buildReport } from '../../report/model/build.js'
import type { Report } from '../../report/model/rollout-report.js'
import { planWaves } from '../../rollout/index.js'
import type { Surroundings, WaveSize } from '../../rollout/index.js'
import { inState } from '../../store/disk/state-error.js'
import type { Journal, Lock } from '../../store/store.js'
import type { Choice } from './choose-rollout.js'
import { layoutOf } from '../site/layout.js'
import { SchedulerLooks } from '../step/scheduler-look.js'
import type { Layout } from '../site/layout.js'
import { takeOrders } from '../orders/take-orders.js'
import { localPlaysNotice } from '../commit/local-plays.js'
import { leftNotice } from '../commit/lend-tree.js'
import { noticesOf, systemClock } from '../step/progress.js'
import type { Clock, OnProgress } from '../step/progress.js'
import { reconcile } from './reconcile.js'
import { rolloutOf } from './reconcile-types.js'
import type { Observed, Reconcile, Reconciled } from './reconcile-types.js'
import type { Session } from '../site/session.js'
import { withInstalled } from '../commit/requirements.js'
import { storeOf } from '../site/store-of.js'
import { readyCommit } from './ready-commit.js'
import type { ReadyCommit } from './ready-commit.js'
import { endOrphans, takenOver } from './run-before.js'
import { surroundingsOf } from './surroundings.js'
import { Notifications } from './notifications.js'

export interface DriveOptions {
  /** Do all that needs no waiting, then return. */
  readonly once?: boolean
  /** Wait for this long in all, ms, then as with `once`. */
  readonly wait?: number
  /** The last wave that this run begins; 0 is the canary wave. */
  readonly untilWave?: number
  readonly onEvent?: OnProgress
  /** Aborted: no new step begins, what runs is finished. */
  readonly signal?: AbortSignal
  /** Aborted: what runs is ended, too. */
  readonly kill?: AbortSignal
  readonly clock?: Clock
}

export interface RunResult {
  readonly exitCode: ExitCode
  /** reached: the wave that the run was to go to, and not the end of the rollout. */
  readonly outcome: 'done' | 'reached' | 'halted' | 'waiting' | 'interrupted'
  readonly report: Report
}

const never = new AbortController().signal

/** What a run begins with, found while it holds the lock. */
export interface Begin {
  readonly fleet: Fleet
  readonly journal: Journal
  readonly onProgress: OnProgress
  readonly kill: AbortSignal
  readonly now: () => number
  /**
   * Carries what people said meanwhile into the journal: to be done right before anything is
   * decided.
   */
  readonly takeOrders: () => Promise<boolean>
}

export interface Begun {
  readonly choice: Choice
  readonly surroundings: Surroundings
  /** Whether what was begun is to give way to another commit by now. */
  readonly isSuperseded?: Reconcile['isSuperseded']
}

/** What a run is given by whoever begins it. */
interface Given {
  readonly session: Session
  readonly install: AnsibleInstall
  readonly options: Required<Omit<DriveOptions, 'untilWave'>> & Pick<DriveOptions, 'untilWave'>
  readonly begin: (begin: Begin) => Promise<Begun>
}

/** And what it has as long as it holds the lock. */
interface LockedRun extends Given {
  readonly layout: Layout
  readonly lock: Lock
  readonly journal: Journal
  readonly people: Notifications
  readonly onProgress: OnProgress
  readonly takeOrders: () => Promise<boolean>
  readonly lookout: SchedulerLooks
  /** As Reconcile's. */
  readonly patientUntil: number
}

/** Throws config/…, ansible/…, lock/held, lock/lost, state/…, and what `begin` throws. */
export async function drive(
  session: Session,
  {
    once = false,
    wait = Infinity,
    untilWave,
    clock = systemClock,
    onEvent = () => undefined,
    signal = never,
    kill = never,
  }: DriveOptions,
  begin: (given: Begin) => Promise<Begun>,
): Promise<RunResult> {
  const fleet = await session.observe()
  const install = await session.findAnsible()
  const options = { once, wait, untilWave, clock, onEvent, signal, kill }
  return inState(fleet.stateDirectory, () => underLock(fleet, { session, install, options, begin }))
}

async function underLock(fleet: Fleet, given: Given): Promise<RunResult> {
  const { wait, clock, onEvent, kill } = given.options
  const layout = layoutOf(fleet)
  const store = storeOf(fleet)
  const patientUntil = clock.now() + wait
  const lock = await store.take(clock.now())
  let journal: Journal | undefined
  let people: Notifications | undefined
  try {
    const open = (journal = await store.open(lock))
    const telling = (people = new Notifications({
      journal,
      clock,
      kill: AbortSignal.any([kill, lock.lost]),
      onProgress: onEvent,
    }))
    const onProgress: OnProgress = (progress) => {
      onEvent(progress)
      telling.onProgress(progress)
    }
    return await driveOn(fleet, {
      ...given,
      layout,
      lock,
      journal,
      people,
      onProgress,
      takeOrders: () => takeOrders(store.mail, open, clock, onProgress),
      lookout: new SchedulerLooks(dirname(layout.runs), clock),
      patientUntil,
    })
  } finally {
    await people?.close()
    await journal?.close()
    // What went wrong before is what people need to hear of; a lock that is still there is taken
    // over from the dead.
    await lock.release().catch(() => undefined)
  }
}

/** Goes on with one commit after another, as long as another one is to take its place. */
async function driveOn(fleet: Fleet, run: LockedRun): Promise<RunResult> {
  const { install, options, begin, layout, lock, journal, people, onProgress, takeOrders } = run
  const { clock, kill } = options
  await people.observed(fleet, {})
  const taken = takenOver(lock, fleet.lockTimeout)
  if (taken !== null) onProgress({ type: 'notice', code: 'lock-taken-over', text: taken })
  await endOrphans(layout, journal, onProgress)
  for (let declared = fleet; ;) {
    const { choice, surroundings, isSuperseded } = await begin({
      fleet: declared,
      journal,
      onProgress,
      kill,
      now: () => clock.now(),
      takeOrders,
    })
    const tell = (): void => {
      for (const notice of choice.notices) onProgress({ type: 'notice', ...notice })
    }
    if (choice.events.length === 0) {
      tell()
      await people.close()
      return result(
        journal,
        { ended: 'settled', fleet: declared, surroundings },
        clock,
        choice.refused,
      )
    }
    // Before anything is journaled: a commit without the playbook must not become a rollout that
    // nobody can end.
    const opened = choice.events.find((e) => e.type === 'opened')
    const commit = await readyCommit(declared, {
      sha: (opened ?? rolloutOf(journal)).pin.sha,
      opens: opened !== undefined,
      install,
      signal: kill,
      onProgress,
    })
    for (const event of choice.events)
      await journal.append(
        event.type === 'opened' ? { ...event, waves: sizesOf(declared, event.limit) } : event,
      )
    tell()
    const reconciled = await reconcile(reconcileOf(run, commit, isSuperseded))
    lock.lost.throwIfAborted()
    declared = reconciled.fleet
    if (reconciled.ended === 'superseded') continue
    await people.close()
    return result(journal, reconciled, clock)
  }
}

/** How a rollout is gone on with, at its commit. */
function reconcileOf(
  run: LockedRun,
  { checkout, installed, suggested }: ReadyCommit,
  isSuperseded: Reconcile['isSuperseded'] = async () => false,
): Reconcile {
  const { session, install, options, layout, lock, journal, people, onProgress, lookout } = run
  const { once, untilWave, clock, signal, kill } = options
  return {
    journal,
    once,
    patientUntil: run.patientUntil,
    clock,
    onProgress,
    lookout,
    // Somebody else goes on: nothing of ours may go on beside it.
    stop: AbortSignal.any([signal, lock.lost]),
    kill: AbortSignal.any([kill, lock.lost]),
    runs: layout.runs,
    context: {
      install,
      checkout: checkout.path,
      fence: lock.file,
      suggested,
      onLocalPlays: localPlaysNotice(noticesOf(onProgress, 'local-plays')),
      onLeft: leftNotice(noticesOf(onProgress, 'files-left')),
    },
    // The tree is looked at before every decision: what somebody changed in it is not the pin any
    // more.
    observe: async (): Promise<Observed> => {
      const [observed] = await Promise.all([session.observe(), checkout.verify()])
      const surroundings = {
        ...(await surroundingsOf(observed, rolloutOf(journal).pin.sha)),
        schedulers: lookout.views,
      }
      await people.observed(observed, surroundings)
      // What people are told does not end where this run does.
      return {
        fleet: withInstalled(observed, installed),
        surroundings: { ...surroundings, ...(untilWave !== undefined && { untilWave }) },
      }
    },
    takeOrders: run.takeOrders,
    isSuperseded,
  }
}

const sizesOf = ({ nodes, policy }: Fleet, limit: readonly string[] | null): readonly WaveSize[] =>
  planWaves(nodes, policy, limit).map((w) => ({ wave: w.index, nodes: w.nodes.length }))

function result(
  journal: Journal,
  { ended, fleet, surroundings }: Reconciled,
  clock: Clock,
  refused = false,
): RunResult {
  const report = buildReport({ fleet, state: journal.state, now: clock.now(), surroundings })
  const { status } = rolloutOf(journal)
  if (refused) return { exitCode: EXIT.halted, outcome: 'halted', report }
  if (status === 'done') return { exitCode: EXIT.reached, outcome: 'done', report }
  if (status === 'halted') return { exitCode: EXIT.halted, outcome: 'halted', report }
  if (ended === 'reached') return { exitCode: EXIT.reached, outcome: 'reached', report }
  return ended === 'stopped'
    ? { exitCode: EXIT.interrupted, outcome: 'interrupted', report }
    : { exitCode: EXIT.waiting, outcome: 'waiting', report }
}
