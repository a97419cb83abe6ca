// SPDX-License-Identifier: Apache-2.0
// How bad a finding of lint is, as machines want to know it. Pure.
import type { TagFindingKind } from '../../outcome/tags/tag-types.js'

export type Severity = 'info' | 'minor' | 'major' | 'critical'

const SEVERITY: Readonly<Record<TagFindingKind, Severity>> = {
  // Would really run under load, or halt the rollout when it gets there.
  'drain-without-check': 'critical',
  'hot-notifies-drain': 'critical',
  'always-drain': 'critical',
  untagged: 'major',
  'both-tags': 'major',
  'hidden-by-include': 'major',
  'never-but-hot': 'major',
  'register-skipped': 'major',
  'not-idempotent': 'major',
  'relative-path': 'major',
  'local-play': 'major',
  'run-once': 'minor',
  opaque: 'minor',
  unpredictable: 'info',
}

export const severityOf = (finding: TagFindingKind): Severity => SEVERITY[finding]

/** A blind spot is worth knowing, and no mistake. */
export const fails = (finding: TagFindingKind): boolean =>
  SEVERITY[finding] === 'critical' || SEVERITY[finding] === 'major'
