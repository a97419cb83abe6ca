// SPDX-License-Identifier: Apache-2.0
// Whatever the journal holds: ids are unique, any prefix leads to the same messages, and what a
// target was told it is not owed.
import fc from 'fast-check'
import t from 'tap'
import type { MessageKind } from '../../lib/fleet/declare/fleet.js'
import { evolve, NO_STATE, replay } from '../../lib/rollout/index.js'
import type { EnvironmentState, JournalEvent } from '../../lib/rollout/index.js'
import { holds } from '../support/property.js'
import { share } from '../support/size.js'

const TARGETS = ['a', 'b', 'c']
const KINDS: readonly MessageKind[] = [
  'started',
  'canary-passed',
  'halted',
  'waiting-approval',
  'quarantined',
  'done',
  'rolled-back',
]
const by = { user: 'u', host: 'h', pid: 1 }

/**
 * A line of a journal, or one that answers a message that is owed: `which` of them, to `target`.
 */
type Draw =
  | JournalEvent
  | {
      readonly answer: 'delivered' | 'given-up' | 'delayed'
      readonly which: number
      readonly target: string
    }

const at = fc.constantFrom(1, 2, 3)
const draw: fc.Arbitrary<Draw> = fc.oneof(
  fc.record({
    type: fc.constant('audience' as const),
    at,
    targets: fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...TARGETS), on: fc.subarray([...KINDS]) }),
      { selector: (l) => l.name },
    ),
  }),
  fc.record({
    type: fc.constant('opened' as const),
    at,
    rollout: fc.constantFrom('r1', 'r2'),
    kind: fc.constantFrom('forward' as const, 'rollback' as const),
    pin: fc.constant({ sha: 'f'.repeat(40), ref: 'main', subject: 's' }),
    previous: fc.constant(null),
    limit: fc.constant(null),
    by: fc.constant(by),
  }),
  fc.record({
    type: fc.constant('noticed' as const),
    at,
    rollout: fc.constantFrom('r1', 'r2'),
    news: fc.constantFrom(
      { kind: 'canary-passed' as const },
      { kind: 'waiting-approval' as const, key: 'wide-1', text: 't', waves: [] },
    ),
  }),
  fc.record({
    type: fc.constant('quarantined' as const),
    at,
    nodes: fc.subarray(['x', 'y'], { minLength: 1 }),
  }),
  fc.record({
    type: fc.constant('halted' as const),
    at,
    halt: fc.constant({ code: 'aborted' as const, message: 'm', hint: 'h', nodes: [] }),
  }),
  fc.record({ type: fc.constant('finished' as const), at }),
  fc.record({
    type: fc.constant('closed' as const),
    at,
    reason: fc.constant('r'),
    rolledBack: fc.constant({ by }),
  }),
  fc.record({
    answer: fc.constantFrom('delivered' as const, 'given-up' as const, 'delayed' as const),
    which: fc.nat(20),
    target: fc.constantFrom(...TARGETS),
  }),
)

/** The journal that these draws make, and every state on the way. */
function live(draws: readonly Draw[]): {
  readonly events: readonly JournalEvent[]
  readonly states: readonly EnvironmentState[]
} {
  const events: JournalEvent[] = []
  const states: EnvironmentState[] = [NO_STATE]
  for (const one of draws) {
    const before = states.at(-1) as EnvironmentState
    const owed = before.outbox.messages
    const event: JournalEvent | null = !('answer' in one)
      ? one
      : owed.length === 0
        ? null
        : {
            type: 'told',
            at: 4,
            message: owed[one.which % owed.length]?.id ?? '',
            target: one.target,
            outcome: one.answer,
            why: 'w',
          }
    if (!event) continue
    events.push(event)
    states.push(evolve(before, event))
  }
  return { events, states }
}

t.test('the outbox follows from the journal alone', async (t) => {
  holds(
    t,
    fc.property(fc.array(draw, { maxLength: 60, size: 'max' }), fc.nat(), (draws, cut) => {
      const { events, states } = live(draws)
      const last = states.at(-1) as EnvironmentState
      // A process that died anywhere, and the one that takes its journal up.
      const at = cut % (events.length + 1)
      const resumed = replay(events.slice(at), replay(events.slice(0, at)))
      if (JSON.stringify(resumed.outbox) !== JSON.stringify(last.outbox))
        throw new Error('another process owes something else')

      const seen = new Map<string, string>()
      const done = new Set<string>()
      for (const [i, { outbox }] of states.entries()) {
        const event = events[i - 1]
        if (event?.type === 'told' && event.outcome !== 'delayed')
          done.add(`${event.message} ${event.target}`)
        const names = new Set(outbox.audience.map((l) => l.name))
        for (const { owed, ...facts } of outbox.messages) {
          const text = JSON.stringify(facts)
          if ((seen.get(facts.id) ?? text) !== text)
            throw new Error('two messages of one id, or one that changed')
          seen.set(facts.id, text)
          if (
            owed.length === 0 ||
            owed.some((target) => !names.has(target) || done.has(`${facts.id} ${target}`))
          )
            throw new Error('owed to nobody, to somebody who does not listen, or once more')
        }
      }
      const arisen = events.filter(
        (_, i) =>
          (states[i + 1] as EnvironmentState).outbox.count >
          (states[i] as EnvironmentState).outbox.count,
      ).length
      if (last.outbox.count !== arisen) throw new Error('an event makes one message at most')
    }),
    { numRuns: share(3_000, 600) },
  )
})
