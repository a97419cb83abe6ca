// SPDX-License-Identifier: Apache-2.0
// A property as an assertion that is counted, with the seed that finds the same counter-example
// again.
import fc from 'fast-check'

const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

interface Asserts {
  ok(value: unknown, message: string): boolean
  comment(...text: string[]): void
}

export function holds<T>(
  t: Asserts,
  property: fc.IRawProperty<T>,
  parameters: fc.Parameters<T> = {},
): void {
  const result = fc.check<T>(property as fc.IProperty<T>, { seed, ...parameters })
  if (!t.ok(!result.failed, `holds in ${result.numRuns} cases, PATCHRUN_TEST_SEED=${result.seed}`))
    t.comment(`${String(result.errorInstance)}\n${fc.defaultReportMessage(result) ?? ''}`)
}
