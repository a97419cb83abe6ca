// SPDX-License-Identifier: Apache-2.0
// Which ansible-core is supported, and with which the contract and integration tests were run: the
// table of docs/usage/ansible.md. Pure.

/** The oldest and the newest ansible-core that are supported, as major.minor. */
export const OLDEST = '2.14'
export const NEWEST = '2.22'

/** A release that the tests were run with. */
export interface Trial {
  /** ansible-core, as it writes its own version. */
  readonly version: string
  /** Of the control machine. */
  readonly python: string
  /** Every full run of CI has it, or a few files of one; or it was tried once, by hand. */
  readonly tried: 'CI' | 'CI in part' | 'once'
}

export const TRIALS: readonly Trial[] = [
  { version: '2.14.18', python: '3.11', tried: 'CI' },
  { version: '2.16.14', python: '3.11', tried: 'CI in part' },
  { version: '2.18.19', python: '3.12', tried: 'once' },
  { version: '2.19.14', python: '3.11', tried: 'CI' },
  { version: '2.20.10', python: '3.12', tried: 'once' },
  { version: '2.21.5', python: '3.12', tried: 'once' },
  { version: '2.22.0rc1', python: '3.13', tried: 'once' },
]

/**
 * What the tests say of a version, in words; with a hint where it is outside of what is supported.
 */
export function standingOf(version: string): { readonly words: string; readonly hint?: string } {
  if (compareVersions(version, OLDEST) < 0 || compareVersions(version, NEWEST) > 0) {
    return {
      words: `outside of ${OLDEST} to ${NEWEST}, not tried`,
      hint: `Name one of ${OLDEST} to ${NEWEST} in ansible.executable, or look with \`patchrun detect\` whether this one does what it should.`,
    }
  }
  const trial = TRIALS.find((one) => compareVersions(seriesOf(one.version), version) === 0)
  if (!trial)
    return {
      words: `supported, but not tried: ${TRIALS.map((one) => one.version).join(', ')} were`,
    }
  const how = {
    CI: 'by every full run of the tests',
    'CI in part': 'by some tests of every full run',
    once: 'once',
  }[trial.tried]
  return { words: `tried with ${trial.version} ${how}` }
}

const seriesOf = (version: string): string => version.split('.').slice(0, 2).join('.')

/** Compares dotted numbers as far as both have them; `2.14` equals `2.14.18`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part, 10))
  const right = b.split('.').map((part) => Number.parseInt(part, 10))
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}
