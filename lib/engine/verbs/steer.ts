// SPDX-License-Identifier: Apache-2.0
// `pause`, `unpause`, `abort`: what a person says to a rollout, whoever drives it just now.
import { PatchrunError } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { holderReport } from '../../report/model/build.js'
import type { OrderReport, SteerReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { decide, worldOf } from '../../rollout/index.js'
import type { RolloutState } from '../../rollout/index.js'
import type { Journal } from '../../store/store.js'
import { giveOrder } from '../orders/give-order.js'
import type { Given, Giving } from '../orders/give-order.js'
import { LONGEST_REASON } from '../orders/orders.js'
import type { OrderBody } from '../orders/orders.js'
import { placeOf, placesOf } from '../site/places.js'
import type { Place } from '../site/places.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { storeOf } from '../site/store-of.js'
import { surroundingsOf } from '../run/surroundings.js'

export interface SteerOptions {
  /** Who comes next on duty reads it. */
  readonly reason?: string
  readonly clock?: Clock
}

export interface PauseOptions extends SteerOptions {
  readonly reason: string
  /** When it ends by itself, ms since the epoch; never, where it is left out. */
  readonly until?: number
}

/**
 * Nothing new begins, in the environment that was named or in all of them, until the time or
 * `unpause`; what runs is finished. Throws usage/reason-missing, usage/until-passed, config/…,
 * state/….
 */
export async function pause(
  { options }: Pick<Session, 'options'>,
  { reason: given, until, clock = systemClock }: PauseOptions,
): Promise<SteerReport> {
  const reason = needReason('pause', given)
  if (until !== undefined && !(until > clock.now()))
    throw new PatchrunError({
      code: 'usage/until-passed',
      message: 'the pause would end before it begins',
      hint: 'Give a time that is still to come.',
    })
  const scope = options.environment === undefined ? 'fleet' : 'environment'
  return everywhere(
    await placesOf(options),
    { do: 'pause', scope, reason, ...(until !== undefined && { until }) },
    { clock, signal: options.signal },
    { verb: 'pause', reason, ...(until !== undefined && { until: new Date(until).toISOString() }) },
  )
}

/**
 * Lets the environment that was named, or all of them, go on. One that is not paused stays as it
 * is. Throws config/…, state/….
 */
export async function unpause(
  { options }: Pick<Session, 'options'>,
  { reason: given, clock = systemClock }: SteerOptions = {},
): Promise<SteerReport> {
  const said = optional(given)
  return everywhere(
    await placesOf(options),
    { do: 'unpause', ...said },
    { clock, signal: options.signal },
    { verb: 'unpause', ...said },
  )
}

/** What cannot be reached in one environment keeps no other from hearing it. */
async function everywhere(
  places: readonly Place[],
  body: OrderBody,
  giving: Pick<Giving, 'clock' | 'signal'>,
  said: Pick<SteerReport, 'verb' | 'reason' | 'until'>,
): Promise<SteerReport> {
  const environments: OrderReport[] = []
  const problems: Problem[] = []
  for (const place of places) {
    try {
      environments.push(orderReport(place, await giveOrder(place, body, giving)))
    } catch (error) {
      if (!(error instanceof PatchrunError)) throw error
      problems.push(
        ...error.problems.map((p) => ({
          ...p,
          message: places.length > 1 ? `environment ${place.environment}: ${p.message}` : p.message,
        })),
      )
    }
  }
  const [first, ...more] = problems
  if (first) {
    const done = environments.map((e) => e.environment).join(', ')
    throw new PatchrunError([
      {
        ...first,
        hint: done === '' ? first.hint : `${first.hint} Done already: ${said.verb} of ${done}.`,
      },
      ...more,
    ])
  }
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'steer',
    fleet: places[0]?.fleet ?? '',
    ...said,
    environments,
  }
}

/**
 * What runs is finished and verified, then the rollout halts. Throws usage/reason-missing,
 * usage/nothing-to-abort, usage/order-refused, config/…, state/….
 */
export async function abort(
  session: Pick<Session, 'options' | 'observe'>,
  { reason: given, clock = systemClock }: SteerOptions & { readonly reason: string },
): Promise<SteerReport> {
  const { options } = session
  const reason = needReason('abort', given)
  const place = await placeOf(options)
  const { current } = await storeOf(place).read()
  if (current?.status !== 'running')
    throw new PatchrunError({
      code: 'usage/nothing-to-abort',
      message: current
        ? `no rollout is under way: ${current.id} is ${current.status}`
        : 'nothing has been rolled out yet',
      hint: '`patchrun status` shows what stands. To keep the next one from beginning, `patchrun pause`.',
    })
  const order: OrderBody = { do: 'abort', rollout: current.id, reason }
  const done = await giveOrder(place, order, {
    clock,
    ...(options.signal && { signal: options.signal }),
    then: (journal) => haltAtOnce(session, journal, clock),
  })
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'steer',
    fleet: place.fleet,
    verb: 'abort',
    reason,
    ...(done.state.current?.status === 'halted' && { halted: true }),
    environments: [orderReport(place, done)],
  }
}

/**
 * Nobody runs: where nothing is half done, the rollout halts here and now. Otherwise the next run
 * sees to it first.
 */
async function haltAtOnce(
  session: Pick<Session, 'observe'>,
  journal: Journal,
  clock: Clock,
): Promise<void> {
  const rollout: RolloutState | null = journal.state.current
  // A list that cannot be read just now must not keep a person from stopping: the order is in the
  // journal.
  const fleet = await session.observe().catch(() => null)
  if (!rollout || !fleet) return
  const { actions } = decide(
    worldOf(
      { fleet, state: journal.state, rollout, now: clock.now() },
      await surroundingsOf(fleet, rollout.pin.sha),
    ),
  )
  for (const action of actions)
    if (action.do === 'halt')
      await journal.append({ type: 'halted', at: clock.now(), halt: action.halt })
}

export const orderReport = (
  { environment }: Pick<Place, 'environment'>,
  { order, taken, holder }: Given,
): OrderReport => ({ environment, order, taken, ...(holder && { holder: holderReport(holder) }) })

/** Throws usage/reason-missing, usage/reason-too-long. */
export function needReason(verb: string, given: string | undefined): string {
  const { reason } = optional(given)
  if (reason === undefined)
    throw new PatchrunError({
      code: 'usage/reason-missing',
      message: `${verb} needs a reason`,
      hint: `Say it with --reason "…": it is what the next person on duty reads.`,
    })
  return reason
}

/** Throws usage/reason-too-long. */
export function optional(given: string | undefined): { readonly reason?: string } {
  const reason = given?.trim() ?? ''
  if (reason.length > LONGEST_REASON)
    throw new PatchrunError({
      code: 'usage/reason-too-long',
      message: `the reason has ${reason.length} characters, ${LONGEST_REASON} are kept`,
      hint: 'Say it shorter, or name the ticket that says more.',
    })
  return reason === '' ? {} : { reason }
}
