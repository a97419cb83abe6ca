// SPDX-License-Identifier: Apache-2.0
import type { Call } from './context.js'

/** The value of an option that takes text. */
export function textOf({ options }: Call, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The reason, where one was given. */
export function reasonOf(call: Call): { readonly reason?: string } {
  const reason = textOf(call, 'reason')
  return reason === undefined ? {} : { reason }
}
