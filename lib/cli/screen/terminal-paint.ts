// SPDX-License-Identifier: Apache-2.0
import { Chalk, supportsColor, supportsColorStderr } from 'chalk'
import type { Paint } from '../../report/words/styles.js'

/**
 * Colours for one of the two streams, as far as the terminal has them. `color` false: none,
 * whatever the terminal can do.
 */
export function paintFor(stream: 'stdout' | 'stderr', color: boolean): Paint {
  const support = stream === 'stdout' ? supportsColor : supportsColorStderr
  const chalk = new Chalk({ level: color && support ? support.level : 0 })
  return {
    strong: chalk.bold,
    faint: chalk.dim,
    good: chalk.green,
    warn: chalk.yellow,
    bad: chalk.red,
  }
}
