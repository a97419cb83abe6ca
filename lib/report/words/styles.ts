// SPDX-License-Identifier: Apache-2.0

/** How a renderer marks what it says. The caller brings the colours, or none. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
}

const same = (text: string): string => text

export const PLAIN: Paint = { strong: same, faint: same, good: same, warn: same, bad: same }

/** What every text renderer is told. */
export interface TextOptions {
  readonly paint: Paint
  /** IANA time zone in which times are shown. */
  readonly zone: string
  readonly verbose: boolean
  /**
   * The command with the options that lead to this fleet, for "what to do next": "patchrun --env
   * prod".
   */
  readonly command: string
}

/** What the renderer cannot know from the report alone. */
export interface RolloutTextOptions extends TextOptions {
  /** The log of Ansible in which the failure of a node stands. */
  readonly logOf?: (node: string) => string | undefined
  /** Directory that keeps the logs of the rollout. */
  readonly logs?: string
}
