// SPDX-License-Identifier: Apache-2.0
// The holder's sign of life, and its own early notice that the lock is somebody else's.

export interface Heartbeat {
  /** Resolves when no beat is under way any more. */
  stop(): Promise<void>
}

/**
 * Calls `beat` every so many ms until it says false; holds no process open. What it throws is tried
 * again at the next.
 */
export function startHeartbeat(every: number, beat: () => Promise<boolean>): Heartbeat {
  let under = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const next = (): void => {
    timer = setTimeout(() => {
      under = beat()
        .catch(() => true)
        .then((go) => {
          if (go && !stopped) next()
        })
    }, every).unref()
  }
  next()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await under
    },
  }
}
