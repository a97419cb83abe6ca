// SPDX-License-Identifier: Apache-2.0
// What the commits of the journal's ref are called, so that `git log` of it reads like a story.
// Nothing of what Ansible or a person said stands there: the records have it.
import type { JournalEvent } from '../../rollout/index.js'
import type { Holder } from '../disk/lock-files.js'

const nodes = (count: number): string => `${count} ${count === 1 ? 'node' : 'nodes'}`

export function wordsOf(event: JournalEvent): string {
  switch (event.type) {
    case 'opened':
      return `${event.rollout} opened: ${event.kind === 'rollback' ? 'back to' : 'at'} ${event.pin.sha.slice(0, 12)}`
    case 'intended':
      return `${event.step} intended: ${nodes(event.nodes.length)}`
    case 'concluded':
      return `${event.step} concluded: ${nodes(Object.keys(event.nodes).length)}${event.alarm ? `, alarm ${event.alarm.code}` : ''}`
    case 'halted':
      return `halted: ${event.halt.code}`
    case 'wave-done':
      return `wave ${event.wave} done`
    case 'quarantined':
    case 'released':
      return `${event.type}: ${nodes(event.nodes.length)}`
    case 'retried':
      return `retried: ${event.nodes ? nodes(event.nodes.length) : 'all that failed'}`
    default:
      return event.type
  }
}

export function subjectOf(events: readonly JournalEvent[]): string {
  const [first, ...more] = events.map(wordsOf)
  return more.length === 0
    ? (first ?? '')
    : `${first ?? ''} (and ${more.length} more)\n\n${more.join('\n')}`
}

export const lockSubject = (
  what: 'taken' | 'released',
  { user, host, pid }: Holder,
  token: number,
): string => `lock ${token} ${what}: ${user}@${host}, process ${pid}`
