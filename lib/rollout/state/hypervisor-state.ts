// SPDX-License-Identifier: Apache-2.0
// A hypervisor and the nodes on it in the state: drained for its sake, restarted by its change,
// free again when it is GOOD.
import type { Intended } from '../record/journal-events.js'
import { optionsOf } from '../record/step-kind.js'
import { isTransient } from '../record/failure.js'
import type { Held, NodeState, OpenStep } from './state.js'

/**
 * A node whose hypervisor is back, and which does not answer yet, is looked at again after this,
 * ms.
 */
const BOOTING = 15_000
/** So often; then it has failed. */
const MAX_SILENT = 20

type Nodes = Map<string, NodeState>

/** The change of a hypervisor may restart the nodes on it: what was known of them is old. */
export function whenHostBegins(nodes: Nodes, intent: Intended): void {
  const { at } = intent
  const { guests = [] } = optionsOf(intent)
  for (const node of guests) {
    const state = nodes.get(node)
    if (!state?.held) continue
    // When it had booted before is told by its own drain, if it has one.
    const { boot: _old, ...held } = state.held
    nodes.set(node, {
      ...state,
      stage: 'unseen',
      at,
      held: { ...held, phase: 'hosted', empty: false },
    })
  }
}

/**
 * Nodes that were drained for a hypervisor are empty together or not at all: the next change would
 * begin on that word.
 */
export function holdTogether(nodes: Nodes, step: OpenStep): void {
  if (step.action !== 'drain' || step.host === undefined) return
  const { host, nodes: members } = step
  const empty = members.every((n) => nodes.get(n)?.held?.empty)
  for (const node of members) {
    const state = nodes.get(node)
    if (state?.held)
      nodes.set(node, { ...state, held: { ...state.held, empty, ...(node !== host && { host }) } })
  }
}

/**
 * The visit of a hypervisor is over, and it is GOOD: the nodes on it need not wait for it any more.
 * `before`: as it was held.
 */
export function freeGuests(nodes: Nodes, hypervisor: string, before: Held | undefined): void {
  const { stage, held } = nodes.get(hypervisor) ?? {}
  if (!before?.guests || held || stage !== 'good') return
  for (const node of before.guests) {
    const state = nodes.get(node)
    if (state?.held?.host !== hypervisor) continue
    const { host: _back, ...rest } = state.held
    nodes.set(node, { ...state, held: rest })
  }
}

/**
 * A look at a node whose hypervisor was changed. GOOD: it is tested and given back. Else its own
 * change belongs to the same visit.
 */
export function afterHosted(
  before: NodeState,
  state: NodeState,
  held: Held,
  at: number,
): NodeState {
  const { silent = 0, ...ours } = held
  switch (state.stage) {
    case 'failed':
      if (before.stage === 'unseen' && silent < MAX_SILENT && isTransient(state.failure))
        return { ...before, held: { ...ours, silent: silent + 1, again: at + BOOTING } }
      return { ...state, held: ours }
    case 'hot':
    case 'drain':
      return { ...state, stage: 'drain', held: { ...ours, phase: 'begun', empty: false } }
    case 'good': {
      const { held: _theirs, ...rest } = state
      const { host: _back, ...seen } = ours
      return ours.foreign ? rest : { ...state, held: seen }
    }
    default:
      return { ...state, held: { ...ours, silent } }
  }
}
