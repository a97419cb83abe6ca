// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { EXIT, type ExitCode } from '../errors.js'

/** Runs the command with the arguments after its name; resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  if (argv.length === 1 && argv[0] === '--version') {
    const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8')
    const { version } = JSON.parse(text) as { version: string }
    process.stdout.write(`${version}\n`)
    return EXIT.reached
  }
  process.stderr.write('usage: patchrun --version\n')
  return EXIT.usage
}
