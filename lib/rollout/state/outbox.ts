// SPDX-License-Identifier: Apache-2.0
// The outbox: which message an event makes, who is to be told it, and who has been. It follows from
// the journal alone, so that a process that takes the journal up owes exactly what the one before
// it owed.
import { createHash } from 'node:crypto'
import type { MessageKind } from '../../fleet/declare/fleet.js'
import type { Audience, JournalEvent, Told } from '../record/journal-events.js'
import { describeFailure } from '../record/failure.js'
import type { Message, Numbers, Outbox } from './outbox-state.js'
import { countStages, nodeState } from './state.js'
import type { EnvironmentState, RolloutState } from './state.js'

/** Named in a message; of more their number is told. */
const MAX_NAMES = 100
const MAX_TEXT = 2_000
const KEPT_GIVEN_UP = 20

/** The state after an event that was folded already, with what it means for the outbox. */
export function withMessages(state: EnvironmentState, event: JournalEvent): EnvironmentState {
  switch (event.type) {
    case 'audience':
      return { ...state, outbox: listen(state.outbox, event) }
    case 'told':
      return { ...state, outbox: tell(state.outbox, event) }
    default:
      return state.current ? withMessage(state, state.current, event) : state
  }
}

function withMessage(
  before: EnvironmentState,
  rollout: RolloutState,
  event: JournalEvent,
): EnvironmentState {
  const about = contentOf(rollout, event)
  if (!about) return before
  const state =
    event.type === 'noticed'
      ? { ...before, current: { ...rollout, noticed: [...rollout.noticed, noticeKey(event.news)] } }
      : before
  const { outbox } = state
  const owed = outbox.audience.flatMap(({ name, on }) => (on.includes(about.kind) ? [name] : []))
  const count = outbox.count + 1
  if (owed.length === 0) return { ...state, outbox: { ...outbox, count } }
  const { id, kind, pin, previous, limit, openedAt, by, waves = [] } = rollout
  const message: Message = {
    id: messageId(rollout, about.kind, count),
    at: event.at,
    rollout: { id, kind, pin, previous, limited: limit !== null, openedAt, by, waves },
    numbers: numbersOf(rollout),
    ...about,
    owed,
  }
  return { ...state, outbox: { ...outbox, count, messages: [...outbox.messages, message] } }
}

/**
 * Where it was opened, by whom and when tells it from a rollout of the same name in another
 * journal.
 */
function messageId(
  { id, pin, openedAt, by }: RolloutState,
  kind: MessageKind,
  count: number,
): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([id, pin.sha, openedAt, by.host, by.pid, kind, count]))
    .digest('hex')
  return `msg_${digest.slice(0, 24)}`
}

type Content = Pick<Message, 'kind' | 'nodes' | 'why' | 'hint' | 'approval'>

/** What an event means to people; null: nothing. */
function contentOf(rollout: RolloutState, event: JournalEvent): Content | null {
  switch (event.type) {
    case 'opened':
      return { kind: 'started', ...(event.reason !== undefined && { why: cut(event.reason) }) }
    case 'noticed': {
      const { news } = event
      if (event.rollout !== rollout.id || rollout.noticed.includes(noticeKey(news))) return null
      if (news.kind === 'canary-passed') return { kind: news.kind }
      return {
        kind: news.kind,
        why: cut(news.text),
        approval: { key: news.key, waves: news.waves },
      }
    }
    case 'quarantined':
      return {
        kind: 'quarantined',
        nodes: named(event.nodes),
        why: cut(failuresOf(rollout, event.nodes)),
      }
    case 'halted':
      return {
        kind: 'halted',
        nodes: named(event.halt.nodes),
        why: cut(event.halt.message),
        hint: cut(event.halt.hint),
      }
    case 'finished':
      return { kind: 'done' }
    case 'closed':
      return event.rolledBack ? { kind: 'rolled-back', why: cut(event.reason) } : null
    default:
      return null
  }
}

export const noticeKey = (news: { readonly kind: string; readonly key?: string }): string =>
  news.key ?? news.kind

const cut = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text

const named = (nodes: readonly string[]): NonNullable<Message['nodes']> => ({
  count: nodes.length,
  names: nodes.slice(0, MAX_NAMES),
})

/** What the first ones failed at. */
function failuresOf(rollout: RolloutState, nodes: readonly string[]): string {
  const told = nodes
    .slice(0, 3)
    .map((node) => `${node}: ${describeFailure(nodeState(rollout, node).failure)}`)
  return (
    told.join('; ') + (nodes.length > told.length ? `; and ${nodes.length - told.length} more` : '')
  )
}

function numbersOf(rollout: RolloutState): Numbers {
  const { good, failed, quarantined, drain } = countStages(rollout)
  const nodes = Math.max(
    rollout.nodes.size,
    (rollout.waves ?? []).reduce((sum, w) => sum + w.nodes, 0),
  )
  const changed = [...rollout.nodes.values()].reduce(
    (sum, { touched }) => sum + (touched ? 1 : 0),
    0,
  )
  return { nodes, changed, good, failed, quarantined, needDrain: drain }
}

/** Who stays keeps what it is owed; what only those were owed who went is forgotten. */
function listen(outbox: Outbox, { targets }: Audience): Outbox {
  const before = new Map(outbox.audience.map((l) => [l.name, l]))
  const audience = targets.map(({ name, on }) => ({ ...before.get(name), name, on }))
  const stays = new Set(targets.map((l) => l.name))
  return { ...outbox, audience, messages: owing(outbox.messages, (_, target) => stays.has(target)) }
}

function tell(outbox: Outbox, { message, target, outcome, why = '', at, until }: Told): Outbox {
  const audience = outbox.audience.map(({ trouble: _past, ...l }) => {
    if (l.name !== target) return _past ? { ...l, trouble: _past } : l
    return outcome === 'delayed'
      ? { ...l, trouble: { at, why, ...(until !== undefined && { until }) } }
      : l
  })
  if (outcome === 'delayed') return { ...outbox, audience }
  const about = outbox.messages.find((m) => m.id === message)
  const lost =
    outcome === 'given-up' && about?.owed.includes(target)
      ? [{ target, message, kind: about.kind, rollout: about.rollout.id, at, why }]
      : []
  return {
    ...outbox,
    audience,
    messages: owing(outbox.messages, (id, t) => id !== message || t !== target),
    givenUp: [...outbox.givenUp, ...lost].slice(-KEPT_GIVEN_UP),
  }
}

/** The messages that somebody is still owed. */
const owing = (
  messages: readonly Message[],
  isOwed: (id: string, target: string) => boolean,
): readonly Message[] =>
  messages.flatMap((m) => {
    const owed = m.owed.filter((target) => isOwed(m.id, target))
    return owed.length === m.owed.length ? [m] : owed.length > 0 ? [{ ...m, owed }] : []
  })
