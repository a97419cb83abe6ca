// SPDX-License-Identifier: Apache-2.0
// Which test files a change can reach: against the imports, from what differs from main. A string
// that leads to a file or a directory of this tree counts as an import, since that is how programs,
// schemas, roles and pages are reached.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { root } from './paths.mjs'
import { must, run } from './run.mjs'

const ROOMS = ['lib', 'bin', 'test', 'scripts']
/** Directories that are read by their plain name. */
const DATA = new Set([
  'roles',
  'schemas',
  'templates',
  'inventories',
  'docs',
  'scripts',
  'LICENSES',
])
/** What everything rests on: a change of these reaches all tests. */
const EVERYTHING =
  /^(package(-lock)?\.json|tsconfig\.json|scripts\/(test|setup|build)\.mjs|scripts\/lib\/.*|\.npmrc)$/
/** What a source reaches that asks git for all files. */
const WHOLE_TREE = './'
const LINTED = /\.(ts|mjs)$|^eslint\.config\.js$/

/**
 * What differs from main, and what that reaches. @returns {Promise<{base: string, files: number,
 * tests: Set<string>, lint: boolean}>} `tests` are compiled files
 */
export async function reached() {
  const { base, files } = await differences()
  return {
    base,
    files: files.length,
    lint: files.some((file) => LINTED.test(file)),
    tests: new Set(
      reachedBy(files).map((path) => join(root, 'dist', path.replace(/\.ts$/, '.js'))),
    ),
  }
}

/** The sources of all test files that can reach one of these files, paths from the root. */
export function reachedBy(files) {
  edges ??= new Map(
    ROOMS.flatMap((room) => below(room))
      .filter((path) => /\.(ts|mjs)$/.test(path))
      .map((path) => [path, reachedFrom(path, readFileSync(join(root, path), 'utf8'))]),
  )
  const tests = [...edges.keys()].filter((path) => path.endsWith('.test.ts'))
  if (files.some((file) => EVERYTHING.test(file))) return tests
  const changed = new Set(files)
  return tests.filter((path) => uses(path, changed))
}
/** By source: what it names. Read once. */
let edges

/**
 * What differs from where this branch left main, what is not committed, and what git does not know
 * yet.
 */
async function differences() {
  const git = async (...args) => (await must(['git', '-C', root, ...args])).stdout.trim()
  const main = ['origin/main', 'main']
  let base = 'HEAD'
  for (const name of main) {
    const { code, stdout } = await run(['git', '-C', root, 'merge-base', 'HEAD', name], {
      capture: true,
    })
    if (code === 0) {
      base = stdout.trim()
      break
    }
  }
  const names = [
    await git('diff', '--name-only', '--no-renames', base),
    await git('ls-files', '--others', '--exclude-standard'),
  ]
  return {
    base: base.slice(0, 12),
    files: [...new Set(names.flatMap((text) => text.split('\n')).filter(Boolean))],
  }
}

/**
 * Whether this source, or one that it reaches, is among the files or holds one of them in a
 * directory that it reads.
 */
function uses(start, files) {
  const seen = new Set([start])
  for (const path of seen) {
    if (files.has(path)) return true
    if (
      path === WHOLE_TREE ||
      (path.endsWith('/') && [...files].some((file) => file.startsWith(path)))
    )
      return true
    for (const next of edges.get(path) ?? []) seen.add(next)
  }
  return false
}

/**
 * Paths that a source names: a file, or a directory with a slash at its end. Words in a comment
 * count too: one edge too many costs little.
 */
function reachedFrom(path, source) {
  // Types are gone when a test runs; where they do not fit, the compiler says so.
  const text = source.replaceAll(/^(import|export) type [^;]*? from '.*'$/gm, '')
  const words = [...text.matchAll(/'([^'\\\n]+)'|"([^"\\\n]+)"|`([^`\\$]+)`/g)].map(
    ([, a, b, c]) => a ?? b ?? c,
  )
  // join(x, 'a', 'b')
  const lists = [...text.matchAll(/'[\w.-]+'(?:, '[\w.-]+')+/g)].map(([list]) =>
    list.replaceAll(/'(?:, ')?/g, '/').slice(1, -1),
  )
  const found = new Set([...words, ...lists].flatMap((word) => named(path, word)))
  found.delete(path)
  return found
}

function named(path, text) {
  if (text === 'ls-files' && path.startsWith('test/')) return [WHOLE_TREE]
  const plain = text.split(sep).every((part) => part !== '') && /^[\w./-]+$/.test(text)
  if (!plain) return []
  if (!text.includes('/'))
    return DATA.has(text)
      ? [`${text}/`]
      : existsSync(join(root, dirname(path), text)) && text.includes('.')
        ? [normalize(join(dirname(path), text))]
        : []
  // From where the source lies, from where it lies when it is compiled, and from the root.
  const places = text.startsWith('.')
    ? [
        join(dirname(path), text),
        relative('dist', join('dist', dirname(path), text)),
        unbuilt(join('dist', dirname(path), text)),
      ]
    : [text]
  return [...new Set(places.flatMap((place) => known(normalize(place))))]
}

const unbuilt = (place) =>
  normalize(place).startsWith('dist/') ? normalize(place).slice(5) : normalize(place)

function known(place) {
  if (place.startsWith('..') || place === '.' || place.startsWith('node_modules')) return []
  for (const name of [place.replace(/\.js$/, '.ts'), place]) {
    if (!existsSync(join(root, name))) continue
    if (!statSync(join(root, name)).isDirectory()) return [name]
    // A whole room is nobody's import.
    return name.includes('/') || DATA.has(name) ? [`${name.replace(/\/$/, '')}/`] : []
  }
  return []
}

function below(room) {
  return readdirSync(join(root, room), { recursive: true })
    .map((path) => `${room}/${path}`)
    .filter((path) => !path.includes('node_modules'))
}
