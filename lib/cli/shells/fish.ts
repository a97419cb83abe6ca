// SPDX-License-Identifier: Apache-2.0
// Completion for fish 3.
import { ASK, namesOf } from './shell.js'
import type { Command, Offer, Option } from './shell.js'

export function fishScript(commands: readonly Command[], globals: readonly Option[]): string {
  const valued = [
    ...new Set(
      [...globals, ...commands.flatMap((c) => c.options)]
        .filter((o) => o.value !== undefined)
        .flatMap(namesOf),
    ),
  ]
  const lines = commands.flatMap(({ name, text, options, argument }) => [
    `complete -c patchrun -n '__patchrun_is ""' -a ${name} -d ${quote(text)}`,
    ...(argument === undefined
      ? []
      : [`complete -c patchrun -n '__patchrun_is ${name}' ${offer(argument)}`]),
    ...options.map((o) => `complete -c patchrun -n '__patchrun_is ${name}' ${optionText(o)}`),
  ])
  return `# fish completion for patchrun: patchrun completion fish > ~/.config/fish/completions/patchrun.fish
function __patchrun_is
    set -l words (commandline -opc)
    set -l verb ''
    set -l i 2
    while test $i -le (count $words)
        switch $words[$i]
            case ${valued.join(' ')}
                set i (math $i + 1)
            case '-*'
            case '*'
                set verb $words[$i]
                break
        end
        set i (math $i + 1)
    end
    test "$verb" = "$argv[1]"
end
function __patchrun_ask
    set -l words (commandline -opc)
    $words[1] ${ASK} $argv[1] (commandline -ct | string replace -r '^--[a-z-]+=' '') $words[2..-1] 2>/dev/null
end
complete -c patchrun -f
${globals.map((o) => `complete -c patchrun ${optionText(o)}`).join('\n')}
${lines.join('\n')}
`
}

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

const optionText = (option: Option): string =>
  [
    ...(option.short === undefined ? [] : [`-s ${option.short.slice(1)}`]),
    `-l ${option.long.slice(2)}`,
    ...(option.value === undefined ? [] : ['-r', offer(option.value)]),
    `-d ${quote(option.text)}`,
  ].join(' ')

function offer(value: Offer): string {
  switch (value) {
    case 'file':
      return '-F'
    case 'directory':
      return `-a '(__fish_complete_directories)'`
    case 'environments':
    case 'nodes':
      return `-a '(__patchrun_ask ${value})'`
    case 'nothing':
      return '-f'
    default:
      return `-a '${value.words.join(' ')}'`
  }
}
