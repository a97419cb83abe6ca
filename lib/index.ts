// SPDX-License-Identifier: Apache-2.0
// The public API: the only way in for everyone else.
export { EXIT, PatchrunError } from './errors.js'
export type { ExitCode, Place, Problem, ProblemArea, ProblemCode } from './errors.js'
export type { Fleet, FleetNode } from './fleet/types.js'
export type { AnsibleEvent } from './ansible/events.js'
export type { NodeSummary, RunSummary } from './change/types.js'
export type { Finding, Verdict } from './rollout/verdict.js'
