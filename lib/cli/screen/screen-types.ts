// SPDX-License-Identifier: Apache-2.0
import type { OnProgress } from '../../engine/step/progress.js'
import type { Fleet } from '../../fleet/declare/fleet.js'

/** How much is told. */
export type Level = 'quiet' | 'normal' | 'verbose'

export interface Screen {
  readonly onProgress: OnProgress
  /** Something about this process, not about the rollout. */
  notice(text: string): void
  /** The directory of the last step a node was in, where its log lies. */
  directoryOf(node: string): string | undefined
  /** Leaves the terminal as it is to stay. */
  close(): Promise<void>
}

export interface ScreenOptions {
  readonly fleet: Pick<Fleet, 'nodes' | 'policy' | 'zone' | 'command'>
  readonly live: boolean
  readonly color: boolean
  readonly level: Level
  /** IANA time zone in which times are shown. */
  readonly zone: string
  /** The command, with the options that lead to this fleet. */
  readonly command?: string
  /** The log is one of GitLab, and can be folded. */
  readonly folds?: boolean
  readonly stderr: NodeJS.WriteStream
}
