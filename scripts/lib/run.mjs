// SPDX-License-Identifier: Apache-2.0
// Starting processes, for the scripts: nothing but Node, since they run before anything is
// installed.
import { spawn } from 'node:child_process'
import { root } from './paths.mjs'

/**
 * Runs a command to its end. With `capture` its output is returned, otherwise it goes to ours; with
 * `echo` too, standard output is both. Resolves whatever the exit code; a command that cannot be
 * started has code 127.
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export function run(argv, { cwd = root, env = process.env, capture = false, echo = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env,
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    })
    const out = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name]?.setEncoding('utf8').on('data', (text) => {
        out[name] += text
        if (echo && name === 'stdout') process.stdout.write(text)
      })
    }
    child.on('error', (error) =>
      resolve({ code: 127, ...out, stderr: `${argv[0]}: ${error.message}` }),
    )
    child.on('close', (code) => resolve({ code: code ?? 1, ...out }))
  })
}

/**
 * Runs a command and throws its last words when it fails. `tries`: how often, for what needs the
 * network.
 */
export async function must(argv, { tries = 1, ...options } = {}) {
  for (let n = 1; ; n++) {
    const result = await run(argv, { capture: true, ...options })
    if (result.code === 0) return result
    const words = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-15).join('\n')
    if (n >= tries)
      throw new Error(`${argv.join(' ')} ended with exit code ${result.code}\n${words}`)
    say(`${argv[0]} failed, trying once more`)
    await new Promise((resolve) => setTimeout(resolve, 3000))
  }
}

export async function onPath(command) {
  return (
    (await run(['sh', '-c', 'command -v -- "$1"', 'sh', command], { capture: true })).code === 0
  )
}

export function say(text) {
  process.stderr.write(`[set-up] ${text}\n`)
}

export const isRoot = process.getuid?.() === 0

let apt = Promise.resolve()

/**
 * Debian packages, when we may install them. Says so first. One call after the other: apt lets
 * nobody else in.
 */
export function aptInstall(...packages) {
  const install = async () => {
    say(`installing Debian's ${packages.join(' ')} (apt-get, system-wide)`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await must(['apt-get', 'update', '-q'], { env, tries: 2 })
    await must(['apt-get', 'install', '-qy', '--no-install-recommends', ...packages], {
      env,
      tries: 2,
    })
  }
  apt = apt.catch(() => {}).then(install)
  return apt
}
