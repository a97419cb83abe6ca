// SPDX-License-Identifier: Apache-2.0
// The public API: the only way in for everyone else.

// One environment of a fleet, and everything that can be asked of it.
export { open } from './engine/open.js'
export type { Environment } from './engine/open.js'
export type { SessionOptions } from './engine/site/session.js'
export type { RunOptions, RunResult } from './engine/verbs/rollout.js'
export type { DetectOptions } from './engine/verbs/detect.js'
export type { ReleaseOptions } from './engine/verbs/release.js'
export type { RollbackOptions } from './engine/verbs/rollback.js'
export type { PauseOptions, SteerOptions } from './engine/verbs/steer.js'
export type { ApproveOptions } from './engine/verbs/approve.js'
export type { DoctorCheck, DoctorReport, OrderReport, SteerReport } from './report/model/answers.js'
export type { Clock, NoticeCode, OnProgress, Progress } from './engine/step/progress.js'
export type {
  ApprovalReport,
  DetectReport,
  HistoryReport,
  LeftReport,
  NodeReport,
  PlanReport,
  PlannedWave,
  NotifyReport,
  Report,
  RolloutReport,
  WaveReport,
} from './report/model/rollout-report.js'
export type { Notification } from './notify/notification.js'

// Errors a caller can act on, and what the command exits with.
export { EXIT, PatchrunError } from './errors.js'
export type { ExitCode, Place, Problem, ProblemArea, ProblemCode } from './errors.js'

// The core, pure: the whole policy as functions from values to values.
export {
  decide,
  evolve,
  NO_STATE,
  nodeState,
  planWaves,
  readerOf,
  reasonText,
  replay,
  timeGate,
  worldOf,
} from './rollout/index.js'
export type * from './rollout/index.js'

// Host expressions, as Slurm and ClusterShell write them.
export { expandHosts } from './fleet/names/host-expression.js'
export { foldHosts } from './fleet/names/host-fold.js'
export type {
  AnsiblePolicy,
  DrainPolicy,
  Fleet,
  FleetNode,
  Freeze,
  HealthGate,
  MessageKind,
  NotifyTarget,
  PlaybookSource,
  RolloutPolicy,
  Scheduler,
  SchedulerRoles,
  SecretSource,
  Share,
  Timing,
  WindowRule,
} from './fleet/declare/fleet.js'

// What runs on the nodes, as their scheduler told it.
export type { NodeUse, Occupant, Seen } from './workload/contract/node-use.js'
export type * from './workload/slurm/types.js'

// Ansible's events: the parser, and what a run means for each node.
export { EventParser } from './ansible/events/event-stream.js'
export { buildInventory } from './ansible/call/inventory-json.js'
export type { AnsibleInventory } from './ansible/call/inventory-json.js'
export type * from './ansible/events/run-events.js'
export type { VaultId } from './fleet/declare/fleet.js'
export { RunSummarizer } from './outcome/summary/summarize.js'
export type {
  BadReport,
  NodeResult,
  NodeSummary,
  RunReport,
  RunSummary,
} from './outcome/summary/run-summary.js'
export { findingOf } from './outcome/summary/node-verdict.js'
