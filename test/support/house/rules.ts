// SPDX-License-Identifier: Apache-2.0
// The rules of the house (docs/architecture.md), as functions from sources to complaints.
import { depthOf, placeOf } from './rooms.js'
import type { Source } from './source.js'

const PURE: readonly string[] = ['report', 'outcome', 'rollout', 'workload', 'fleet']

/** Files of a folder, generated ones apart: fewer are no room, more are none that one overlooks. */
const FEWEST = 3
const MOST = 14

/** Who may import which package, by path. A package that is not here may be imported nowhere. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'ajv-formats': /^lib\/fleet\//,
  'ical.js': /^lib\/fleet\/policy\/calendar(-zones)?\.ts$/,
  chalk: /^lib\/cli\/screen\//,
  commander: /^lib\/cli\//,
  listr2: /^lib\/cli\/screen\//,
  'js-yaml': /^lib\/(fleet|cli|engine)\//,
  'lossless-json': /^lib\/fleet\/yaml\/exact-numbers\.ts$/,
  'simple-git': /^lib\/(git|store)\//,
  'temporal-polyfill': /^lib\/fleet\/time\/time-zone\.ts$/,
}
/** The one door to the nodes, and the command that an operator declares as the source of a list. */
const STARTS_PROCESSES = /^lib\/(ansible\/|engine\/site\/list-source\.ts$)/
const PROCESS_PACKAGES = ['execa', 'node:child_process', 'node:cluster', 'node:worker_threads']
/** What of Node is as pure as arithmetic. */
const PURE_NODE = ['node:path', 'node:path/posix', 'node:util']

export type Rule = (sources: readonly Source[]) => string[]

const isPure = ({ path }: Pick<Source, 'path'>): boolean => PURE.includes(placeOf(path)?.room ?? '')

const everyImport =
  (
    check: (source: Source, target: Source['imports'][number]) => string | undefined | false,
  ): Rule =>
  (sources) =>
    sources.flatMap((source) =>
      source.imports.flatMap((target) => {
        const complaint = check(source, target)
        return complaint ? [`${source.path}:${target.line} ${complaint}`] : []
      }),
    )

export const inARoom: Rule = (sources) =>
  sources.flatMap(({ path }) => (placeOf(path) ? [] : [`${path}: in no room of the house`]))

export const neverUp: Rule = everyImport((source, { target }) => {
  if (!target) return
  const [from, to] = [placeOf(source.path), placeOf(target)]
  if (!to) return `imports ${target}, which is outside the house`
  if (!from) return
  const [[fromRoom, fromInner], [toRoom, toInner]] = [depthOf(from), depthOf(to)]
  const isUp = toRoom < fromRoom || (toRoom === fromRoom && toInner < fromInner)
  return isUp && `imports ${target}: from ${nameOf(source.path)} up to ${nameOf(target)}`
})

const nameOf = (path: string): string => path.replace(/\/[^/]*$/, '').replace(/^lib\//, '')

/** A folder of three to fourteen files is one that a person sees at a glance. */
export const roomSize: Rule = (sources) => {
  const sizes = new Map<string, number>()
  for (const { path } of sources) {
    const folder = path.replace(/\/[^/]*$/, '')
    if (!path.endsWith('.generated.ts')) sizes.set(folder, (sizes.get(folder) ?? 0) + 1)
  }
  return [...sizes].flatMap(([folder, size]) => {
    const isInner = folder.split('/').length > 2
    return size > MOST || (isInner && size < FEWEST)
      ? [`${folder}: ${size} files, ${FEWEST} to ${MOST} make a room`]
      : []
  })
}

export const purePackages: Rule = everyImport((source, { package: name, names }) => {
  if (!name || !isPure(source)) return
  if (!name.startsWith('node:')) return // Which packages is the next rule's to say.
  // A digest is arithmetic; all else in there draws lots or keeps secrets.
  if (name === 'node:crypto' && names?.join() === 'createHash') return
  return !PURE_NODE.includes(name) && `imports ${name} into a pure room`
})

export const pureUses: Rule = (sources) =>
  sources
    .filter(isPure)
    .flatMap(({ path, uses }) =>
      uses.map((use) => `${path}:${use.line} uses ${use.what} in a pure room`),
    )

export const knownPackages: Rule = everyImport((source, { package: name }) => {
  if (!name || PROCESS_PACKAGES.includes(name)) return
  if (name.startsWith('node:')) return
  const where = PACKAGES[name]
  if (!where) return `imports ${name}, which has no place in the house`
  return !where.test(source.path) && `imports ${name}, which belongs to ${where.source}`
})

export const fewProcesses: Rule = everyImport(
  (source, { package: name }) =>
    name &&
    PROCESS_PACKAGES.includes(name) &&
    !STARTS_PROCESSES.test(source.path) &&
    `imports ${name}: processes are started in ${STARTS_PROCESSES.source} only`,
)

/**
 * Each circle once, from its first file in the alphabet. Imports of types count: a circle of types
 * is a circle in the head.
 */
export const noCircles: Rule = (sources) => {
  const next = new Map(
    sources.map((source) => [source.path, source.imports.flatMap(({ target }) => target ?? [])]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path].join(' -> '))
    if (start >= 0 || done.has(path)) return
    for (const target of next.get(path) ?? []) walk(target, [...trail, path])
    done.add(path)
  }
  for (const path of [...next.keys()].sort()) walk(path, [])
  return found
}
