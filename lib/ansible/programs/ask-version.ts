// SPDX-License-Identifier: Apache-2.0
// The version of an ansible-playbook. `--version` takes half a second of a processor, because it
// loads all of Ansible; its own Python knows the same in a tenth of that.
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './package-root.js'

const TIMEOUT = 30_000
/** Linux takes no more of a first line. */
const FIRST_LINE = 256

/**
 * Says nothing where what ansible-playbook loads first is missing: then that is asked itself. The
 * directory of the call may hold anything.
 */
const ASK = `import sys
sys.path[:] = [path for path in sys.path if path]
from importlib.util import find_spec
if all(find_spec(name) for name in ('jinja2', 'yaml', 'packaging')):
    from ansible.release import __version__
    print('ansible-playbook [core ' + __version__ + ']')
`

/** undefined: it does not tell its version. `path` is absolute. */
export async function askVersion(
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const python = pythonOf(path)
  return (python && (await ask(python, ['-c', ASK], signal))) ?? ask([path], ['--version'], signal)
}

async function ask(
  [program, ...before]: readonly string[],
  argv: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // Loaded only now: it takes longer than most verbs do.
  const { execa } = await import('execa')
  const result = await execa(program as string, [...before, ...argv], {
    reject: false,
    stdin: 'ignore',
    timeout: TIMEOUT,
    maxBuffer: 100_000,
    // A broken ansible.cfg in the working directory is not this question's business.
    env: { ANSIBLE_CONFIG: join(packageRoot(), 'no-such-ansible.cfg'), LC_ALL: 'C.UTF-8' },
    ...(signal ? { cancelSignal: signal } : {}),
  })
  signal?.throwIfAborted()
  return result.exitCode === 0 ? parseVersion(result.stdout) : undefined
}

/**
 * The Python that runs a script by its first line, with its arguments; undefined for any other
 * program, such as a wrapper in shell.
 */
export function pythonOf(path: string): readonly string[] | undefined {
  const found = /^#! ?(\/\S*\/python[\d.]*)(?:[ \t]+(-\S+))?[ \t]*\n/.exec(beginningOf(path))
  return found?.[1] === undefined
    ? undefined
    : found[2] === undefined
      ? [found[1]]
      : [found[1], found[2]]
}

function beginningOf(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(FIRST_LINE)
      return bytes.toString('latin1', 0, readSync(file, bytes))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

/**
 * "ansible-playbook [core 2.14.18]" and "ansible-playbook 2.9.27" give the version; anything else
 * undefined.
 */
export function parseVersion(output: string): string | undefined {
  return /^ansible(?:-playbook)? (?:\[(?:core|base) )?(\d+\.\d+(?:\.\d+)?[a-z0-9.]*)/m.exec(
    output,
  )?.[1]
}
