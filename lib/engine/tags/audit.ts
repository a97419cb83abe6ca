// SPDX-License-Identifier: Apache-2.0
// lib/engine/tags/: the tags of a playbook: looked at, and suggested.
//
// `patchrun lint`: how are the tasks of the pin tagged? Asks Ansible, which is given no node and
// starts no play.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LintTaskEvent } from '../../ansible/events/run-events.js'
import { runAnsible } from '../../ansible/run/start-playbook.js'
import type { RunRequest } from '../../ansible/call/playbook-call.js'
import type { Fault } from '../../outcome/summary/fault.js'
import { RunSummarizer } from '../../outcome/summary/summarize.js'
import { auditTags } from '../../outcome/tags/tag-audit.js'
import { PatchrunError, refuse } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { LintReport } from '../../report/model/answers.js'
import { buildLint } from '../../report/model/build-lint.js'
import type { PinnedCommit } from '../../rollout/index.js'
import { layoutOf } from '../site/layout.js'
import { pinCommit, useCheckout } from '../commit/pin.js'
import { gateProblems } from '../step/health-playbook.js'
import { tellOfRepository } from '../step/repository-warnings.js'
import { playbookPlace } from '../commit/playbook-place.js'
import { noticesOf, systemClock } from '../step/progress.js'
import type { Clock, OnProgress } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { withRequirements } from '../commit/requirements.js'
import { storeOf } from '../site/store-of.js'

/**
 * The only host that the run knows. No node has this name, and no connection plugin the one it
 * would be reached by.
 */
const NOBODY = 'patchrun-lint-nobody'
/**
 * Exit code of an ansible-playbook that was interrupted, as our plugin does once it has told the
 * tasks.
 */
const INTERRUPTED = 99

export type ListRequest = Pick<
  RunRequest,
  'install' | 'checkout' | 'playbook' | 'policy' | 'directory' | 'signal'
>

export interface AuditOptions {
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly onEvent?: OnProgress
}

export interface TasksOfPin {
  readonly fleet: Fleet
  readonly pin: PinnedCommit
  /** Absolute path of its files. */
  readonly checkout: string
  readonly tasks: readonly LintTaskEvent[]
}

export interface ListedTasks {
  readonly tasks: readonly LintTaskEvent[]
  /**
   * Why the list is missing or incomplete: a playbook that does not parse, a missing role or
   * module.
   */
  readonly fault?: Fault
}

/**
 * The tasks of a playbook as Ansible loads them. Throws ansible/…, and the signal's reason when
 * aborted.
 */
export async function listTasks(request: ListRequest): Promise<ListedTasks> {
  await mkdir(request.directory, { recursive: true, mode: 0o700 })
  const inventory = join(request.directory, 'inventory.ini')
  await writeFile(inventory, `${NOBODY} ansible_connection=patchrun_none\n`)
  const tasks: LintTaskEvent[] = []
  const summarizer = new RunSummarizer(request.checkout)
  const exit = await runAnsible({
    ...request,
    mode: 'lint',
    hosts: [NOBODY],
    denied: [],
    inventory,
    untagged: 'drain',
    onEvent: (event) => {
      summarizer.add(event)
      if (event.ev === 'lint_task') tasks.push(event)
    },
  })
  request.signal?.throwIfAborted()
  if (exit.ended !== undefined)
    return {
      tasks,
      fault: {
        message: 'Ansible gave no sign of life while it loaded the playbook; it was ended',
        hint: 'Look for a lookup in the playbook that waits, or raise ansible.hangTimeout.',
      },
    }
  const { fault } = summarizer.finish(
    exit.exitCode === INTERRUPTED ? { ...exit, exitCode: 0 } : exit,
    [],
  )
  return { tasks, ...(fault && { fault }) }
}

/**
 * The tasks of the pin, and where its files are. Throws config/…, pin/…, ansible/…; playbook/fault
 * when the playbook cannot be loaded.
 */
export async function tasksOfPin(
  session: Session,
  { signal, clock = systemClock, onEvent: onProgress = () => undefined }: AuditOptions = {},
): Promise<TasksOfPin> {
  const declared = await session.observe()
  const install = await session.findAnsible()
  const { remembered } = await storeOf(declared).read()
  const { pin, comparison } = await pinCommit(declared, remembered, signal, session.options.sha)
  onProgress({ type: 'pinned', pin, comparison })
  const tree = await useCheckout(declared, pin.sha, signal)
  const fleet = await withRequirements(declared, {
    install,
    checkout: tree.path,
    signal,
    onNotice: noticesOf(onProgress, 'requirements'),
  })
  await tellOfRepository(declared, tree, onProgress, signal)
  const { path: checkout } = tree
  const directory = join(layoutOf(declared).looks, `lint-${process.pid}-${clock.now()}`)
  return {
    fleet,
    pin,
    checkout,
    tasks: await tasksOf({
      install,
      checkout,
      playbook: fleet.playbooks.playbook,
      policy: fleet.ansible,
      directory,
      signal,
    }),
  }
}

/**
 * The tasks of a playbook that loads. What Ansible said is kept in `directory` only when it does
 * not: playbook/fault is thrown then.
 */
export async function tasksOf(request: ListRequest): Promise<readonly LintTaskEvent[]> {
  const { tasks, fault } = await listTasks(request).catch(async (error: unknown) => {
    await rm(request.directory, { recursive: true, force: true })
    throw error
  })
  if (fault) {
    const { message, hint, file, line } = fault
    throw new PatchrunError({
      code: 'playbook/fault',
      message,
      hint,
      ...(file !== undefined && { where: await playbookPlace(request.checkout, file, line) }),
    })
  }
  await rm(request.directory, { recursive: true, force: true })
  return tasks
}

/** The tag audit of the pin. Throws what tasksOfPin does. */
export async function audit(session: Session, options: AuditOptions = {}): Promise<LintReport> {
  const { fleet, pin, checkout, tasks } = await tasksOfPin(session, options)
  refuse(gateProblems(fleet, checkout))
  return buildLint({
    fleet,
    pin,
    audit: auditTags(tasks, {
      untagged: fleet.policy.changes.untagged,
      localhost: fleet.ansible.localhost ?? false,
    }),
  })
}
