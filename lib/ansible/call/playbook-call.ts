// SPDX-License-Identifier: Apache-2.0
// lib/ansible/call/: one call of ansible-playbook as data: arguments, environment, inventory.
//
// One call of ansible-playbook as data: what is asked for, and how the process ended.
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import type { AnsibleEvent } from '../events/run-events.js'

/**
 * check: predict only. hot: apply, nothing tagged DrainChange may start. full: apply everything (an
 * empty node). gate: run a health gate's role for real, nothing tagged DrainChange may start. lint:
 * list the tasks, start no play.
 */
export type RunMode = 'check' | 'hot' | 'full' | 'gate' | 'lint'

/**
 * A run that goes through several playbooks cannot be `hot`, whose tags hold for the whole process,
 * nor `lint`, which starts nothing.
 */
export type SectionMode = Exclude<RunMode, 'hot' | 'lint'>

/** One playbook of a run that goes through several, and how it is run. */
export interface Section {
  readonly mode: SectionMode
  /**
   * As RunRequest's. All of them must be there when the run starts; each is read when its section
   * begins.
   */
  readonly playbook: string
}

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
  readonly untagged: 'drain' | 'error' | 'suggest'
  /** Path of a file with tags for tasks that have none: JSON of {"file:line": tag}. */
  readonly suggested?: string | undefined
  /** Directory of this run, empty and ours: hosts, log and events are kept there. */
  readonly directory: string
  /**
   * Absolute path of a file that stands for the right to act (the lock's). When it is gone,
   * replaced or marked released, the guard lets no further task start.
   */
  readonly fence?: string
  readonly onEvent?: (event: AnsibleEvent) => void
  /** Nobody waits for it: other processes of this machine go first. */
  readonly gentle?: boolean
  /** Aborted: the process group is ended (SIGINT, then SIGKILL after a grace). */
  readonly signal?: AbortSignal
}

export type SectionsRequest = Omit<RunRequest, 'mode' | 'playbook'> & {
  readonly sections: readonly Section[]
}

/** How the process ended; what it means for the nodes is lib/outcome's to say. */
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

/**
 * The end of a section. Of a parked one `exit` has exit code 0, and speaks of that section alone.
 */
export interface SectionEnd {
  readonly exit: RunExit
  /** The process waits to be told to go on. When false no process of the run is left. */
  readonly parked: boolean
}

/** An ansible-playbook that goes through its sections one at a time. */
export interface LiveRun {
  /**
   * The end of the section that is under way, or of the last one that was. Rejects as `runAnsible`
   * does.
   */
  readonly current: Promise<SectionEnd>
  /**
   * Starts the next section. Events go to `onEvent` from now on; without one they go where they
   * went. Throws unless the run was parked. A run that was ended while it was parked starts
   * nothing, and its end is that of the process.
   */
  go(onEvent?: (event: AnsibleEvent) => void): Promise<SectionEnd>
  /**
   * Ends the process if it still is; settles when no process of the run is left. Never rejects for
   * what `current` told.
   */
  close(): Promise<void>
}
