// SPDX-License-Identifier: Apache-2.0
// How long changes took lately, and so how long the next one is expected to take. Only what came to
// its end is a measure: a change that failed after a second says nothing of one that does not. What
// was not measured counts with what people declared, part by part.
import type {
  Concluded,
  LookOutcome,
  NodeOutcome,
  RebootOutcome,
} from '../record/journal-events.js'
import { applyOutcome, lookOutcome, rebootOutcome, releaseOutcome } from '../record/node-outcome.js'
import type { StepKind } from '../record/step-kind.js'
import type { Durations, OpenStep } from './state.js'
import type { RolloutPolicy } from '../../fleet/declare/fleet.js'

/** Durations that are kept of each kind. */
const KEPT = 20

type Kind = keyof Durations

const isWhole = ({ verdict, beyond }: LookOutcome): boolean =>
  verdict !== 'ERROR' && verdict !== 'UNKNOWN' && !beyond

const REBOOTS: Readonly<Partial<Record<RebootOutcome['rebooted'], readonly Kind[]>>> = {
  done: ['reboot', 'rebootStep'],
  'not-needed': ['rebootStep'],
}

/** The series that the outcome of a node on this step belongs to; none: it measures nothing. */
function kindsOf(step: StepKind, told: NodeOutcome | undefined): readonly Kind[] {
  switch (step.action) {
    case 'apply':
      return applyOutcome(told).applied === 'ok' ? [step.full ? 'fullApply' : 'hotApply'] : []
    case 'verify':
      return isWhole(lookOutcome(told)) ? ['verify'] : []
    case 'reboot':
      return REBOOTS[rebootOutcome(told).rebooted] ?? []
    case 'release':
      return releaseOutcome(told).released === 'ok' ? ['release'] : []
    default:
      return []
  }
}

/**
 * One more duration, for each round of nodes that were worked on together and came to their end. A
 * step that went wrong as a whole measures nothing.
 */
export function measure(
  durations: Durations,
  step: StepKind & Pick<OpenStep, 'nodes' | 'since' | 'forks'>,
  { at, alarm, nodes }: Pick<Concluded, 'at' | 'alarm' | 'nodes'>,
): Durations {
  const { forks, since } = step
  if (alarm || forks === undefined) return durations
  const ended = new Map<Kind, number>()
  for (const node of step.nodes)
    for (const kind of kindsOf(step, nodes[node])) ended.set(kind, (ended.get(kind) ?? 0) + 1)
  const more = { ...durations }
  // Where only some came to their end, the others' time counts for these: rather too long than too
  // short.
  for (const [kind, count] of ended)
    more[kind] = [
      ...durations[kind].slice(1 - KEPT),
      Math.round(Math.max(0, at - since) / Math.ceil(count / forks)),
    ]
  return more
}

interface Known {
  readonly durations: Durations
  readonly policy: RolloutPolicy
}

const ninth = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? 0

/** All of these parts, or what is declared for them together while one of them was not measured. */
const together = (parts: readonly (readonly number[])[], declared: number): number => {
  const known = parts.reduce((sum, part) => sum + ninth(part), 0)
  return parts.every((part) => part.length > 0) ? known : Math.max(declared, known)
}

/**
 * How long a node is expected to take from the beginning of its HotChange to being seen GOOD, ms:
 * nine of ten were no slower.
 */
export const expectedHotChange = ({ durations: { hotApply, verify }, policy }: Known): number =>
  together([hotApply, verify], policy.timing.expected)

/** Whether that was measured. */
export const isMeasured = ({ hotApply, verify }: Durations): boolean =>
  hotApply.length > 0 && verify.length > 0

/**
 * From being empty to being given back, ms, with a reboot where there may be one: whether it needs
 * one is known when it is changed.
 */
export function expectedVisit({ durations, policy }: Known): number {
  const { fullApply, verify, release, reboot, rebootStep } = durations
  const {
    drain: { reboot: reboots, rebootTimeout },
    timing,
  } = policy
  return (
    together([fullApply, verify, release], timing.expected) +
    (reboots === 'never' ? ninth(rebootStep) : reboot.length > 0 ? ninth(reboot) : rebootTimeout)
  )
}

/**
 * The same as it was lately, whether with reboots or without, ms: for what costs little when it is
 * wrong.
 */
export const usualVisit = ({
  durations: { fullApply, verify, release, rebootStep },
  policy,
}: Known): number =>
  together([fullApply, verify, release], policy.timing.expected) + ninth(rebootStep)
