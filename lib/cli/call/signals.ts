// SPDX-License-Identifier: Apache-2.0
// One signal asks to stop, the second one insists. A verb that changes no node has nothing to
// finish: it ends at the first.
import { EXIT } from '../../errors.js'

export interface Signals {
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  onStop(tell: () => void): void
  dispose(): void
}

/** SIGHUP: the terminal went away; what runs is finished all the same. */
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function listenForSignals(source: Pick<NodeJS.Process, 'on' | 'off'> = process): Signals {
  const stop = new AbortController()
  const kill = new AbortController()
  let tell: (() => void) | undefined
  const onSignal = (): void => {
    // Asked three times: whoever asks wants out, and the next run ends what is left behind.
    if (kill.signal.aborted) process.exit(EXIT.interrupted)
    if (stop.signal.aborted) return kill.abort()
    stop.abort()
    if (tell) tell()
    else kill.abort()
  }
  for (const name of NAMES) source.on(name, onSignal)
  return {
    stop: stop.signal,
    kill: kill.signal,
    onStop: (given) => {
      tell = given
    },
    dispose: () => {
      for (const name of NAMES) source.off(name, onSignal)
    },
  }
}
