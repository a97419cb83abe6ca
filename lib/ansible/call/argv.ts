// SPDX-License-Identifier: Apache-2.0
// The arguments of one ansible-playbook call. Pure.
import type { Problem } from '../../errors.js'
import { unreachable } from '../../errors.js'
import { extraArgFaults } from '../../fleet/declare/extra-args.js'
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import type { RunMode, RunRequest, Section } from './playbook-call.js'

/** What each mode selects. `skip` is kept beside `tags` for a task that carries both. */
export function selection(mode: RunMode): {
  readonly tags: readonly string[]
  readonly skip: readonly string[]
} {
  switch (mode) {
    // Detection must see every task: one left out would be a change nobody predicted.
    case 'check':
    case 'full':
    case 'gate':
    case 'lint':
      return { tags: [], skip: [] }
    case 'hot':
      return { tags: [HOT], skip: [DRAIN] }
    default:
      return unreachable(mode)
  }
}

/**
 * Arguments after `ansible-playbook`. `hostsFile` is the path, from the checkout, of a file with
 * one host a line, `varsFile` that of one with extra variables. `following`: sections after the
 * first, whose check mode is the callback plugin's to set.
 */
export function playbookArgv(
  request: Pick<RunRequest, 'mode' | 'inventory' | 'playbook' | 'policy'>,
  hostsFile: string,
  following: readonly Section[] = [],
  varsFile?: string,
): readonly string[] {
  const { mode, policy } = request
  const { tags, skip } = selection(mode)
  return [
    '-i',
    request.inventory,
    // A file: names on the command line could be read as patterns, and ten thousand of them would
    // not fit.
    '--limit',
    `@${hostsFile}`,
    // A lint starts nothing. Should it ever, it would be in check mode; and only so do tasks tell
    // their effective one.
    ...(mode === 'check' || mode === 'lint' ? ['--check'] : []),
    ...(policy.diff && mode !== 'lint' ? ['--diff'] : []),
    ...tags.flatMap((tag) => ['--tags', tag]),
    ...skip.flatMap((tag) => ['--skip-tags', tag]),
    '--forks',
    String(policy.forks),
    ...vaultArgs(policy),
    // A file: everybody on the machine can read arguments.
    ...(varsFile === undefined ? [] : ['--extra-vars', `@${varsFile}`]),
    ...policy.extraArgs,
    '--',
    request.playbook,
    ...following.map(({ playbook }) => playbook),
  ]
}

/**
 * The same for every program of Ansible. Arguments and no variable: a list in a variable is taken
 * apart at commas. Each has its label: without one, a path is taken apart at its first @.
 */
export const vaultArgs = ({ vault }: Pick<AnsiblePolicy, 'vault'>): readonly string[] =>
  vault.flatMap(({ id, path }) => ['--vault-id', `${id}@${path}`])

/**
 * What of `ansible.extraArgs` may not be handed on: asked once more here, for callers that bring a
 * policy of their own.
 */
export function extraArgsProblems(extra: readonly string[]): readonly Problem[] {
  return extraArgFaults(extra).map(({ message, hint }) => ({
    code: 'ansible/argument',
    message,
    hint,
  }))
}
