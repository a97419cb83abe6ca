// SPDX-License-Identifier: Apache-2.0
// Completion for zsh: autoloaded from $fpath, or read with source after compinit.
import { ASK, namesOf } from './shell.js'
import type { Command, Offer, Option } from './shell.js'

export function zshScript(commands: readonly Command[], globals: readonly Option[]): string {
  const all = globals.map(argumentOf)
  const ofVerb = commands.map(
    ({ name, options, argument }) =>
      `    ${name}) _arguments ${[...options.map(argumentOf), ...(argument === undefined ? [] : [`'1:${name}:${action(argument)}'`])].join(' ')} $globals ;;`,
  )
  return `#compdef patchrun
# zsh completion for patchrun; as ~/.zfunc/_patchrun in a directory of $fpath, or after compinit: source <(patchrun completion zsh)
_patchrun_ask() {
  local -a found
  found=(\${(f)"$(_call_program $1 "\${(q)asking[1]}" ${ASK} $1 "\${(q)PREFIX}" "\${(@q)asking[2,-1]}" 2>/dev/null)"})
  compadd -a found
}
_patchrun() {
  local context state state_descr line
  typeset -A opt_args
  # The words before the one under the cursor; the first is the command as it was typed.
  local -a asking=("\${(@Q)words[1,CURRENT-1]}")
  local -a globals=(
    ${all.join('\n    ')}
  )
  _arguments -C $globals '1:verb:->verb' '*::argument:->argument'
  case $state in
  verb)
    local -a verbs=(
      ${commands.map(({ name, text }) => quote(`${name}:${text.replaceAll(':', '\\:')}`)).join('\n      ')}
    )
    _describe verb verbs ;;
  argument)
    case $words[1] in
${ofVerb.join('\n')}
    esac ;;
  esac
}
if [[ $funcstack[1] = _patchrun ]]; then _patchrun "$@"; else compdef _patchrun patchrun; fi
`
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** One word of _arguments: the flags, what they are for, and what may follow. */
function argumentOf(option: Option): string {
  const names = namesOf(option)
  const text = `[${option.text.replace(/[\\[\]:]/g, '\\$&')}]${option.value === undefined ? '' : `:${option.long.slice(2)}:${action(option.value)}`}`
  return names.length > 1
    ? `'(${names.join(' ')})'{${names.map((n) => n + (option.value !== undefined && n.startsWith('--') ? '=' : '')).join(',')}}${quote(text)}`
    : quote(`${option.long}${option.value === undefined ? '' : '='}${text}`)
}

function action(value: Offer): string {
  switch (value) {
    case 'file':
      return '_files'
    case 'directory':
      return '_files -/'
    case 'environments':
    case 'nodes':
      // The space keeps _arguments from putting options of its own before the word.
      return ` _patchrun_ask ${value}`
    case 'nothing':
      return ' '
    default:
      return `(${value.words.join(' ')})`
  }
}
