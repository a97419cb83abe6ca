// SPDX-License-Identifier: Apache-2.0
// The roles and collections that a commit wants installed, where its repository says so in the
// usual places. Only entries that name one exact version are taken: anything else would be another
// thing tomorrow, under the same SHA.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError, refuse, type Problem } from '../../errors.js'
import { parseYaml, type Located } from '../../fleet/yaml/yaml-source.js'
import { redact } from '../process/redact.js'

export interface RequirementsFile {
  /** Path within the repository. */
  readonly file: string
  readonly roles: boolean
  readonly collections: boolean
}

export interface Requirements {
  readonly files: readonly RequirementsFile[]
  /** Of their names and texts. */
  readonly digest: string
}

/** Where they are looked for, as Ansible's own controllers do. */
const PLACES = ['requirements', 'roles/requirements', 'collections/requirements'].flatMap(
  (name) => [`${name}.yml`, `${name}.yaml`],
)

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/
/** A tag that is a version: 3, v1.2.3, 2.0.0-rc1. A branch such as `1.x` or `stable` is none. */
const TAG = /^v?\d+(\.\d+)*([-+.]?[a-z]+[-.]?\d+)?$/i
/** What Galaxy has of a collection. */
const RELEASE = /^={0,2}\d+\.\d+\.\d+([-+][\w.+-]+)?$/

/** Throws playbook/requirements-missing, -unreadable, -unpinned. */
export async function readRequirements(checkout: string): Promise<Requirements> {
  const hash = createHash('sha256')
  const files: RequirementsFile[] = []
  const problems: Problem[] = []
  for (const file of PLACES) {
    const text = await readFile(path.join(checkout, file), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    hash.update(`${file}\0${text}\0`)
    const { problems: found, ...wanted } = check(parsed(file, text))
    problems.push(...found)
    files.push({ file, ...wanted })
  }
  refuse(problems)
  if (files.length === 0) {
    throw new PatchrunError({
      code: 'playbook/requirements-missing',
      message: `playbooks.requirements is true, and the commit holds none of ${PLACES.filter((p) => p.endsWith('.yml')).join(', ')}`,
      hint: 'Commit one, or take playbooks.requirements out of patchrun.yml.',
    })
  }
  return { files, digest: hash.digest('hex') }
}

function parsed(file: string, text: string): Located {
  try {
    return parseYaml(file, text)
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    refuse(
      error.problems.map((problem) => ({ ...problem, code: 'playbook/requirements-unreadable' })),
      { cause: error },
    )
    throw error
  }
}

type Say = (pointer: string, code: 'unreadable' | 'unpinned', found: string, hint: string) => void

function check(
  located: Located,
): Omit<RequirementsFile, 'file'> & { readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const say: Say = (pointer, code, message, hint) =>
    void problems.push({
      code: `playbook/requirements-${code}`,
      message: redact(message),
      hint,
      where: withoutText(located.place(pointer)),
    })
  const { value } = located
  // The older form: a list of roles.
  const { roles = [], collections = [], ...others } = isMap(value) ? value : { roles: value }
  for (const key of Object.keys(others))
    say(
      `/${key}`,
      'unreadable',
      `"${key}" is neither roles nor collections`,
      'ansible-galaxy reads `roles` and `collections`.',
    )
  const at = (kind: string, index: number): string => `${isMap(value) ? `/${kind}` : ''}/${index}`
  const count = (
    kind: 'roles' | 'collections',
    list: unknown,
    one: (entry: unknown, pointer: string, say: Say) => void,
  ): boolean => {
    if (!Array.isArray(list)) {
      say(
        isMap(value) ? `/${kind}` : '',
        'unreadable',
        `${kind} is no list`,
        'Give a list, one entry for each.',
      )
      return false
    }
    list.forEach((entry, index) => one(entry, at(kind, index), say))
    return list.length > 0
  }
  const wanted = {
    roles: count('roles', roles, checkRole),
    collections: count('collections', collections, checkCollection),
  }
  return { ...wanted, problems }
}

/** Lines of such a file may hold credentials of a server. */
const withoutText = ({ text: _text, ...place }: ReturnType<Located['place']>): Problem['where'] =>
  place

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function checkRole(entry: unknown, pointer: string, say: Say): void {
  const [text, given] = typeof entry === 'string' ? entry.split(',').map((part) => part.trim()) : []
  const role =
    typeof entry === 'string'
      ? { src: text, ...(given !== undefined && { version: given }) }
      : isMap(entry)
        ? entry
        : {}
  if ('include' in role)
    return say(
      pointer,
      'unreadable',
      'include names another file',
      'Write its entries here: what is installed must be told by this file alone.',
    )
  const src = role['src'] ?? role['name'] ?? role['role']
  if (typeof src !== 'string' || src === '')
    return say(
      pointer,
      'unreadable',
      'an entry names no role',
      'Give `src`, or `name`, and `version`.',
    )
  const versioned =
    role['scm'] === 'git' ||
    role['scm'] === 'hg' ||
    (/^(git|hg)\+|^git@|^https?:\/\/(www\.)?github\.com\/[^/]+\/[^/]+$/.test(src) &&
      !src.endsWith('.tar.gz'))
  if (!versioned && /[/\\]/.test(src))
    return say(
      pointer,
      'unpinned',
      `the role ${src} comes as an archive, of which no version says what is in it`,
      'Take it from Galaxy or from git (`scm: git`), with a version.',
    )
  exact(`the role ${src}`, role, TAG, pointer, say)
}

function checkCollection(entry: unknown, pointer: string, say: Say): void {
  const collection = typeof entry === 'string' ? collectionOf(entry) : isMap(entry) ? entry : {}
  const { name, source } = collection
  if (typeof name !== 'string' || name === '')
    return say(pointer, 'unreadable', 'an entry names no collection', 'Give `name` and `version`.')
  const type =
    collection['type'] ??
    (/^git[+@]|\.git$/.test(name) ? 'git' : /[/\\]/.test(name) ? 'url' : 'galaxy')
  if (type === 'git')
    return exact(
      `the collection ${name}`,
      { version: /,(.+)$/.exec(name)?.[1], ...collection },
      TAG,
      pointer,
      say,
    )
  if (type !== 'galaxy')
    return say(
      pointer,
      'unpinned',
      `the collection ${name} is of type ${typeof type === 'string' ? type : 'none'}, of which no version says what is in it`,
      'Take it from Galaxy or from git (`type: git`), with a version; or keep it in the repository, in collections/ansible_collections.',
    )
  exact(
    `the collection ${name}${typeof source === 'string' ? ` of ${source}` : ''}`,
    collection,
    RELEASE,
    pointer,
    say,
  )
}

function collectionOf(text: string): Readonly<Record<string, unknown>> {
  const git = /^(git[+@].*?)(?:,(.+))?$/.exec(text)
  const [name, version] = git
    ? [git[1], git[2]]
    : /^\w+\.\w+:/.test(text)
      ? text.split(':')
      : [text]
  return { name, ...(version !== undefined && { version }) }
}

function exact(
  what: string,
  { version }: Readonly<Record<string, unknown>>,
  pattern: RegExp,
  pointer: string,
  say: Say,
): void {
  const place = version === undefined ? pointer : `${pointer}/version`
  const hint =
    pattern === TAG
      ? 'Give a tag that is a version, or a full SHA, as `version`.'
      : 'Give one release as `version`, such as "1.2.3".'
  if (version === undefined || version === null)
    return say(place, 'unpinned', `${what} has no version: it would be another tomorrow`, hint)
  // YAML takes 1.10 for 1.1.
  if (typeof version !== 'string')
    return say(
      place,
      'unreadable',
      `the version of ${what} is a number: YAML takes 1.10 for 1.1`,
      'Put it in quotes.',
    )
  if (!pattern.test(version) && !(pattern === TAG && COMMIT.test(version)))
    say(
      place,
      'unpinned',
      `${what} has the version "${version}", which can stand for several`,
      hint,
    )
}
