// SPDX-License-Identifier: Apache-2.0
// lib/engine/run/: a rollout under the lock: observe, decide, journal, act, tell people.
//
// Takes the lock, lets somebody say which rollout this is about, and drives it as far as the policy
// lets it go.
import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { endOrphan } from '../../ansible/run/start-playbook.js'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { EXIT, refuse } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { buildReport } from '../../report/model/build.js'
import type { Report } from '../../report/model/rollout-report.js'
import { count } from '../../report/words/words.js'
import { planWaves } from '../../rollout/index.js'
import type { Surroundings, WaveSize } from '../../rollout/index.js'
import type { Holder } from '../../store/disk/lock-files.js'
import { inState } from '../../store/disk/state-error.js'
import type { Journal, Lock } from '../../store/store.js'
import type { Choice } from './choose-rollout.js'
import { gateProblems } from '../step/health-gate.js'
import { layoutOf } from '../site/layout.js'
import { SchedulerLook } from '../step/scheduler-look.js'
import type { Layout } from '../site/layout.js'
import { takeOrders } from '../orders/take-orders.js'
import { localPlaysNotice } from '../commit/local-plays.js'
import { leftNotice } from '../commit/lend-tree.js'
import { lfsWarning, useCheckout } from '../commit/pin.js'
import { uncommittedWarning } from '../step/repository-warnings.js'
import { noTags } from '../commit/tag-warnings.js'
import { suggestedTags } from '../tags/suggested-tags.js'
import { noticesOf, systemClock } from '../step/progress.js'
import type { Clock, OnProgress } from '../step/progress.js'
import { reconcile } from './reconcile.js'
import { rolloutOf } from './reconcile-types.js'
import type { Observed, Reconcile, Reconciled } from './reconcile-types.js'
import type { Session } from '../site/session.js'
import { installRequirements, withInstalled } from '../commit/requirements.js'
import { storeOf } from '../site/store-of.js'
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

/** Throws config/…, ansible/…, lock/held, lock/lost, state/…, and what `begin` throws. */
export async function drive(
  session: Session,
  options: DriveOptions,
  begin: (given: Begin) => Promise<Begun>,
): Promise<RunResult> {
  const fleet = await session.observe()
  const install = await session.findAnsible()
  return inState(fleet.stateDirectory, () => underLock(session, fleet, install, options, begin))
}

async function underLock(
  session: Session,
  fleet: Fleet,
  install: AnsibleInstall,
  options: DriveOptions,
  begin: (given: Begin) => Promise<Begun>,
): Promise<RunResult> {
  const {
    once = false,
    wait = Infinity,
    untilWave,
    clock = systemClock,
    onEvent: tellCaller = () => undefined,
    signal: stop = never,
    kill = never,
  } = options
  const layout = layoutOf(fleet)
  const store = storeOf(fleet)
  const patientUntil = clock.now() + wait
  const lock = await store.take(clock.now())
  let journal: Journal | undefined
  let telling: Notifications | undefined
  const onProgress: OnProgress = (progress) => {
    tellCaller(progress)
    telling?.onProgress(progress)
  }
  try {
    const open = (journal = await store.open(lock))
    const people = (telling = new Notifications({
      journal,
      clock,
      kill: AbortSignal.any([kill, lock.lost]),
      onProgress: tellCaller,
    }))
    await people.observed(fleet, {})
    if (lock.takenFrom)
      onProgress({
        type: 'notice',
        code: 'lock-taken-over',
        text: takenOver(lock.takenFrom, lock.takenBecause, fleet.lockTimeout),
      })
    await endOrphans(layout, journal, onProgress)
    const orders = (): Promise<boolean> => takeOrders(store.mail, open, clock, onProgress)
    const lookout = new SchedulerLook(dirname(layout.runs), clock)
    for (let declared = fleet; ;) {
      const {
        choice,
        surroundings,
        isSuperseded = async () => false,
      } = await begin({
        fleet: declared,
        journal,
        onProgress,
        kill,
        now: () => clock.now(),
        takeOrders: orders,
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
      // Nodes may be held: a tree that somebody changed must not keep them.
      const checkout = await useCheckout(
        declared,
        (opened ?? rolloutOf(journal)).pin.sha,
        kill,
        (found, kept) =>
          onProgress({
            type: 'notice',
            code: 'checkout-renewed',
            text: `${found.message}. It was made anew; what was there lies in ${kept}`,
          }),
      )
      const pointers = lfsWarning(checkout)
      if (pointers !== null) onProgress({ type: 'notice', code: 'lfs-pointers', text: pointers })
      // Once: what is declared meanwhile must not end a run that holds nodes.
      const installed = await installRequirements(declared, {
        install,
        checkout: checkout.path,
        signal: kill,
        onNotice: noticesOf(onProgress, 'requirements'),
      })
      const suggested = await suggestedTags({
        fleet: withInstalled(declared, installed),
        install,
        sha: checkout.sha,
        checkout: checkout.path,
        signal: kill,
      })
      if (suggested) onProgress({ type: 'notice', code: 'tags-suggested', text: suggested.text })
      const edits = opened && (await uncommittedWarning(declared, kill))
      if (edits) onProgress({ type: 'notice', code: 'uncommitted', text: edits })
      const untagged = await noTags(declared, checkout.path, kill)
      if (untagged !== null) onProgress({ type: 'notice', code: 'no-tags', text: untagged })
      refuse(gateProblems(withInstalled(declared, installed), checkout.path))
      for (const event of choice.events)
        await journal.append(
          event.type === 'opened' ? { ...event, waves: sizesOf(declared, event.limit) } : event,
        )
      tell()
      const reconciled = await reconcile({
        journal,
        once,
        patientUntil,
        clock,
        onProgress,
        lookout,
        // Somebody else goes on: nothing of ours may go on beside it.
        stop: AbortSignal.any([stop, lock.lost]),
        kill: AbortSignal.any([kill, lock.lost]),
        runs: layout.runs,
        context: {
          install,
          checkout: checkout.path,
          fence: lock.file,
          suggested: suggested?.path,
          onLocalPlays: localPlaysNotice(noticesOf(onProgress, 'local-plays')),
          onLeft: leftNotice(noticesOf(onProgress, 'files-left')),
        },
        // The tree is looked at before every decision: what somebody changed in it is not the pin
        // any more.
        observe: async (): Promise<Observed> => {
          const [observed] = await Promise.all([session.observe(), checkout.verify()])
          const surroundings = {
            ...(await surroundingsOf(observed, rolloutOf(open).pin.sha)),
            scheduler: lookout.view,
          }
          await people.observed(observed, surroundings)
          // What people are told does not end where this run does.
          return {
            fleet: withInstalled(observed, installed),
            surroundings: { ...surroundings, ...(untilWave !== undefined && { untilWave }) },
          }
        },
        takeOrders: orders,
        isSuperseded,
      })
      lock.lost.throwIfAborted()
      declared = reconciled.fleet
      if (reconciled.ended === 'superseded') continue
      await people.close()
      return result(journal, reconciled, clock)
    }
  } finally {
    await telling?.close()
    await journal?.close()
    // What went wrong before is what people need to hear of; a lock that is still there is taken
    // over from the dead.
    await lock.release().catch(() => undefined)
  }
}

const sizesOf = ({ nodes, policy }: Fleet, limit: readonly string[] | null): readonly WaveSize[] =>
  planWaves(nodes, policy, limit).map((w) => ({ wave: w.index, nodes: w.nodes.length }))

function takenOver(
  { pid, user, host }: Holder,
  because: Lock['takenBecause'],
  timeout: number,
): string {
  const how =
    because === 'silent'
      ? `gave no sign of life for ${Math.round(timeout / 1000)} s: if it wakes up it does nothing more`
      : 'ended without releasing the lock'
  return `took over from process ${pid} of ${user}${host === hostname() ? '' : `@${host}`}, which ${how}`
}

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

/**
 * Ends what an earlier process left running: Ansible that nobody listens to must not go on beside a
 * new run. Only the directories of steps without an outcome can hold one.
 */
async function endOrphans(layout: Layout, journal: Journal, onProgress: OnProgress): Promise<void> {
  const { current } = journal.state
  if (!current) return
  const base = join(layout.runs, current.id)
  const names = new Set([...(await readdir(base).catch(() => [] as string[]))])
  for (const { step, action, nodes } of current.steps.values()) {
    if (!names.has(step)) continue
    const found = await endOrphan(join(base, step))
    if (found === 'ended') {
      onProgress({
        type: 'notice',
        code: 'orphan-ended',
        text: `ended an ansible-playbook of the run before (${action} on ${count(nodes.length, 'node')}) that was still going on`,
      })
    }
  }
}
