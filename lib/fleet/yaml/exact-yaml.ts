// SPDX-License-Identifier: Apache-2.0
// The numbers of a YAML text as JSON writes them, digit by digit.
import { defineScalarTag, floatCoreTag, intCoreTag, NOT_RESOLVED } from 'js-yaml'
import { exactNumber } from './exact-numbers.js'

const DIGITS = '0123456789'

export const exactIntTag = defineScalarTag(intCoreTag.tagName, {
  implicit: true,
  implicitFirstChars: ['-', '+', ...DIGITS],
  resolve: (source, isExplicit, tagName) =>
    intCoreTag.resolve(source, isExplicit, tagName) === NOT_RESOLVED
      ? NOT_RESOLVED
      : exactNumber(integer(source)),
  identify: () => false,
})

/** One that is infinite, or none at all, stays as it is: JSON has no number for it. */
export const exactFloatTag = defineScalarTag(floatCoreTag.tagName, {
  implicit: true,
  implicitFirstChars: ['-', '+', '.', ...DIGITS],
  resolve: (source, isExplicit, tagName) => {
    const value = floatCoreTag.resolve(source, isExplicit, tagName)
    return value === NOT_RESOLVED || !Number.isFinite(value) ? value : exactNumber(fraction(source))
  },
  identify: () => false,
})

function integer(source: string): string {
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/.exec(source) ?? []
  const value = BigInt(body)
  return String(sign === '-' ? -value : value)
}

function fraction(source: string): string {
  const [, sign = '', whole = '', part = '', exponent = ''] =
    /^([-+]?)(\d*)(?:\.(\d*))?(.*)$/.exec(source) ?? []
  // "1." and "1e3" are no whole numbers for YAML; "1." is no number for JSON.
  const point = source.includes('.') ? `.${part || '0'}` : ''
  return `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${point}${exponent}`
}
