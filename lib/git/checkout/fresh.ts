// SPDX-License-Identifier: Apache-2.0
// Files that git calls changed in a checkout that nobody has touched: attributes (text, eol, ident,
// working-tree-encoding) that do not fit what was committed. What they held when they were checked
// out is what the commit means, and is remembered beside them.
import { createHash } from 'node:crypto'
import { lstat, readFile, readlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { git } from '../process/git.js'

const fileOf = (tree: string): string => path.join(tree, '.git', 'patchrun-fresh.json')

/** `names`: what git calls changed, right after the checkout. */
export async function rememberFresh(
  tree: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (names.length === 0) return
  const prints: Record<string, string | null> = {}
  for (const name of names) prints[name] = await fingerprint(path.join(tree, name), signal)
  await writeFile(fileOf(tree), `${JSON.stringify(prints)}\n`)
}

/** Those of `names` that are no longer as they were checked out. */
export async function notFresh(
  tree: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (names.length === 0) return []
  const prints = new Map(
    Object.entries(
      JSON.parse(await readFile(fileOf(tree), 'utf8').catch(() => '{}')) as Record<
        string,
        string | null
      >,
    ),
  )
  const changed: string[] = []
  for (const name of names) {
    const before = prints.get(name)
    if (
      before === undefined ||
      before === null ||
      before !== (await fingerprint(path.join(tree, name), signal))
    )
      changed.push(name)
  }
  return changed
}

/** Of a submodule its commit: its files are listed with their own names. Null: not there. */
async function fingerprint(file: string, signal: AbortSignal | undefined): Promise<string | null> {
  const found = await lstat(file).catch(() => null)
  if (!found) return null
  if (found.isDirectory())
    return `commit ${(await git(file, ['rev-parse', 'HEAD'], { signal })).stdout.trim()}`
  const content = found.isSymbolicLink() ? await readlink(file) : await readFile(file)
  return `${found.mode} ${createHash('sha256').update(content).digest('hex')}`
}
