// SPDX-License-Identifier: Apache-2.0
// Limits of time that hold on a busy machine, too: they count what this process computed, not what
// it waited for.

/** Milliseconds of processor time that this process spends on it. */
export function spent(body: () => void): number {
  const before = process.cpuUsage()
  body()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
