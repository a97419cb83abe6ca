// SPDX-License-Identifier: Apache-2.0
// lib/engine/step/: one run of Ansible: its playbook, and what came of it.
//
// One step: an Ansible run over the nodes of a wave, from the inventory to what it means for each
// of them.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import { buildInventory } from '../../ansible/call/inventory-json.js'
import { LOCALHOST } from '../../ansible/call/localhost.js'
import { runAnsible } from '../../ansible/run/start-playbook.js'
import type { AnsibleInstall, RunMode, RunRequest } from '../../ansible/call/playbook-call.js'
import { writeInventory } from '../../ansible/call/write-inventory.js'
import { RunSummarizer } from '../../outcome/summary/summarize.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { RolloutState, StepAction } from '../../rollout/index.js'
import { inLentTree } from '../commit/lend-tree.js'
import type { TreeOwner } from '../commit/lend-tree.js'
import type { LocalPlays } from '../commit/local-plays.js'
import type { StepResult } from './step-outcome.js'
import { writeOwed } from './owed-handlers.js'

/** Steps of one run over many nodes that need no scheduler. */
export type PlainAction = Extract<StepAction, 'detect' | 'apply' | 'verify'>

export interface StepContext extends TreeOwner {
  readonly fleet: Fleet
  readonly install: AnsibleInstall
  /** The file that stands for our right to act: without it the run starts no further task. */
  readonly fence?: string
  readonly signal?: AbortSignal
  /** Path of the tags that are counted for tasks that have none. */
  readonly suggested?: string | undefined
  readonly onEvent?: (event: AnsibleEvent) => void
  /**
   * Hears of plays for localhost: those that a run has left out, and what others did there.
   * `looked`: in check mode.
   */
  readonly onLocalPlays?: (found: LocalPlays, looked: boolean) => void
}

/** What a step of one run over many nodes is given besides. */
export interface PlainContext extends StepContext {
  /** Nobody waits for it: other processes of this machine go first. */
  readonly gentle?: boolean
  /** Says which handlers an apply is to make up for. */
  readonly rollout?: RolloutState
}

/**
 * A look predicts only; an apply under live workload may start nothing that is tagged DrainChange.
 */
const MODE: Readonly<Record<PlainAction, RunMode>> = {
  detect: 'check',
  verify: 'check',
  apply: 'hot',
}

/**
 * Runs the playbook on these nodes and says how each came out. `directory` is made anew and keeps
 * the evidence.
 */
export async function runStep(
  action: PlainAction,
  nodes: readonly string[],
  directory: string,
  context: PlainContext,
): Promise<StepResult> {
  const { fleet, gentle = false, rollout } = context
  await makeAnew(directory)
  if (action === 'apply' && rollout) await writeOwed(directory, nodes, rollout)
  return inLentTree(context, directory, (inTree) =>
    play(
      { mode: MODE[action], playbook: fleet.playbooks.playbook, gentle },
      nodes,
      directory,
      inTree,
    ),
  )
}

/**
 * A directory of that name is from an attempt whose intent never reached the journal: it means
 * nothing.
 */
export async function makeAnew(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
}

/** One run of Ansible over these nodes of the fleet, and what it means for each of them. */
export async function play(
  { mode, playbook, gentle }: Pick<RunRequest, 'mode' | 'playbook' | 'gentle'>,
  nodes: readonly string[],
  directory: string,
  context: StepContext,
): Promise<StepResult> {
  const { fleet, install, checkout, fence, signal, suggested, onEvent } = context
  const inventory = await writeInventory(join(directory, 'inventory'), buildInventory(fleet))
  const summarizer = new RunSummarizer(checkout, fleet.ansible.localhost ? LOCALHOST : [])
  const exit = await runAnsible({
    install,
    mode,
    checkout,
    playbook,
    gentle,
    inventory,
    directory,
    fence,
    signal,
    suggested,
    hosts: nodes,
    denied: fleet.denied,
    policy: fleet.ansible,
    untagged: fleet.policy.changes.untagged,
    onEvent: (event) => {
      summarizer.add(event)
      onEvent?.(event)
    },
  })
  // Places are told within the repository; where the checkout lies means nothing to whoever mends
  // the playbook.
  const stderr = exit.stderr.replaceAll(`${checkout}/`, '')
  const summary = summarizer.finish({ ...exit, stderr }, nodes)
  context.onLocalPlays?.(summary, mode === 'check')
  return { summary, exit }
}
