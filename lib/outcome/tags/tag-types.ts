// SPDX-License-Identifier: Apache-2.0
// What the tag audit answers.
import type { LintTaskEvent, TaskInfo } from '../../ansible/events/run-events.js'

/** docs/usage/tags.md explains each with an example. */
export type TagFindingKind =
  /** May change a node and has neither tag. */
  | 'untagged'
  /** Has HotChange and DrainChange. */
  | 'both-tags'
  /** Check mode skips it, so detection cannot see it. */
  | 'unpredictable'
  /** What it includes is known only when it runs. */
  | 'opaque'
  /** A DrainChange that detection would really run. */
  | 'drain-without-check'
  /** A HotChange that notifies a DrainChange handler. */
  | 'hot-notifies-drain'
  /** A HotChange inside a dynamic include that a Hot run does not select. */
  | 'hidden-by-include'
  /** A DrainChange that `always` puts into every Hot run. */
  | 'always-drain'
  /** A HotChange that detection never sees because of `never`. */
  | 'never-but-hot'
  /** A HotChange that needs a variable which only tasks outside a Hot run set. */
  | 'register-skipped'
  /** Would change the node at every look: the node is never GOOD. */
  | 'not-idempotent'
  /** Runs once in each wave, and not once in a rollout. */
  | 'run-once'
  /** Leaves a file beside the playbook, where the next step does not find it. */
  | 'relative-path'
  /** In a play for localhost, which is left out. */
  | 'local-play'

/** A task of the playbook, as Ansible loaded it. */
export interface Subject {
  readonly event: LintTaskEvent
}

export interface TagFinding {
  readonly kind: TagFindingKind
  readonly task: TaskInfo
  readonly play: string
  readonly file: string
  readonly line: number
  readonly message: string
  readonly hint: string
}

export interface AuditedTask {
  readonly play: string
  readonly task: TaskInfo
  /**
   * hot: HotChange only. drain: DrainChange only. both. untagged. exempt: it needs no tag, `reason`
   * says why.
   */
  readonly standing: 'hot' | 'drain' | 'both' | 'untagged' | 'exempt'
  readonly reason?: string
  readonly findings: readonly TagFindingKind[]
}

export interface TagAudit {
  /** In the order of the playbook; a file that is included twice gives its tasks twice. */
  readonly tasks: readonly AuditedTask[]
  readonly findings: readonly TagFinding[]
  readonly counts: {
    readonly tasks: number
    readonly handlers: number
    readonly standing: Readonly<Record<AuditedTask['standing'], number>>
    readonly findings: Readonly<Record<TagFindingKind, number>>
  }
}
