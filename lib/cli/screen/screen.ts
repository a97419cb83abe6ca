// SPDX-License-Identifier: Apache-2.0
// lib/cli/screen/: the only place that draws on a terminal.
//
// The screen of a run: a live one on a terminal, plain lines with times everywhere else, nothing
// with -q.

import { openLive } from './live-screen.js'
import { openPlain } from './plain.js'
import type { Level, Screen, ScreenOptions } from './screen-types.js'

export const openScreen = (options: ScreenOptions): Screen =>
  options.live ? openLive(options) : openPlain(options)

export interface TerminalFacts {
  readonly stdoutIsTTY: boolean
  readonly stderrIsTTY: boolean
  readonly screen: boolean
  readonly level: Level
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Is there somebody who watches? Both streams must be a terminal: the renderer asks stdout for its
 * width.
 */
export function isLive({ stdoutIsTTY, stderrIsTTY, screen, level, env }: TerminalFacts): boolean {
  return (
    stdoutIsTTY &&
    stderrIsTTY &&
    screen &&
    level !== 'quiet' &&
    !isCI(env) &&
    env['TERM'] !== 'dumb'
  )
}

export const isCI = (env: Readonly<Record<string, string | undefined>>): boolean =>
  !['', '0', 'false'].includes(env['CI'] ?? '')
