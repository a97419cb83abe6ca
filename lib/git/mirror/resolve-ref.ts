// SPDX-License-Identifier: Apache-2.0
// From the ref an operator wrote to the one commit a rollout runs from.
import { PatchrunError } from '../../errors.js'
import { git, gitOk } from '../process/git.js'
import { fetchedAt, type Mirror } from './mirror.js'
import { nearNames } from './near-names.js'

/** The commit a whole rollout runs from. */
export interface Pin {
  /** 40 hex digits; 64 in a repository of SHA-256. */
  readonly sha: string
  /** As the operator wrote it. */
  readonly ref: string
  /** What it was found as: `refs/heads/main`, or the SHA itself. */
  readonly fullRef: string
  readonly subject: string
  /** The author's name. */
  readonly author: string
  /** Commit date, ISO 8601 with offset. */
  readonly date: string
  /** When the mirror was last brought up to date, ISO 8601; absent when it never was. */
  readonly fetchedAt?: string
}

/** A full SHA, of either object format. */
export const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/
const REMOTE = 'refs/origin/'
/** Characters git allows in no ref, and words that would be more than a name to git. */
const FORBIDDEN = /^-|^$|[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$|^@$/

/**
 * Resolves a branch, a tag (an annotated one to its commit), a full SHA, or a name beginning with
 * `refs/`, in what the last fetch brought. Throws pin/ref-invalid, pin/ref-ambiguous,
 * pin/ref-not-found, pin/sha-not-found, pin/not-a-commit.
 */
export async function resolve(
  mirror: Mirror,
  ref: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Pin> {
  if (FORBIDDEN.test(ref)) {
    throw new PatchrunError({
      code: 'pin/ref-invalid',
      message: `"${ref.replace(/[\0-\x1f]/g, '?')}" is no name of a branch, a tag or a commit`,
      hint: 'Give a branch, a tag, a full commit SHA of 40 digits (64 where git uses SHA-256), or a name beginning with refs/.',
    })
  }
  const refs = await listRefs(mirror, signal)
  const found = ref.startsWith('refs/')
    ? [ref].filter((name) => refs.has(name))
    : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/remotes/${ref}`, `refs/${ref}`].filter(
        (name) => refs.has(name),
      )
  const isSha = SHA.test(ref.toLowerCase())
  if (found.length > 1 || (isSha && found.length > 0)) {
    const all = isSha ? [...found, `the commit ${ref}`] : found
    throw new PatchrunError({
      code: 'pin/ref-ambiguous',
      message: `"${ref}" can mean ${all.join(' or ')} in ${mirror.remote}`,
      hint: `Write the one you mean in full, such as ${found[0]}.`,
    })
  }
  const [name] = found
  if (name === undefined && !isSha) throw await notFound(mirror, ref, [...refs], signal)
  const what = name === undefined ? ref.toLowerCase() : REMOTE + name.slice('refs/'.length)
  const pin = await describe(mirror, ref, name ?? ref.toLowerCase(), what, signal)
  // What is whole in SHA-1 is the beginning of a name in SHA-256.
  if (name === undefined && pin.sha.length > ref.length && pin.sha.startsWith(ref.toLowerCase()))
    throw shortened(ref, pin.sha)
  return pin
}

async function describe(
  mirror: Mirror,
  ref: string,
  fullRef: string,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Pin> {
  const peeled = await git(mirror.path, ['rev-parse', '--verify', '--quiet', `${what}^{commit}`], {
    signal,
  })
  const sha = peeled.stdout.trim()
  if (peeled.code !== 0 || !SHA.test(sha)) {
    const type = (await git(mirror.path, ['cat-file', '-t', what], { signal })).stdout.trim()
    if (type === '') {
      throw new PatchrunError({
        code: 'pin/sha-not-found',
        message: `there is no commit ${ref} in ${mirror.remote}`,
        hint: 'Check the SHA, and that the commit was pushed to a branch or a tag of this repository.',
      })
    }
    throw new PatchrunError({
      code: 'pin/not-a-commit',
      message: `"${ref}" in ${mirror.remote} is a ${type}, not a commit`,
      hint: 'Give a branch, a tag of a commit, or the SHA of a commit.',
    })
  }
  const text = await gitOk(
    mirror.path,
    ['log', '-1', '--no-color', '--format=%s%x00%an%x00%cI', sha, '--'],
    { signal },
  )
  const [subject = '', author = '', date = ''] = text.trimEnd().split('\0')
  const fetched = await fetchedAt(mirror)
  return {
    sha,
    ref,
    fullRef,
    subject,
    author,
    date,
    ...(fetched === undefined ? {} : { fetchedAt: fetched }),
  }
}

/** The remote's refs under their names there. */
async function listRefs(mirror: Mirror, signal: AbortSignal | undefined): Promise<Set<string>> {
  const text = await gitOk(mirror.path, ['for-each-ref', '--format=%(refname)', REMOTE], { signal })
  return new Set(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `refs/${line.slice(REMOTE.length)}`),
  )
}

const shortened = (ref: string, full: string): PatchrunError =>
  new PatchrunError({
    code: 'pin/ref-not-found',
    message: `"${ref}" is a shortened SHA`,
    hint: `A pin is a full SHA. You may mean ${full}.`,
  })

async function notFound(
  mirror: Mirror,
  ref: string,
  refs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<PatchrunError> {
  const message = `there is no branch or tag "${ref}" in ${mirror.remote}`
  const code = 'pin/ref-not-found'
  if (refs.length === 0) {
    const never = (await fetchedAt(mirror)) === undefined
    return new PatchrunError({
      code,
      message,
      hint: never
        ? 'Nothing was fetched from it yet.'
        : 'The repository is empty: push a commit first.',
    })
  }
  if (/^[0-9a-f]{7,63}$/i.test(ref)) {
    const full = (
      await git(mirror.path, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { signal })
    ).stdout.trim()
    if (SHA.test(full)) return shortened(ref, full)
  }
  const short = refs
    .filter((name) => /^refs\/(heads|tags)\//.test(name))
    .map((name) => name.replace(/^refs\/(heads|tags)\//, ''))
  const near = nearNames(ref, ref.startsWith('refs/') ? refs : short)
  const some =
    near.length > 0
      ? `Near it: ${near.join(', ')}.`
      : `There are: ${short.slice(0, 5).join(', ')}${short.length > 5 ? ', …' : ''}.`
  return new PatchrunError({ code, message, hint: `It may have been deleted or renamed. ${some}` })
}
