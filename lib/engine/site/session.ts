// SPDX-License-Identifier: Apache-2.0
// lib/engine/site/: what stands on this machine: the declaration, its sources, secrets,
// directories, stores.
//
// What every verb starts from: the declaration, read afresh whenever it is asked for, and the
// Ansible to use.
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { findAnsible } from '../../ansible/programs/find-ansible.js'
import { checkVault } from '../../ansible/programs/vault-sources.js'
import { PatchrunError } from '../../errors.js'
import { limitTo } from '../../fleet/lists/limit.js'
import type { Fleet, VaultId } from '../../fleet/declare/fleet.js'
import { InventoryMemo } from './inventory-memo.js'
import { openFleet } from './open-fleet.js'
import { readPlanFile, requireSame } from './plan-file.js'
import type { LoadedPlan } from './plan-file.js'

export interface SessionOptions {
  /** Path of patchrun.yml. */
  readonly file: string
  readonly environment?: string
  /** Host expression; narrows what is looked at or changed, never the canaries of a rollout. */
  readonly limit?: string
  /** Only the canaries, instead of a limit. */
  readonly canaries?: boolean
  /** This commit, all its digits, instead of what the ref leads to. */
  readonly sha?: string
  /** Path of a plan file: what is declared must still be what it shows. */
  readonly plan?: string
  readonly signal?: AbortSignal
  /** IANA time zone in which moments are told in words; that of the windows by default. */
  readonly zone?: string
  /** Begins the commands within words: the program with the options that lead to this fleet. */
  readonly command?: string
}

export interface Session {
  readonly options: SessionOptions
  readonly limit: readonly string[] | null
  readonly plan: LoadedPlan | null
  /** Reads file, lists and inventories, and checks them. Throws config/…. */
  observe(): Promise<Fleet>
  /**
   * Finds Ansible once, and sees that the files and scripts of `ansible.vault` give it its
   * passwords. Throws ansible/…, config/vault-password.
   */
  findAnsible(): Promise<AnsibleInstall>
}

export async function openSession(options: SessionOptions): Promise<Session> {
  let install: Promise<AnsibleInstall> | undefined
  // The declaration may name one, and is read afresh: the first answer stands for the whole
  // session.
  const find = (configured: string | undefined): Promise<AnsibleInstall> =>
    (install ??= findAnsible({ configured, signal: options.signal }))
  const plan = options.plan === undefined ? null : await readPlanFile(options.plan)
  if (plan && options.limit !== undefined)
    throw new PatchrunError({
      code: 'usage/plan-and-limit',
      message: 'the plan file says which nodes it is for',
      hint: 'Leave --limit out, or give it to `patchrun plan`.',
    })
  let executable: string | undefined
  let vault: readonly VaultId[] = []
  let asked = ''
  const memo = new InventoryMemo()
  const observe = async (): Promise<Fleet> => {
    const fleet = await openFleet({
      file: options.file,
      environment: options.environment,
      ansibleInventory: async (configured) => (await find(configured)).inventory,
      signal: options.signal,
      memo,
    })
    executable = fleet.ansible.executable
    vault = fleet.ansible.vault
    if (plan) requireSame(plan, fleet)
    const { zone, command } = options
    return {
      ...fleet,
      ...(zone !== undefined && { zone }),
      ...(command !== undefined && { command }),
    }
  }
  if (options.canaries && options.limit !== undefined)
    throw new PatchrunError({
      code: 'usage/canaries-and-limit',
      message: '--canaries and --limit exclude each other',
      hint: 'Leave one of them out.',
    })
  const canaries = async (): Promise<readonly string[]> =>
    (await observe()).nodes.flatMap((n) => (n.canary ? [n.name] : []))
  const limit = plan
    ? plan.limit
    : options.canaries
      ? await canaries()
      : options.limit === undefined
        ? null
        : limitTo(await observe(), options.limit)
  const ready = async (): Promise<AnsibleInstall> => {
    const found = await find(executable)
    const key = JSON.stringify(vault)
    // Not with the declaration: whoever asks for the status, or aborts, may be on a machine without
    // the passwords.
    if (key !== asked) await checkVault(vault, options.signal)
    asked = key
    return found
  }
  return { options, limit, plan, observe, findAnsible: ready }
}
