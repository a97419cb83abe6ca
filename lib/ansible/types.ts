// SPDX-License-Identifier: Apache-2.0
// One call of ansible-playbook as data: what is asked for, and how the process ended.
import type { AnsiblePolicy } from '../fleet/types.js'
import type { AnsibleEvent } from './events.js'

/**
 * check: predict only. hot: apply, nothing tagged DrainChange may start. full: apply everything (an empty node).
 * gate: run a health gate's role for real, nothing tagged DrainChange may start. lint: list the tasks, start no play.
 */
export type RunMode = 'check' | 'hot' | 'full' | 'gate' | 'lint'

/** An ansible-core that was found, and is in the supported range. */
export interface AnsibleInstall {
  /** Absolute path of ansible-playbook. */
  readonly playbook: string
  /** Absolute path of ansible-inventory. */
  readonly inventory: string
  /** ansible-core's version. */
  readonly version: string
  readonly from: 'configured' | 'path' | 'project' | 'debian'
}

export interface RunRequest {
  readonly install: AnsibleInstall
  readonly mode: RunMode
  /** Absolute path of the checked-out repository; becomes the working directory. */
  readonly checkout: string
  /** Path of the playbook within it; of a playbook that patchrun wrote, absolute. */
  readonly playbook: string
  /** The only hosts this run may touch. */
  readonly hosts: readonly string[]
  readonly denied: readonly string[]
  /** Inventory to run with: the path of a file or script that Ansible reads. */
  readonly inventory: string
  readonly policy: AnsiblePolicy
  readonly untagged: 'drain' | 'error'
  /** Directory of this run, empty and ours: hosts, log and events are kept there. */
  readonly directory: string
  /**
   * Absolute path of a file that stands for the right to act (the lock's). When it is gone, replaced or marked released,
   * the guard lets no further task start.
   */
  readonly fence?: string
  readonly onEvent?: (event: AnsibleEvent) => void
  /** Aborted: the process group is ended (SIGINT, then SIGKILL after a grace). */
  readonly signal?: AbortSignal
}

/** How the process ended; what it means for the nodes is lib/change's to say. */
export interface RunExit {
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why patchrun ended it itself, if it did. */
  readonly ended?: 'hung' | 'aborted' | 'unplanned-host'
  /** The last 8 KiB of standard error. */
  readonly stderr: string
  readonly foreignLines: number
  /** ms of wall time. */
  readonly duration: number
}
