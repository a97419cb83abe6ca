// SPDX-License-Identifier: Apache-2.0
// What the smaller verbs answer with --json; described, like the reports, by
// schemas/report.schema.json.
import type { ExitCode, Problem } from '../../errors.js'
import type { TagAudit, TagFindingKind, AuditedTask } from '../../outcome/tags/tag-types.js'
import type { Comparison } from '../../git/index.js'
import type { PinnedCommit } from '../../rollout/index.js'
import type {
  ApprovalReport,
  HolderReport,
  PlanReport,
  Report,
  REPORT_VERSION,
} from './rollout-report.js'

interface Answer<K extends string> {
  readonly schemaVersion: typeof REPORT_VERSION
  readonly kind: K
}
interface OfFleet<K extends string> extends Answer<K> {
  readonly fleet: string
  readonly environment: string
}

/** Instead of an answer, from any verb: why there is none. */
export interface ErrorReport extends Answer<'error'> {
  readonly problems: readonly Problem[]
  readonly exitCode: ExitCode
}

/**
 * Of a verb that only looks, where the fleet has several environments and none was named: the
 * answer of each, in the order in which they are declared.
 */
export interface EnvironmentsReport extends Answer<'environments'> {
  readonly fleet: string
  readonly environments: readonly (
    Report | PlanReport | LintReport | ValidateReport | DoctorReport | ErrorReport
  )[]
}

/** One thing a rollout stands on. */
export interface DoctorCheck {
  readonly name: string
  readonly result: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do about it. */
  readonly hint?: string
}

export interface DoctorReport extends Answer<'doctor'> {
  /** Absent when the declaration cannot be read. */
  readonly fleet?: string
  readonly environment?: string
  /** ISO 8601. */
  readonly at: string
  /** Nothing of it fails. */
  readonly healthy: boolean
  readonly checks: readonly DoctorCheck[]
}

export interface ValidateReport extends OfFleet<'validate'> {
  readonly file: string
  readonly nodes: readonly string[]
  readonly canaries: readonly string[]
  readonly denied: readonly string[]
  /** Waves as they would go, the canary wave first. */
  readonly waves: readonly {
    readonly wave: number
    readonly name: string
    readonly nodes: number
  }[]
  /** What is valid, and will not do what it seems to. */
  readonly warnings: readonly string[]
}

export interface PinReport extends OfFleet<'pin'> {
  readonly repository: string
  readonly playbook: string
  readonly pin: PinnedCommit
  /** The last SHA that a whole rollout completed. */
  readonly remembered: string | null
  readonly comparison: Comparison
}

export interface LintTask {
  readonly play: string
  readonly task: string
  readonly action: string
  readonly role: string | null
  readonly file: string
  readonly line: number
  /** Effective tags. */
  readonly tags: readonly string[]
  readonly handler: boolean
  readonly standing: AuditedTask['standing']
  /** Why it needs no tag. */
  readonly reason?: string
  readonly findings: readonly TagFindingKind[]
}

export interface LintFinding {
  readonly finding: TagFindingKind
  readonly play: string
  readonly task: string
  readonly file: string
  readonly line: number
  readonly message: string
  readonly hint: string
}

export interface LintReport extends OfFleet<'lint'> {
  readonly pin: PinnedCommit
  readonly playbook: string
  readonly counts: TagAudit['counts']
  readonly tasks: readonly LintTask[]
  readonly findings: readonly LintFinding[]
}

export interface SuggestedTag {
  readonly task: string
  readonly action: string
  readonly file: string
  readonly line: number
  readonly handler: boolean
  readonly tag: 'HotChange' | 'DrainChange'
  readonly reason: string
  /** False: the file has to be edited by hand. */
  readonly inPatch?: boolean
}

/** What `lint --suggest` answers with. */
export interface SuggestReport extends OfFleet<'suggest'> {
  readonly pin: PinnedCommit
  readonly playbook: string
  /** In the order of the playbook. */
  readonly suggestions: readonly SuggestedTag[]
  /** For `git apply`; empty where there is nothing to do. */
  readonly patch: string
}

/** How an order came to the journal of an environment. */
export interface OrderReport {
  readonly environment: string
  /** Id of the order, as the journal has it. */
  readonly order: string
  /**
   * now: it is in the journal, nobody runs. by-run: a run is under way, has it in its journal and
   * begins nothing against it from here on. handed: a run is under way and has not answered yet; it
   * reads it before its next decision.
   */
  readonly taken: 'now' | 'by-run' | 'handed'
  /** Who runs. */
  readonly holder?: HolderReport
}

/** What `pause`, `unpause`, `approve`, `release` and `abort` answer with. */
export interface SteerReport extends Answer<'steer'> {
  readonly fleet: string
  readonly verb: 'pause' | 'unpause' | 'approve' | 'release' | 'abort'
  readonly reason?: string
  /** Of pause: when it ends; of release: not drained again before this. ISO 8601. */
  readonly until?: string
  /** Of release: those that are given back. */
  readonly nodes?: readonly string[]
  /** Of approve. */
  readonly approval?: ApprovalReport
  /** Of abort: nothing was under way, and the rollout is halted. */
  readonly halted?: boolean
  readonly environments: readonly OrderReport[]
}

export interface RetryReport extends OfFleet<'retry'>, OrderReport {
  readonly environment: string
  /** The nodes that are tried again. */
  readonly nodes: readonly string[]
}

export interface InitReport extends Answer<'init'> {
  /** Absolute path of the directory. */
  readonly directory: string
  /** What was written, relative to it. */
  readonly files: readonly string[]
}

export interface GitlabReport extends Answer<'gitlab'> {
  readonly fleet: string
  readonly environments: readonly string[]
  /** YAML. */
  readonly pipeline: string
  /** What the pipeline leaves to people. */
  readonly notices: readonly string[]
  /** `dry`: nothing was written, this is what would be. */
  readonly written?: {
    readonly file: string
    readonly change: 'created' | 'updated' | 'unchanged'
    readonly removed: readonly string[]
    readonly added: readonly string[]
    readonly dry: boolean
  }
}
