// SPDX-License-Identifier: Apache-2.0
// What a verb is: the same data make the parser, the help, the completion and the man page.
import type { VerbAction } from './context.js'

/**
 * Flags as commander reads them, what they are for, and the values there are, where these are few.
 */
export type OptionSpec = readonly [flags: string, text: string, values?: readonly string[]]

export interface Verb {
  readonly name: string
  readonly summary: string
  /** Command lines that work as they stand, with what they are for. */
  readonly examples: readonly (readonly [string, string])[]
  /**
   * As commander reads them: "[nodes]". What stands between the brackets says what completion
   * offers.
   */
  readonly argument?: OptionSpec
  readonly options?: readonly OptionSpec[]
  readonly more?: string
  readonly load: () => Promise<VerbAction>
}
