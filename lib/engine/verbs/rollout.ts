// SPDX-License-Identifier: Apache-2.0
// lib/engine/verbs/: what each verb does, without the words of a command line.
//
// `patchrun run`: which rollout is this run about, one that goes on, or a new one at the newest
// commit?
import { EXIT, PatchrunError } from '../../errors.js'
import { requireGuests } from '../../fleet/lists/limit.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { PinnedCommit, RolloutState } from '../../rollout/index.js'
import { describeActor } from '../orders/actor.js'
import { choose } from '../run/choose-rollout.js'
import { drive } from '../run/drive.js'
import type { Begin, Begun, DriveOptions, RunResult } from '../run/drive.js'
import { pinCommit, pinToRoll, useCheckout } from '../commit/pin.js'
import { requirePin } from '../site/plan-file.js'
import { systemClock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { surroundingsOf } from '../run/surroundings.js'

export type { RunResult } from '../run/drive.js'

export interface RunOptions extends DriveOptions {
  /**
   * Look again: at every node although the pin has been completed, or at those that wait for a
   * drain.
   */
  readonly again?: boolean
}

/**
 * Brings the environment to the pinned commit, as far as the policy lets it go. A halt and a wait
 * are results. Throws PatchrunError: config/…, pin/…, plan/…, ansible/…, lock/held, lock/lost,
 * state/….
 */
export async function runRollout(session: Session, options: RunOptions = {}): Promise<RunResult> {
  const { sha } = session.options
  const { clock = systemClock, wait } = options
  const began = clock.now()
  for (;;) {
    const left = wait === undefined ? {} : { wait: Math.max(0, began + wait - clock.now()) }
    const result = await inTurn(options, left.wait ?? 0, (rest) =>
      drive(session, { ...options, ...(wait !== undefined && { wait: rest }) }, (given) =>
        forward(session, options.again ?? false, given),
      ),
    )
    const standing = result.report.rollout?.pin.sha
    if (sha === undefined || standing === sha.toLowerCase()) return result
    // An older rollout went on first: reached is only what was asked for.
    if (result.outcome === 'reached')
      return { ...result, exitCode: EXIT.waiting, outcome: 'waiting' }
    if (result.outcome !== 'done') return result
  }
}

/** How soon it is asked again whether another run has let the lock go, ms. */
const LOCK_AGAIN = 5_000

/**
 * Who waits at all waits for another run, too: a job that was cancelled still finishes its step
 * when it is given again. `wait`: for how long, ms.
 */
async function inTurn<T>(
  { clock = systemClock, signal = new AbortController().signal, onEvent }: DriveOptions,
  wait: number,
  work: (rest: number) => Promise<T>,
): Promise<T> {
  const until = clock.now() + wait
  for (let told = false; ;) {
    try {
      return await work(Math.max(0, until - clock.now()))
    } catch (error) {
      const late = clock.now() >= until || signal.aborted
      if (late || !(error instanceof PatchrunError) || error.code !== 'lock/held') throw error
      if (!told)
        onEvent?.({
          type: 'notice',
          code: 'lock-held',
          text: `waiting for it to end: ${error.message}`,
        })
      told = true
      await clock.sleep(Math.min(LOCK_AGAIN, until - clock.now()), signal)
    }
  }
}

async function forward(
  session: Session,
  again: boolean,
  { fleet, journal, onProgress, kill, now, takeOrders }: Begin,
): Promise<Begun> {
  requireGuests(fleet, session.limit)
  const { pin, comparison } = await pinToRoll(fleet, journal.state, kill, session.options.sha)
  if (session.plan) requirePin(session.plan, pin)
  onProgress({ type: 'pinned', pin, comparison })
  const unusable = await whyUnusable(fleet, journal.state.current, pin, kill)
  const surroundings = await surroundingsOf(
    fleet,
    journal.state.current?.status === 'running' ? journal.state.current.pin.sha : pin.sha,
  )
  await takeOrders()
  const { state } = journal
  const choice = choose({
    state,
    fleet,
    pin,
    comparison,
    unusable,
    limit: session.limit,
    again,
    now: now(),
    by: describeActor(),
    surroundings,
  })
  // A rollout of another commit that is under way would go on first: that is not what the plan
  // shows.
  const goesOn = choice.events.length > 0 && !choice.events.some((e) => e.type === 'opened')
  if (session.plan && goesOn && state.current) requirePin(session.plan, state.current.pin)
  const isSuperseded = async (now: Fleet): Promise<boolean> => {
    const { current, rejected } = journal.state
    if (now.policy.onNewCommit !== 'supersede' || !current || current.kind === 'rollback')
      return false
    // A remote that is away for a while keeps nobody from waiting on.
    const newest = await pinCommit(now, journal.state.remembered, kill).then(
      (p) => p.pin.sha,
      () => current.pin.sha,
    )
    return newest !== current.pin.sha && newest !== rejected?.sha
  }
  return { choice, surroundings, isSuperseded }
}

/**
 * Why the rollout under way cannot go on at its own commit although a newer one is there: it is
 * gone, or has no such playbook.
 */
async function whyUnusable(
  fleet: Fleet,
  current: RolloutState | null,
  pin: PinnedCommit,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (current?.status !== 'running' || current.pin.sha === pin.sha) return undefined
  try {
    await useCheckout(fleet, current.pin.sha, signal)
    return undefined
  } catch (error) {
    if (error instanceof PatchrunError && /^(playbook\/|pin\/sha-not-found$)/.test(error.code))
      return error.message
    throw error
  }
}
