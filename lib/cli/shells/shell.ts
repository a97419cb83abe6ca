// SPDX-License-Identifier: Apache-2.0
// lib/cli/shells/: completion, a file for each shell.
//
// What completion offers where, for every shell alike: read from the verbs as they are declared.
import type { OptionSpec, Verb } from '../call/verb.js'

/** Environments and nodes are asked for when they are wanted; all else stands in the script. */
export type Offer =
  | { readonly words: readonly string[] }
  | 'file'
  | 'directory'
  | 'environments'
  | 'nodes'
  | 'nothing'

export interface Option {
  readonly short?: string
  readonly long: string
  readonly text: string
  /** Absent: it takes no value. */
  readonly value?: Offer
}

export interface Command {
  readonly name: string
  readonly text: string
  readonly argument?: Offer
  readonly options: readonly Option[]
}

/** The command by which the scripts ask for what only patchrun.yml knows. */
export const ASK = '__complete'

const PLACES: Readonly<Record<string, Offer>> = {
  file: 'file',
  directory: 'directory',
  name: 'environments',
  node: 'nodes',
  nodes: 'nodes',
}

const offerOf = (place: string, values: readonly string[] | undefined): Offer =>
  values ? { words: values } : (PLACES[place] ?? 'nothing')

export function optionOf([flags, text, values]: OptionSpec): Option {
  const {
    short,
    long = '',
    place,
  } = /^(?:(?<short>-\w), )?(?<long>--[\w-]+)(?: [<[](?<place>[\w=-]+)(?:\.{3})?[\]>])?$/.exec(
    flags,
  )?.groups ?? {}
  return {
    long,
    text,
    ...(short !== undefined && { short }),
    ...(place !== undefined && { value: offerOf(place, values) }),
  }
}

export function commandsOf(verbs: readonly Verb[]): readonly Command[] {
  const own = verbs.map(({ name, summary, argument, options = [] }): Command => {
    const place = argument && /\w+/.exec(argument[0])?.[0]
    return {
      name,
      text: summary,
      options: [...options.map(optionOf), HELP],
      ...(place !== undefined && { argument: offerOf(place, argument?.[2]) }),
    }
  })
  return [
    ...own,
    {
      name: 'help',
      text: 'show the help of a verb',
      options: [],
      argument: { words: verbs.map((v) => v.name) },
    },
  ]
}

export const HELP: Option = { short: '-h', long: '--help', text: 'show this help' }
export const VERSION: Option = { long: '--version', text: 'print the version' }

export const namesOf = ({ short, long }: Option): string[] => [
  ...(short === undefined ? [] : [short]),
  long,
]
