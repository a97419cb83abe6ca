// SPDX-License-Identifier: Apache-2.0
// What a person says to a rollout, and what it comes to in the journal. Pure.
import { unreachable } from '../../errors.js'
import { isOnlyDrained, nodeState } from '../../rollout/index.js'
import type {
  Actor,
  EnvironmentState,
  JournalEvent,
  NodeState,
  RolloutState,
  Word,
} from '../../rollout/index.js'
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
      /** Those of them whose scheduler is not declared any more: they were given back by hand. */
      readonly byHand?: readonly string[]
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

/** Whether an order of each kind has all that belongs to it. */
const WHOLE: Readonly<Record<OrderBody['do'], (o: Fields) => boolean>> = {
  pause: (o) =>
    isText(o['reason'], LONGEST_REASON) &&
    (o['scope'] === 'fleet' || o['scope'] === 'environment') &&
    (o['until'] === undefined || isTime(o['until'])),
  unpause: () => true,
  approve: (o) => isText(o['rollout']) && isText(o['key']),
  abort: (o) => isText(o['rollout']),
  retry: (o) => isText(o['rollout']) && (o['nodes'] === null || areNames(o['nodes'])),
  release: (o) =>
    isText(o['rollout']) &&
    areNames(o['nodes']) &&
    isTime(o['until']) &&
    (o['byHand'] === undefined || areNames(o['byHand'])),
}

const isKind = (value: unknown): value is OrderBody['do'] =>
  typeof value === 'string' && Object.hasOwn(WHOLE, value)

function isWhole(o: Fields): boolean {
  const kind = o['do']
  return isKind(kind) && WHOLE[kind](o)
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

/** What the journal keeps of every order. */
interface Said extends Word {
  /** Its id. */
  readonly order: string
}

type OrderTo<Do extends OrderBody['do']> = Extract<Order, { readonly do: Do }>

/**
 * What an order comes to in this state, with the words in which it is told. `now`: ms since the
 * epoch.
 */
export function answer(state: EnvironmentState, id: string, order: Order, now: number): Answer {
  const said: Said = {
    // A clock that runs ahead elsewhere must not write the future into the journal.
    at: Math.min(order.at, now),
    by: order.by,
    order: id,
    ...(order.reason !== undefined && { reason: order.reason }),
  }
  switch (order.do) {
    case 'pause':
      return answerPause(order, said)
    case 'unpause':
      return { event: { type: 'unpaused', ...said }, text: `unpaused by ${who(said)}` }
    case 'approve':
      return answerApprove(state, order, said)
    case 'abort':
      return answerAbort(state, order, said)
    case 'retry':
      // The time of the deadline counts from now, not from when it was said.
      return answerRetry(state, order, { ...said, at: now })
    case 'release':
      return answerRelease(state, order, said)
    default:
      return unreachable(order)
  }
}

const who = ({ by, reason }: Said): string =>
  `${by.user}@${by.host}${reason === undefined ? '' : `: ${reason}`}`

function answerPause({ scope, until }: OrderTo<'pause'>, said: Said): Answer {
  return {
    event: { type: 'paused', ...said, scope, ...(until !== undefined && { until }) },
    text: `paused by ${who(said)}${until === undefined ? '' : `, until ${new Date(until).toISOString()}`}`,
  }
}

function answerApprove(
  state: EnvironmentState,
  { rollout, key }: OrderTo<'approve'>,
  said: Said,
): Answer {
  return (
    standing(state, rollout) ?? {
      event: { type: 'approved', ...said, rollout, key },
      text: `${key} approved by ${who(said)}`,
    }
  )
}

function answerAbort(state: EnvironmentState, { rollout }: OrderTo<'abort'>, said: Said): Answer {
  if (state.current?.id === rollout && state.current.status === 'halted')
    return { refused: `rollout ${rollout} is halted already` }
  return (
    standing(state, rollout) ?? {
      event: { type: 'aborted', ...said, rollout },
      text: `aborted by ${who(said)}; what runs is finished`,
    }
  )
}

function answerRetry(state: EnvironmentState, order: OrderTo<'retry'>, said: Said): Answer {
  const gone = standing(state, order.rollout)
  if (gone) return gone
  if (!state.current) return { refused: 'there is no rollout' }
  const nodes = toRetry(state.current, order.nodes)
  if (nodes.length === 0 && state.current.status === 'running')
    return { refused: 'none of these nodes has anything left to be tried' }
  const what = order.nodes === null ? 'what failed' : nodesText(nodes)
  return {
    event: { type: 'retried', ...said, nodes: order.nodes && nodes },
    text: `${what} is tried again, by ${who(said)}`,
  }
}

function answerRelease(state: EnvironmentState, order: OrderTo<'release'>, said: Said): Answer {
  const { rollout, until } = order
  const gone = standing(state, rollout)
  if (gone) return gone
  const held = (n: string): NodeState | null => {
    const its = state.current && nodeState(state.current, n)
    return its?.held ? its : null
  }
  const byHand = (order.byHand ?? []).filter((n) => held(n) && held(n)?.step === undefined)
  const drained = order.nodes.filter((n) => {
    const its = held(n)
    return its !== null && isOnlyDrained(its) && !byHand.includes(n)
  })
  const nodes = [...drained, ...byHand]
  if (nodes.length === 0) return { refused: 'none of these nodes is drained and no more than that' }
  const what = [
    ...(drained.length > 0 ? [`${nodesText(drained)} is given back`] : []),
    ...(byHand.length > 0 ? [`${nodesText(byHand)} was given back by hand`] : []),
  ].join(', ')
  return {
    event: {
      type: 'released',
      ...said,
      rollout,
      nodes,
      until,
      ...(byHand.length > 0 && { byHand }),
    },
    text: `${what}, and not drained again before ${new Date(until).toISOString()}, by ${who(said)}`,
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
