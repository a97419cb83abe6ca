// SPDX-License-Identifier: Apache-2.0
// What a decision says, in words, to somebody in UTC.
import { readerIn } from '../../lib/rollout/say/moments.js'
import { reasonText } from '../../lib/rollout/say/reason.js'
import type { Hold } from '../../lib/rollout/say/reason.js'

/** The same hold with its words in place of the reason. */
export function inWords<H extends Hold>(
  held: H,
  zone = 'UTC',
): Omit<H, 'reason'> & { text: string } {
  const { reason: _said, ...rest } = held
  return { ...rest, text: textOf(held, zone) }
}

export const textOf = ({ reason }: Pick<Hold, 'reason'>, zone = 'UTC', now = 0): string =>
  reasonText(reason, readerIn(zone, now))
