// SPDX-License-Identifier: Apache-2.0
// Completion for bash 3.2 and newer; needs nothing of the package bash-completion.
import { ASK, namesOf } from './shell.js'
import type { Command, Offer, Option } from './shell.js'

export function bashScript(commands: readonly Command[], globals: readonly Option[]): string {
  const valued = [
    ...new Set(
      [...globals, ...commands.flatMap((c) => c.options)]
        .filter((o) => o.value !== undefined)
        .flatMap(namesOf),
    ),
  ]
  const ofOption = commands.flatMap(({ name, options }) =>
    options.flatMap((o) =>
      o.value === undefined
        ? []
        : namesOf(o).map((flag) => `    '${name} '${flag}) ${offer(o.value)} ;;`),
    ),
  )
  const ofGlobal = globals.flatMap((o) =>
    o.value === undefined ? [] : namesOf(o).map((flag) => `    *' '${flag}) ${offer(o.value)} ;;`),
  )
  const ofVerb = commands.map(
    ({ name, options, argument }) =>
      `    ${name}) flags='${options.flatMap(namesOf).join(' ')}'; argument="${offer(argument)}" ;;`,
  )
  return `# bash completion for patchrun; in ~/.bashrc: source <(patchrun completion bash)
_patchrun_words() { COMPREPLY=($(compgen -W "$*" -- "$current")); }
_patchrun_files() { compopt -o filenames 2>/dev/null; local IFS=$'\\n'; COMPREPLY=($(compgen "$1" -- "$current")); }
# What it prints is inserted as it is: it has filtered by what was typed already.
_patchrun_ask() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <("\${command/#\\~\\//$HOME/}" ${ASK} "$1" "$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
_patchrun() {
  local command=$1 current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} verb= flags= argument= i
  COMPREPLY=()
  # bash takes --env=prod for three words.
  if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${valued.join('|')}) if [ "\${COMP_WORDS[i+1]}" = = ]; then i=$((i + 2)); else i=$((i + 1)); fi ;;
    -*) ;;
    *) verb=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case "$verb $previous" in
${[...ofOption, ...ofGlobal].map((line) => line.replace(/ ;;$/, '; return ;;')).join('\n')}
  esac
  case $verb in
    '') argument="_patchrun_words ${commands.map((c) => c.name).join(' ')}" ;;
${ofVerb.join('\n')}
  esac
  case $current in
    -*) _patchrun_words "$flags ${globals.flatMap(namesOf).join(' ')}" ;;
    *) $argument ;;
  esac
}
complete -F _patchrun patchrun
`
}

function offer(value: Offer | undefined): string {
  switch (value) {
    case 'file':
      return '_patchrun_files -f'
    case 'directory':
      return '_patchrun_files -d'
    case 'environments':
    case 'nodes':
      return `_patchrun_ask ${value}`
    case 'nothing':
    case undefined:
      return ':'
    default:
      return `_patchrun_words ${value.words.join(' ')}`
  }
}
