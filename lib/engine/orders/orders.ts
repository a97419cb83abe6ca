// SPDX-License-Identifier: Apache-2.0
// What a person says to a rollout, and what it comes to in the journal. Pure.
import { unreachable } from '../../errors.js'
import { isOnlyDrained, nodeState } from '../../rollout/index.js'
import type { Actor, EnvironmentState, JournalEvent, RolloutState } from '../../rollout/index.js'
import { nodesText } from '../../report/words/words.js'

/** Version of the form in which orders lie in the mailbox. */
const VERSION = 1
/** Characters of a reason. */
export const LONGEST_REASON = 1000

export type OrderBody =
  /** `until`: ms since the epoch. */
  | {
      readonly do: 'pause'
      readonly scope: 'fleet' | 'environment'
      readonly reason: string
      readonly until?: number
    }
  | { readonly do: 'unpause'; readonly reason?: string }
  | {
      readonly do: 'approve'
      readonly rollout: string
      readonly key: string
      readonly reason?: string
    }
  | { readonly do: 'abort'; readonly rollout: string; readonly reason?: string }
  /** `until`: ms since the epoch. */
  | {
      readonly do: 'release'
      readonly rollout: string
      readonly nodes: readonly string[]
      readonly until: number
      readonly reason?: string
    }
  /** `nodes` null: all that failed. */
  | {
      readonly do: 'retry'
      readonly rollout: string
      readonly nodes: readonly string[] | null
      readonly reason?: string
    }

/** `at`: ms since the epoch. */
export type Order = OrderBody & { readonly by: Actor; readonly at: number }

export const orderDocument = (order: Order): unknown => ({ v: VERSION, order })

/** The order that a file holds, or in words why it holds none. */
export function parseOrder(text: string | null): Order | string {
  if (text === null) return 'it is no small file that can be read'
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return 'it is no JSON'
  }
  const { v, order } = fields(found)
  if (v !== VERSION)
    return typeof v === 'number'
      ? `it is written for another version of patchrun (${v})`
      : 'it is no order'
  const o = fields(order)
  const { user, host, pid } = fields(o['by'])
  const said =
    isText(user) &&
    isText(host) &&
    typeof pid === 'number' &&
    isTime(o['at']) &&
    (o['reason'] === undefined || isText(o['reason'], LONGEST_REASON))
  return said && isWhole(o) ? (order as Order) : 'it is no order that patchrun writes'
}

function isWhole(o: Fields): boolean {
  switch (o['do']) {
    case 'pause':
      return (
        isText(o['reason'], LONGEST_REASON) &&
        (o['scope'] === 'fleet' || o['scope'] === 'environment') &&
        (o['until'] === undefined || isTime(o['until']))
      )
    case 'unpause':
      return true
    case 'approve':
      return isText(o['rollout']) && isText(o['key'])
    case 'abort':
      return isText(o['rollout'])
    case 'retry':
      return isText(o['rollout']) && (o['nodes'] === null || areNames(o['nodes']))
    case 'release':
      return isText(o['rollout']) && areNames(o['nodes']) && isTime(o['until'])
    default:
      return false
  }
}

type Fields = Readonly<Record<string, unknown>>
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
const isText = (value: unknown, max = 300): boolean =>
  typeof value === 'string' && value !== '' && value.length <= max
const areNames = (value: unknown): boolean => Array.isArray(value) && value.every((n) => isText(n))
const isTime = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

export type Answer =
  { readonly event: JournalEvent; readonly text: string } | { readonly refused: string }

/**
 * What an order comes to in this state, with the words in which it is told. `now`: ms since the
 * epoch.
 */
export function answer(state: EnvironmentState, id: string, order: Order, now: number): Answer {
  // A clock that runs ahead elsewhere must not write the future into the journal.
  const said = {
    at: Math.min(order.at, now),
    by: order.by,
    order: id,
    ...(order.reason !== undefined && { reason: order.reason }),
  }
  const who = `${order.by.user}@${order.by.host}${order.reason === undefined ? '' : `: ${order.reason}`}`
  switch (order.do) {
    case 'pause': {
      const { scope, until } = order
      return {
        event: { type: 'paused', ...said, scope, ...(until !== undefined && { until }) },
        text: `paused by ${who}${until === undefined ? '' : `, until ${new Date(until).toISOString()}`}`,
      }
    }
    case 'unpause':
      return { event: { type: 'unpaused', ...said }, text: `unpaused by ${who}` }
    case 'approve':
      return (
        standing(state, order.rollout) ?? {
          event: { type: 'approved', ...said, rollout: order.rollout, key: order.key },
          text: `${order.key} approved by ${who}`,
        }
      )
    case 'abort':
      if (state.current?.id === order.rollout && state.current.status === 'halted')
        return { refused: `rollout ${order.rollout} is halted already` }
      return (
        standing(state, order.rollout) ?? {
          event: { type: 'aborted', ...said, rollout: order.rollout },
          text: `aborted by ${who}; what runs is finished`,
        }
      )
    case 'retry': {
      const gone = standing(state, order.rollout)
      if (gone || !state.current) return gone ?? { refused: 'there is no rollout' }
      const nodes = toRetry(state.current, order.nodes)
      if (nodes.length === 0 && state.current.status === 'running')
        return { refused: 'none of these nodes has anything left to be tried' }
      const what = order.nodes === null ? 'what failed' : nodesText(nodes)
      // The time of the deadline counts from now, not from when it was said.
      return {
        event: { type: 'retried', ...said, at: now, nodes: order.nodes && nodes },
        text: `${what} is tried again, by ${who}`,
      }
    }
    case 'release': {
      const { rollout, until } = order
      const nodes = order.nodes.filter(
        (n) => state.current && isOnlyDrained(nodeState(state.current, n)),
      )
      const gone =
        standing(state, rollout) ??
        (nodes.length === 0
          ? { refused: 'none of these nodes is drained and no more than that' }
          : null)
      return (
        gone ?? {
          event: { type: 'released', ...said, rollout, nodes, until },
          text: `${nodesText(nodes)} is given back, and not drained again before ${new Date(until).toISOString()}, by ${who}`,
        }
      )
    }
    default:
      return unreachable(order)
  }
}

/** Null: it is this very rollout, and it is not over. */
function standing(
  { current }: EnvironmentState,
  rollout: string,
): { readonly refused: string } | null {
  if (current?.id !== rollout)
    return {
      refused: `rollout ${rollout} does not stand any more${current ? `, ${current.id} does` : ''}`,
    }
  return current.status === 'running' || current.status === 'halted'
    ? null
    : { refused: `rollout ${rollout} is over: ${current.status}` }
}

/** Of these nodes, those that are not GOOD; of all, those that failed. */
export function toRetry(
  rollout: RolloutState,
  wanted: readonly string[] | null,
): readonly string[] {
  if (wanted) return wanted.filter((n) => nodeState(rollout, n).stage !== 'good')
  return [...rollout.nodes].flatMap(([n, { stage }]) =>
    stage === 'failed' || stage === 'quarantined' ? [n] : [],
  )
}
