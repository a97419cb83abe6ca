// SPDX-License-Identifier: Apache-2.0
// Repositories of real git, each with the bare one that it pushes to.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Test } from 'tap'
import { PatchrunError } from '../../lib/errors.js'
import type { PlaybookSource } from '../../lib/fleet/declare/fleet.js'
import { gitEnvironment } from '../../lib/git/process/git-environment.js'
import { fetch, openMirror, type Mirror } from '../../lib/git/index.js'

export interface Repo {
  readonly work: string
  readonly bare: string
  /** Directory for the mirrors. */
  readonly state: string
}

export const clean = {
  ...gitEnvironment(process.env),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

export const sh = (cwd: string, ...args: string[]): string =>
  execFileSync(
    'git',
    [
      '-c',
      'user.name=Ann Operator',
      '-c',
      'user.email=ann@example.org',
      '-c',
      'protocol.file.allow=always',
      ...args,
    ],
    { cwd, env: clean, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim()

/**
 * Makes repositories in a directory that goes when the test ends; `init`: further options of git
 * init.
 */
export function repositories(t: Test): (...init: string[]) => Repo {
  const root = mkdtempSync(path.join(tmpdir(), 'patchrun pin-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  let counter = 0
  /** A work tree with one commit. */
  return (...init) => {
    const base = path.join(root, `r${++counter}`)
    const work = path.join(base, 'work'),
      bare = path.join(base, 'origin.git')
    mkdirSync(work, { recursive: true })
    sh(base, 'init', '-q', '--bare', '-b', 'main', ...init, bare)
    sh(base, 'init', '-q', '-b', 'main', ...init, work)
    sh(work, 'remote', 'add', 'origin', bare)
    const made = { work, bare, state: path.join(base, 'state', 'playbooks') }
    commit(made, 'site.yml', '- hosts: all\n', 'first')
    return made
  }
}

export function commit(r: Repo, file: string, text: string, subject: string): string {
  mkdirSync(path.dirname(path.join(r.work, file)), { recursive: true })
  writeFileSync(path.join(r.work, file), text)
  sh(r.work, 'add', '-A')
  sh(r.work, 'commit', '-q', '-m', subject)
  sh(r.work, 'push', '-q', '--force', 'origin', 'HEAD')
  return sh(r.work, 'rev-parse', 'HEAD')
}

export const source = (repository: string, more: Partial<PlaybookSource> = {}): PlaybookSource => ({
  repository,
  ref: 'main',
  playbook: 'site.yml',
  submodules: true,
  lfs: 'refuse',
  requirements: false,
  ...more,
})

export async function mirrored(r: Repo, more: Partial<PlaybookSource> = {}): Promise<Mirror> {
  const mirror = await openMirror({ source: source(r.bare, more), directory: r.state })
  await fetch(mirror)
  return mirror
}

export async function problem(work: Promise<unknown> | (() => unknown)): Promise<PatchrunError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof PatchrunError) return error
    throw error
  }
  throw new Error('did not throw')
}
