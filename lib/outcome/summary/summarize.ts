// SPDX-License-Identifier: Apache-2.0
// lib/outcome/summary/: from the events of a run to what they mean for each node.
//
// Events of one run -> one summary a node, judged by events, stats and exit code together: each of
// them alone lies. Pure. Memory: a record a node, a task and a distinct diff once; grows with nodes
// and changes, not with events.
import type { AnsibleEvent, GuardEvent, StatsEvent } from '../../ansible/events/run-events.js'
import type { RunExit } from '../../ansible/call/playbook-call.js'
import type { Failure } from '../../rollout/record/verdict.js'
import { unreachable } from '../../errors.js'
import { errorIn, hintFor, type Fault } from './fault.js'
import { leftOut, NodeRecord } from './node-record.js'
import type { RunEnd } from './node-record.js'
import { harmless } from './task-kinds.js'
import { Reports } from './reports.js'
import { TaskTable } from './task-table.js'
import type { NodeSummary, RunSummary } from './run-summary.js'

/** Exit codes of ansible-playbook that a failing or unreachable host explains. */
const EXPLAINED_BY_HOSTS: readonly (number | null)[] = [2, 4]

/**
 * Of a run that goes through several sections each has a summarizer of its own: its events are from
 * its start event on.
 */
export class RunSummarizer {
  readonly #records = new Map<string, NodeRecord>()
  readonly #tasks = new TaskTable()
  readonly #reports = new Reports()
  #started = false
  #check = false
  #finished = false
  #unmatched = 0
  #plays = 0
  #lastSeq = 0
  #lost = 0
  readonly #localPlays: string[] = []
  #guard: GuardEvent | undefined
  readonly #root: string

  readonly #local: ReadonlySet<string>

  /**
   * `root`: absolute path of the repository; places within it are told relative to it. `local`:
   * names of localhost, where its plays run too.
   */
  constructor(root = '', local: readonly string[] = []) {
    this.#root = root
    this.#local = new Set(local)
  }

  add(event: AnsibleEvent): void {
    // The number of the first event tells how many came in the sections before.
    if (event.ev === 'start' && !this.#started) this.#lastSeq = event.seq - 1
    if (event.seq > this.#lastSeq + 1) this.#lost += event.seq - this.#lastSeq - 1
    this.#lastSeq = event.seq
    switch (event.ev) {
      case 'start':
        this.#started = true
        this.#check = event.check
        return
      case 'play':
        this.#plays += 1
        if (event.local && event.hosts === 0) this.#localPlays.push(event.name)
        return
      case 'task':
        this.#tasks.add(event.task)
        return
      case 'host_start':
        this.#record(event.host).start(
          event.task,
          this.#check && this.#isChangingHandler(event.task),
        )
        return
      case 'notified':
        this.#record(event.host).notified(event.task, event.failed ?? false)
        return
      case 'stats':
        this.#stats(event)
        return
      case 'guard':
        this.#guard ??= event
        return
      case 'no_hosts':
        if (event.reason === 'unmatched') this.#unmatched += 1
        return
      case 'report':
        this.#reports.add(event, this.#tasks)
        return
      case 'lint_task':
      case 'parked':
        return
      case 'ok':
      case 'failed':
      case 'skipped':
      case 'unreachable':
      case 'retry':
      case 'item_ok':
      case 'item_failed':
      case 'item_skipped':
        this.#record(event.host).result(event, this.#tasks)
        return
      default:
        return unreachable(event)
    }
  }

  #isChangingHandler(id: string): boolean {
    const task = this.#tasks.get(id)
    return task?.handler === true && harmless(task.action) === null
  }

  #record(node: string): NodeRecord {
    let record = this.#records.get(node)
    if (!record) this.#records.set(node, (record = new NodeRecord(node)))
    return record
  }

  #stats(event: StatsEvent): void {
    for (const [node, stats] of Object.entries(event.stats)) this.#record(node).stats = stats
    for (const node of event.unfinished ?? []) this.#record(node).unfinished = true
    for (const node of event.through ?? []) this.#record(node).through = true
    if (!event.more) this.#finished = true
  }

  /** `planned`: the hosts the run was for. */
  finish(
    exit: Pick<RunExit, 'exitCode' | 'signal' | 'ended' | 'stderr' | 'foreignLines'>,
    planned: readonly string[],
  ): RunSummary {
    const allowed = new Set(planned)
    const unplanned = [...this.#records.keys()]
      .filter((node) => !allowed.has(node) && !this.#local.has(node))
      .sort()
    const local = [...this.#records.values()].find(
      ({ node, seen }) => seen && !allowed.has(node) && this.#local.has(node),
    )
    const fault = this.#fault(exit)
    const whole = this.#whole(exit, fault)
    // Where Ansible told whom a fault took down, the others are through.
    const named = [...this.#records.values()].some((record) => record.unfinished)
    const end: RunEnd = { finished: this.#finished, whole, named, first: this.#firstFailure() }
    const nodes = new Map<string, NodeSummary>()
    for (const node of planned) {
      const record = this.#records.get(node)
      // Being named as left out is no event of its own.
      nodes.set(node, record?.seen ? record.summary(this.#tasks, end) : absent(node, record, end))
    }
    const complete =
      fault === undefined &&
      this.#guard === undefined &&
      unplanned.length === 0 &&
      exit.ended === undefined &&
      this.#finished &&
      [...nodes.values()].every((node) => node.result === 'ok' || node.result === 'failed')
    return {
      complete,
      nodes,
      ...(this.#guard ? { guard: this.#guard } : {}),
      unplanned,
      ...(local && { localhost: local.summary(this.#tasks, end) }),
      localPlays: this.#localPlays,
      ...(fault ? { fault } : {}),
      ...this.#reports.finish(this.#tasks),
      foreignLines: exit.foreignLines,
    }
  }

  /** On which node something failed first, for those that Ansible left out after it. */
  #firstFailure(): string | undefined {
    for (const { node, failure, stats } of this.#records.values()) {
      if (!failure || !stats || stats.failures + stats.unreachable === 0) continue
      const { task, file, line, message } = failure
      const place = file === undefined ? '' : ` (${file}:${line})`
      return `before that ${node} failed${task === undefined ? '' : ` at "${task}"${place}`}: ${message.split('\n', 1)[0]}`
    }
    return undefined
  }

  /** What took down nodes that did not fail themselves. */
  #whole(exit: Pick<RunExit, 'ended'>, fault: Fault | undefined): Failure | undefined {
    if (this.#guard) return { cause: 'guard', message: this.#guard.message, ...taskOf(this.#guard) }
    if (exit.ended === 'hung')
      return {
        cause: 'hung',
        message:
          'no sign of life from Ansible for longer than ansible.hangTimeout; the run was ended',
      }
    if (exit.ended === 'aborted') return { cause: 'unknown', message: 'the run was aborted' }
    if (exit.ended === 'unplanned-host')
      return {
        cause: 'guard',
        message: 'the run was ended because a host showed up that was not planned',
      }
    if (!fault) return undefined
    return {
      cause: 'failed',
      message: fault.message,
      ...(fault.file ? { file: fault.file } : {}),
      ...(fault.line ? { line: fault.line } : {}),
    }
  }

  #fault(exit: Pick<RunExit, 'exitCode' | 'signal' | 'ended' | 'stderr'>): Fault | undefined {
    if (exit.ended !== undefined || (this.#guard && this.#guard.reason !== 'plugin-fault'))
      return undefined
    if (this.#guard)
      return {
        message: this.#guard.message,
        hint: "This is a fault of patchrun. Please report it with the run's ansible.log.",
      }
    const said = errorIn(exit.stderr, this.#root)
    const fault = (message: string): Fault => ({
      ...(said ?? {}),
      message: said?.message ?? message,
      hint: hintFor(said?.message ?? message),
    })
    if (!this.#started)
      return fault(
        `ansible-playbook ended (${how(exit)}) before patchrun's callback plugin spoke; nothing can be concluded${lastWords(exit.stderr)}`,
      )
    if (!this.#finished)
      return fault(`ansible-playbook ended (${how(exit)}) without telling its stats`)
    if (this.#lost > 0) {
      return {
        message: `${this.#lost} events of the run were lost or damaged; nothing can be concluded`,
        hint: 'Run it again. If it happens again, look for a full disk, and report it.',
      }
    }
    if (exit.exitCode === 0) {
      if (this.#plays > 0 && this.#unmatched >= this.#plays)
        return fault('no play of the playbook is for any of the planned hosts')
      return undefined
    }
    // An include that cannot be loaded drops hosts without a failed event; Ansible says so on
    // standard error only.
    const dropped =
      said !== undefined && [...this.#records.values()].some((record) => record.unfinished)
    if (EXPLAINED_BY_HOSTS.includes(exit.exitCode) && this.#someNodeFailed() && !dropped)
      return undefined
    return fault(`ansible-playbook ended with ${how(exit)}, and no node's failure explains it`)
  }

  #someNodeFailed(): boolean {
    return [...this.#records.values()].some(
      ({ stats }) => stats !== undefined && (stats.failures > 0 || stats.unreachable > 0),
    )
  }
}

function how(exit: Pick<RunExit, 'exitCode' | 'signal'>): string {
  return exit.signal !== null ? `signal ${exit.signal}` : `exit code ${exit.exitCode ?? 'unknown'}`
}

/** What it said at the end, when it died before it could call anything an error. */
function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('[WARNING]'))
  return lines.length === 0 ? '' : `; it said: ${lines.slice(-3).join(' | ').slice(-300)}`
}

function taskOf(guard: GuardEvent): Pick<Failure, 'task' | 'file' | 'line'> {
  return guard.task ? { task: guard.task.name, file: guard.task.file, line: guard.task.line } : {}
}

function absent(
  node: string,
  record: NodeRecord | undefined,
  { finished, whole, first }: RunEnd,
): NodeSummary {
  const unplayed: Failure = {
    cause: 'unknown',
    message: finished
      ? 'Ansible did not run on this node: no play of the playbook is for it'
      : 'the run ended before this node had its turn',
  }
  return {
    node,
    result: 'absent',
    changes: [],
    blindSpots: [],
    owed: [],
    handled: [],
    failure: whole ?? (record?.unfinished ? leftOut(first) : unplayed),
  }
}
