// SPDX-License-Identifier: Apache-2.0
// What stands on this machine of the way to the nodes: OpenSSH's client, and the keys that its
// agent holds.
import { execa } from 'execa'

const TIMEOUT = 10_000

/** "OpenSSH_9.2p1 Debian-2"; null when there is no ssh. */
export async function sshVersion(signal?: AbortSignal): Promise<string | null> {
  const { stderr, exitCode } = await execa('ssh', ['-V'], {
    reject: false,
    timeout: TIMEOUT,
    ...(signal && { cancelSignal: signal }),
  })
  return exitCode === 0 ? (stderr.split(',')[0] ?? '').trim() : null
}

/** How many keys the agent holds; null when there is no agent. */
export async function agentKeys(signal?: AbortSignal): Promise<number | null> {
  const { stdout, exitCode } = await execa('ssh-add', ['-l'], {
    reject: false,
    timeout: TIMEOUT,
    ...(signal && { cancelSignal: signal }),
  })
  // ssh-add(1): 1 when the agent holds no identity, 2 when it cannot be reached.
  return exitCode === 0
    ? stdout.split('\n').filter((line) => line !== '').length
    : exitCode === 1
      ? 0
      : null
}
