// SPDX-License-Identifier: Apache-2.0
// Carries what people said from the mailbox into the journal: by the holder of the lock, before
// each decision.
import type { Letter } from '../../store/disk/mailbox.js'
import type { Journal, Mailbox } from '../../store/store.js'
import { answer, parseOrder } from './orders.js'
import type { Clock, OnProgress } from '../step/progress.js'

/** What became of one file: followed, or set aside (`why`). */
export interface Carried {
  readonly id: string | null
  readonly why?: string
}

/** Files that could be neither followed nor moved: told once by each process. */
const told = new WeakMap<Journal, Set<string>>()

/**
 * Carries the orders that lie in the mailbox into the journal, oldest first; true when there were
 * any. What cannot be followed is set aside and told: it stops nobody, and is not lost. Throws
 * state/…, lock/lost.
 */
export async function takeOrders(
  mail: Mailbox,
  journal: Journal,
  clock: Clock,
  onProgress: OnProgress,
): Promise<boolean> {
  return (await carryOrders(mail, journal, clock, onProgress)).length > 0
}

export async function carryOrders(
  mail: Mailbox,
  journal: Journal,
  clock: Pick<Clock, 'now'>,
  onProgress: OnProgress,
): Promise<readonly Carried[]> {
  const carried: Carried[] = []
  for (const letter of await mail.letters()) {
    const { id, name } = letter
    // Journaled by a process that was killed before it could take the file out.
    const known = id !== null && journal.state.orders.includes(id)
    const refused = known ? null : await follow(letter, journal, clock, onProgress)
    if (refused === null) {
      const out = await mail.takeOut(name).then(
        () => true,
        () => false,
      )
      if (out || !known) carried.push({ id })
      continue
    }
    const place = await mail.setAside(name, refused).catch(() => null)
    if (place !== null) carried.push({ id, why: refused })
    const before = told.get(journal) ?? new Set()
    if (place === null && before.has(name)) continue
    told.set(journal, before.add(name))
    onProgress({
      type: 'notice',
      code: 'order-refused',
      text: `an order was not followed: ${refused}; it lies in ${place ?? mail.placeOf(name)}`,
    })
  }
  return carried
}

/** Null: it is in the journal. Otherwise why it cannot be followed. */
async function follow(
  { id, text }: Letter,
  journal: Journal,
  clock: Pick<Clock, 'now'>,
  onProgress: OnProgress,
): Promise<string | null> {
  if (id === null) return 'it has a name that patchrun does not give'
  const order = parseOrder(text)
  if (typeof order === 'string') return order
  const found = answer(journal.state, id, order, clock.now())
  if ('refused' in found)
    return `${order.do} by ${order.by.user}@${order.by.host}: ${found.refused}`
  await journal.append(found.event)
  onProgress({ type: 'steered', text: found.text })
  return null
}
