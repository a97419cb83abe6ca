// SPDX-License-Identifier: Apache-2.0
// Which arguments an operator may add to ansible-playbook. A list of what is allowed, not of what
// is forbidden: argparse takes any unambiguous beginning of an option (--lim), short options stick
// together (-Cl), and a bare word is one more playbook.
import { nearest } from '../names/nearest.js'

/** Options with a value. */
const WITH_VALUE = new Set([
  '--user',
  '-u',
  '--become-method',
  '--become-user',
  '--become-password-file',
  '--become-pass-file',
  '--connection-password-file',
  '--conn-pass-file',
  '--private-key',
  '--key-file',
  '--connection',
  '-c',
  '--ssh-common-args',
  '--ssh-extra-args',
  '--sftp-extra-args',
  '--scp-extra-args',
  '--module-path',
  '-M',
  '--extra-vars',
  '-e',
])
const FLAGS = new Set([
  '--become',
  '-b',
  '--force-handlers',
  '--flush-cache',
  '--verbose',
  '-v',
  '-vv',
  '-vvv',
  '-vvvv',
])

/** Why the best known of the others are refused. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(-l|--lim)/, 'patchrun chooses the hosts: use nodes, or --limit of patchrun.'],
  [/^(-i|--inv|--host-file)/, 'patchrun generates the inventory: use nodes and inventory.source.'],
  [/^(-t|--tag|--skip)/, 'patchrun chooses the tags by what each node needs.'],
  [/^(-C|--ch)/, 'patchrun chooses check mode: use "patchrun detect".'],
  [/^(-f|--fork)/, 'Use ansible.forks.'],
  [/^(-T|--timeout)/, 'Use ansible.connectTimeout.'],
  [/^(-D|--diff)/, 'Use ansible.diff.'],
  [/^(--step|--start|--list|--syntax)/, 'A run is always the whole playbook.'],
  [
    /^--va/,
    'Name password files and scripts under ansible.vault, as in vault: [{ id: prod, file: /etc/patchrun/vault-pass }].',
  ],
  [
    /^(-k|-K|-J|--ask)/,
    'Nobody is there to be asked: give the password in a file that only you can read.',
  ],
]

export interface ArgFault {
  readonly index: number
  readonly message: string
  readonly hint: string
}

/**
 * Every argument that may not be there. Values are named only by their place, never repeated: they
 * may be secret.
 */
export function extraArgFaults(args: readonly string[]): ArgFault[] {
  const faults: ArgFault[] = []
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    const at = index
    const say = (message: string, hint: string): void =>
      void faults.push({ index: at, message, hint })
    if (!arg.startsWith('-')) {
      say(
        'a word that belongs to no option: ansible-playbook would run it as one more playbook',
        'Name the playbook under playbooks.playbook.',
      )
      continue
    }
    const equals = arg.startsWith('--') ? arg.indexOf('=') : -1
    const option = equals < 0 ? arg : arg.slice(0, equals)
    if (FLAGS.has(option) && equals < 0) continue
    if (!WITH_VALUE.has(option)) {
      const name = /^--?[A-Za-z-]{0,40}/.exec(option)?.[0] ?? '-'
      const meant = nearest(name, [...WITH_VALUE, ...FLAGS])
      const reason = REASONS.find(([pattern]) => pattern.test(option))?.[1]
      say(
        `${name} may not be given to ansible-playbook`,
        reason ??
          (meant?.startsWith('--')
            ? `Did you mean ${meant}?`
            : 'Options are written out, one an entry, a value after "=" or as the next entry. See docs/usage/declare.md for those allowed.'),
      )
      if (equals < 0 && index + 1 < args.length && !args[index + 1]?.startsWith('-')) index += 1
      continue
    }
    const value = equals < 0 ? args[(index += 1)] : arg.slice(equals + 1)
    if (value === undefined || value === '' || (equals < 0 && value.startsWith('-'))) {
      say(`${option} has no value`, 'Give it after "=", or as the next entry.')
      if (value?.startsWith('-')) index -= 1
    } else if ((option === '-e' || option === '--extra-vars') && !value.startsWith('@')) {
      say(
        `${option} with variables on the command line, which everybody on the machine can read`,
        'Put them under inventory.vars, or into a file: ["-e", "@vars.yml"].',
      )
    }
  }
  return faults
}
