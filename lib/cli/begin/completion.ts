// SPDX-License-Identifier: Apache-2.0
import { EXIT, PatchrunError } from '../../errors.js'
import type { VerbAction } from '../call/context.js'
import { SHELLS } from '../call/formats.js'
import { bashScript } from '../shells/bash.js'
import { fishScript } from '../shells/fish.js'
import { commandsOf, HELP, optionOf, VERSION } from '../shells/shell.js'
import { zshScript } from '../shells/zsh.js'
import type { OptionSpec, Verb } from '../call/verb.js'

/** Prints the script that teaches a shell about patchrun. */
export const completion =
  (verbs: readonly Verb[], globals: readonly OptionSpec[]): VerbAction =>
  async ({ io }, { args: [name] }) => {
    const shell = SHELLS.find((s) => s === name)
    if (!shell)
      throw new PatchrunError({
        code: 'usage/unknown-shell',
        message: `there is no completion for "${(name ?? '').slice(0, 40)}"`,
        hint: `Known are ${SHELLS.join(', ')}.`,
      })
    const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]
    io.stdout.write(script(commandsOf(verbs), [...globals.map(optionOf), HELP, VERSION]))
    return EXIT.reached
  }
