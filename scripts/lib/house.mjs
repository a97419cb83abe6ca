// SPDX-License-Identifier: Apache-2.0
// The folders of lib, what each is for, and which imports which: as a drawing for Mermaid and a
// table.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const BEGIN = '<!-- drawn by scripts/house.mjs -->'
const END = '<!-- until here -->'

/**
 * By folder ("rollout/limits"; the name of the room for what lies in the room itself): what it is
 * for, how many files it has, and the folders it imports.
 * @returns {Map<string, {purpose?: string, files: number, imports: Set<string>}>}
 */
export function readFolders(root) {
  const paths = readdirSync(join(root, 'lib'), { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .sort()
  const folders = new Map()
  for (const path of paths) {
    const text = readFileSync(join(root, 'lib', path), 'utf8')
    const folder = folderOf(path)
    const known = folders.get(folder) ?? { files: 0, imports: new Set() }
    folders.set(folder, known)
    if (!path.endsWith('.generated.ts')) known.files += 1
    known.purpose ??= purposeIn(text, folder)
    for (const [, specifier] of text.matchAll(/(?:from |import\()'(\.[^']*)'/g)) {
      const target = folderOf(normalize(join(dirname(path), specifier)))
      if (target !== folder) known.imports.add(target)
    }
  }
  return folders
}

/** Files right below lib are rooms of one file. */
const folderOf = (path) => (path.includes('/') ? dirname(path) : path.replace(/\.(ts|js)$/, ''))

/** A line such as `// lib/store/lock/: one writer at a time.`, and those that go on with it. */
function purposeIn(text, folder) {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith(`// lib/${folder}/: `))
  if (first < 0) return undefined
  const length = lines.slice(first).findIndex((line) => !/^\/\/ \S/.test(line))
  return lines
    .slice(first, first + length)
    .map((line) => line.slice(3))
    .join(' ')
    .replace(`lib/${folder}/: `, '')
}

const roomOf = (folder) => folder.split('/')[0]
const id = (folder) => folder.replaceAll('/', '_')

/** The drawing, and a table of the inner rooms. */
export function drawing(folders) {
  const rooms = [...new Set([...folders.keys()].map(roomOf))]
  const isWithin = (room) => (folder) => folder.startsWith(`${room}/`)
  const within = (room) =>
    new Map(
      [...folders].flatMap(([folder, { imports }]) =>
        isWithin(room)(folder) ? [[folder, new Set([...imports].filter(isWithin(room)))]] : [],
      ),
    )
  const between = new Map(rooms.map((room) => [room, new Set()]))
  for (const [folder, { imports }] of folders)
    for (const target of imports)
      if (roomOf(target) !== roomOf(folder)) between.get(roomOf(folder)).add(roomOf(target))
  const lines = ['```mermaid', 'flowchart TB']
  for (const room of topDown(between)) {
    const inner = within(room)
    if (inner.size === 0) {
      lines.push(`  ${id(room)}[${room}]`)
      continue
    }
    lines.push(`  subgraph ${id(room)}[${room}]`, '    direction TB')
    for (const folder of topDown(inner)) lines.push(`    ${id(folder)}[${folder.split('/')[1]}]`)
    lines.push(...arrows(inner).map((arrow) => `    ${arrow}`), '  end')
  }
  lines.push(...arrows(between).map((arrow) => `  ${arrow}`), '```', '')
  lines.push('| room | files | what is there |', '| --- | --- | --- |')
  for (const room of topDown(between))
    for (const folder of topDown(within(room))) {
      const { files, purpose } = folders.get(folder)
      if (purpose === undefined) throw new Error(`no file says what lib/${folder}/ is for`)
      lines.push(`| \`lib/${folder}/\` | ${files} | ${purpose.replace(/\.$/, '')} |`)
    }
  return lines.join('\n')
}

/** Whoever imports stands before whom it imports. A circle is an error: it has no top. */
function topDown(graph) {
  const above = new Map([...graph.keys()].map((name) => [name, 0]))
  for (const targets of graph.values()) for (const t of targets) above.set(t, above.get(t) + 1)
  const free = [...graph.keys()].filter((name) => above.get(name) === 0)
  const order = []
  while (free.length > 0) {
    const name = free.shift()
    order.push(name)
    for (const target of graph.get(name)) {
      above.set(target, above.get(target) - 1)
      if (above.get(target) === 0) free.push(target)
    }
  }
  if (order.length < graph.size)
    throw new Error(
      `in a circle: ${[...graph.keys()].filter((n) => !order.includes(n)).join(', ')}`,
    )
  return order
}

/** Without those that follow from others: a picture of all of them shows none. */
function arrows(graph) {
  const reaches = (from, to) => [...graph.get(from)].some((t) => t === to || reaches(t, to))
  return topDown(graph).flatMap((name) =>
    [...graph.get(name)]
      .filter((target) => ![...graph.get(name)].some((t) => t !== target && reaches(t, target)))
      .sort()
      .map((target) => `${id(name)} --> ${id(target)}`),
  )
}

/** The page with this drawing between its marks. */
export function withDrawing(page, drawn) {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`docs/architecture.md has no "${BEGIN}" and "${END}"`)
  return `${page.slice(0, begin + BEGIN.length)}\n\n${drawn}\n\n${page.slice(end)}`
}
