// SPDX-License-Identifier: Apache-2.0
// Progress as lines: each event that matters is one, and a thousand nodes are not a thousand lines.
import type { Progress } from '../../engine/step/progress.js'
import type { Comparison } from '../../git/index.js'
import { describeFailure, nodeState, STEERED, waveName, wordOf } from '../../rollout/index.js'
import type { WaitingReport } from '../../report/model/rollout-report.js'
import type { NodeState, StepAction } from '../../rollout/index.js'
import type { Paint } from '../../report/words/styles.js'
import {
  clean,
  count,
  durationText,
  inZone,
  nodesText,
  pinText,
  shortSha,
  timeText,
} from '../../report/words/words.js'

/** Failed nodes of a step that are told one by one; the rest is counted. */
const MOST = 20

export interface LineOptions {
  readonly paint: Paint
  readonly zone: string
  readonly verbose: boolean
}

export const DOING: Readonly<Record<StepAction, string>> = {
  detect: 'looking at',
  apply: 'changing',
  verify: 'verifying',
  check: 'asking a health gate of',
  drain: 'draining',
  reboot: 'rebooting',
  release: 'giving back',
}
const DID: Readonly<Record<StepAction, string>> = {
  detect: 'looked at',
  apply: 'changed',
  verify: 'verified',
  check: 'asked a health gate of',
  drain: 'drained',
  reboot: 'rebooted',
  release: 'gave back',
}

/** The lines for one event; most have none. `waiting` is what the last decision said. */
export function linesOf(
  progress: Progress,
  waiting: readonly WaitingReport[],
  options: LineOptions,
): string[] {
  const { paint, zone, verbose } = options
  switch (progress.type) {
    case 'pinned':
      return [`pin ${pinText(progress.pin)}${comparisonText(progress.comparison)}`]
    case 'notice':
      return [paint.warn(clean(inZone(progress.text, zone)))]
    case 'step-started': {
      const { action, wave, nodes, step } = progress.step
      return [
        `${waveName(wave)}: ${DOING[action]} ${count(nodes.length, 'node')}${action === 'detect' || action === 'verify' ? ' (check mode)' : ''}, step ${step}`,
      ]
    }
    case 'looking':
      return [
        `looking at ${count(progress.nodes.length, 'node')} at ${pinText(progress.pin)}, in check mode`,
      ]
    case 'ansible': {
      const { event } = progress
      return verbose && event.ev === 'task'
        ? [`  task "${clean(event.task.name, 200)}" (${event.task.file}:${event.task.line})`]
        : []
    }
    case 'step-ended':
      return endedLines(progress, options)
    case 'quarantined':
      return [paint.bad(`quarantined: ${nodesText(progress.nodes)}`)]
    case 'steered':
      return [paint.warn(clean(inZone(progress.text, zone)))]
    case 'halted':
      return [`${paint.bad('halted')}: ${clean(progress.halt.message)}`]
    case 'finished':
      return [paint.good('done: every node is GOOD at the pin')]
    case 'sleeping': {
      const why = waiting.find((w) => w.until === progress.until)
      // Nobody knows when a person, or another environment, comes: the time is only that of the
      // next look.
      const person = why ? undefined : waiting.find((w) => STEERED.has(w.code))
      if (person) return [`waiting: ${clean(person.text)}`]
      // It may look up sooner, for a look at the scheduler: whoever reads waits for the other.
      const other =
        why ??
        waiting
          .filter((w) => w.until !== undefined)
          .sort((a, b) => (a.until ?? 0) - (b.until ?? 0))[0]
      return [
        `waiting until ${timeText(other?.until ?? progress.until, zone)}${other ? `: ${clean(other.text)}` : ''}`,
      ]
    }
    case 'decided':
      return []
  }
}

function comparisonText({ kind, remembered, commits }: Comparison): string {
  const since = remembered === null ? '' : shortSha(remembered)
  return kind === 'forward'
    ? `, ${count(commits.count, 'commit')} after ${since}`
    : kind === 'same'
      ? ', which was completed before'
      : kind === 'backward'
        ? `, older than ${since}`
        : ''
}

function endedLines(
  {
    step: { action, wave, nodes, since },
    outcome,
    rollout,
  }: Extract<Progress, { readonly type: 'step-ended' }>,
  { paint }: LineOptions,
): string[] {
  const tally = new Map<string, number>()
  const failed: string[] = []
  for (const node of nodes) {
    const told = outcome.nodes[node]
    const said = told ? wordOf(told) : 'no outcome'
    const word = said === 'GOOD' ? lookedGood(nodeState(rollout, node)) : said
    const failure = told?.failure
    tally.set(word, (tally.get(word) ?? 0) + 1)
    if (failure)
      failed.push(
        `  ${paint.bad('failed')} ${node}: ${clean(describeFailure(failure), 500).replaceAll('\n', ' ')}`,
      )
  }
  const result = [...tally].map(([word, n]) => `${n} ${word}`).join(', ')
  const lines = [
    `${waveName(wave)}: ${DID[action]} ${count(nodes.length, 'node')} in ${durationText(outcome.at - since)}: ${result}`,
    ...failed.slice(0, MOST),
  ]
  if (failed.length > MOST) lines.push(`  and ${failed.length - MOST} more`)
  return lines
}

/** Nothing would change: where it is changed all the same, why. */
function lookedGood({ stage, unfinished }: NodeState): string {
  if (stage !== 'hot' && stage !== 'drain') return 'GOOD'
  return `${stage === 'hot' ? 'HOT' : 'DRAIN'} (${unfinished ? 'to be applied again' : 'to run once'})`
}
