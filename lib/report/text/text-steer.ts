// SPDX-License-Identifier: Apache-2.0
// What the verbs that steer answer, in words.
import { unreachable } from '../../errors.js'
import type { PinnedCommit, Wave } from '../../rollout/index.js'
import { waveName } from '../../rollout/index.js'
import type { OrderReport, RetryReport, SteerReport } from '../model/answers.js'
import type { TextOptions } from '../words/styles.js'
import type { ApprovalReport } from '../model/rollout-report.js'
import { clean, count, nodesText, pinText, shortSha, table, timeText } from '../words/words.js'

export function steerText(report: SteerReport, options: TextOptions): string {
  const { paint, command } = options
  const why = report.reason === undefined ? '' : `: ${clean(report.reason)}`
  const lines = report.environments.map(
    (order) => `${paint.strong(order.environment)}: ${outcomeText(report, order, options)}${why}`,
  )
  return `${[...lines, ...nextOf(report, command)].join('\n')}\n`
}

function outcomeText(
  { verb, until, approval, nodes = [], halted }: SteerReport,
  order: OrderReport,
  { paint, zone }: TextOptions,
): string {
  const handed = handedText(order)
  switch (verb) {
    case 'pause': {
      const end = until === undefined ? '' : `, until ${timeText(until, zone)}`
      return order.taken === 'now'
        ? paint.warn(`paused${end}`)
        : `${paint.warn(`pause${end}`)} ${handed}: ${heard(order)}`
    }
    case 'unpause':
      return order.taken === 'now'
        ? paint.good('not paused any more')
        : `${paint.good('unpause')} ${handed}${order.taken === 'by-run' ? ', which goes on' : ''}`
    case 'abort':
      if (order.taken !== 'now')
        return `${paint.bad('abort')} ${handed}: ${heard(order)}; what runs is finished, then it halts`
      return halted === true
        ? paint.bad('halted')
        : `${paint.bad('abort')} noted, no run is under way: the next one finishes what was begun, then it halts`
    case 'approve':
      return `${paint.good('approved')} ${approval?.key ?? ''}${order.taken === 'now' ? '' : `, ${handed}`}`
    case 'release': {
      const what = `${nodesText(nodes)} ${nodes.length === 1 ? 'is' : 'are'} given back`
      return `${paint.good(what)}${order.taken === 'now' ? ' by the next run' : `, ${handed}`}; not drained again before ${until === undefined ? '' : timeText(until, zone)}`
    }
    default:
      return unreachable(verb)
  }
}

const handedText = ({ holder }: OrderReport): string =>
  `handed to ${holder ? `the run of ${clean(holder.user)}@${clean(holder.host)}, process ${holder.pid}` : 'a run that has ended meanwhile'}`

/** Only what was confirmed is promised. */
const heard = ({ taken }: OrderReport): string =>
  taken === 'by-run'
    ? 'it begins nothing new'
    : 'it has not answered yet, and reads it before it begins anything'

function nextOf({ verb, environments, approval, halted }: SteerReport, command: string): string[] {
  const idle = environments.every((e) => e.taken === 'now')
  switch (verb) {
    case 'pause':
      return [`Next: ${command} unpause`]
    case 'unpause':
      return idle ? [`Next: ${command} run, where a rollout waits`] : []
    case 'approve':
      return [
        ...(approval
          ? [`  ${pinText(approval.pin)} on ${nodesText(approval.waves.flatMap((w) => w.nodes))}`]
          : []),
        ...(idle ? [`Next: ${command} run`] : []),
      ]
    case 'release':
      return idle ? [`Next: ${command} run`] : []
    case 'abort':
      return [
        halted === true
          ? `Next: ${command} retry goes on with it, ${command} rollback takes it back, a newer commit opens a new rollout`
          : idle
            ? `Next: ${command} run`
            : `Next: ${command} status`,
      ]
    default:
      return unreachable(verb)
  }
}

export function retryText(report: RetryReport, { command }: TextOptions): string {
  const { nodes, taken } = report
  const what =
    nodes.length > 0
      ? `${count(nodes.length, 'node')} will be tried again: ${nodesText(nodes)}`
      : 'the rollout is no longer halted'
  return taken === 'now' ? `${what}\nNext: ${command} run\n` : `${what}, ${handedText(report)}\n`
}

/** What an approval would let go. */
export function approvalText(
  { key, text, pin, waves }: ApprovalReport,
  { paint }: Pick<TextOptions, 'paint'>,
): string {
  const rows = [
    ['pin', pinText(pin)],
    ...waves.map((w) => [w.name, `${count(w.nodes.length, 'node')}: ${nodesText(w.nodes)}`]),
  ]
  return `${paint.strong(key)}: ${clean(text)}\n${table(rows).join('\n')}`
}

export interface RetreatSource {
  readonly fleet: string
  readonly environment: string
  readonly from: PinnedCommit
  readonly sha: string
  readonly nodes: readonly string[]
  readonly waves: readonly Wave[]
}

/** What a rollback would do. */
export function retreatText({
  fleet,
  environment,
  from,
  sha,
  nodes,
  waves,
}: RetreatSource): string {
  const rows = [
    ['from', pinText(from)],
    ['back to', shortSha(sha)],
    ['changed', `${count(nodes.length, 'node')}: ${nodesText(nodes)}`],
    ...waves.map((w) => [
      waveName(w.index),
      `${count(w.nodes.length, 'node')}: ${nodesText(w.nodes)}`,
    ]),
  ]
  return [`${fleet} (${environment}): rollback`, ...table(rows)].join('\n')
}
