// SPDX-License-Identifier: Apache-2.0
// The rules of the house (docs/architecture.md), as functions from sources to complaints.
import type { Source } from './source.js'

/** From the top of the house to its ground. An import stays in its room or goes down. */
export const ROOMS = [
  'bin',
  'cli',
  'index',
  'engine',
  'notify',
  'report',
  'store',
  'change',
  'playbook',
  'ansible',
  'rollout',
  'workload',
  'fleet',
  'errors',
] as const
const PURE = ['report', 'change', 'rollout', 'workload', 'fleet']

/** Who may import which package, by path. A package that is not here may be imported nowhere. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'ajv-formats': /^lib\/fleet\//,
  'ical.js': /^lib\/fleet\/calendar(-zones)?\.ts$/,
  chalk: /^lib\/cli\/screen\//,
  commander: /^lib\/cli\//,
  listr2: /^lib\/cli\/screen\//,
  'js-yaml': /^lib\/(fleet|cli|engine)\//,
  'lossless-json': /^lib\/fleet\/exact-numbers\.ts$/,
  'simple-git': /^lib\/(playbook|store)\//,
  'temporal-polyfill': /^lib\/fleet\/time-zone\.ts$/,
}
/** The one door to the nodes, and the command that an operator declares as the source of a list. */
const STARTS_PROCESSES = /^lib\/(ansible\/|engine\/[\w-]*sources?[\w-]*\.ts$)/
const PROCESS_PACKAGES = ['execa', 'node:child_process', 'node:cluster', 'node:worker_threads']
/** What of Node is as pure as arithmetic. */
const PURE_NODE = ['node:path', 'node:path/posix', 'node:util']

export type Rule = (sources: readonly Source[]) => string[]

export function roomOf(path: string): (typeof ROOMS)[number] | undefined {
  const name = path.startsWith('bin/') ? 'bin' : /^lib\/([\w-]+)/.exec(path)?.[1]
  return ROOMS.find((room) => room === name)
}

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
  sources.flatMap(({ path }) => (roomOf(path) ? [] : [`${path}: in no room of the house`]))

export const neverUp: Rule = everyImport((source, { target }) => {
  if (!target) return
  const [from, to] = [roomOf(source.path), roomOf(target)]
  if (!to) return `imports ${target}, which is outside the house`
  return (
    from && ROOMS.indexOf(to) < ROOMS.indexOf(from) && `imports ${target}: from ${from} up to ${to}`
  )
})

export const purePackages: Rule = everyImport((source, { package: name, names }) => {
  if (!name || !PURE.includes(roomOf(source.path) ?? '')) return
  if (!name.startsWith('node:')) return // Which packages is the next rule's to say.
  // A digest is arithmetic; all else in there draws lots or keeps secrets.
  if (name === 'node:crypto' && names?.join() === 'createHash') return
  return !PURE_NODE.includes(name) && `imports ${name} into a pure room`
})

export const pureUses: Rule = (sources) =>
  sources
    .filter(({ path }) => PURE.includes(roomOf(path) ?? ''))
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
