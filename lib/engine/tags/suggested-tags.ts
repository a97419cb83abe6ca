// SPDX-License-Identifier: Apache-2.0
// changes.untagged: suggest. The tags that are counted for tasks that have none, in a file that the
// callback plugin reads: made once for a commit, a playbook and its extra variables.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { stringifyExact } from '../../fleet/yaml/exact-numbers.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import { count } from '../../report/words/words.js'
import { tasksOf } from './audit.js'
import { layoutOf } from '../site/layout.js'
import { suggestionsByPlace } from './suggest.js'

/** Of what makes the suggestions: another version may propose other tags for the same commit. */
const RULES = 2

export interface SuggestedTags {
  readonly path: string
  /** For how many tasks, in words. */
  readonly text: string
}

export interface TagQuestion {
  readonly fleet: Fleet
  readonly install: AnsibleInstall
  readonly sha: string
  /** Absolute path of its files. */
  readonly checkout: string
  readonly signal?: AbortSignal
}

/**
 * undefined: the declaration does not ask for them. Throws ansible/…; playbook/fault when the
 * playbook cannot be loaded.
 */
export async function suggestedTags({
  fleet,
  install,
  sha,
  checkout,
  signal,
}: TagQuestion): Promise<SuggestedTags | undefined> {
  if (fleet.policy.changes.untagged !== 'suggest') return undefined
  const { playbook } = fleet.playbooks
  const { runs, looks } = layoutOf(fleet)
  const key = createHash('sha256')
    .update(stringifyExact([RULES, playbook, fleet.ansible.extraVars ?? {}, install.version]))
    .digest('hex')
    .slice(0, 12)
  const path = join(dirname(runs), 'suggested', `${sha}-${key}.json`)
  const known = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as Record<string, string>,
    () => null,
  )
  if (known) return { path, text: inWords(known) }
  const tasks = await tasksOf({
    install,
    checkout,
    playbook,
    policy: fleet.ansible,
    directory: join(looks, `suggest-${process.pid}-${sha.slice(0, 12)}`),
    signal,
  })
  const tags = Object.fromEntries(
    suggestionsByPlace(tasks).map(({ file, line, tag }) => [`${file}:${line}`, tag]),
  )
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  // Another process may be making the same.
  const aside = `${path}.${process.pid}`
  await writeFile(aside, `${JSON.stringify(tags)}\n`, { mode: 0o600 })
  await rename(aside, path)
  return { path, text: inWords(tags) }
}

function inWords(tags: Readonly<Record<string, string>>): string {
  const all = Object.values(tags)
  const of = (tag: string): number => all.filter((t) => t === tag).length
  return `${count(all.length, 'task')} without a tag ${all.length === 1 ? 'counts' : 'count'} as proposed, ${of(HOT)} as HotChange and ${of(DRAIN)} as DrainChange (changes.untagged: suggest; \`patchrun lint --suggest\` shows them)`
}
