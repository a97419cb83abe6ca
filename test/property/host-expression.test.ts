// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import { holds } from '../support/property.js'
import fc from 'fast-check'
import { PatchrunError } from '../../lib/errors.js'
import { applyTerms, expandHosts, parseHosts } from '../../lib/fleet/names/host-expression.js'
import { foldHosts } from '../../lib/fleet/names/host-fold.js'
import { hostNameFault } from '../../lib/fleet/names/host-name.js'

const number = fc
  .tuple(fc.nat({ max: 120 }), fc.integer({ min: 0, max: 4 }))
  .map(([n, width]) => String(n).padStart(width, '0'))
const word = fc.constantFrom('n', 'node', 'r', '-', 'x.', '', '_')
/**
 * Names with up to three numbers, padded and not, so that neighbours and look-alikes are frequent.
 */
const name = fc
  .tuple(fc.constantFrom('n', 'node', 'r'), fc.array(fc.tuple(number, word), { maxLength: 3 }))
  .map(([head, rest]) => head + rest.map(([n, w]) => n + w).join(''))
  .filter((n) => hostNameFault(n) === undefined)

t.test('folding and expanding give the same names back', async (t) => {
  holds(
    t,
    fc.property(fc.uniqueArray(name, { maxLength: 60 }), (names) => {
      if (names.length === 0) return foldHosts(names) === ''
      const folded = foldHosts(names)
      const back = expandHosts(folded)
      return back.length === names.length && [...back].sort().join() === [...names].sort().join()
    }),
    { numRuns: 3000 },
  )
})

t.test('folding does not depend on the order, and folds no further the second time', async (t) => {
  holds(
    t,
    fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 30 }), (names) => {
      const folded = foldHosts(names)
      return foldHosts([...names].reverse()) === folded && foldHosts(expandHosts(folded)) === folded
    }),
    { numRuns: 1000 },
  )
})

t.test('operators are those of sets, from left to right', async (t) => {
  const few = fc.array(fc.constantFrom('n1', 'n2', 'n3', 'n4', 'n5'), {
    minLength: 1,
    maxLength: 4,
  })
  const step = fc.tuple(fc.constantFrom(',', '!', '&', '^'), few)
  holds(
    t,
    fc.property(few, fc.array(step, { maxLength: 6 }), (first, steps) => {
      let expected = new Set(first)
      let text = foldHosts(first)
      for (const [operator, names] of steps) {
        // Folded to one term: between the terms of an unfolded list the operator would hold for the
        // first alone.
        text += operator + foldHosts(names)
        const other = new Set(names)
        const both = new Set([...expected].filter((n) => other.has(n)))
        if (operator === ',') expected = new Set([...expected, ...other])
        if (operator === '!') expected = new Set([...expected].filter((n) => !other.has(n)))
        if (operator === '&') expected = both
        if (operator === '^')
          expected = new Set([...expected, ...other].filter((n) => !both.has(n)))
      }
      return [...expandHosts(text)].sort().join() === [...expected].sort().join()
    }),
    { numRuns: 1000 },
  )
})

t.test(
  'no text at all gives a name that Ansible reads as a pattern, or anything but problems and names',
  async (t) => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        'n',
        '1',
        '0',
        '[',
        ']',
        '-',
        ',',
        '!',
        '&',
        '^',
        '~',
        '@',
        ':',
        '*',
        ' ',
        '/',
        '.',
        'all',
        '\n',
        'ü',
      ),
      maxLength: 16,
    })
    holds(
      t,
      fc.property(fc.oneof(nasty, fc.string()), (text) => {
        const { terms, problems } = parseHosts(text, { inList: true })
        const names = [...applyTerms(terms)]
        const columns = problems.every(
          (p) => p.column >= 1 && p.column <= text.length + 1 && p.hint !== '',
        )
        if (
          !names.every(
            (n) => hostNameFault(n) === undefined && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(n),
          ) ||
          !columns
        )
          return false
        try {
          expandHosts(text)
          return true
        } catch (error) {
          return error instanceof PatchrunError
        }
      }),
      { numRuns: 5000 },
    )
  },
)
