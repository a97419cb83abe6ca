// SPDX-License-Identifier: Apache-2.0
// A notification as Slack shows it: blocks, within Slack's limits.
// https://docs.slack.dev/reference/block-kit/blocks
import type { MessageKind } from '../fleet/declare/fleet.js'
import { shortSha, timeText } from '../report/words/words.js'
import type { Notification } from './notification.js'

/** In characters, as Slack has them. */
export const LIMITS = { header: 150, text: 3_000, field: 2_000, fields: 10, blocks: 50 } as const
/** Of a why: a message is read, not studied. */
const MAX_WHY = 1_500

type Text = { readonly type: 'mrkdwn' | 'plain_text'; readonly text: string }
type Block = {
  readonly type: 'header' | 'section' | 'context'
  readonly text?: Text
  readonly fields?: readonly Text[]
  readonly elements?: readonly Text[]
}

export interface SlackBody {
  /** What a notification of the telephone shows, and who cannot see blocks hears. */
  readonly text: string
  readonly blocks: readonly Block[]
}

const HEADINGS: Readonly<Record<MessageKind, string>> = {
  started: 'started',
  'canary-passed': 'canaries passed',
  halted: 'halted',
  'waiting-approval': 'waiting for approval',
  quarantined: 'nodes in quarantine',
  done: 'done',
  'rolled-back': 'rolled back',
}

/** `zone`: the time zone in which times are shown, and which is named. */
export function slackBody(notification: Notification, zone: string): SlackBody {
  const { id, kind, at, fleet, environment, rollout, numbers, text, why, next } = notification
  const fields: (readonly [name: string, value: string])[] = [
    ['Commit', `${shortSha(rollout.sha)} (${rollout.ref}) ${rollout.subject}`],
    ['Rollout', `${rollout.id}, by ${rollout.by}`],
    ['Nodes', numbersText(numbers)],
    ['Begun', timeText(rollout.openedAt, zone)],
  ]
  const commands = next.commands.map((c) => `\`${fit(c, 500)}\``).join('\n')
  return {
    text: fit(text, LIMITS.text),
    blocks: [
      // Plain text is escaped all the same: Slack reads entities there, too.
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: fit(`${fleet} (${environment}): ${HEADINGS[kind]}`, LIMITS.header),
        },
      },
      section(fit(text, LIMITS.text)),
      // As code, so that nothing in the words of a node is taken for markup.
      ...(why === undefined
        ? []
        : [section(`\`\`\`${fit(why.replaceAll('`', "'"), MAX_WHY)}\`\`\``)]),
      {
        type: 'section',
        fields: fields.map(([name, value]) =>
          mrkdwn(`*${name}*\n${fit(value, LIMITS.field - name.length - 3)}`),
        ),
      },
      section(`*Next*: ${fit(next.text, 1_000)}\n${commands}`),
      { type: 'context', elements: [mrkdwn(`${fit(timeText(at, zone), 100)} · ${id}`)] },
    ],
  }
}

function numbersText({
  nodes,
  good,
  changed,
  failed,
  quarantined,
  needDrain,
}: Notification['numbers']): string {
  const parts: (readonly [number, string])[] = [
    [good, 'good'],
    [changed, 'changed'],
    [failed, 'failed'],
    [quarantined, 'in quarantine'],
    [needDrain, 'need a drain'],
  ]
  const told = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  return `${nodes}${told.length > 0 ? `: ${told.join(', ')}` : ''}`
}

const mrkdwn = (text: string): Text => ({ type: 'mrkdwn', text })
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) })

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Escaped as Slack wants it, and cut so that it has at most so many characters then, no entity in
 * two.
 */
export function fit(text: string, max: number): string {
  let out = ''
  const whole = [...text].map((c) => ENTITIES[c] ?? c)
  if (whole.reduce((sum, c) => sum + c.length, 0) <= max) return whole.join('')
  for (const c of whole) {
    if (out.length + c.length > max - 1) break
    out += c
  }
  return `${out}…`
}
