// SPDX-License-Identifier: Apache-2.0
// What the events said of one node so far. Pure.
import type { HostStats, ResultEvent } from '../../ansible/events/run-events.js'
import type { Failure } from '../../rollout/record/verdict.js'
import { plainly } from './fault.js'
import { dynamicInclude, harmless, staysOnController } from './task-kinds.js'
import type { NodeResult, NodeSummary } from './run-summary.js'
import type { TaskTable } from './task-table.js'

/** Diff text kept for one task on one node. */
const DIFF_LIMIT = 16 * 1024
/** Items of a loop whose failure is told. */
const ITEMS_TOLD = 5

/** What is known of a run when it has ended. */
export interface RunEnd {
  readonly finished: boolean
  readonly whole: Failure | undefined
  readonly named: boolean
  readonly first: string | undefined
}

/** Why a node that did not fail has not seen every play through. */
export function leftOut(first: string | undefined): Failure {
  return {
    cause: 'unknown',
    message: `Ansible left this node out before every play was through${first === undefined ? '' : `: ${first}`}`,
  }
}

/**
 * Whether it matters that a look did not see what the action does. An include that it skipped
 * brings tasks of any kind.
 */
const leavesOpen = (action: string): boolean => dynamicInclude(action) || harmless(action) === null

export class NodeRecord {
  readonly node: string
  stats: HostStats | undefined
  /** Ansible left it out before every play was through. */
  unfinished = false
  /** Plays ran to their end for it, though it had no task in them. */
  through = false
  #events = false
  /** Task ids in the order they happened, with the diffs of their items. */
  readonly #changes = new Map<string, string>()
  readonly #blind = new Set<string>()
  /** Task ids; true: by something that failed. */
  readonly #owed = new Map<string, boolean>()
  readonly #handled = new Set<string>()
  #failure: Failure | undefined
  #failedTags: readonly string[] = []
  /** It could not be reached, which was ignored, and nothing has reached it since. */
  #lost: Failure | undefined
  /**
   * Something started or came out on this node after the failure: it was rescued, or it is a later
   * play.
   */
  #wentOn = false
  /** Diffs of loop items whose task has not come out yet. */
  #itemDiffs = ''
  /**
   * What items of such a loop failed with: Ansible's message of the loop itself says only that some
   * did.
   */
  #itemFailures: string[] = []

  constructor(node: string) {
    this.node = node
  }

  /** Something was heard of it: events, or stats. */
  get seen(): boolean {
    return this.#events || this.stats !== undefined || this.through
  }

  /** What counts against it by its events alone. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /**
   * In check mode a handler that starts counts as a change, whatever its module says: in a real run
   * it would run.
   */
  start(task: string, countsAsChange: boolean): void {
    this.#events = true
    if (this.#failure) this.#wentOn = true
    this.#itemDiffs = ''
    this.#itemFailures = []
    if (countsAsChange) this.#changes.set(task, this.#changes.get(task) ?? '')
  }

  notified(handler: string, byFailure: boolean): void {
    this.#owed.set(handler, byFailure && (this.#owed.get(handler) ?? true))
    this.#handled.delete(handler)
  }

  result(event: ResultEvent, tasks: TaskTable): void {
    this.#events = true
    // A failure that is ignored is no reason to run it again either.
    if (
      (event.ev === 'ok' || event.ev === 'skipped' || (event.ev === 'failed' && event.ignored)) &&
      tasks.get(event.task)?.handler
    ) {
      this.#owed.delete(event.task)
      this.#handled.add(event.task)
    }
    switch (event.ev) {
      case 'ok':
      case 'skipped':
        if (
          event.ev === 'ok' &&
          event.delegatedTo === undefined &&
          !staysOnController(tasks.get(event.task)?.action ?? '')
        )
          this.#lost = undefined
        if (event.changed) this.#change(event, tasks)
        // Its own condition skipped a handler: it would not run in a real run either.
        else if (event.ev === 'skipped' && !event.unpredicted && tasks.get(event.task)?.handler)
          this.#changes.delete(event.task)
        break
      case 'failed':
      case 'unreachable':
        // A loop may change in its first item and fail in its second.
        if (event.changed) this.#change(event, tasks)
        if (!event.ignored) this.#fail(event, tasks)
        else if (event.ev === 'unreachable') this.#lost = failureOf(event, tasks, [])
        break
      case 'item_ok':
      case 'item_failed':
        if (event.changed && event.diff && this.#itemDiffs.length < DIFF_LIMIT)
          this.#itemDiffs += event.diff
        if (
          event.ev === 'item_failed' &&
          event.msg !== undefined &&
          this.#itemFailures.length < ITEMS_TOLD
        )
          this.#itemFailures.push(
            event.item === undefined ? event.msg : `${event.item}: ${event.msg}`,
          )
        break
      case 'item_skipped':
      case 'retry':
        break
    }
    if (event.unpredicted && leavesOpen(tasks.get(event.task)?.action ?? ''))
      this.#blind.add(event.task)
  }

  /**
   * Whatever it says of itself, a task of an action that leaves the node alone has not changed it.
   */
  #change({ task, diff = '' }: ResultEvent, tasks: TaskTable): void {
    if (harmless(tasks.get(task)?.action ?? '') !== null) return
    this.#changes.set(
      task,
      ((this.#changes.get(task) ?? '') + this.#itemDiffs + diff).slice(0, DIFF_LIMIT),
    )
  }

  #fail(event: ResultEvent, tasks: TaskTable): void {
    this.#failure = failureOf(event, tasks, this.#itemFailures)
    this.#failedTags = tasks.place(event.task).tags
    this.#wentOn = false
  }

  /**
   * `finished`: the run told its stats. `whole`: what failed the run as a whole. `named`: the run
   * told which nodes it left out, so that `whole` concerns only them. `first`: what failed first on
   * another node.
   */
  summary(tasks: TaskTable, { finished, whole, named, first }: RunEnd): NodeSummary {
    const { result, failure } = this.#judge(finished, whole, named, first)
    return {
      node: this.node,
      result,
      ...(failure ? { failure } : {}),
      ...(failure !== undefined && failure === this.#failure && { failedTags: this.#failedTags }),
      changes: [...this.#changes].map(([id, diff]) => tasks.change(id, diff)),
      blindSpots: [...this.#blind].map((id) =>
        tasks.get(id)?.neverChanged
          ? { ...tasks.place(id), query: true as const }
          : tasks.place(id),
      ),
      // A node that went through whole had its failures rescued: the playbook says itself what
      // follows from them.
      owed: [...this.#owed].flatMap(([id, byFailure]) =>
        byFailure && result === 'ok' ? [] : tasks.place(id),
      ),
      handled: [...this.#handled].map((id) => tasks.place(id)),
      ...(this.stats ? { stats: this.stats } : {}),
    }
  }

  #judge(
    finished: boolean,
    whole: Failure | undefined,
    named: boolean,
    first: string | undefined,
  ): { result: NodeResult; failure?: Failure } {
    // The stats know what was rescued and what was only forgotten (clear_host_errors); events alone
    // do not.
    if (this.stats && (this.stats.failures > 0 || this.stats.unreachable > 0)) {
      const cause = this.stats.unreachable > 0 ? 'unreachable' : 'failed'
      return {
        result: 'failed',
        failure: this.#failure ?? {
          cause,
          message: 'Ansible counts a failure without saying which',
        },
      }
    }
    if (!finished) {
      if (this.#failure && !this.#wentOn) return { result: 'failed', failure: this.#failure }
      return {
        result: 'cut',
        failure: whole ?? {
          cause: 'unknown',
          message: 'the run ended before this node was through',
        },
      }
    }
    // A host absent from the stats was not run, whatever events it had.
    if (!(this.stats ?? this.through) || this.unfinished || (whole && !named))
      return { result: 'cut', failure: whole ?? leftOut(first) }
    return this.#lost ? { result: 'failed', failure: this.#lost } : { result: 'ok' }
  }
}

/**
 * `items`: what items of a loop said; Ansible's message of the loop itself says only that some
 * failed.
 */
function failureOf(event: ResultEvent, tasks: TaskTable, items: readonly string[]): Failure {
  const place = tasks.place(event.task)
  const said = items.length > 0 ? items : [headOf(event)]
  // Of one line the head holds all.
  const more = items.length > 0 || event.stderr?.trim().includes('\n') ? event.stderr : undefined
  const message = plainly(
    [...said, more].filter((text) => text !== undefined && text !== '').join('\n'),
  )
  return {
    cause: event.timedOut ? 'hung' : event.ev === 'unreachable' ? 'unreachable' : 'failed',
    message:
      message ||
      (tasks.get(event.task)?.noLog ? 'the output is hidden by no_log' : 'Ansible gave no message'),
    task: place.task,
    ...(place.file ? { file: place.file, line: place.line } : {}),
  }
}

/** In one line what helps: Ansible says "non-zero return code" and "failed to validate". */
function headOf({ msg = '', rc, stderr = '' }: ResultEvent): string {
  const code = rc === undefined || rc === 0 ? '' : `return code ${rc}`
  const last = stderr.trim().split('\n').at(-1) ?? ''
  const what = [msg === 'non-zero return code' ? '' : msg, code]
    .filter((text) => text !== '')
    .join(', ')
  return last === '' || what.includes(last)
    ? what
    : [what, last].filter((text) => text !== '').join(': ')
}
