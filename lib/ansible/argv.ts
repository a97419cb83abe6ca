// SPDX-License-Identifier: Apache-2.0
// The arguments of one ansible-playbook call. Pure.
import type { Problem } from '../errors.js'
import { unreachable } from '../errors.js'
import type { RunMode, RunRequest } from './types.js'

export const HOT = 'HotChange'
export const DRAIN = 'DrainChange'

/** What each mode selects. `skip` is kept beside `tags` for a task that carries both. */
export function selection(mode: RunMode): { readonly tags: readonly string[]; readonly skip: readonly string[] } {
  switch (mode) {
    // Detection must see every task: one left out would be a change nobody predicted.
    case 'check':
    case 'full':
    case 'lint':
      return { tags: [], skip: [] }
    case 'hot':
      return { tags: [HOT], skip: [DRAIN] }
    default:
      return unreachable(mode)
  }
}

/** Arguments after `ansible-playbook`. `hostsFile` is the path, from the checkout, of a file with one host a line. */
export function playbookArgv(
  request: Pick<RunRequest, 'mode' | 'inventory' | 'playbook' | 'policy'>,
  hostsFile: string,
): readonly string[] {
  const { mode, policy } = request
  const { tags, skip } = selection(mode)
  return [
    '-i', request.inventory,
    // A file: names on the command line could be read as patterns, and ten thousand of them would not fit.
    '--limit', `@${hostsFile}`,
    ...(mode === 'check' ? ['--check'] : []),
    ...(policy.diff && mode !== 'lint' ? ['--diff'] : []),
    ...tags.flatMap((tag) => ['--tags', tag]),
    ...skip.flatMap((tag) => ['--skip-tags', tag]),
    '--forks', String(policy.forks),
    ...policy.extraArgs,
    '--', request.playbook,
  ]
}

/** Options a site may add, and whether a value follows. Everything else could choose hosts, tags or check mode. */
const ALLOWED: ReadonlyMap<string, boolean> = new Map([
  ['-e', true], ['--extra-vars', true],
  ['--vault-id', true], ['--vault-password-file', true], ['--vault-pass-file', true],
  ['-u', true], ['--user', true], ['--private-key', true], ['--key-file', true],
  ['-b', false], ['--become', false], ['--become-user', true], ['--become-method', true], ['--become-password-file', true],
  ['-c', true], ['--connection', true], ['-T', true], ['--timeout', true], ['--connection-password-file', true],
  ['--ssh-common-args', true], ['--ssh-extra-args', true], ['--sftp-extra-args', true], ['--scp-extra-args', true],
  ['-M', true], ['--module-path', true], ['--force-handlers', false], ['--flush-cache', false],
  ['-v', false], ['-vv', false], ['-vvv', false],
])

/**
 * Problems of `ansible.extraArgs`. Only whole option names are taken, since Ansible reads `--lim` as `--limit`;
 * a word that is no option would be one more playbook.
 */
export function extraArgsProblems(extra: readonly string[]): readonly Problem[] {
  const problems: Problem[] = []
  for (let at = 0; at < extra.length; at += 1) {
    const word = extra[at] ?? ''
    const [name = '', inline] = word.startsWith('--') ? split(word) : [word]
    const takesValue = ALLOWED.get(name)
    if (takesValue === undefined) {
      problems.push({
        code: 'ansible/argument',
        message: `the argument ${JSON.stringify(word)} may not be handed to ansible-playbook`,
        hint: `Allowed in extraArgs: ${[...ALLOWED.keys()].join(' ')}. Hosts, tags and check mode are patchrun's to choose.`,
      })
    } else if (takesValue && inline === undefined) {
      at += 1
      if (at >= extra.length) {
        problems.push({ code: 'ansible/argument', message: `the argument ${name} needs a value`, hint: `Write "${name}" and its value as two list items.` })
      }
    }
  }
  return problems
}

function split(word: string): readonly [string, string?] {
  const at = word.indexOf('=')
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)]
}
