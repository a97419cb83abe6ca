// SPDX-License-Identifier: Apache-2.0
// lib/engine/orders/: what people say to a rollout, on its way into the journal.
//
// Gives an order to whoever may write the journal: to ourselves where nobody holds the lock, to the
// holder otherwise.
import { PatchrunError } from '../../errors.js'
import type { EnvironmentState } from '../../rollout/index.js'
import type { Holder } from '../../store/disk/lock-files.js'
import { inState } from '../../store/disk/state-error.js'
import type { Journal, Store } from '../../store/store.js'
import { describeActor } from './actor.js'
import { orderDocument } from './orders.js'
import type { OrderBody } from './orders.js'
import { carryOrders } from './take-orders.js'
import type { Place } from '../site/places.js'
import type { Clock } from '../step/progress.js'
import { storeOf } from '../site/store-of.js'

/**
 * now: in the journal, nobody runs. by-run: a run is under way and has it in its journal; it begins
 * nothing against it from here on. handed: a run is under way and has not answered yet; it reads it
 * before its next decision.
 */
export type Taken = 'now' | 'by-run' | 'handed'

export interface Given {
  /** Id of the order, as the journal has it. */
  readonly order: string
  readonly taken: Taken
  /** Of by-run and handed. */
  readonly holder?: Holder
  /** What the journal amounted to when it was taken, or last looked at. */
  readonly state: EnvironmentState
}

export interface Giving {
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** While nobody else can come between: what follows from it at once. */
  readonly then?: (journal: Journal) => Promise<void>
}

/** A run hears a word within two seconds, unless it is fetching, or its lists take their time. */
const PATIENCE = 10_000
const LOOK_EVERY = 200

/** Throws usage/order-refused when it made no sense any more, and state/…. */
export async function giveOrder(place: Place, body: OrderBody, giving: Giving): Promise<Given> {
  return inState(place.stateDirectory, () => give(storeOf(place), body, giving))
}

async function give(
  store: Store,
  body: OrderBody,
  { clock, signal, then }: Giving,
): Promise<Given> {
  const order = await store.mail.post(
    orderDocument({ ...body, by: describeActor(), at: clock.now() }),
    clock.now(),
  )
  const never = new AbortController().signal
  let holder: Holder | undefined
  for (const end = clock.now() + PATIENCE; ; await clock.sleep(LOOK_EVERY, signal ?? never)) {
    const state = await carryOurselves(store, order, clock, then)
    if (state) return { order, taken: 'now', state }
    holder = (await store.holder()) ?? holder
    const known = holder && { holder }
    const fate = await store.mail.fateOf(order)
    if (fate.is === 'refused') throw refused(fate.why)
    if (fate.is === 'gone') {
      const seen = await store.read()
      if (!seen.orders.includes(order)) throw refused('somebody took it out of the mailbox')
      return { order, taken: 'by-run', ...known, state: seen }
    }
    if (clock.now() >= end || signal?.aborted)
      return { order, taken: 'handed', ...known, state: await store.read() }
  }
}

/** Null: somebody else holds the lock. */
async function carryOurselves(
  store: Store,
  order: string,
  clock: Clock,
  then: Giving['then'],
): Promise<EnvironmentState | null> {
  const lock = await store.take(clock.now()).catch((error: unknown) => {
    if (error instanceof PatchrunError && error.code === 'lock/held') return null
    throw error
  })
  if (!lock) return null
  let journal: Journal | undefined
  try {
    journal = await store.open(lock)
    const carried = await carryOrders(store.mail, journal, clock, () => undefined)
    const why = carried.find((c) => c.id === order)?.why
    if (why !== undefined) throw refused(why)
    if (!journal.state.orders.includes(order)) {
      // A run had it before us, found it senseless and ended.
      const fate = await store.mail.fateOf(order)
      throw refused(fate.is === 'refused' ? fate.why : 'somebody took it out of the mailbox')
    }
    await then?.(journal)
    return journal.state
  } finally {
    await journal?.close()
    await lock.release().catch(() => undefined)
  }
}

const refused = (why: string): PatchrunError =>
  new PatchrunError({
    code: 'usage/order-refused',
    message: `the order was not followed: ${why}`,
    hint: '`patchrun status` shows what stands now.',
  })
