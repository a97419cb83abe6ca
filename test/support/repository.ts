// SPDX-License-Identifier: Apache-2.0
// A playbook repository with real commits.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Repository {
  readonly directory: string
  readonly git: (...args: string[]) => string
  /** Commits these files; null removes one. Gives the SHA. */
  readonly commit: (subject: string, files: Readonly<Record<string, string | null>>) => string
}

// Nobody's own settings: no signing, no hooks, no name of a person.
const ENV = {
  GIT_AUTHOR_NAME: 'op',
  GIT_AUTHOR_EMAIL: 'op@example.org',
  GIT_COMMITTER_NAME: 'op',
  GIT_COMMITTER_EMAIL: 'op@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

/** `init`: further options of git init. */
export function makeRepository(directory: string, init: readonly string[] = []): Repository {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...ENV },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  mkdirSync(directory, { recursive: true })
  git('init', '-q', '-b', 'main', ...init)
  return {
    directory,
    git,
    commit: (subject, files) => {
      for (const [path, text] of Object.entries(files)) {
        if (text === null) git('rm', '-q', path)
        else {
          mkdirSync(dirname(join(directory, path)), { recursive: true })
          writeFileSync(join(directory, path), text)
        }
      }
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', subject)
      return git('rev-parse', 'HEAD')
    },
  }
}
