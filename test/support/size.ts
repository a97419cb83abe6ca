// SPDX-License-Identifier: Apache-2.0
// How much of the suite is run. `npm test` runs what is quick; `--full` runs that and then what is
// left; a file that is started by itself runs all. The runner starts a file that imports this one
// in both passes, and every other file in the first alone.
import type { Test } from 'tap'

const SIZES = ['quick', 'rest', 'all'] as const
const asked = process.env['PATCHRUN_TEST_SIZE'] ?? 'all'
const size = SIZES.find((s) => s === asked)
if (size === undefined)
  throw new Error(`PATCHRUN_TEST_SIZE is one of ${SIZES.join(', ')}, and not "${asked}"`)

/** What a run of every size holds is run now. */
export const quick = size !== 'rest'
/** What `--full` adds is run now. */
export const full = size !== 'quick'

interface Options {
  readonly skip?: boolean | string
  readonly timeout?: number
  readonly jobs?: number
}
type Body = (t: Test) => unknown
type Subtests = Pick<Test, 'test' | 'comment'>

// The runner knows both comments by how they begin.

/** A test of every run. */
export async function inQuick(
  t: Subtests,
  name: string,
  options: Options,
  body: Body,
): Promise<void> {
  if (quick) await t.test(name, { ...options }, body)
  else t.comment(`done by npm test: ${name}`)
}

/** A test that `--full` adds. A quick run says that it is left out. */
export async function inFull(
  t: Subtests,
  name: string,
  options: Options,
  body: Body,
): Promise<void> {
  if (full) await t.test(name, { ...options }, body)
  else leave(t, name)
}

/**
 * For a part that is no test of its own, such as a version of Ansible: says that it is left to
 * `--full`.
 */
export const leave = (t: Pick<Test, 'comment'>, what: string): void =>
  t.comment(`left to --full: ${what}`)

/**
 * Of `all` cases: those of this pass, where a quick run has `few` of them. Both passes together
 * have all.
 */
export const share = (all: number, few: number): number =>
  quick ? (full ? all : Math.min(all, few)) : all - Math.min(all, few)
