// SPDX-License-Identifier: Apache-2.0
// `patchrun run`: takes the lock, decides which rollout this is about, and drives it.
import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { endOrphan } from '../ansible/run.js'
import type { AnsibleInstall } from '../ansible/types.js'
import { EXIT, PatchrunError } from '../errors.js'
import type { ExitCode } from '../errors.js'
import type { Fleet } from '../fleet/types.js'
import { Journal } from '../store/journal.js'
import type { PinnedCommit, RolloutState } from '../rollout/index.js'
import { takeLock } from '../store/lock.js'
import type { Holder, Lock } from '../store/lock.js'
import { inState } from '../store/state-error.js'
import { describeActor } from './actor.js'
import { choose } from './choose.js'
import { layoutOf } from './layout.js'
import type { Layout } from './layout.js'
import { pinCommit, useCheckout } from './pin.js'
import { requirePin } from './plan-file.js'
import { systemClock } from './progress.js'
import type { Clock, OnProgress } from './progress.js'
import { buildReport } from '../report/build.js'
import type { Report } from '../report/types.js'
import { reconcile, rolloutOf } from './reconcile.js'
import type { Observed, Reconcile, Reconciled } from './reconcile.js'
import { takeOrders } from './orders.js'
import { lookAround } from './surroundings.js'
import type { Session } from './session.js'

export interface RunOptions {
  /** Do all that needs no waiting, then return. */
  readonly once?: boolean
  /** Look again: at every node although the pin has been completed, or at those that wait for a drain. */
  readonly again?: boolean
  readonly onEvent?: OnProgress
  /** Aborted: no new step begins, what runs is finished. */
  readonly signal?: AbortSignal
  /** Aborted: what runs is ended, too. */
  readonly kill?: AbortSignal
  readonly clock?: Clock
}

export interface RunResult {
  readonly exitCode: ExitCode
  readonly outcome: 'done' | 'halted' | 'waiting' | 'interrupted'
  readonly report: Report
}

const never = new AbortController().signal

/**
 * Brings the environment to the pinned commit, as far as the policy lets it go. A halt and a wait are results.
 * Throws PatchrunError: config/…, pin/…, ansible/…, lock/held, lock/lost, state/….
 */
export async function runRollout(session: Session, options: RunOptions = {}): Promise<RunResult> {
  const { clock = systemClock, onEvent: onProgress = () => undefined, signal: stop = never, kill = never } = options
  const fleet = await session.observe()
  const install = await session.findAnsible()
  const { once = false, again = false } = options
  return inState(fleet.stateDirectory, () => underLock(session, fleet, install, { once, again, clock, onProgress, stop, kill }))
}

type Manner = Pick<Reconcile, 'once' | 'clock' | 'onProgress' | 'stop' | 'kill'> & { readonly again: boolean }

async function underLock(session: Session, fleet: Fleet, install: AnsibleInstall, { once, again, clock, onProgress, stop, kill }: Manner): Promise<RunResult> {
  const layout = layoutOf(fleet)
  const lock = await takeLock(layout.lock, clock.now(), { timeout: fleet.lockTimeout })
  let journal: Journal | undefined
  try {
    journal = await Journal.open(layout.journal, lock)
    if (lock.takenFrom) onProgress({ type: 'notice', code: 'lock-taken-over', text: takenOver(lock.takenFrom, lock.takenBecause, fleet.lockTimeout) })
    await endOrphans(layout, journal, onProgress)
    const { pin, comparison } = await pinCommit(fleet, journal.state.remembered, kill)
    if (session.plan) requirePin(session.plan, pin)
    onProgress({ type: 'pinned', pin, comparison })
    const unusable = await whyUnusable(fleet, journal.state.current, pin, kill)
    const surroundings = await lookAround(fleet, journal.state.current?.status === 'running' ? journal.state.current.pin.sha : pin.sha)
    const open = journal
    await takeOrders(layout, open, clock, onProgress)
    const choice = choose({ state: journal.state, fleet, pin, comparison, unusable, limit: session.limit, again, now: clock.now(), by: describeActor(), surroundings })
    if (choice.events.length === 0) {
      for (const notice of choice.notices) onProgress({ type: 'notice', ...notice })
      return result(journal, { ended: 'settled', fleet, surroundings }, clock, choice.refused)
    }
    // Before anything is journaled: a commit without the playbook must not become a rollout that nobody can end.
    const opens = choice.events.some((e) => e.type === 'opened')
    // A rollout of another commit that is under way would go on first: that is not what the plan shows.
    if (session.plan && !opens) requirePin(session.plan, rolloutOf(journal).pin)
    const checkout = await useCheckout(fleet, opens ? pin.sha : rolloutOf(journal).pin.sha, kill)
    for (const event of choice.events) await journal.append(event)
    for (const notice of choice.notices) onProgress({ type: 'notice', ...notice })
    const reconciled = await reconcile({
      journal, once, clock, onProgress,
      // Somebody else goes on: nothing of ours may go on beside it.
      stop: AbortSignal.any([stop, lock.lost]),
      kill: AbortSignal.any([kill, lock.lost]),
      runs: layout.runs,
      context: { install, checkout: checkout.path, fence: lock.file },
      // The tree is looked at before every decision: what somebody changed in it is not the pin any more.
      observe: async (): Promise<Observed> => {
        await checkout.verify()
        const observed = await session.observe()
        return { fleet: observed, surroundings: await lookAround(observed, rolloutOf(open).pin.sha) }
      },
      takeOrders: () => takeOrders(layout, open, clock, onProgress),
    })
    lock.lost.throwIfAborted()
    return result(journal, reconciled, clock)
  } finally {
    await journal?.close()
    // What went wrong before is what people need to hear of; a lock that is still there is taken over from the dead.
    await lock.release().catch(() => undefined)
  }
}

function takenOver({ pid, user, host }: Holder, because: Lock['takenBecause'], timeout: number): string {
  const how = because === 'silent' ? `gave no sign of life for ${Math.round(timeout / 1000)} s: if it wakes up it does nothing more` : 'ended without releasing the lock'
  return `took over from process ${pid} of ${user}${host === hostname() ? '' : `@${host}`}, which ${how}`
}

/** Why the rollout under way cannot go on at its own commit although a newer one is there: it is gone, or has no such playbook. */
async function whyUnusable(fleet: Fleet, current: RolloutState | null, pin: PinnedCommit, signal: AbortSignal): Promise<string | undefined> {
  if (current?.status !== 'running' || current.pin.sha === pin.sha) return undefined
  try {
    await useCheckout(fleet, current.pin.sha, signal)
    return undefined
  } catch (error) {
    if (error instanceof PatchrunError && /^(playbook\/|pin\/sha-not-found$)/.test(error.code)) return error.message
    throw error
  }
}

function result(journal: Journal, { ended, fleet, surroundings }: Reconciled, clock: Clock, refused = false): RunResult {
  const report = buildReport({ fleet, state: journal.state, now: clock.now(), surroundings })
  const { status } = rolloutOf(journal)
  if (refused) return { exitCode: EXIT.halted, outcome: 'halted', report }
  if (status === 'done') return { exitCode: EXIT.reached, outcome: 'done', report }
  if (status === 'halted') return { exitCode: EXIT.halted, outcome: 'halted', report }
  return ended === 'stopped' ? { exitCode: EXIT.interrupted, outcome: 'interrupted', report } : { exitCode: EXIT.waiting, outcome: 'waiting', report }
}

/**
 * Ends what an earlier process left running: Ansible that nobody listens to must not go on beside a new run.
 * Only the directories of steps without an outcome can hold one.
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
      onProgress({ type: 'notice', code: 'orphan-ended', text: `ended an ansible-playbook of the run before (${action} on ${nodes.length} nodes) that was still going on` })
    }
  }
}
